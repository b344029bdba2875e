"""Sentences of a text: where each begins and ends, in code points.

Owns what ends a sentence in English and Arabic text, titles and lists. Knows nothing of quotes. Where it is in doubt,
two sentences stay one: a span that is too wide still contains the words.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_STOP = re.compile("(?<![.!?\u2026\u061f\u06d4])[.!?\u2026\u061f\u06d4]+[\"'\u201d\u2019\xbb)\\]]*(?=\\s)")
"""Full stops, question and exclamation marks, the Arabic ones as well, with the quotation marks that follow them."""
_WORD_BEFORE = re.compile(r"(?<!\w)\w++\Z")
_ITEM = re.compile(r"[-\u2013\u2014\u2022*\xb7]\s|\d{1,3}[.)]\s")
_ABBREVIATIONS = frozenset(
    re.findall(
        r"\w+",
        """
        mr mrs ms dr st no gen col lt sgt maj capt brig sen rep gov prof jr sr vs approx ca cf etc al fig vol pp inc ltd
        jan feb mar apr jun jul aug sep sept oct nov dec
        """,
    )
)
_LONGEST_LINE = 80
"""Code points; lines of text that is not wrapped are longer."""
_SHORT_LINE = 0.6
"""A line of less than this share of the longest is a heading or the end of a paragraph."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of one text."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Sentences":
        """The sentences of the text, without the space around them."""
        starts, ends, begin = [], [], 0
        for stop in [*sorted(set(_find_stops(text))), len(text)]:
            part = text[begin:stop]
            if stripped := part.strip():
                starts.append(begin + part.index(stripped[0]))
                ends.append(starts[-1] + len(stripped))
            begin = stop
        return cls(tuple(starts), tuple(ends))

    def around(self, start: int, end: int) -> tuple[int, int]:
        """Where the sentences begin and end that contain the span from ``start`` to ``end``."""
        first = max(0, bisect_right(self.starts, start) - 1)
        last = max(first, bisect_right(self.starts, end - 1) - 1)
        return min(start, self.starts[first]), max(end, self.ends[last])


def _find_stops(text: str) -> Iterator[int]:
    """The offsets at which a sentence is over."""
    for stop in _STOP.finditer(text):
        if _ends_sentence(text, stop):
            yield stop.end()
    longest = min(_LONGEST_LINE, max(map(len, text.splitlines()), default=0))
    end = text.find("\n")
    while end >= 0:
        if _ends_block(text, end, longest):
            yield end
        end = text.find("\n", end + 1)


def _ends_sentence(text: str, stop: re.Match[str]) -> bool:
    following = text[stop.end() : stop.end() + 20].lstrip()[:1]
    if following.islower():
        return False
    word = _WORD_BEFORE.search(text[max(0, stop.start() - 20) : stop.start()])
    if stop.group() != "." or word is None:
        return True
    is_initial = len(word.group()) == 1 and word.group().isalpha()
    return not is_initial and word.group().lower() not in _ABBREVIATIONS


def _ends_block(text: str, end: int, longest: int) -> bool:
    """Whether the line that ends here is followed by an empty line or an item, or is much shorter than others."""
    line = text[text.rfind("\n", 0, end) + 1 : end].strip()
    following_end = text.find("\n", end + 1)
    following = text[end + 1 : following_end if following_end >= 0 else len(text)].strip()
    return not line or not following or bool(_ITEM.match(following)) or len(line) < longest * _SHORT_LINE
