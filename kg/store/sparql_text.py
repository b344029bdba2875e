"""SPARQL text, both ways: a change as one update request, and an engine's complaint as QuerySyntaxError.

Terms are written by the serialiser of the RDF library only. Knows no store and no transport.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kg.errors import QuerySyntaxError
from kg.store.interface import Change

_PLACES = (
    re.compile(r"\bat (?P<line>\d+):(?P<column>\d+)"),
    re.compile(r"\bline (?P<line>\d+),? column:? (?P<column>\d+)", re.IGNORECASE),
)


def serialize_change(change: Change) -> str:
    """The change as one request of SPARQL 1.1 Update; empty for an empty change. It must hold no blank node."""
    operations = (("DELETE DATA", change.removed), ("INSERT DATA", change.added))
    return " ;\n".join(f"{words} {{\n{_quad_data(quads)}}}" for words, quads in operations if quads)


def insert_data(quads: Iterable[ox.Quad]) -> str:
    """The quads as one request of SPARQL 1.1 Update; blank nodes in it stand for new ones."""
    return f"INSERT DATA {{\n{_quad_data(quads)}}}"


def has_blank_node(quad: ox.Quad) -> bool:
    """Whether a blank node stands anywhere in the quad: SPARQL has no name by which to remove such a quad."""
    return isinstance(quad.graph_name, ox.BlankNode) or _is_blank(quad.triple)


def parse_syntax_error(message: str) -> QuerySyntaxError:
    """The engine's message, with line and column where it tells them."""
    for pattern in _PLACES:
        if place := pattern.search(message):
            return QuerySyntaxError(message, int(place["line"]), int(place["column"]))
    return QuerySyntaxError(message)


def _quad_data(quads: Iterable[ox.Quad]) -> str:
    triples: dict[ox.NamedNode | ox.BlankNode | ox.DefaultGraph, list[ox.Triple]] = defaultdict(list)
    for quad in quads:
        triples[quad.graph_name].append(quad.triple)
    return "".join(_graph_data(graph, of_graph) for graph, of_graph in triples.items())


def _graph_data(graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph, triples: list[ox.Triple]) -> str:
    text = (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
    return text if isinstance(graph, ox.DefaultGraph) else f"GRAPH {graph} {{\n{text}}}\n"


def _is_blank(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> bool:
    if isinstance(term, ox.Triple):
        return _is_blank(term.subject) or _is_blank(term.object)
    return isinstance(term, ox.BlankNode)
