"""Look-ups in a graph that does not change meanwhile: each node and each pattern is looked up once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import pyoxigraph as ox

from kg.store.interface import Object, Pattern, QuadLookup, Subject

_Star = Mapping[ox.NamedNode | None, Sequence[ox.Quad]]
"""All that is said of a node, by predicate, and all of it under None."""


class CachedLookup:
    """A ``QuadLookup`` that remembers what batches of patterns have found.

    Of a pattern with a subject all that is said of the subject is read, because a write asks for most of it and few
    things are said of anything; what points at a node may be any number.
    """

    def __init__(self, graph: QuadLookup) -> None:
        self._graph = graph
        self._stars: dict[Subject, _Star] = {}
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
        self._read_missing(patterns)
        return [self._get(*pattern) for pattern in patterns]

    def _read_missing(self, patterns: Sequence[Pattern]) -> None:
        missing: dict[Pattern, None] = {}
        for pattern in patterns:
            subject = pattern[0]
            if subject is None and pattern not in self._found:
                missing[pattern] = None
            elif subject is not None and subject not in self._stars:
                missing[subject, None, None] = None
        if not missing:
            return
        for pattern, quads in zip(missing, self._graph.match_each(list(missing)), strict=True):
            if pattern[0] is None:
                self._found[pattern] = quads
            else:
                self._stars[pattern[0]] = _group(quads)

    def _get(
        self, subject: Subject | None, predicate: ox.NamedNode | None, object_: Object | None
    ) -> Sequence[ox.Quad]:
        if subject is None:
            return self._found[subject, predicate, object_]
        quads = self._stars[subject].get(predicate, ())
        return quads if object_ is None else [quad for quad in quads if quad.object == object_]


def _group(quads: Sequence[ox.Quad]) -> _Star:
    star: dict[ox.NamedNode | None, list[ox.Quad]] = defaultdict(list)
    star[None] = list(quads)
    for quad in quads:
        star[quad.predicate].append(quad)
    return dict(star)
