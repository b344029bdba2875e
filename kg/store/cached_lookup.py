"""Look-ups in a graph that does not change meanwhile: each pattern is looked up once."""

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from kg.store.interface import Object, Pattern, QuadLookup, Subject


class CachedLookup:
    """A ``QuadLookup`` that remembers what batches of patterns have found."""

    def __init__(self, graph: QuadLookup) -> None:
        self._graph = graph
        self._found: dict[Pattern, Sequence[ox.Quad]] = {}

    def match(
        self,
        subject: Subject | None,
        predicate: ox.NamedNode | None,
        object_: Object | None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        """See ``kg.store.interface.QuadLookup.match``; not remembered, because it may be read in part."""
        return self._graph.match(subject, predicate, object_, graph)

    def match_each(self, patterns: Sequence[Pattern]) -> list[Sequence[ox.Quad]]:
        """See ``kg.store.interface.QuadLookup.match_each``."""
        missing = [pattern for pattern in dict.fromkeys(patterns) if pattern not in self._found]
        if missing:
            self._found.update(zip(missing, self._graph.match_each(missing), strict=True))
        return [self._found[pattern] for pattern in patterns]
