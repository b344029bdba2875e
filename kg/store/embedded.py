"""The store inside this process: Oxigraph, on disk or in memory. Owns its directory; knows no other engine.

Invariants: one process opens a directory for writing; every change is one transaction of the engine; after a failed
write for want of room the store goes on reading, and writes again once there is room.
"""

import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from shutil import disk_usage
from threading import Lock
from typing import Self

import pyoxigraph as ox

from kg.errors import QueryRefusedError, StoreError, StoreFullError, StoreLockedError, UpdateConflictError
from kg.store.dataset_version import DatasetVersion
from kg.store.interface import Change, QueryResult
from kg.store.sparql_text import has_blank_node, parse_syntax_error, serialize_change

_LOCKED = ("While lock file:", "lock hold by current process")
_FULL = ("No space left on device", "Disk quota exceeded")
_CONFLICTS = ("does not exist", "already exists")
_IN_MEMORY = Path("(memory)")
_ENGINE_FAILURES = (OSError, RuntimeError)

_REOPENING_PATIENCE_S = 5.0
_REOPENING_MARGIN = 8_000_000

# SPARQL cannot name a blank node of the store. Here every term comes from a function, called by row and column, and a
# column that a row lacks leaves its pattern out: ``minus`` and ``plus`` are graphs, ``gone`` and ``new`` subjects in
# the unnamed graph.
_TERM = ox.NamedNode("urn:x-conflict-kg:term")
_COLUMNS = ("s", "p", "o", "minus", "gone", "plus", "new")
_REWRITE = """
DELETE { GRAPH ?minus { ?s ?p ?o } ?gone ?p ?o }
INSERT { GRAPH ?plus { ?s ?p ?o } ?new ?p ?o }
WHERE { VALUES ?row { $rows } $columns }"""

_Row = dict[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]


