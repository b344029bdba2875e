"""A private copy of the graph that is changed step by step, and put back as it was.

Owns the exact difference between now and before: each step is compared with what the copy contains. A step costs
what it names costs, whatever the size of the graph.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import TypeVar

import pyoxigraph as ox

from kg.errors import ChangeTooLargeError
from kg.store.change import Change
from kg.store.interface import normalize

T = TypeVar("T")
GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be evaluated."""

    max_quads: int
    """Quads of a change, removed and added."""
    max_solutions: int = 1_000_000
    """Solutions of one WHERE."""


class PrivateCopy:
    """An engine that nobody else uses meanwhile, and what has changed in it."""

    def __init__(self, engine: ox.Store, limits: Limits) -> None:
        self.engine, self.limits = engine, limits
        self._removed: set[ox.Quad] = set()
        self._added: set[ox.Quad] = set()
        self._created: set[str] = set()
        self._dropped: set[str] = set()

    def exchange(self, deleted: Set[ox.Quad], inserted: Set[ox.Quad]) -> None:
        """Delete quads, then insert others; those of them that make no difference are ignored.

        Raises ChangeTooLargeError, when nothing has been done.
        """
        deleted, inserted = normalize(deleted), normalize(inserted)
        removed = {quad for quad in deleted - inserted if quad in self.engine}
        added = {quad for quad in inserted if quad not in self.engine}
        self.check_size(len(self._removed) + len(removed) + len(self._added) + len(added))
        # Everything is noted before it is done: what fails half-way is put back as well.
        for graph in {quad.graph_name for quad in added}:
            self._note_created(graph)
        _accumulate(removed, added, self._removed, self._added)
        for quad in removed:
            self.engine.remove(quad)
        self.engine.extend(added)

    def clear(self, graph: GraphName) -> None:
        """Remove all quads of the graph."""
        self.exchange(self.quads(graph), frozenset())

    def create(self, graph: ox.NamedNode) -> None:
        """Create the graph, if there is none."""
        self._note_created(graph)
        self.engine.add_graph(graph)

    def drop(self, graph: GraphName) -> None:
        """Remove all quads of the graph, and the graph itself unless it is the default graph."""
        self.clear(graph)
        if isinstance(graph, ox.DefaultGraph) or not self.contains(graph):
            return
        if isinstance(graph, ox.NamedNode):
            _accumulate({graph.value}, set(), self._dropped, self._created)
        self.engine.remove_graph(graph)

    def contains(self, graph: GraphName) -> bool:
        """Whether there is such a graph, even an empty one."""
        return isinstance(graph, ox.DefaultGraph) or self.engine.contains_named_graph(graph)

    def quads(self, graph: GraphName) -> frozenset[ox.Quad]:
        """The quads of the graph. Raises ChangeTooLargeError if they are more than a change may have."""
        return frozenset(self._count(self.engine.quads_for_pattern(None, None, None, graph)))

    @property
    def removed(self) -> frozenset[ox.Quad]:
        """The quads that were there at the start and are gone."""
        return frozenset(self._removed)

    @property
    def added(self) -> frozenset[ox.Quad]:
        """The quads that were not there at the start."""
        return frozenset(self._added)

    def change(self) -> Change:
        """What has changed since the start."""
        return Change.from_quads(self._removed, self._added, self._created, self._dropped)

    def restore(self) -> None:
        """Put everything back as it was."""
        for quad in self._added:
            self.engine.remove(quad)
        for graph in self._created:
            self.engine.remove_graph(ox.NamedNode(graph))
        self.engine.extend(self._removed)
        for graph in self._dropped:
            self.engine.add_graph(ox.NamedNode(graph))

    def check_size(self, quads: int) -> None:
        """Raises ChangeTooLargeError if that are too many."""
        if quads > self.limits.max_quads:
            raise ChangeTooLargeError(self.limits.max_quads)

    def _count(self, quads: Iterator[ox.Quad]) -> Iterator[ox.Quad]:
        for number, quad in enumerate(quads, start=1):
            self.check_size(number)
            yield quad

    def _note_created(self, graph: GraphName) -> None:
        if isinstance(graph, ox.NamedNode) and not self.contains(graph):
            _accumulate(set(), {graph.value}, self._dropped, self._created)


def _accumulate(removed: set[T], added: set[T], all_removed: set[T], all_added: set[T]) -> None:
    """Add one step to the sums of all steps."""
    came_and_went, returned = removed & all_added, added & all_removed
    all_removed -= returned
    all_removed |= removed - came_and_went
    all_added -= came_and_went
    all_added |= added - returned
