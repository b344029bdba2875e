"""What an ingestor remembers of a graph from one write to the next, because to read it again would cost the graph.

Owns when it is read again. All of it is about the graph that is changed by the writes that the ingestor plans; what
others change meanwhile makes suggestions and warnings incomplete, and no verdict wrong.
"""

from collections.abc import Iterable
from pathlib import Path
from weakref import WeakKeyDictionary

import pyoxigraph as ox

from kg.ingest.integrity_context import IntegrityContext
from kg.ingest.known_names import KnownNames
from kg.store.interface import QuadLookup, Queryable, Store
from kg.store.query_template import SolutionSequence, text_of

_SIZE = (Path(__file__).parent / "graph-size.rq").read_text(encoding="utf-8")
_TOLERANCE = 4
"""The size serves the choice between two ways of validation: it is counted again when a quarter may have changed."""


class GraphMemory:
    """The names of a graph, its size, and whether it has the ontology of this version."""

    def __init__(self, context: IntegrityContext) -> None:
        self._context = context
        self.names = KnownNames(context.ids)
        self._size = self._noted = 0
        """Quads when they were counted, and in writes since then, whether made or not."""
        self._is_least = False
        """There may have been more."""
        self._has_ontology = False

    def has_more(self, graph: Queryable, quads: int) -> bool:
        """Whether the graph has about more quads than these; no more of it is counted than that takes."""
        if quads < 0:
            return True
        if self._noted * _TOLERANCE >= self._size or (self._is_least and self._size <= quads):
            limit = quads + quads // _TOLERANCE + 1
            (row,) = SolutionSequence.select(graph, _SIZE.replace("LIMIT 1", f"LIMIT {limit}")).rows
            self._size, self._noted = int(text_of(row["quads"])), 0
            self._is_least = self._size == limit
        return self._size > quads

    def has_ontology(self, graph: QuadLookup) -> bool:
        """Whether the graph has the shipped ontology and nothing else in its home graph."""
        names = self._context.ontology_graphs
        described = {quad for name in names for quad in graph.match(name, None, None, name)}
        if described != self._context.ontology_description:  # also where a write that added it was not made
            return False
        if not self._has_ontology:
            stored = {quad for name in names for quad in graph.match(None, None, None, name)}
            self._has_ontology = stored == self._context.ontology
        return self._has_ontology

    def note(self, changed: Iterable[ox.Quad]) -> None:
        """A write that adds and removes these quads may be made."""
        graphs = [quad.graph_name for quad in changed]
        self._noted += len(graphs)
        if any(graph in self._context.ontology_graphs for graph in graphs):
            self._has_ontology = False


class GraphMemories:
    """What is remembered of each graph, while its store is in use."""

    def __init__(self, context: IntegrityContext) -> None:
        self._context = context
        self._memories: WeakKeyDictionary[Store, GraphMemory] = WeakKeyDictionary()

    def of(self, store: Store) -> GraphMemory:
        """What is remembered of the graph in this store."""
        if store not in self._memories:
            self._memories[store] = GraphMemory(self._context)
        return self._memories[store]