class EmbeddedStore:
    """A ``kg.store.Store`` on Oxigraph; made by ``open`` or ``in_memory``."""

    def __init__(self, engine: ox.Store, directory: Path | None, union: bool) -> None:
        self._engine: ox.Store | None = engine
        self._directory = directory
        self._union = union
        self._closed = False
        self._stuck = False
        self._swapping = Lock()
        self._version = DatasetVersion(directory.with_name(f"{directory.name}.version") if directory else None)

    @classmethod
    def open(cls, directory: Path, *, union: bool = True) -> Self:
        """The store at rest in ``directory``, made if absent. Raises StoreLockedError, StoreFullError or StoreError.

        ``union``: whether the default graph of a query is the union of all graphs; else it is the unnamed graph.
        """
        return cls(_opened(directory), directory, union)

    @classmethod
    def in_memory(cls, *, union: bool = True) -> Self:
        """An empty store that is gone when closed."""
        return cls(ox.Store(), None, union)

    def query(self, text: str) -> QueryResult:
        """See ``kg.store.Queryable.query``; rows are evaluated while they are read."""
        try:
            return self._running().query(text, use_default_graph_as_union=self._union)
        except SyntaxError as error:
            raise parse_syntax_error(str(error)) from error
        except _ENGINE_FAILURES as error:
            raise self._failure(error) from error

    def graphs(self) -> list[ox.NamedNode]:
        """The named graphs that hold a quad, sorted by IRI."""
        engine = self._running()
        named = [graph for graph in engine.named_graphs() if isinstance(graph, ox.NamedNode)]
        filled = (graph for graph in named if any(engine.quads_for_pattern(None, None, None, graph)))
        return sorted(filled, key=lambda graph: graph.value)

    def quads(self, graph: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
        """The quads of one named graph, or of all graphs, as they were when asked for."""
        return self._running().quads_for_pattern(None, None, None, graph)

    def apply(self, change: Change) -> None:
        """Make the change: all of it or, on any error, none of it. Raises StoreFullError or StoreError."""
        self._commit(lambda engine: _write(engine, change))

    @property
    def version(self) -> str:
        """See ``kg.store.Store.version``; the same after a restart."""
        return self._version.current

    def contains_graph(self, graph: ox.NamedNode) -> bool:
        """Whether there is a graph of that name, be it an empty one."""
        return self._running().contains_named_graph(graph)

    def update(self, text: str, *, base_iri: str = "") -> None:
        """See ``kg.store.Store.update``. It runs in this process and cannot be stopped."""
        self._commit(lambda engine: _updated(engine, text, base_iri))

    def insert(self, quads: Collection[ox.Quad]) -> None:
        """Put the quads in: all of them or none. Raises StoreFullError or StoreError."""
        self._commit(lambda engine: engine.extend(quads))

    def _commit(self, write: Callable[[ox.Store], None]) -> None:
        if self._stuck:
            self._reopen()
        try:
            with self._version.changing():
                write(self._running())
        except _ENGINE_FAILURES as error:
            self._stuck = _tells_of_no_room(error)
            # A traceback kept by the caller would keep the engine, and so the lock on the directory.
            raise self._failure(error) from error.with_traceback(None)

    def checkpoint(self, into: Path) -> None:
        """A consistent copy of the store in ``into``, which must not exist; made of hard links where it can be."""
        try:
            self._running().backup(into)
        except _ENGINE_FAILURES as error:
            raise self._failure(error, into) from error

    def close(self) -> None:
        """Let go of the store; the directory is free once the last iterator over it is gone too."""
        with self._swapping:
            self._closed = True
            self._engine = None

    def _running(self) -> ox.Store:
        with self._swapping:
            if self._closed:
                raise StoreError("the store is closed")
            if self._engine is None:
                self._engine = _opened_when_released(self._place())
            return self._engine

    def _reopen(self) -> None:
        """RocksDB takes no write after one that found no room, until it is opened anew.

        Opening writes its log out again, so it is not tried without room for that: it would cost us reading too.
        """
        directory = self._place()
        if disk_usage(directory).free < _log_size(directory) + _REOPENING_MARGIN:
            raise StoreFullError(directory)
        with self._swapping:
            self._engine = None
        self._running()
        self._stuck = False

    def _place(self) -> Path:
        return self._directory or _IN_MEMORY

    def _failure(self, error: Exception, directory: Path | None = None) -> StoreError:
        return _translated(error, directory or self._place())


def _opened(directory: Path) -> ox.Store:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return ox.Store(directory)
    except _ENGINE_FAILURES as error:
        raise _translated(error, directory) from error


def _opened_when_released(directory: Path) -> ox.Store:
    """Our own readers may hold the engine that was let go for a little while."""
    deadline = time.monotonic() + _REOPENING_PATIENCE_S
    while True:
        try:
            return _opened(directory)
        except StoreLockedError as error:
            if time.monotonic() > deadline:
                raise StoreError(f"{directory}: readers from before the disk was full still run; repeat") from error
            time.sleep(0.05)


def _translated(error: Exception, directory: Path) -> StoreError:
    message = str(error)
    if _tells_of_no_room(error):
        return StoreFullError(directory)
    if any(words in message for words in _LOCKED):
        return StoreLockedError(directory)
    return StoreError(f"{directory}: {message}")


def _tells_of_no_room(error: Exception) -> bool:
    return any(words in str(error) for words in _FULL)


def _log_size(directory: Path) -> int:
    return sum(log.stat().st_size for log in directory.glob("*.log"))


def _write(engine: ox.Store, change: Change) -> None:
    if not change.removed:
        engine.extend(change.added)
    elif any(map(has_blank_node, change.removed | change.added)):
        _rewrite(engine, change)
    else:
        engine.update(serialize_change(change))


def _updated(engine: ox.Store, text: str, base_iri: str) -> None:
    try:
        engine.update(text, base_iri=base_iri or None)
    except SyntaxError as error:
        raise parse_syntax_error(str(error)) from error
    except RuntimeError as error:
        if any(words in str(error) for words in _CONFLICTS):
            raise UpdateConflictError(str(error)) from error
        if _tells_of_no_room(error):
            raise
        raise QueryRefusedError(str(error)) from error


def _rewrite(engine: ox.Store, change: Change) -> None:
    rows = [_row(quad, "minus", "gone") for quad in change.removed] + [
        _row(quad, "plus", "new") for quad in change.added
    ]
    columns = " ".join(f'BIND({_TERM}(?row, "{column}") AS ?{column})' for column in _COLUMNS)
    text = _REWRITE.replace("$rows", " ".join(map(str, range(len(rows))))).replace("$columns", columns)
    engine.update(text, custom_functions={_TERM: lambda row, column: rows[int(row.value)].get(column.value)})


def _row(quad: ox.Quad, graph_column: str, subject_column: str) -> _Row:
    row: _Row = {"p": quad.predicate, "o": quad.object}
    if isinstance(quad.graph_name, ox.DefaultGraph):
        return row | {subject_column: quad.subject}
    return row | {"s": quad.subject, graph_column: quad.graph_name}
