"""The graph at rest, behind one small interface; two homes: embedded (Oxigraph) and remote (SPARQL 1.1 Protocol).

Owns quads, atomic change and plain evaluation. Knows nothing of shapes, documents or HTTP servers. The default
graph of a query is the union of all named graphs (the home graphs); triples of the unnamed graph belong to it only
in ``--plain`` mode. Every resource is described in exactly one home graph, so the union repeats no row.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox

QueryResult = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True, slots=True)
class Change:
    """Quads to take out and quads to put in; the two are disjoint."""

    removed: frozenset[ox.Quad]
    added: frozenset[ox.Quad]

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)


class Queryable(Protocol):
    """The read-only face: what questions, answers and pages are given."""

    def query(self, text: str) -> QueryResult:
        """The result of a SPARQL 1.1 query over the union default graph.

        Raises QuerySyntaxError, QueryLimitError or StoreError. For queries of our own; what the public sends goes
        through ``kg.execution``.
        """
        ...


class Store(Queryable, Protocol):
    """The whole face: one writer's."""

    def graphs(self) -> list[ox.NamedNode]:
        """The named graphs, sorted by IRI."""
        ...

    def quads(self, graph: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
        """The quads of one named graph, or of all of them."""
        ...

    def apply(self, change: Change) -> None:
        """Make the change: all of it or, on any error, none of it. Raises StoreFullError or StoreError."""
        ...

    @property
    def version(self) -> str:
        """Identifies the state of the data (``kg.store.dataset_version``); empty where none is known."""
        ...

    def contains_graph(self, graph: ox.NamedNode) -> bool:
        """Whether there is a graph of that name, be it an empty one."""
        ...

    def update(self, text: str, *, base_iri: str = "") -> None:
        """Run a SPARQL 1.1 Update: all of it or, on any error, none of it; for updates that were examined.

        Raises QuerySyntaxError, UpdateConflictError, StoreFullError or StoreError.
        """
        ...

    def insert(self, quads: Collection[ox.Quad]) -> None:
        """Put the quads in, blank nodes as new ones: all of them or none. Raises StoreFullError or StoreError."""
        ...

    def close(self) -> None:
        """Let go of the store; further calls are errors."""
        ...


def normalize(quads: Iterable[ox.Quad]) -> frozenset[ox.Quad]:
    """The quads as the store will return them: Oxigraph rewrites literals such as "01"^^xsd:integer on storage."""
    staging = ox.Store()
    staging.extend(quads)
    return frozenset(staging)
