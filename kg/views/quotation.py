"""The quotation of a passage: its exact words, and the span around them where the archive has the text.

The span is shown only if its SHA-256 is the one that the passage states.
"""

from dataclasses import dataclass

from kg import namespaces
from kg.source_archive import SourceArchive, extract_span, parse_offset
from kg.views.description import BoundedDescription
from kg.views.sentence_around import Surrounded, surround


@dataclass(frozen=True, slots=True)
class Quotation:
    """A passage; ``span`` is the text before, in and after the exact words, None where it is not available."""

    passage: str
    source: str
    exact: str
    own_words: str
    start: int
    end: int
    sha256: str
    span: tuple[str, str, str] | None
    missing: str
    """Why there is no span; empty where there is one."""
    around: Surrounded
    """The exact words in the sentence around them; without the text in what the record has around them."""


def read_quotation(description: BoundedDescription, archive: SourceArchive, passage: str) -> Quotation:
    """The quotation of a passage, from its selectors in the description and the text in the archive."""
    selectors = description.iris(passage, namespaces.HAS_SELECTOR.value)

    def select(predicate: str) -> str:
        texts = (description.text(selector, predicate) for selector in selectors)
        return next((text for text in texts if text), "")

    start, end = (parse_offset(select(term.value)) for term in (namespaces.START, namespaces.END))
    source = next(iter(description.iris(passage, namespaces.HAS_SOURCE.value)), "")
    exact, digest = select(namespaces.EXACT.value), select(namespaces.SHA256.value)
    text = archive.text(description.text(source, namespaces.SHA256.value))
    span, missing = _split_span(text, start, end, digest, exact)
    own_words = description.text(passage, namespaces.OWN_WORDS.value)
    around = Surrounded(select(f"{namespaces.OA}prefix"), exact, select(f"{namespaces.OA}suffix"))
    if text is not None and span is not None:
        first = start + (len(span[0]) if exact else 0)
        around = surround(text, first, first + len(exact or span[0]))
    return Quotation(passage, source, exact, own_words, start, end, digest, span, missing, around)


def _split_span(
    text: str | None, start: int, end: int, digest: str, exact: str
) -> tuple[tuple[str, str, str] | None, str]:
    """The span around the exact words, or why there is none."""
    if text is None:
        return None, "The archive of this server does not hold the text of the source."
    span = extract_span(text, start, end, digest)
    if span is None:
        return None, "The archived text differs at these offsets: its SHA-256 is not the one recorded."
    before, marked, after = span.partition(exact) if exact else (span, "", "")
    return (before, marked, after), ""
