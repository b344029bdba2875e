"""The words of a passage, and the whole span around them where the archive has the text.

Owns the cut: the span is shown only if its SHA-256 is the one the passage states.
"""

from dataclasses import dataclass

from kg import namespaces
from kg.source_archive import SourceArchive, extract_span
from kg.views.description import BoundedDescription


@dataclass(frozen=True, slots=True)
class Quotation:
    """A passage; ``span`` is what stands before, in and after the exact words, None where it cannot be had."""

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


def read_quotation(about: BoundedDescription, archive: SourceArchive, passage: str) -> Quotation:
    """The words of a passage as far as the description and the archive have them."""
    selectors = about.iris(passage, namespaces.HAS_SELECTOR.value)

    def selected(predicate: str) -> str:
        return next((found for each in selectors if (found := about.text(each, predicate))), "")

    start, end = (_number(selected(each.value)) for each in (namespaces.START, namespaces.END))
    source = next(iter(about.iris(passage, namespaces.HAS_SOURCE.value)), "")
    exact, digest = selected(namespaces.EXACT.value), selected(namespaces.SHA256.value)
    text = archive.text(about.text(source, namespaces.SHA256.value))
    span, missing = _cut(text, start, end, digest, exact)
    own = about.text(passage, namespaces.OWN_WORDS.value)
    return Quotation(passage, source, exact, own, start, end, digest, span, missing)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else -1


def _cut(text: str | None, start: int, end: int, digest: str, exact: str) -> tuple[tuple[str, str, str] | None, str]:
    if text is None:
        return None, "The archive of this server does not hold the text of the source."
    span = extract_span(text, start, end, digest)
    if span is None:
        return None, "The archived text does not have this span: its SHA-256 is another."
    before, marked, after = span.partition(exact) if exact else (span, "", "")
    return (before, marked, after), ""
