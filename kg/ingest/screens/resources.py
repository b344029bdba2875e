"""Screens of the rules about any resource."""

from collections.abc import Iterable

import pyoxigraph as ox

from kg import namespaces
from kg.ingest.screens.screened_graph import ScreenedGraph
from kg.store.interface import Subject


def find_untyped(graph: ScreenedGraph) -> Iterable[Subject]:
    """What has no type in one of its graphs: a type that only the ontology gives it does not count."""
    return graph.untyped_in_graph | graph.outside_graphs


def find_broken_references(graph: ScreenedGraph) -> Iterable[Subject]:
    """What points at an IRI of this knowledge graph that is not described."""
    own = graph.context.own
    return graph.referring(target for target in graph.undescribed if namespaces.value_of(target).startswith(own))


def find_other_kinds(graph: ScreenedGraph) -> Iterable[Subject]:
    """What points by a field at an instance of a class that the field does not take."""
    fields = graph.context.fields
    classes = map(ox.NamedNode, fields.classes)
    for class_, predicate, target in graph.select("linked-classes", {"class": classes}):
        if fields.refuses(*map(namespaces.value_of, (class_, predicate, target))):
            terms = {"class": [class_], "predicate": [predicate], "target_class": [target]}
            yield from (suspect for (suspect,) in graph.select("links-of-classes", terms))
