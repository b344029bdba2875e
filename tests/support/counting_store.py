"""A store that counts what is looked up in it."""

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from kg.store.embedded import EmbeddedStore
from kg.store.interface import Object, Pattern, Subject


class CountingStore(EmbeddedStore):
    """An embedded store in memory; ``requests`` are what a remote engine would get."""

    def __init__(self, engine: ox.Store) -> None:
        super().__init__(engine, None, union=True)
        self.reset()

    def reset(self) -> None:
        self.requests = self.patterns = self.found = 0

    @property
    def counts(self) -> tuple[int, int, int]:
        """Requests, patterns and quads found, since the last reset."""
        return self.requests, self.patterns, self.found

    def match(
        self,
        subject: Subject | None,
        predicate: ox.NamedNode | None,
        object_: Object | None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        self.requests += 1
        self.patterns += 1
        for quad in super().match(subject, predicate, object_, graph):
            self.found += 1
            yield quad

    def match_each(self, patterns: Sequence[Pattern]) -> list[list[ox.Quad]]:
        self.requests += 1
        self.patterns += len(patterns)
        quads = super().match_each(patterns)
        self.found += sum(map(len, quads))
        return quads

    def quads(self, graph: ox.NamedNode | None = None) -> Iterator[ox.Quad]:  # noqa: ARG002
        raise AssertionError("all quads are read")
