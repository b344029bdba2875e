"""What references to nothing may mean, among the resources of a graph.

Owns what of the graph is read for it, only where something is wrong: names, and resources of the same kind, up to a
limit. What is offered of them is ``resource_suggestions``'s.
"""

from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import islice

import pyoxigraph as ox

from kg import namespaces
from kg.ingest.integrity_context import IntegrityContext
from kg.ingest.known_names import LABELS
from kg.ingest.resource_suggestions import suggest_resource
from kg.name_index import NameIndex, ResourceName
from kg.store.interface import QuadLookup

_, _HIDDEN = LABELS
_MAX_TARGETS = 20
"""References for which something is offered; a search takes up to a second in a large graph."""
_MAX_READ = 50_000
"""Names, and resources of a kind, among which something is looked for."""


class ReferenceSuggestions:
    """Suggestions over one state of a graph."""

    def __init__(self, graph: QuadLookup, context: IntegrityContext, touched: Iterable[object]) -> None:
        """``touched``: resources that are considered whatever their kind."""
        self._graph, self._context, self._touched = graph, context, touched
        self._cures: dict[tuple[str, Collection[str]], str] = {}

    def suggest(self, target: str, kinds: Collection[str]) -> str:
        """How to correct a reference to this IRI, which is to be of one of these kinds."""
        key = target, kinds
        if key not in self._cures:
            is_searched = len(self._cures) < _MAX_TARGETS
            names = self._names if is_searched else NameIndex(())
            siblings = self._read_siblings(target) if is_searched else ()
            self._cures[key] = suggest_resource(target, names, siblings, self._context.ids, kinds)
        return self._cures[key]

    @cached_property
    def _names(self) -> NameIndex:
        quads = [quad for label in LABELS for quad in islice(self._graph.match(None, label, None), _MAX_READ)]
        return NameIndex(
            ResourceName(namespaces.value_of(quad.subject), namespaces.value_of(quad.object), quad.predicate == _HIDDEN)
            for quad in sorted(quads, key=str)
        )

    def _read_siblings(self, target: str) -> set[str]:
        """Resources that may be of the same kind as the target."""
        above = target.rpartition("/")[0]
        siblings = set(map(namespaces.value_of, self._touched))
        if above.startswith(self._context.ids):
            siblings |= self._instances_of(map(ox.NamedNode, self._classes_of(above.removeprefix(self._context.ids))))
        elif target.startswith(self._context.base_iri + "graph/"):
            siblings |= self._instances_of(namespaces.HOME_GRAPH_CLASSES)
        else:
            siblings.update(namespaces.value_of(quad.subject) for quad in self._context.schema.ontology)
            siblings |= self._subjects_of(namespaces.IN_SCHEME, ox.NamedNode(above))
        return siblings

    def _classes_of(self, kind: str) -> list[str]:
        return [cls.iri for cls in self._context.schema.classes.values() if cls.kind == kind]

    def _instances_of(self, classes: Iterable[ox.NamedNode]) -> set[str]:
        return {iri for cls in classes for iri in self._subjects_of(namespaces.TYPE, cls)}

    def _subjects_of(self, predicate: ox.NamedNode, value: ox.NamedNode) -> set[str]:
        found = islice(self._graph.match(None, predicate, value), _MAX_READ)
        return {namespaces.value_of(quad.subject) for quad in found}
