"""Shapes at the door: what SHACL says of quads, in words a curator can act on.

Owns the only use of rdflib and pySHACL. The settings are those found safe: no inference, no imports, no scripts, no
rules; inputs are graphs, never names of files. An exception of the validator is not a pass: it is raised.
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

# Literals that are not what their datatype says are told as findings; rdflib would also log each with a trace.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)


class Validator:
    """The shapes, ready to judge; one of these serves all documents of a process."""

    def __init__(self, shapes: Iterable[ox.Quad]) -> None:
        self._shapes = _graph(shapes)
        self._lowered = {
            str(shape): Severity(str(severity).rsplit("#", 1)[1])
            for shape, severity in self._shapes.subject_objects(rdflib.URIRef(namespaces.SEVERITY_IN_DATASET.value))
        }

    def findings(self, quads: Iterable[ox.Quad]) -> list[Finding]:
        """What the shapes say of the union of the quads' graphs; empty when it conforms.

        ``subject`` is the focus node, ``rule`` the shape, ``path`` a predicate IRI or empty. A finding about a
        resource of a ck:Dataset has the severity that the shape gives for data sets. Sorted, each once.
        """
        quads = list(quads)
        if ill_typed := _ill_typed(quads):
            return ill_typed
        _, report, _ = pyshacl.validate(
            _graph(quads),
            shacl_graph=self._shapes,
            inference="none",
            advanced=False,
            js=False,
            do_owl_imports=False,
            meta_shacl=False,
        )
        if not isinstance(report, rdflib.Graph):
            raise RuntimeError(f"the validator failed: {report}")
        datasets = _of_datasets(quads)
        found = {self._finding(report, result, datasets) for result in report.objects(None, SH.result)}
        return sorted(
            found, key=lambda each: (each.severity != Severity.VIOLATION, each.subject, each.rule, each.value)
        )

    def _finding(self, report: rdflib.Graph, result: rdflib.term.Node, datasets: set[str]) -> Finding:
        def value(predicate: rdflib.URIRef) -> str:
            found = report.value(result, predicate)
            return "" if found is None or isinstance(found, rdflib.BNode) else str(found)

        subject, rule = value(SH.focusNode), value(SH.sourceShape)
        severity = Severity(value(SH.resultSeverity).rsplit("#", 1)[1])
        if subject in datasets:
            severity = self._lowered.get(rule, severity)
        path = value(SH.resultPath)
        message = value(SH.resultMessage)
        return Finding(message, subject=subject, rule=rule, path=path, value=value(SH.value), severity=severity)


def _ill_typed(quads: list[ox.Quad]) -> list[Finding]:
    """Literals that are not what their datatype says: the validator would stumble when it compares them."""
    return [
        Finding(
            f"{namespaces.value_of(quad.object)!r} is no {quad.object.datatype.value.rpartition('#')[2]}",
            "Write it as its datatype asks: 12 for an integer, 0.5 for a decimal, 2017-07-31 for a date.",
            subject=namespaces.value_of(quad.subject),
            rule="datatype",
            path=quad.predicate.value,
            value=namespaces.value_of(quad.object),
        )
        for quad in quads
        if isinstance(quad.object, ox.Literal) and not quad.object.language and _term(quad.object).ill_typed
    ]


def _of_datasets(quads: list[ox.Quad]) -> set[str]:
    graphs = {q.subject for q in quads if q.predicate == namespaces.TYPE and q.object == namespaces.DATASET}
    return {namespaces.value_of(q.subject) for q in quads if q.graph_name in graphs}


def _graph(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for quad in quads:
        graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    return graph


def _term(term: object) -> Any:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        # a plain literal, because rdflib holds "x"^^xsd:string to differ from "x"
        plain = term.language or term.datatype.value == f"{namespaces.XSD}string"
        datatype = None if plain else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, lang=term.language, datatype=datatype)
    raise TypeError(f"no RDF 1.1 term: {term!r}")
