"""The contracts of the store, which is either embedded (Oxigraph) or remote (SPARQL 1.1 Protocol).

Owns quads, atomic changes and the evaluation of queries. Knows nothing of shapes, documents or HTTP servers. The
default graph of a query is the union of all named graphs; in ``--plain`` mode it is that of the dataset instead.
Every resource is described in exactly one named graph (its home graph), so the union repeats no solution.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import pyoxigraph as ox

from kg.journal.record import UNKNOWN, Provenance
from kg.store.change import Change
from kg.store.withdrawals import Withdrawal

QueryResult = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class Queryable(Protocol):
    """The read-only part of a store: all that questions and pages need."""

    def query(self, text: str) -> QueryResult:
        """The result of a SPARQL 1.1 query over the union default graph.

        Raises QuerySyntaxError, QueryLimitError or StoreError. For queries written here; those of clients run in
        ``kg.execution``.
        """
        ...


@runtime_checkable
class DatasetQueryable(Protocol):
    """A store that accepts the dataset of the SPARQL 1.1 Protocol with a query."""

    def query_with_dataset(
        self,
        text: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout_s: float | None = None,
        *,
        base_iri: str = "",
        names_dataset: bool = False,
    ) -> QueryResult:
        """``Queryable.query`` over these graphs, if any are given.

        ``timeout_s``: a shorter timeout, for stores that have one. ``names_dataset``: the text contains FROM.
        """
        ...


@runtime_checkable
class ResourceLookup(Protocol):
    """A store that checks by one look-up whether it describes a resource."""

    def contains_resource(self, resource: ox.NamedNode) -> bool:
        """Whether any quad has this subject, whatever the size of the graph. Raises StoreError."""
        ...


Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Object = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Pattern = tuple[Subject | None, ox.NamedNode | None, Object | None]
"""Subject, predicate and object; None is any."""


@runtime_checkable
class QuadLookup(Protocol):
    """Quads by pattern, in all graphs or one: its cost is that of what is found."""

    def match(
        self,
        subject: Subject | None,
        predicate: ox.NamedNode | None,
        object_: Object | None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        """The quads of this pattern; without ``graph``, those of all graphs."""
        ...

    def match_each(self, patterns: Sequence[Pattern]) -> Sequence[Sequence[ox.Quad]]:
        """The quads of each pattern in all graphs, in the order of the patterns; at most a few requests in all."""
        ...


class Store(Queryable, ResourceLookup, QuadLookup, Protocol):
    """A store, for one writer at a time."""

    def graphs(self) -> list[ox.NamedNode]:
        """The named graphs, sorted by IRI."""
        ...

    def quads(self, graph: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
        """The quads of one named graph, or of all of them."""
        ...

    def apply(self, change: Change, provenance: Provenance = UNKNOWN) -> None:
        """``commit`` of one change."""
        ...

    def commit(self, changes: Sequence[tuple[Change, Provenance]]) -> None:
        """Record the changes, each with its provenance, and make them in this order: all or none, and durably.

        Raises StoreFullError or StoreError, when nothing has changed, or StoreInDoubtError, when they are recorded and
        ``recover`` will make them.
        """
        ...

    def recover(self) -> None:
        """Make what is recorded and was not made, so that ``version`` includes it. Raises StoreError."""
        ...

    @property
    def blocked_reason(self) -> str:
        """Why nothing is written now; empty if nothing is known to prevent it."""
        ...

    @property
    def version(self) -> str:
        """Identifies the state of the data (``kg.journal.record.format_version``); empty if unknown."""
        ...

    def graph_version(self, graph: ox.NamedNode) -> str:
        """Identifies the state of one graph: not changed by writes of others.

        Two states that are not equal never have the same; equal ones may have two, as after a restart.
        """
        ...

    def last_modified(self, graph: ox.NamedNode | None = None) -> float | None:
        """When the graph was last changed, or any graph, in seconds since 1970; None if unknown.

        Never before the change was seen, but it may be later: no state that was seen after this time is an earlier one.
        """
        ...

    def find_withdrawal(self, resource: ox.NamedNode) -> Withdrawal | None:
        """The commit that withdrew a resource that is not described now; None if it never was, or nobody knows."""
        ...

    def contains_graph(self, graph: ox.NamedNode) -> bool:
        """Whether there is a graph of that name, even an empty one."""
        ...

    def close(self) -> None:
        """Close the store; further calls raise StoreError."""
        ...


def normalize(quads: Iterable[ox.Quad]) -> frozenset[ox.Quad]:
    """The quads as the store returns them: Oxigraph rewrites literals such as "01"^^xsd:integer."""
    staging = ox.Store()
    staging.extend(quads)
    return frozenset(staging)
