"""A graph of the shipped data and generated data, with a data set, and with triples that two graphs contain."""

from dataclasses import dataclass
from functools import cache

import hard_graph
import pyoxigraph as ox
from in_process import InProcessGraph
from random_changes import double

from bench.generate import Generator
from kg.knowledge_graph import list_shipped_documents
from kg.namespaces import CK, DATASET, TYPE
from kg.validation.validator import Validator

_GENERATED = 4_000
_DOUBLED = 60
_SET_MINIMA = 3
"""Counts of the data set with a minimum above the maximum: a warning each."""


@dataclass(frozen=True)
class SampleGraph:
    """Quads without a violation, with the shapes that they conform to."""

    shapes: tuple[ox.Quad, ...]
    quads: tuple[ox.Quad, ...]


@cache
def create_sample_graph() -> SampleGraph:
    """A graph for the shapes of this project."""
    graph = InProcessGraph.create()
    graph.load(graph.read_files(path for path in list_shipped_documents() if "al-jinah" not in path.name))
    engine = ox.Store()
    engine.extend(graph.store.quads())
    for chunk in Generator(_GENERATED).generate_chunks():
        engine.load(chunk.encode(), format=ox.RdfFormat.N_QUADS)
    _turn_into_dataset(engine)
    return SampleGraph(tuple(graph.schema.shapes), tuple(double(engine, _DOUBLED, seed=1)))


@cache
def create_hard_graph() -> SampleGraph:
    """A graph for ``hard-shapes.ttl``."""
    quads = hard_graph.create_graph(Validator(hard_graph.SHAPES), seed=1)
    return SampleGraph(hard_graph.SHAPES, tuple(double(quads, _DOUBLED, seed=1)))


def _turn_into_dataset(engine: ox.Store) -> None:
    """Make the graph with most counts a data set that contains what only data sets may."""
    minima = sorted(engine.quads_for_pattern(None, ox.NamedNode(f"{CK}minimum"), None), key=str)
    home = max((quad.graph_name for quad in minima), key=lambda graph: sum(quad.graph_name == graph for quad in minima))
    assert isinstance(home, ox.NamedNode)
    for quad in list(engine.quads_for_pattern(home, TYPE, None)):
        engine.remove(quad)
    engine.add(ox.Quad(home, TYPE, DATASET, home))
    for quad in [quad for quad in minima if quad.graph_name == home][:_SET_MINIMA]:
        assert isinstance(quad.object, ox.Literal)
        engine.remove(quad)
        engine.add(ox.Quad(quad.subject, quad.predicate, ox.Literal("9999", datatype=quad.object.datatype), home))
