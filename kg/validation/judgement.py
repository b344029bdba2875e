"""What the first engine says of a change, with what it has read for that."""

from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import Finding, Severity


@dataclass(frozen=True)
class Judgement:
    """The findings about a change, and what the second judge needs to judge it again."""

    findings: tuple[Finding, ...]
    """Of the change by read sets, or of the whole graph."""
    pairs: int | None
    """How many pairs of shape and focus node the change affects; None if they are too many to be counted."""
    read_set: frozenset[ox.Triple]
    """All that the verdicts on these pairs, or on a sample of them, depend on, with the markers of the pairs."""
    conforms_there: bool
    """Whether the first engine has no result on ``read_set``, whatever the severity."""

    @property
    def conforms(self) -> bool:
        """Whether no finding is a violation."""
        return not any(finding.severity == Severity.VIOLATION for finding in self.findings)
