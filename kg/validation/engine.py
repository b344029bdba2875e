"""The engine ``shacl``, which judges first. Owns the only use of that package.

Its verdicts agree with those of pySHACL; texts and parts of single results differ where a value is ill-typed, so that
verdicts are compared, and results are not.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import shacl

from kg.errors import Finding, Severity
from kg.namespaces import SH

MAX_RESULTS = 10_000
"""Violations in one report; a million bad resources are no more useful than these."""
_IRI = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True)
class ShaclEngine:
    """Validates data against the shapes that it was made with; safe to share between threads."""

    shapes: shacl.Shapes

    @classmethod
    def compile(cls, shapes: Iterable[ox.Quad]) -> "ShaclEngine":
        """The engine for these shapes."""
        text = ox.serialize([quad.triple for quad in shapes], format=ox.RdfFormat.N_TRIPLES) or b""
        return cls(shacl.Shapes.from_text(text.decode(), "ntriples"))

    def validate(self, n_quads: bytes) -> list[Finding]:
        """The results for the union of the graphs of these N-Quads, with the severities of the shapes.

        Empty when it conforms; at most MAX_RESULTS violations.
        """
        return _read_results(self.shapes.validate_text(n_quads.decode(), "nquads", max_results=MAX_RESULTS))

    def validate_file(self, n_quads: Path) -> list[Finding]:
        """The same for a file, whose name ends in ``.nq``; in memory is the graph in the form of the engine."""
        return _read_results(self.shapes.validate_file(str(n_quads), max_results=MAX_RESULTS))


def _read_results(report: shacl.Report) -> list[Finding]:
    return [_read_result(result) for result in report.results]


def _read_result(result: shacl.Result) -> Finding:
    return Finding(
        result.message or f"violates sh:{result.component.removesuffix('ConstraintComponent')}",
        subject=_iri_or_text(result.focus_node),
        rule=_iri(result.source_shape),
        path=_iri(result.path),
        value=result.value_plain or "",
        severity=Severity(result.severity),
        component=f"{SH}{result.component}" if result.component else "",
    )


def _iri(term: str | None) -> str:
    """The IRI of a term as N-Triples writes it; empty for another term or a path of several steps."""
    iri = _IRI.fullmatch(term or "")
    return iri[1] if iri else ""


def _iri_or_text(term: str) -> str:
    return _iri(term) or term
