"""A view of a graph with a change made, while the graph itself stays as it is.

Owns look-ups in the view: what a pattern finds in the graph, without what is removed, with what is added. A look-up
costs what it costs in the graph, and what it finds; the change is indexed once for each form of pattern.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set

import pyoxigraph as ox

from kg.store.interface import Object, Pattern, QuadLookup, Subject

_Form = tuple[bool, bool, bool]
"""Which of subject, predicate and object a pattern binds."""


class Overlay:
    """A ``QuadLookup`` over the graph after the change; neither it nor the sets may change while the view is used."""

    def __init__(self, graph: QuadLookup, removed: Set[ox.Quad], added: Set[ox.Quad]) -> None:
        """``removed`` is part of the graph, and ``added`` is not."""
        self._graph, self._removed, self._added = graph, removed, added
        self._indexes: dict[_Form, Mapping[Pattern, Sequence[ox.Quad]]] = {}

    def match(
        self,
        subject: Subject | None,
        predicate: ox.NamedNode | None,
        object_: Object | None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        """See ``kg.store.interface.QuadLookup.match``."""
        found = self._graph.match(subject, predicate, object_, graph)
        yield from (quad for quad in found if quad not in self._removed) if self._removed else found
        for quad in self._find_added((subject, predicate, object_)):
            if graph is None or quad.graph_name == graph:
                yield quad

    def match_each(self, patterns: Sequence[Pattern]) -> list[Sequence[ox.Quad]]:
        """See ``kg.store.interface.QuadLookup.match_each``."""
        found = self._graph.match_each(patterns)
        if self._removed:
            found = [[quad for quad in quads if quad not in self._removed] for quads in found]
        if not self._added:
            return list(found)
        return [[*quads, *self._find_added(pattern)] for pattern, quads in zip(patterns, found, strict=True)]

    def _find_added(self, pattern: Pattern) -> Sequence[ox.Quad]:
        subject, predicate, object_ = pattern
        form = subject is not None, predicate is not None, object_ is not None
        if form not in self._indexes:
            self._indexes[form] = _index(self._added, form)
        return self._indexes[form].get(pattern, ())


def _index(quads: Set[ox.Quad], form: _Form) -> Mapping[Pattern, Sequence[ox.Quad]]:
    """The quads by the only pattern of this form that finds them."""
    subject, predicate, object_ = form
    index: dict[Pattern, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        key = quad.subject if subject else None, quad.predicate if predicate else None, quad.object if object_ else None
        index[key].append(quad)
    return dict(index)
