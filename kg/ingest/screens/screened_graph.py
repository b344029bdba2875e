"""A graph as screens read it: by queries that the engine evaluates, and by the quads of a few predicates.

Owns what several screens need, which is read once. Knows no rule.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import pyoxigraph as ox

from kg import namespaces
from kg.ingest.integrity_context import IntegrityContext
from kg.store.embedded import EmbeddedStore
from kg.store.interface import QuadLookup, Store, Subject
from kg.store.query_template import BatchQuery, Term

T = TypeVar("T")
_FOLDER = Path(__file__).parent

Values = Mapping[Any, Iterable[Any]]
"""The objects of one predicate, by subject."""


class ScreenedGraph:
    """A graph that does not change meanwhile."""

    def __init__(self, store: Store, context: IntegrityContext) -> None:
        self.store, self.context = store, context
        self._views: dict[object, object] = {}

    def select(self, name: str, terms: Mapping[str, Iterable[Term]] | None = None) -> Iterator[tuple[Any, ...]]:
        """The solutions of the query in the file of this name, with these terms as values, as tuples."""
        query = BatchQuery.read(_FOLDER / f"{name}.rq").bind(terms or {})
        solutions = self.store.query(query)
        assert isinstance(solutions, ox.QuerySolutions)
        return (tuple(solution) for solution in solutions)

    def select_of_each(self, name: str, terms: Mapping[str, Iterable[Term]] | None = None) -> Iterator[tuple[Any, ...]]:
        """The same of all that there is, for a query of which each solution is about one resource."""
        return self.select(name, terms)

    @property
    def whole(self) -> QuadLookup:
        """All that there is, where a rule compares a resource with others wherever they are."""
        return self.store

    def quads(self, *predicates: ox.NamedNode) -> Iterator[ox.Quad]:
        """The quads of these predicates."""
        return (quad for predicate in predicates for quad in self.store.match(None, predicate, None))

    def values(self, predicate: ox.NamedNode) -> Mapping[Any, set[Any]]:
        """The objects of the predicate, by subject."""
        values: dict[object, set[object]] = defaultdict(set)
        for quad in self.quads(predicate):
            values[quad.subject].add(quad.object)
        return values

    def referring(self, nodes: Iterable[Any], predicate: ox.NamedNode | None = None) -> list[Subject]:
        """What points at one of the nodes by the predicate; by any, without one."""
        found = self.store.match_each([(None, predicate, node) for node in nodes])
        return [quad.subject for quads in found for quad in quads]

    def view(self, create: Callable[["ScreenedGraph"], T]) -> T:
        """What this reads of the graph; once, for all screens that need it."""
        if create not in self._views:
            self._views[create] = create(self)
        return cast(T, self._views[create])

    @cached_property
    def outside_graphs(self) -> frozenset[Subject]:
        """The subjects in the default graph; a remote engine shows none."""
        if not isinstance(self.store, EmbeddedStore):
            return frozenset()
        quads = self.store.engine.quads_for_pattern(None, None, None, ox.DefaultGraph())
        return frozenset(quad.subject for quad in quads)

    @cached_property
    def untyped_in_graph(self) -> frozenset[Subject]:
        """The subjects that have no type in one of the named graphs that describe them."""
        return frozenset(subject for (subject,) in self.select("untyped-in-graph"))

    @cached_property
    def reference_graphs(self) -> frozenset[object]:
        """The reference graphs."""
        return frozenset(quad.subject for quad in self.whole.match(None, namespaces.TYPE, namespaces.REFERENCE))

    @cached_property
    def undescribed(self) -> frozenset[Any]:
        """The IRIs that are pointed at and not described."""
        return frozenset(target for (target,) in self.select("undescribed"))

    @cached_property
    def digests(self) -> Mapping[Any, set[Any]]:
        """The SHA-256 of what states one."""
        return self.values(namespaces.SHA256)

    @cached_property
    def sources(self) -> Mapping[Any, set[Any]]:
        """The sources of what has one."""
        return self.values(namespaces.HAS_SOURCE)
