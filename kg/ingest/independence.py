"""Which findings stand by themselves, and which only follow from earlier ones.

A part that cannot be read, or a reference to nothing, makes later rules and shapes complain as well; a curator who
corrects the first corrects both. Owns that relation; knows no rule and no shape.
"""

from collections.abc import Iterable, Sequence

from kg import namespaces
from kg.errors import Finding
from kg.ingest.documents import Document
from kg.ingest.edtf_dates import DERIVED_FROM

_REFERENCE = "unknown-reference"
_REMOVED = "still-used"
_DERIVED_FROM = {derived.value: stated.value for derived, stated in DERIVED_FROM.items()}


def add_independent(
    earlier: Sequence[Finding], later: Iterable[Finding], documents: Iterable[Document]
) -> list[Finding]:
    """The earlier findings, and those of the later ones that do not follow from them."""
    causes = _Causes(earlier, list(documents))
    return [*earlier, *(finding for finding in later if not causes.explain(finding))]


class _Causes:
    def __init__(self, findings: Iterable[Finding], documents: Sequence[Document]) -> None:
        self._fields = {(finding.subject, finding.path) for finding in findings if finding.path}
        self._missing = {finding.value for finding in findings if finding.rule == _REFERENCE}
        self._missing |= {finding.subject for finding in findings if finding.rule == _REMOVED}
        self._incomplete: set[str] = set()
        self._unread: set[str] = set()
        for document in documents:
            if document.findings:
                described = {namespaces.value_of(quad.subject) for quad in document.quads}
                self._incomplete |= document.incomplete
                self._unread |= document.declared - described

    def explain(self, finding: Finding) -> bool:
        """Whether the finding follows from what was found before."""
        is_unread = finding.value in self._unread or f"{finding.value.rpartition('/')[0]}/" in self._unread
        if finding.rule == _REFERENCE:
            return is_unread
        path = _DERIVED_FROM.get(finding.path, finding.path)
        return (
            finding.subject in self._incomplete
            or finding.value in self._incomplete
            or finding.value in self._missing
            or (finding.value != "" and is_unread)
            or (finding.subject, path) in self._fields
        )
