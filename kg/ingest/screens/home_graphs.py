"""Screens of the rules about home graphs."""

from collections.abc import Iterable

from kg import namespaces
from kg.ingest.screens.screened_graph import ScreenedGraph
from kg.store.interface import Subject


def find_outside_graphs(graph: ScreenedGraph) -> Iterable[Subject]:
    """What is described in no named graph."""
    return graph.outside_graphs


def find_in_undescribed_graphs(graph: ScreenedGraph) -> Iterable[Subject]:
    """A subject of each graph that is no home graph."""
    named = graph.store.graphs()
    types = graph.store.match_each([(name, namespaces.TYPE, None) for name in named])
    for name, quads in zip(named, types, strict=True):
        if all(quad.object not in namespaces.HOME_GRAPH_CLASSES for quad in quads):
            yield next(graph.store.match(None, None, None, name)).subject


def find_in_several_graphs(graph: ScreenedGraph) -> Iterable[Subject]:
    """What more than one graph describes: it has a type in two of them, or none in one."""
    typed = {subject for (subject,) in graph.select("typed-in-several-graphs")}
    return typed | graph.untyped_in_graph | graph.outside_graphs
