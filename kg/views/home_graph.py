"""The description of a home graph by what it contains: all of a small graph, the first resources of a large one.

Owns how much of a large graph is described, and how many resources of each class it has. Does not know how they are
listed.
"""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.schema.class_index import ClassIndex
from kg.store.interface import Queryable
from kg.store.query_template import QueryTemplate, text_of
from kg.views.description import BoundedDescription
from kg.views.reader import BoundedReader, Bounds

_HERE = Path(__file__).parent
_QUADS = QueryTemplate.read(_HERE / "graph-quads.rq")
_COUNTS = QueryTemplate.read(_HERE / "class-counts.rq")
_MEMBERS = QueryTemplate.read(_HERE / "members.rq")

COMPLETE_QUADS = 10_000
"""A graph with no more quads is described completely."""
_SUMMARY_DEPTH = 3
"""How far the resources are followed that summaries of listed ones name."""


@dataclass(frozen=True, slots=True)
class GraphContents:
    """A described home graph; ``counts`` is how many resources of each class it has, empty if all are described."""

    description: BoundedDescription
    counts: Mapping[str, int]


def describe_graph(store: Queryable, index: ClassIndex, graph: ox.NamedNode, bounds: Bounds) -> GraphContents:
    """The contents of a home graph; of a large one the first resources of each class, by IRI."""
    quads = _read_all(store, graph)
    if quads is not None:
        return GraphContents(BoundedDescription.of(graph.value, quads), {})
    rows = _COUNTS.select_each(store, [graph]).rows
    counts = {text_of(row["class"]): int(text_of(row["count"])) for row in rows}
    reader = BoundedReader(store, bounds)
    listed = [cls for cls in counts if any(cls in index.schema.subclasses(top) for top in index.contents)]
    pending = {graph.value}
    for cls in listed:
        pending.update(_read_members(store, graph, cls, bounds.listed))
    described: dict[str, ox.Quad] = {}
    read: set[str] = set()
    followed = {*index.acts, *index.part_predicates}
    for _ in range(_SUMMARY_DEPTH):
        read |= pending
        by_subject = reader.read_quads(pending)
        found = [quad for quads in by_subject.values() for quad in quads]
        described |= {str(quad): quad for quad in found}
        pending = set(_followed_objects(found, followed)) - read
    return GraphContents(BoundedDescription.of(graph.value, described.values(), {graph.value}), counts)


def _read_all(store: Queryable, graph: ox.NamedNode) -> list[ox.Quad] | None:
    """All quads of a graph; None if there are too many."""
    solutions = store.query(f"{_QUADS.bind([{'graph': graph}])}\nLIMIT {COMPLETE_QUADS + 1}")
    assert isinstance(solutions, ox.QuerySolutions)
    quads = [ox.Quad(subject, predicate, target, name) for name, subject, predicate, target in solutions]
    return quads if len(quads) <= COMPLETE_QUADS else None


def _read_members(store: Queryable, graph: ox.NamedNode, cls: str, limit: int) -> list[str]:
    """The first by IRI; the engine takes several times as long to sort thousands of them."""
    solutions = store.query(_MEMBERS.bind([{"graph": graph, "class": ox.NamedNode(cls)}]))
    assert isinstance(solutions, ox.QuerySolutions)
    return heapq.nsmallest(limit, (subject.value for (subject,) in solutions if isinstance(subject, ox.NamedNode)))


def _followed_objects(quads: Iterable[ox.Quad], predicates: Collection[str]) -> Iterator[str]:
    for quad in quads:
        if quad.predicate.value in predicates and isinstance(quad.object, ox.NamedNode):
            yield quad.object.value
