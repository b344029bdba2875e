"""Writes of the Graph Store HTTP Protocol evaluated to the exact change that they make.

https://www.w3.org/TR/sparql11-http-rdf-update/. Reads the store and changes nothing. The blank nodes of a document are
never those of the store, so every triple that contains one is added.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import ChangeTooLargeError, UnknownNameError
from kg.store.change import Change
from kg.store.interface import normalize

NamedGraph = ox.NamedNode | None
"""None is the default graph, which always exists."""


@dataclass(frozen=True, slots=True)
class GraphWrite:
    """What a write would change."""

    change: Change
    is_new: bool
    """Whether it creates the graph."""


def evaluate_put(engine: ox.Store, graph: NamedGraph, triples: Iterable[ox.Triple], max_quads: int) -> GraphWrite:
    """The graph replaced by the triples (section 5.3). Raises ChangeTooLargeError."""
    current = frozenset(engine.quads_for_pattern(None, None, None, graph or ox.DefaultGraph()))
    wanted = _normalized(graph, triples)
    return _create_write(engine, graph, current - wanted, wanted - current, max_quads)


def evaluate_post(engine: ox.Store, graph: NamedGraph, triples: Iterable[ox.Triple], max_quads: int) -> GraphWrite:
    """The triples added to the graph (section 5.5). Raises ChangeTooLargeError."""
    added = frozenset(quad for quad in _normalized(graph, triples) if quad not in engine)
    return _create_write(engine, graph, frozenset(), added, max_quads)


def evaluate_delete(engine: ox.Store, graph: NamedGraph, max_quads: int) -> GraphWrite:
    """The named graph dropped, or the default graph cleared (section 5.4).

    Raises ChangeTooLargeError, or UnknownNameError if there is no such graph.
    """
    if _is_new(engine, graph):
        raise UnknownNameError("graph", graph.value if graph else "")
    removed: list[ox.Quad] = []
    for quad in engine.quads_for_pattern(None, None, None, graph or ox.DefaultGraph()):
        removed.append(quad)
        _check_size(len(removed), max_quads)
    dropped = [graph.value] if graph is not None else []
    return GraphWrite(Change.from_quads(removed, dropped=dropped), is_new=False)


def _create_write(
    engine: ox.Store, graph: NamedGraph, removed: frozenset[ox.Quad], added: frozenset[ox.Quad], max_quads: int
) -> GraphWrite:
    _check_size(len(removed) + len(added), max_quads)
    is_new = _is_new(engine, graph)
    created = [graph.value] if graph is not None and is_new else []
    return GraphWrite(Change.from_quads(removed, added, created), is_new)


def _is_new(engine: ox.Store, graph: NamedGraph) -> bool:
    return graph is not None and not engine.contains_named_graph(graph)


def _check_size(quads: int, max_quads: int) -> None:
    if quads > max_quads:
        raise ChangeTooLargeError(max_quads)


def _normalized(graph: NamedGraph, triples: Iterable[ox.Triple]) -> frozenset[ox.Quad]:
    name = graph or ox.DefaultGraph()
    return normalize(ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in triples)
