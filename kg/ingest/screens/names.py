"""Screens of the rules about actors, places and concepts."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

import pyoxigraph as ox

from kg import namespaces
from kg.ingest.known_names import LABELS, KnownNames
from kg.ingest.screens.screened_graph import ScreenedGraph
from kg.name_folding import fold_name
from kg.store.interface import Subject


def find_unused_actors(graph: ScreenedGraph) -> Iterable[Subject]:
    """The actors that nothing refers to."""
    classes = map(ox.NamedNode, graph.context.actors)
    unused = [subject for (subject,) in graph.select("unused-actors", {"class": classes})]
    described = graph.store.match_each([(subject, None, None) for subject in unused])
    for subject, quads in zip(unused, described, strict=True):
        if any(quad.graph_name not in graph.reference_graphs for quad in quads):
            yield subject


def find_known_names(graph: ScreenedGraph) -> Iterable[Subject]:
    """The actors and places outside reference graphs that are called as another one is."""
    names = KnownNames(graph.context.ids)
    bearers: dict[tuple[str, str], set[Subject]] = defaultdict(set)
    compared: set[Subject] = set()
    for quad in chain.from_iterable(graph.whole.match(None, label, None) for label in LABELS):
        if names.is_name(quad):
            kind = names.kind_of(namespaces.value_of(quad.subject))
            bearers[kind, fold_name(namespaces.value_of(quad.object))].add(quad.subject)
            if quad.graph_name not in graph.reference_graphs:
                compared.add(quad.subject)
    return [subject for alike in bearers.values() if len(alike) > 1 for subject in alike & compared]


def find_added_concepts(graph: ScreenedGraph) -> Iterable[Subject]:
    """The concepts that other graphs than those of the ontology describe."""
    quads = graph.quads(namespaces.IN_SCHEME)
    return [quad.subject for quad in quads if quad.graph_name not in graph.context.ontology_graphs]
