"""The engine pySHACL, the second judge. Owns the only use of rdflib and pySHACL.

It runs without inference, imports, scripts and rules, on graphs and never on file names. An exception of it is raised
and never counts as conformance.
"""

import logging
from collections.abc import Iterable, Sequence, Set
from copy import copy
from typing import Any

import pyoxigraph as ox
import rdflib
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS
from pyshacl.graph_abstraction import DataGraph
from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from pyshacl.validator import Validator
from rdflib.namespace import SH

from kg.errors import Finding, Severity
from kg.validation.shapes_graph import select_constraints

# Ill-typed literals are findings; rdflib would also log each with a traceback.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

_CONSTRAINT_PARAMETERS = frozenset(ALL_CONSTRAINT_PARAMETERS)


class _TargetedShapes(ShapesGraph):
    """Shapes that are read once, of which those are validated that have a target in the data.

    pySHACL would read all of them again for each change, and ask each for its focus nodes.
    """

    def __init__(self, graph: rdflib.Graph) -> None:
        super().__init__(graph)
        self._parameters: dict[rdflib.term.Node, list[tuple[rdflib.term.Node, rdflib.term.Node]]] = {}
        self._objects: dict[tuple[rdflib.term.Node, rdflib.term.Node], list[rdflib.term.Node]] = {}
        self._predicates: dict[Shape, Set[rdflib.term.Node] | None] = {}
        """Of the shapes that have targets: the predicates of these; None if there are targets of other kinds."""
        for shape in super().shapes:
            nodes, classes, implicit, objects_of, subjects_of = map(frozenset, shape.target())
            if nodes or classes or implicit:
                self._predicates[shape] = None
            elif objects_of or subjects_of:
                self._predicates[shape] = objects_of | subjects_of
        self.selected: Sequence[Shape] = ()

    def predicate_objects(self, s: rdflib.term.Node) -> Sequence[tuple[rdflib.term.Node, rdflib.term.Node]]:
        """Those of the parameters of constraints: nothing else is asked for, again and again."""
        if s not in self._parameters:
            found = self.graph.predicate_objects(s)
            self._parameters[s] = [pair for pair in found if pair[0] in _CONSTRAINT_PARAMETERS]
        return self._parameters[s]

    def objects(self, s: rdflib.term.Node, p: rdflib.term.Node) -> Sequence[rdflib.term.Node]:
        """The objects, looked up once."""
        if (s, p) not in self._objects:
            self._objects[s, p] = list(self.graph.objects(s, p))
        return self._objects[s, p]

    def select(self, data: rdflib.Graph) -> "_TargetedShapes":
        """The same, to validate these data."""
        selected = copy(self)
        there = set(data.predicates(unique=True))
        selected.selected = [
            shape for shape, needed in self._predicates.items() if needed is None or not needed.isdisjoint(there)
        ]
        return selected

    @property
    def shapes(self) -> Sequence[Shape]:
        """Those that are validated; others are found by reference."""
        return self.selected


class PyShaclEngine:
    """See ``kg.validation.engine.Engine``."""

    def __init__(self, shapes: rdflib.Graph) -> None:
        self._graph, self._shapes = shapes, _TargetedShapes(shapes)

    @classmethod
    def compile(cls, shapes: Iterable[ox.Quad]) -> "PyShaclEngine":
        """The engine for these shapes."""
        return cls(_to_rdflib(quad.triple for quad in select_constraints(shapes)))

    def validate(self, triples: Iterable[ox.Triple]) -> list[Finding]:
        """See ``Engine``."""
        data = _to_rdflib(triples)
        validator = Validator(
            DataGraph.from_rdflib(data), shacl_graph=self._graph, options={"inference": "none", "advanced": False}
        )
        validator.shacl_graph = self._shapes.select(data)
        _, report, _ = validator.run()  # type: ignore[no-untyped-call]
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
    graph = rdflib.Graph(bind_namespaces="none")  # they would cost as much as the quads
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
