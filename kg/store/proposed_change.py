"""A change that has not been made: what it removes and adds, and the graph as it would be.

Knows no rule. ``after`` is a private copy in which the change has been made, or a view of the store that adds it.
"""

from dataclasses import dataclass

import pyoxigraph as ox

from kg.store.interface import QuadLookup


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """Exactly what differs: ``removed`` is no part of ``after``, ``added`` is, and they were the reverse before."""

    after: QuadLookup
    removed: frozenset[ox.Quad]
    added: frozenset[ox.Quad]

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
