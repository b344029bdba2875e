"""A change that has not been made: what it removes and adds, and the graph as it would be.

Knows no rule. ``after`` is a private copy in which the change has been made, or a view of the store that adds it.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import Self

import pyoxigraph as ox

from kg.store.interface import QuadLookup
from kg.store.overlay import Overlay


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """Exactly what differs: ``removed`` is no part of ``after``, ``added`` is, and they were the reverse before."""

    after: QuadLookup
    removed: frozenset[ox.Quad]
    added: frozenset[ox.Quad]

    @classmethod
    def over(cls, graph: QuadLookup, removed: Set[ox.Quad], added: Set[ox.Quad]) -> Self:
        """The change of a graph that stays as it is; ``removed`` is part of it, and ``added`` is not."""
        return cls(Overlay(graph, removed, added), frozenset(removed), frozenset(added))

    @property
    def before(self) -> QuadLookup:
        """The graph without the change."""
        return Overlay(self.after, self.added, self.removed)

    def amend(self, deleted: Set[ox.Quad], inserted: Set[ox.Quad]) -> "ProposedChange":
        """This change and then another; ``deleted`` is part of ``after``, and ``inserted`` is not."""
        if not deleted and not inserted:
            return self
        removed = (self.removed - inserted) | (deleted - self.added)
        added = (self.added - deleted) | (inserted - self.removed)
        return ProposedChange(Overlay(self.after, deleted, inserted), frozenset(removed), frozenset(added))

    def union_change(self) -> tuple[frozenset[ox.Triple], frozenset[ox.Triple]]:
        """The triples that the union of all graphs loses, and those that it gains.

        A triple that another graph had before, or has still, is neither.
        """
        changed = sorted({quad.triple for quad in self.removed | self.added}, key=str)
        found = self.after.match_each([(triple.subject, triple.predicate, triple.object) for triple in changed])
        present = dict(zip(changed, found, strict=True))
        gone = {quad.triple for quad in self.removed}
        lost = frozenset(triple for triple in gone if not present[triple])
        gained = (
            triple
            for triple in {quad.triple for quad in self.added} - gone
            if all(quad in self.added for quad in present[triple])
        )
        return lost, frozenset(gained)
