"""The engine pySHACL, the second judge. Owns the only use of rdflib and pySHACL.

It runs without inference, imports, scripts and rules, on graphs and never on file names. An exception of it is raised
and never counts as conformance.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import SH

from kg.errors import Finding, Severity
from kg.validation.shapes_graph import select_constraints

# Ill-typed literals are findings; rdflib would also log each with a traceback.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)


@dataclass(frozen=True)
class PyShaclEngine:
    """See ``kg.validation.engine.Engine``."""

    shapes: rdflib.Graph

    @classmethod
    def compile(cls, shapes: Iterable[ox.Quad]) -> "PyShaclEngine":
        """The engine for these shapes."""
        return cls(_to_rdflib(quad.triple for quad in select_constraints(shapes)))

    def validate(self, triples: Iterable[ox.Triple]) -> list[Finding]:
        """See ``Engine``."""
        _, report, _ = pyshacl.validate(
            _to_rdflib(triples),
            shacl_graph=self.shapes,
            inference="none",
            advanced=False,
            js=False,
            do_owl_imports=False,
            meta_shacl=False,
        )
        if not isinstance(report, rdflib.Graph):
            raise RuntimeError(f"pySHACL failed: {report}")
        return [_read_result(report, result) for result in report.objects(None, SH.result)]


def is_ill_typed(literal: ox.Literal) -> bool:
    """Whether the lexical form is none of its datatype, as far as the datatype is known."""
    return bool(not literal.language and _literal_to_rdflib(literal).ill_typed)


def _read_result(report: rdflib.Graph, result: rdflib.term.Node) -> Finding:
    def value(predicate: rdflib.URIRef) -> str:
        term = report.value(result, predicate)
        return "" if term is None or isinstance(term, rdflib.BNode) else str(term)

    return Finding(
        value(SH.resultMessage),
        subject=value(SH.focusNode),
        rule=value(SH.sourceShape),
        path=value(SH.resultPath),
        value=value(SH.value),
        severity=Severity(value(SH.resultSeverity).rsplit("#", 1)[1]),
    )


def _to_rdflib(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for triple in triples:
        graph.add((_term_to_rdflib(triple.subject), _term_to_rdflib(triple.predicate), _term_to_rdflib(triple.object)))
    return graph


def _term_to_rdflib(term: object) -> Any:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        return _literal_to_rdflib(term)
    raise TypeError(f"no RDF 1.1 term: {term!r}")


def _literal_to_rdflib(literal: ox.Literal) -> rdflib.Literal:
    # xsd:string is left out, because for rdflib "x"^^xsd:string differs from "x"
    plain = literal.language or literal.datatype.value == str(rdflib.XSD.string)
    datatype = None if plain else rdflib.URIRef(literal.datatype.value)
    return rdflib.Literal(literal.value, lang=literal.language, datatype=datatype)
