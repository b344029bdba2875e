"""The names of actors and places by their folded forms, kept from one write to the next.

Owns which labels are names here. What is found in names that are kept is a candidate, which the caller looks up: names
stay when they are removed from the graph, and also those of a write that was accepted and not made.
"""

from collections import defaultdict
from collections.abc import Iterable, Set

import pyoxigraph as ox

from kg import namespaces
from kg.name_folding import fold_name
from kg.store.interface import QuadLookup

LABELS = (ox.NamedNode(namespaces.PREF_LABEL), ox.NamedNode(f"{namespaces.SKOS}hiddenLabel"))
_KINDS = ("actor/", "place/")


class KnownNames:
    """Labels and hidden labels of actors and places."""

    def __init__(self, ids: str, quads: Iterable[ox.Quad] = ()) -> None:
        """``ids``: the beginning of the IRIs of resources."""
        self._kinds = tuple(f"{ids}{kind}" for kind in _KINDS)
        self._names: dict[str, set[ox.Quad]] = defaultdict(set)
        self._is_complete = False
        self.add(quads)

    def is_name(self, quad: ox.Quad) -> bool:
        """Whether the quad names an actor or a place."""
        return quad.predicate in LABELS and namespaces.value_of(quad.subject).startswith(self._kinds)

    def kind_of(self, iri: str) -> str:
        """The beginning of the IRIs of what is compared with this one; empty if nothing is."""
        return next((kind for kind in self._kinds if iri.startswith(kind)), "")

    def complete(self, graph: QuadLookup) -> None:
        """Read the names of the graph, if that has not been done."""
        if not self._is_complete:
            for predicate in LABELS:
                self.add(graph.match(None, predicate, None))
            self._is_complete = True

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Keep the names among these quads."""
        for quad in quads:
            if self.is_name(quad):
                self._names[fold_name(namespaces.value_of(quad.object))].add(quad)

    def find(self, label: str) -> Set[ox.Quad]:
        """The names that have this spelling."""
        return self._names.get(fold_name(label), frozenset())
