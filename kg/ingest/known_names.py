"""The names of actors and places of a graph by their folded forms, kept from one write to the next.

Owns which labels are names here. What is found is a candidate: a name that was there or was proposed, which the caller
looks up. So names that are gone do no harm, and those of a write that is not made neither.
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
    """Labels and hidden labels; read from the graph when they are first needed."""

    def __init__(self, ids: str) -> None:
        """``ids``: the beginning of the IRIs of resources."""
        self._kinds = tuple(f"{ids}{kind}" for kind in _KINDS)
        self._names: dict[str, set[ox.Quad]] = defaultdict(set)
        self._is_read = False

    def is_name(self, quad: ox.Quad) -> bool:
        """Whether the quad names an actor or a place."""
        return quad.predicate in LABELS and namespaces.value_of(quad.subject).startswith(self._kinds)

    def kind_of(self, iri: str) -> str:
        """The beginning of the IRIs of what is compared with this one; empty if nothing is."""
        return next((kind for kind in self._kinds if iri.startswith(kind)), "")

    def find(self, label: str, graph: QuadLookup) -> Set[ox.Quad]:
        """The quads that may name something so: of the graph, or among those that have been added here."""
        if not self._is_read:
            for predicate in LABELS:
                self.add(graph.match(None, predicate, None))
            self._is_read = True
        return self._names.get(fold_name(label), frozenset())

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Remember the names among these quads, which a write removes or adds."""
        for quad in quads:
            if self.is_name(quad):
                self._names[fold_name(namespaces.value_of(quad.object))].add(quad)
