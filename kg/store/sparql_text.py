"""Changes as SPARQL 1.1 Update requests, and the error message of an engine as QuerySyntaxError.

Terms are written only by the serialiser of pyoxigraph. Knows no store and no transport.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kg.errors import QuerySyntaxError
from kg.store.interface import Change

_POSITIONS = (
    re.compile(r"\bat (?P<line>\d+):(?P<column>\d+)"),
    re.compile(r"\bline (?P<line>\d+),? column:? (?P<column>\d+)", re.IGNORECASE),
)


def serialize_change(change: Change) -> str:
    """The change as one update request; empty for an empty change. It must not contain blank nodes."""
    operations = (("DELETE DATA", change.removed), ("INSERT DATA", change.added))
    return " ;\n".join(f"{keywords} {{\n{_quad_data(quads)}}}" for keywords, quads in operations if quads)


def insert_data(quads: Iterable[ox.Quad]) -> str:
    """The quads as one update request; its blank nodes stand for new ones."""
    return f"INSERT DATA {{\n{_quad_data(quads)}}}"


def has_blank_node(quad: ox.Quad) -> bool:
    """Whether the quad contains a blank node: SPARQL has no name for it, so cannot remove such a quad."""
    return isinstance(quad.graph_name, ox.BlankNode) or _is_blank(quad.triple)


def create_syntax_error(message: str) -> QuerySyntaxError:
    """The error for the message of an engine, with line and column if it contains them."""
    for pattern in _POSITIONS:
        if position := pattern.search(message):
            return QuerySyntaxError(message, int(position["line"]), int(position["column"]))
    return QuerySyntaxError(message)


def _quad_data(quads: Iterable[ox.Quad]) -> str:
    by_graph: dict[ox.NamedNode | ox.BlankNode | ox.DefaultGraph, list[ox.Triple]] = defaultdict(list)
    for quad in quads:
        by_graph[quad.graph_name].append(quad.triple)
    return "".join(_graph_data(graph, triples) for graph, triples in by_graph.items())


def _graph_data(graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph, triples: list[ox.Triple]) -> str:
    text = (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
    return text if isinstance(graph, ox.DefaultGraph) else f"GRAPH {graph} {{\n{text}}}\n"


def _is_blank(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> bool:
    if isinstance(term, ox.Triple):
        return _is_blank(term.subject) or _is_blank(term.object)
    return isinstance(term, ox.BlankNode)
