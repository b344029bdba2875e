"""Screens of the rules about geometries."""

from collections.abc import Iterable

from kg import namespaces
from kg.ingest.geometries import find_unreadable
from kg.ingest.screens.screened_graph import ScreenedGraph
from kg.store.interface import Subject


def find_bad_geometries(graph: ScreenedGraph) -> Iterable[Subject]:
    """What has a geometry that cannot be read: of each distinct one."""
    return graph.referring(find_unreadable(geometry for (geometry,) in graph.select("geometries")))


def find_unstated_geometries(graph: ScreenedGraph) -> Iterable[Subject]:
    """The geometries of places outside reference graphs."""
    quads = graph.quads(namespaces.GEOMETRY_OF)
    return [quad.subject for quad in quads if quad.graph_name not in graph.reference_graphs]
