"""Writes without validation, in ``--plain`` mode only: SPARQL Update and the operations of the Graph Store Protocol.

An update passes the guard and then runs in this process, where it cannot be stopped, so a token is required for it.
Each write is one transaction, made under a lock, and visible to readers when it returns.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import UnknownNameError
from kg.execution.guard import inspect_update
from kg.store.change import Change
from kg.store.interface import Store
from kg.store.sparql_text import quad_data
from kg.update.using_clause import add_using

MAX_QUADS_IN_UPDATE = 10_000
"""A larger graph is not replaced by an update: parsing the text would block every other request."""


@dataclass(frozen=True, slots=True)
class Update:
    """One update as received; nothing in it is trusted."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    """If either is given, both together are the dataset of every WHERE (SPARQL 1.1 Protocol, section 2.2.3)."""
    base_iri: str = ""


class PlainWriter:
    """Changes a store; ``on_commit`` is called after each commit, with the change if it is known, under the lock."""

    def __init__(self, store: Store, lock: threading.Lock, on_commit: Callable[[Change | None], None]) -> None:
        self._store, self._lock, self._on_commit = store, lock, on_commit

    def update(self, update: Update) -> None:
        """Run it. On an error nothing has changed.

        Raises QueryRefusedError, BadParameterError, UpdateConflictError or StoreError.
        """
        text = add_using(inspect_update(update.text), update.using, update.using_named)
        with self._lock:
            self._store.update(text, base_iri=update.base_iri)
            self._on_commit(None)

    def put(self, graph: ox.NamedNode | None, triples: Collection[ox.Triple]) -> bool:
        """Replace the graph (None: the default graph) by the triples; True if the graph is new."""
        with self._lock:
            is_new = self._is_new(graph)
            self._on_commit(self._add(graph, triples) if is_new else self._replace(graph, triples))
        return is_new

    def post(self, graph: ox.NamedNode | None, triples: Collection[ox.Triple]) -> bool:
        """Add the triples to the graph; True if the graph is new."""
        with self._lock:
            is_new = self._is_new(graph)
            self._on_commit(self._add(graph, triples))
        return is_new

    def delete(self, graph: ox.NamedNode | None) -> None:
        """Drop the named graph, or clear the default graph. Raises UnknownNameError if there is no such graph."""
        with self._lock:
            if self._is_new(graph):
                raise UnknownNameError("graph", graph.value if graph else "")
            self._store.update(f"DROP GRAPH {graph}" if graph else "CLEAR DEFAULT")
            self._on_commit(None)

    def _is_new(self, graph: ox.NamedNode | None) -> bool:
        return graph is not None and not self._store.contains_graph(graph)

    def _add(self, graph: ox.NamedNode | None, triples: Collection[ox.Triple]) -> Change | None:
        quads = frozenset(_quads(graph, triples))
        if quads:
            self._store.insert(quads)
            return Change.from_quads(added=quads)
        if graph is not None:
            self._store.update(f"CREATE SILENT GRAPH {graph}")
        return None

    def _replace(self, graph: ox.NamedNode | None, triples: Collection[ox.Triple]) -> Change | None:
        quads = frozenset(_quads(graph, triples))
        if len(quads) > MAX_QUADS_IN_UPDATE:
            current = self._current_quads(graph)
            change = Change.from_quads(current - quads, quads - current)
            self._store.apply(change)
            return change
        clear = f"CLEAR GRAPH {graph}" if graph else "CLEAR DEFAULT"
        self._store.update(f"{clear} ;\nINSERT DATA {{{quad_data(quads)}}}" if quads else clear)
        return None

    def _current_quads(self, graph: ox.NamedNode | None) -> frozenset[ox.Quad]:
        if graph is not None:
            return frozenset(self._store.quads(graph))
        return frozenset(quad for quad in self._store.quads() if isinstance(quad.graph_name, ox.DefaultGraph))


def _quads(graph: ox.NamedNode | None, triples: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    name = graph or ox.DefaultGraph()
    return (ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in triples)
