"""Two graphs looked up as one, of which neither is copied.

Owns that no quad is found twice.
"""

from collections.abc import Iterator, Sequence, Set

import pyoxigraph as ox

from kg.store.interface import Object, Pattern, QuadLookup, Subject


class JoinedLookup:
    """A ``QuadLookup`` over the quads of both graphs."""

    def __init__(self, first: QuadLookup, second: QuadLookup, common: Set[Subject] = frozenset()) -> None:
        """``common``: the subjects of the quads that are in both; of these, the first has all that the second has."""
        self._first, self._second, self._common = first, second, common

    def match(
        self,
        subject: Subject | None,
        predicate: ox.NamedNode | None,
        object_: Object | None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        """See ``kg.store.interface.QuadLookup.match``."""
        yield from self._first.match(subject, predicate, object_, graph)
        yield from self._select(self._second.match(subject, predicate, object_, graph))

    def match_each(self, patterns: Sequence[Pattern]) -> list[Sequence[ox.Quad]]:
        """See ``kg.store.interface.QuadLookup.match_each``."""
        found = zip(self._first.match_each(patterns), self._second.match_each(patterns), strict=True)
        return [[*first, *self._select(iter(second))] for first, second in found]

    def _select(self, quads: Iterator[ox.Quad]) -> Iterator[ox.Quad]:
        return (quad for quad in quads if quad.subject not in self._common) if self._common else quads
