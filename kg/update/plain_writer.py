"""Changes that pass no shapes: SPARQL Update and whole graphs, in ``--plain`` mode only. One writer at a time.

An update is examined before the engine parses it, as queries are; it then runs in this process, where nothing can
stop it, so it is for those who have a token. Every change is one transaction, and readers see it once it returns.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import UnknownNameError
from kg.store.interface import Change, Store
from kg.store.sparql_text import insert_data
from kg.update.update_guard import inspect_update
from kg.update.using_clause import with_dataset

IN_ONE_TEXT = 10_000
"""Quads up to which a graph is replaced by a text: parsing a longer one would hold up every other request."""


@dataclass(frozen=True, slots=True)
class Update:
    """One update as it was sent; nothing here is trusted."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    """If either is given, both together are the dataset of every WHERE (SPARQL 1.1 Protocol, section 2.2.3)."""
    base_iri: str = ""


class PlainWriter:
    """Changes a store; ``committed`` is told each change, where it is known, before the next writer's turn."""

    def __init__(self, store: Store, lock: threading.Lock, committed: Callable[[Change | None], None]) -> None:
        self._store, self._lock, self._committed = store, lock, committed

    def update(self, update: Update) -> None:
        """Run it.

        Raises QueryRefusedError, BadParameterError, UpdateConflictError or StoreError; then nothing has changed.
        """
        text = with_dataset(inspect_update(update.text), update.using, update.using_named)
        with self._lock:
            self._store.update(text, base_iri=update.base_iri)
            self._committed(None)

    def put(self, graph: ox.NamedNode | None, triples: Collection[ox.Triple]) -> bool:
        """Make the triples the content of the graph (None: the unnamed one); whether the graph is new."""
        with self._lock:
            is_new = self._is_new(graph)
            self._committed(self._add(graph, triples) if is_new else self._replace(graph, triples))
        return is_new

    def post(self, graph: ox.NamedNode | None, triples: Collection[ox.Triple]) -> bool:
        """Merge the triples into the graph; whether the graph is new."""
        with self._lock:
            is_new = self._is_new(graph)
            self._committed(self._add(graph, triples))
        return is_new

    def delete(self, graph: ox.NamedNode | None) -> None:
        """Remove the graph, or empty the unnamed one. Raises UnknownNameError where there is none."""
        with self._lock:
            if self._is_new(graph):
                raise UnknownNameError("graph", graph.value if graph else "")
            self._store.update(f"DROP GRAPH {graph}" if graph else "CLEAR DEFAULT")
            self._committed(None)

    def _is_new(self, graph: ox.NamedNode | None) -> bool:
        return graph is not None and not self._store.contains_graph(graph)

    def _add(self, graph: ox.NamedNode | None, triples: Collection[ox.Triple]) -> Change | None:
        quads = frozenset(_quads(graph, triples))
        if quads:
            self._store.insert(quads)
            return Change(frozenset(), quads)
        if graph is not None:
            self._store.update(f"CREATE SILENT GRAPH {graph}")
        return None

    def _replace(self, graph: ox.NamedNode | None, triples: Collection[ox.Triple]) -> Change | None:
        quads = frozenset(_quads(graph, triples))
        if len(quads) > IN_ONE_TEXT:
            held = self._held(graph)
            change = Change(held - quads, quads - held)
            self._store.apply(change)
            return change
        emptied = f"CLEAR GRAPH {graph}" if graph else "CLEAR DEFAULT"
        self._store.update(f"{emptied} ;\n{insert_data(quads)}" if quads else emptied)
        return None

    def _held(self, graph: ox.NamedNode | None) -> frozenset[ox.Quad]:
        if graph is not None:
            return frozenset(self._store.quads(graph))
        return frozenset(quad for quad in self._store.quads() if isinstance(quad.graph_name, ox.DefaultGraph))


def _quads(graph: ox.NamedNode | None, triples: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    name = graph or ox.DefaultGraph()
    return (ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in triples)
