"""Finds quoted words in the archived text of a source, and the sentence around them.

Owns the search: verbatim, else up to the style of quotation marks, dashes and space; prefix and suffix (Web Annotation
Data Model, section 4.2.4) select one of several places. Owns the messages about words that are missing or ambiguous.
Knows nothing of YAML or RDF.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.ingest.sentences import Sentences
from kg.ingest.similar_text import find_similar, shorten
from kg.source_archive import sha256_hex

_STYLES = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b`\xb4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\xab\xbb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\n\r\t\xa0\u202f", " "),
    }
)
"""Apostrophes, quotation marks, dashes and spaces; each to one character, so that offsets stay."""
_MAX_SHOWN = 6
_CONTEXT = 30
_WINDOW = 400
"""Code points before and after the words in which prefix and suffix are sought."""


@dataclass(frozen=True, slots=True)
class QuotedWords:
    """The words of a quote and what is next to them; ``prefix`` and ``suffix`` may be empty."""

    exact: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class FoundQuote:
    """Where the words are: ``exact`` as the text has them, and the span of the sentence around them."""

    exact: str
    start: int
    end: int
    sha256: str


class QuoteSearchError(Exception):
    """The words are not in the text, or in several sentences; ``cure`` says where, and what to write."""

    def __init__(self, message: str, cure: str) -> None:
        self.message, self.cure = message, cure
        super().__init__(message)


@dataclass(frozen=True)
class SearchedText:
    """The archived text of a source, prepared for the search of many quotes."""

    text: str

    @cached_property
    def _sentences(self) -> Sentences:
        return Sentences.of(self.text)

    @cached_property
    def _folded(self) -> str:
        return self.text.translate(_STYLES)

    def find(self, words: QuotedWords) -> FoundQuote:
        """The quote with the sentence around it. Raises QuoteSearchError."""
        if not words.exact.strip():
            raise QuoteSearchError("the quote has no words", "Give exact: the few words that carry the statement")
        size = len(words.exact)
        everywhere = self._find_all(words.exact)
        if not everywhere:
            raise QuoteSearchError(f"the words {shorten(words.exact)} are not in the text", self._nearest(words.exact))
        places = [at for at in everywhere if self._agrees(at, words)]
        if not places:
            message = f"the words {shorten(words.exact)} are in the text, but not with that prefix and suffix"
            raise QuoteSearchError(message, f"They are here:{self._list_places(everywhere, size)}")
        spans = {self._sentences.around(at, at + size) for at in places}
        if len(spans) > 1:
            message = f"the words {shorten(words.exact)} are in {len(spans)} sentences"
            raise QuoteSearchError(message, f"Say which one, in words:{self._list_places(places, size)}")
        start, end = spans.pop()
        return FoundQuote(self.text[places[0] : places[0] + size], start, end, sha256_hex(self.text[start:end]))

    def hash_span(self, start: int, end: int) -> str:
        """The SHA-256 of a span. Raises QuoteSearchError if it is outside the text."""
        if not 0 <= start < end <= len(self.text):
            message = f"the offsets {start} to {end} lie outside the text"
            raise QuoteSearchError(message, f"The text has {len(self.text)} code points; leave out the position")
        return sha256_hex(self.text[start:end])

    def _find_all(self, words: str) -> Sequence[int]:
        """Where the words begin: verbatim if they are there, else in another style; whole words if there are any."""
        found = list(_occurrences(self.text, words)) or list(_occurrences(self._folded, words.translate(_STYLES)))
        return [at for at in found if self._is_whole(at, at + len(words))] or found

    def _is_whole(self, start: int, end: int) -> bool:
        before, after = self.text[max(0, start - 1) : start], self.text[end : end + 1]
        inside = self.text[start:end]
        return not (_joins(before, inside[:1]) or _joins(inside[-1:], after))

    def _agrees(self, at: int, words: QuotedWords) -> bool:
        """Whether prefix and suffix are next to the words that begin here, up to space."""
        prefix, suffix = (" ".join(text.translate(_STYLES).split()) for text in (words.prefix, words.suffix))
        end = at + len(words.exact)
        before = " ".join(self._folded[max(0, at - _WINDOW) : at].split())
        after = " ".join(self._folded[end : end + _WINDOW].split())
        return before.endswith(prefix) and after.startswith(suffix)

    def _list_places(self, places: Sequence[int], size: int) -> str:
        """A line for each place: the line of the text, the words around, and a prefix or suffix that only it has."""
        lines = []
        for at in places[:_MAX_SHOWN]:
            before, after = self.text[max(0, at - _CONTEXT) : at], self.text[at + size : at + size + _CONTEXT]
            shown = " ".join(f"{before}[{self.text[at : at + size]}]{after}".split())
            line = self.text.count("\n", 0, at) + 1
            lines.append(f"\n    {self._distinguish(at, size, places)}    # line {line} of the text: ... {shown} ...")
        more = f"\n    and {len(places) - _MAX_SHOWN} more" if len(places) > _MAX_SHOWN else ""
        return "".join(lines) + more

    def _distinguish(self, at: int, size: int, places: Sequence[int]) -> str:
        """The shortest prefix or suffix of whole words that no other place has, as it is written in a dossier."""
        others = [other for other in places if other != at]
        for length in range(1, 8):
            for key in ("prefix", "suffix"):
                text = self._neighbours(at, size, length, key)
                words = QuotedWords(self.text[at : at + size], **{key: text})
                if text and not any(self._agrees(other, words) for other in others):
                    return f"{key}: {_quote(text)}"
        return f"position: {{start: {at}, end: {at + size}}}"

    def _neighbours(self, at: int, size: int, count: int, key: str) -> str:
        """So many words before or after the words that begin here."""
        if key == "prefix":
            return " ".join(self._folded[max(0, at - _WINDOW) : at].split()[-count:])
        return " ".join(self._folded[at + size : at + size + _WINDOW].split()[:count])

    def _nearest(self, words: str) -> str:
        start, _ = find_similar(words.translate(_STYLES).casefold(), self._folded.casefold())
        nearest = self.text[start : start + len(words)]
        line = self.text.count("\n", 0, start) + 1
        return f"Copy them from it, misspellings included. The nearest text is {shorten(nearest)}, in its line {line}"


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _joins(left: str, right: str) -> bool:
    """Whether two characters belong to one word."""
    return left.isalnum() and right.isalnum()


def _quote(text: str) -> str:
    """The text as a quoted scalar of YAML."""
    return "'" + text.replace("'", "''") + "'" if '"' in text else f'"{text}"'
