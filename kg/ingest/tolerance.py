"""What a write may leave as it is: the violations that the graph has already, so that it can be mended in steps.

Owns when two violations are the same: of the same rule, about the same resource, path and value. The words do not
count, so that what is mended in part (quotes that repeat 60 % of a text, and then 40 %) is not a new violation.
"""

from collections.abc import Iterable
from dataclasses import replace

from kg.errors import Finding, Severity

_Identity = tuple[str, str, str, str, str]


class Tolerance:
    """The violations of a graph before a write."""

    def __init__(self, violations: Iterable[Finding] = ()) -> None:
        self._known = frozenset(map(_identify, violations))

    def select_new(self, findings: Iterable[Finding]) -> list[Finding]:
        """The violations among the findings that the graph has not had before."""
        return [
            finding
            for finding in findings
            if finding.severity == Severity.VIOLATION and _identify(finding) not in self._known
        ]


def lower_violations(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, with violations as warnings."""
    return [
        replace(finding, severity=Severity.WARNING) if finding.severity == Severity.VIOLATION else finding
        for finding in findings
    ]


def _identify(finding: Finding) -> _Identity:
    return finding.rule, finding.subject, finding.path, finding.value, finding.component
