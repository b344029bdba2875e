"""SHACL validation of quads, with findings in words that a curator can act on.

Owns the only use of rdflib and pySHACL. pySHACL runs without inference, imports, scripts and rules, on graphs and
never on file names. An exception of pySHACL is raised and never counts as conformance.
"""

import logging
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import SH

from kg import namespaces
from kg.errors import Finding, Severity

# Ill-typed literals are findings; rdflib would also log each with a traceback.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)


# What shapes say to readers. pySHACL would compare it with every constraint at each use of a shape.
_FOR_READERS = {f"{namespaces.SH}{name}" for name in ("name", "description", "order")}


class Validator:
    """Validates quads against the shapes; one instance serves a whole process."""

    def __init__(self, shapes: Iterable[ox.Quad]) -> None:
        shapes = list(shapes)
        self._dataset_severities = {
            namespaces.value_of(quad.subject): Severity(namespaces.value_of(quad.object).rsplit("#", 1)[1])
            for quad in shapes
            if quad.predicate == namespaces.SEVERITY_IN_DATASET
        }
        self._shapes = _to_rdflib(quad for quad in shapes if not _is_for_readers(quad.predicate.value))

    def validate(self, quads: Iterable[ox.Quad]) -> list[Finding]:
        """The validation results for the union of the quads' graphs; empty when it conforms.

        ``subject`` is the focus node, ``rule`` the shape, ``path`` a predicate IRI or empty. A finding about a
        resource of a ck:Dataset has the severity that the shape gives for data sets. Sorted and distinct.
        """
        quads = list(quads)
        ill_typed = _find_ill_typed(quads)
        if ill_typed:
            wrong = {(finding.subject, finding.path, finding.value) for finding in ill_typed}
            quads = [quad for quad in quads if _key_of(quad) not in wrong]
        _, report, _ = pyshacl.validate(
            _to_rdflib(quads),
            shacl_graph=self._shapes,
            inference="none",
            advanced=False,
            js=False,
            do_owl_imports=False,
            meta_shacl=False,
        )
        if not isinstance(report, rdflib.Graph):
            raise RuntimeError(f"the validator failed: {report}")
        dataset_subjects = _find_dataset_subjects(quads)
        findings = {self._read_result(report, result, dataset_subjects) for result in report.objects(None, SH.result)}
        shown = {(finding.subject, finding.path) for finding in ill_typed}
        findings = {finding for finding in findings if (finding.subject, finding.path) not in shown}
        ordered = sorted(findings, key=lambda f: (f.severity != Severity.VIOLATION, f.subject, f.rule, f.value))
        return [*ill_typed, *ordered]

    def _read_result(self, report: rdflib.Graph, result: rdflib.term.Node, dataset_subjects: set[str]) -> Finding:
        def value(predicate: rdflib.URIRef) -> str:
            term = report.value(result, predicate)
            return "" if term is None or isinstance(term, rdflib.BNode) else str(term)

        subject, rule = value(SH.focusNode), value(SH.sourceShape)
        severity = Severity(value(SH.resultSeverity).rsplit("#", 1)[1])
        if subject in dataset_subjects:
            severity = self._dataset_severities.get(rule, severity)
        path = value(SH.resultPath)
        message = value(SH.resultMessage)
        return Finding(message, subject=subject, rule=rule, path=path, value=value(SH.value), severity=severity)


def _is_for_readers(predicate: str) -> bool:
    return predicate in _FOR_READERS or predicate.startswith(namespaces.CKS)


def _find_ill_typed(quads: list[ox.Quad]) -> list[Finding]:
    """Literals whose lexical form their datatype does not have: pySHACL raises an exception when it compares them."""
    return [
        Finding(
            f"{namespaces.value_of(quad.object)!r} is no {quad.object.datatype.value.rpartition('#')[2]}",
            "Write it as its datatype requires: 12 for an integer, 0.5 for a decimal, 2017-07-31 for a date.",
            subject=namespaces.value_of(quad.subject),
            rule="datatype",
            path=quad.predicate.value,
            value=namespaces.value_of(quad.object),
        )
        for quad in quads
        if isinstance(quad.object, ox.Literal) and not quad.object.language and _term_to_rdflib(quad.object).ill_typed
    ]


def _key_of(quad: ox.Quad) -> tuple[str, str, str]:
    return namespaces.value_of(quad.subject), quad.predicate.value, namespaces.value_of(quad.object)


def _find_dataset_subjects(quads: list[ox.Quad]) -> set[str]:
    graphs = {q.subject for q in quads if q.predicate == namespaces.TYPE and q.object == namespaces.DATASET}
    return {namespaces.value_of(q.subject) for q in quads if q.graph_name in graphs}


def _to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for quad in quads:
        graph.add((_term_to_rdflib(quad.subject), _term_to_rdflib(quad.predicate), _term_to_rdflib(quad.object)))
    return graph


def _term_to_rdflib(term: object) -> Any:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        # xsd:string is left out, because for rdflib "x"^^xsd:string differs from "x"
        plain = term.language or term.datatype.value == f"{namespaces.XSD}string"
        datatype = None if plain else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, lang=term.language, datatype=datatype)
    raise TypeError(f"no RDF 1.1 term: {term!r}")
