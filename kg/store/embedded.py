"""The store in this process: Oxigraph, on disk or in memory. Owns its directory; knows no other engine.

Invariants: only one process opens a directory for writing; a change is committed when the journal has it; the engine,
which syncs nothing but by ``flush``, is brought up to the journal when it is opened, and after a failure before
anything is written. After a write has failed on a full disk the store can still be read.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from shutil import disk_usage
from string import Template
from threading import Lock
from typing import Any, Self

import pyoxigraph as ox

from kg.errors import StoreError, StoreFullError, StoreInDoubtError, StoreLockedError
from kg.journal.journal import Journal
from kg.journal.record import GENESIS, UNKNOWN, Entry, Provenance, Record, format_version
from kg.store.change import Change
from kg.store.interface import Object, Pattern, QueryResult, Subject
from kg.store.sparql_text import create_syntax_error, serialize_change

_LOCKED_MESSAGES = ("While lock file:", "lock hold by current process")
_FULL_MESSAGES = ("No space left on device", "Disk quota exceeded")
_IN_MEMORY = Path("(memory)")
_ENGINE_ERRORS = (OSError, RuntimeError)

_REOPEN_TIMEOUT_S = 5.0
_REOPEN_MARGIN_BYTES = 8_000_000
_FLUSH_BYTES = 4_000_000
"""Of N-Quads; the tables in memory need about ten times as much."""

# SPARQL cannot name a blank node of the store. In these operations each row is a term that a custom function returns.
_TERM = ox.NamedNode("urn:x-conflict-kg:term")
_REWRITE = """$verb { $template }
WHERE {
  VALUES ?row { $rows }
  BIND($term(?row) AS ?triple) BIND(SUBJECT(?triple) AS ?s) BIND(PREDICATE(?triple) AS ?p) BIND(OBJECT(?triple) AS ?o)
  $graph
}"""

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class EmbeddedStore:
    """A ``kg.store.interface.Store`` on Oxigraph; created by ``open`` or ``in_memory``."""

    def __init__(self, engine: ox.Store, directory: Path | None, union: bool, journal: Journal | None = None) -> None:
        self._engine: ox.Store | None = engine
        self._directory, self._journal = directory, journal
        self._union = union
        self._closed = False
        self._needs_recovery = False
        self._unflushed = 0
        """Bytes of N-Quads since the last flush."""
        self._engine_lock = Lock()
        self._version = journal.dataset_version if journal else format_version(0, GENESIS)

    @classmethod
    def open(cls, directory: Path, *, journal: Path | None = None, union: bool = True) -> Self:
        """The store in ``directory``, created if absent, with all commits of the journal in its directory.

        Without a journal, changes are not durable: for private copies. ``union``: the default graph of a query is the
        union of all named graphs; else that of the dataset. Raises StoreLockedError, StoreFullError,
        JournalCorruptError or StoreError.
        """
        engine = _open_engine(directory)
        if journal is None:
            return cls(engine, directory, union)
        opened = Journal.open(journal)
        store = cls(engine, directory, union, opened)
        del engine
        try:
            store._replay(opened)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open_read_only(cls, directory: Path, *, union: bool = True) -> Self:
        """The store in ``directory`` for reading alone: nothing is written, not even a lock. Raises StoreError."""
        try:
            return cls(ox.Store.read_only(str(directory)), directory, union)
        except _ENGINE_ERRORS as error:
            raise _create_store_error(error, directory) from error

    @classmethod
    def in_memory(cls, *, union: bool = True) -> Self:
        """An empty store; its data are lost when it is closed."""
        return cls(ox.Store(), None, union)

    def query(self, text: str) -> QueryResult:
        """See ``kg.store.interface.Queryable.query``; solutions are evaluated while they are read."""
        return self._evaluate(text, use_default_graph_as_union=self._union)

    def query_with_dataset(
        self,
        text: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout_s: float | None = None,  # noqa: ARG002 -- the caller's process has the deadline
        *,
        base_iri: str = "",
        names_dataset: bool = False,
    ) -> QueryResult:
        """``query`` over the dataset of the protocol; ``names_dataset``: the text has FROM, which a union hides."""
        dataset: dict[str, Any] = {"use_default_graph_as_union": self._union and not names_dataset}
        if default_graphs or named_graphs:
            graphs, named = (list(map(ox.NamedNode, iris)) for iris in (default_graphs, named_graphs))
            dataset = {"default_graph": graphs, "named_graphs": named}
        return self._evaluate(text, base_iri=base_iri or None, **dataset)

    def _evaluate(self, text: str, **options: Any) -> QueryResult:
        try:
            return self._get_engine().query(text, **options)
        except SyntaxError as error:
            raise create_syntax_error(str(error)) from error
        except _ENGINE_ERRORS as error:
            raise self._to_store_error(error) from error

    def graphs(self) -> list[ox.NamedNode]:
        """The named graphs that contain a quad, sorted by IRI."""
        engine = self._get_engine()
        named = [graph for graph in engine.named_graphs() if isinstance(graph, ox.NamedNode)]
        nonempty = (graph for graph in named if any(engine.quads_for_pattern(None, None, None, graph)))
        return sorted(nonempty, key=lambda graph: graph.value)

    def quads(self, graph: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
        """The quads of one named graph, or of all graphs, at the time of the call."""
        return self._get_engine().quads_for_pattern(None, None, None, graph)

    def match(
        self,
        subject: Subject | None,
        predicate: ox.NamedNode | None,
        object_: Object | None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        """See ``kg.store.interface.QuadLookup.match``."""
        return self._get_engine().quads_for_pattern(subject, predicate, object_, graph)

    def match_each(self, patterns: Sequence[Pattern]) -> list[list[ox.Quad]]:
        """See ``kg.store.interface.QuadLookup.match_each``."""
        engine = self._get_engine()
        return [list(engine.quads_for_pattern(*pattern)) for pattern in patterns]

    def apply(self, change: Change, provenance: Provenance = UNKNOWN) -> None:
        """``commit`` of one change."""
        self.commit([(change, provenance)])

    def commit(self, changes: Sequence[tuple[Change, Provenance]]) -> None:
        """Record the changes and make them, in this order: all or none.

        Raises StoreFullError or StoreError, when nothing has changed; or StoreInDoubtError, when they are recorded and
        will be made before anything else is written.
        """
        if self._needs_recovery:
            self._recover()
        if self._journal is not None:
            self._journal.append([_create_entry(change, provenance) for change, provenance in changes])
        merged = reduce(Change.then, [change for change, _ in changes])
        try:
            self._write(merged)
        except _ENGINE_ERRORS as error:
            self._needs_recovery = self._directory is not None
            if self._journal is None:
                # A traceback kept by the caller would keep the engine alive, and so the lock on the directory.
                raise self._to_store_error(error) from error.with_traceback(None)
            error.__traceback__ = None
            self._recover_committed()
        self._advance(len(changes))
        self._unflushed += len(merged.removed) + len(merged.added)
        if self._directory is not None and self._unflushed > _FLUSH_BYTES:
            self._flush()

    def _write(self, change: Change) -> None:
        _write(self._get_engine(), change)

    def _advance(self, commits: int) -> None:
        """Name the new state."""
        if self._journal is not None:
            self._version = self._journal.dataset_version
        else:
            number = int(self._version.partition("-")[0]) + commits
            self._version = format_version(number, secrets.token_hex(6))

    @property
    def engine(self) -> ox.Store:
        """The engine itself, for the evaluation of updates over a private copy. Raises StoreError."""
        return self._get_engine()

    @property
    def version(self) -> str:
        """See ``kg.store.interface.Store.version``; the same after a restart."""
        return self._version

    def contains_graph(self, graph: ox.NamedNode) -> bool:
        """Whether there is a graph of that name, even an empty one."""
        return self._get_engine().contains_named_graph(graph)

    def contains_resource(self, resource: ox.NamedNode) -> bool:
        """See ``kg.store.interface.Store.contains_resource``."""
        return next(self._get_engine().quads_for_pattern(resource, None, None), None) is not None

    def _flush(self) -> None:
        """Have the engine write and sync its tables in memory: else they grow to hundreds of megabytes.

        The change is committed already. If this fails, the engine accepts no write until it is opened again.
        """
        try:
            self._get_engine().flush()
            if self._journal is not None:
                self._journal.mark_flushed()
        except (*_ENGINE_ERRORS, StoreError):
            self._needs_recovery = True
        self._unflushed = 0

    def _replay(self, journal: Journal) -> None:
        """Make all commits since the last flush again: in order, they do no harm twice. Raises StoreError."""
        replayed = False
        try:
            for record in journal.read(journal.flushed):
                self._write(_read_change(record))
                replayed = True
            if replayed:
                self._get_engine().flush()
                journal.mark_flushed()
        except _ENGINE_ERRORS as error:
            raise self._to_store_error(error) from error.with_traceback(None)

    def _recover(self) -> None:
        """Open the engine again and make what the journal has. Raises StoreError."""
        self._reopen()
        if self._journal is not None:
            self._replay(self._journal)
            self._advance(0)
        self._needs_recovery = False

    def _recover_committed(self) -> None:
        """The same after a commit that is recorded but not made. Raises StoreInDoubtError."""
        try:
            self._recover()
        except StoreError as error:
            raise StoreInDoubtError(
                f"{self._location()}: the change is recorded and will be made as soon as the store can be written;"
                f" do not send it again, but look whether it is there ({error})"
            ) from error

    def checkpoint(self, into: Path) -> None:
        """Copy the store consistently to ``into``, which must not exist; by hard links if possible."""
        try:
            self._get_engine().backup(into)
        except _ENGINE_ERRORS as error:
            raise self._to_store_error(error, into) from error

    def close(self) -> None:
        """Close the store; the directory is unlocked once the last iterator over it is gone too."""
        if self._unflushed and self._journal is not None and not self._closed:
            self._flush()  # so that nothing has to be made again when it is opened
        with self._engine_lock:
            if self._journal is not None and not self._closed:
                self._journal.close()
            self._closed = True
            self._engine = None

    def _get_engine(self) -> ox.Store:
        with self._engine_lock:
            if self._closed:
                raise StoreError("the store is closed")
            if self._engine is None:
                self._engine = _open_when_unlocked(self._location())
            return self._engine

    def _reopen(self) -> None:
        """Open the engine again: RocksDB accepts no write after one that failed on a full disk until then.

        Opening writes its log again; without space for that it would fail, and reading with it, so it is not tried.
        """
        directory = self._location()
        if disk_usage(directory).free < _log_size(directory) + _REOPEN_MARGIN_BYTES:
            raise StoreFullError(directory)
        with self._engine_lock:
            self._engine = None
        self._get_engine()
        self._needs_recovery = False

    def _location(self) -> Path:
        return self._directory or _IN_MEMORY

    def _to_store_error(self, error: Exception, directory: Path | None = None) -> StoreError:
        return _create_store_error(error, directory or self._location())


def _open_engine(directory: Path) -> ox.Store:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return ox.Store(directory)
    except _ENGINE_ERRORS as error:
        raise _create_store_error(error, directory) from error


def _open_when_unlocked(directory: Path) -> ox.Store:
    """Readers in this process may keep the engine that was closed alive for a little while."""
    deadline = time.monotonic() + _REOPEN_TIMEOUT_S
    while True:
        try:
            return _open_engine(directory)
        except StoreLockedError as error:
            if time.monotonic() > deadline:
                raise StoreError(f"{directory}: queries from before the disk was full still run; try again") from error
            time.sleep(0.05)


def _create_entry(change: Change, provenance: Provenance) -> Entry:
    return Entry(
        provenance=provenance,
        time=datetime.now(UTC).isoformat(timespec="milliseconds"),
        removed=change.removed,
        added=change.added,
        created=change.created,
        dropped=change.dropped,
        graphs=change.graphs,
    )


def _read_change(record: Record) -> Change:
    """The change of a commit, without the rows that were redacted."""
    entry = record.entry
    return Change(entry.removed, entry.added, entry.created, entry.dropped)


def _create_store_error(error: Exception, directory: Path) -> StoreError:
    message = str(error)
    if _is_disk_full(error):
        return StoreFullError(directory)
    if any(text in message for text in _LOCKED_MESSAGES):
        return StoreLockedError(directory)
    return StoreError(f"{directory}: {message}")


def _is_disk_full(error: Exception) -> bool:
    return any(text in str(error) for text in _FULL_MESSAGES)


def _log_size(directory: Path) -> int:
    return sum(log.stat().st_size for log in directory.glob("*.log"))


def _write(engine: ox.Store, change: Change) -> None:
    """Make the change in one transaction; the interpreter lock is free while the engine works."""
    if change.added and not (change.removed or change.created or change.dropped):
        _add(engine, change)
        return
    text, removed, added = serialize_change(change)
    terms: list[_Term] = []
    rewritten = [*_rewrite("DELETE", removed, terms), *_rewrite("INSERT", added, terms)]
    engine.update(
        " ;\n".join([*rewritten, text] if text else rewritten),
        custom_functions={_TERM: lambda row: terms[int(row.value)]},
    )


def _add(engine: ox.Store, change: Change) -> None:
    if b"_:" not in change.added:
        engine.load(change.added, format=ox.RdfFormat.N_QUADS)
        return
    quads = []
    for quad in change.added_quads():  # not list(): other threads run between the quads
        quads.append(quad)
    engine.extend(quads)  # load() would give blank nodes other labels


def _rewrite(verb: str, quads: Iterable[ox.Quad], terms: list[_Term]) -> Iterator[str]:
    """Operations that delete or insert the quads, one a graph; what their rows stand for is appended to ``terms``."""
    by_graph: dict[ox.NamedNode | ox.BlankNode | ox.DefaultGraph, list[ox.Triple]] = defaultdict(list)
    for quad in quads:
        by_graph[quad.graph_name].append(quad.triple)
    for graph, triples in by_graph.items():
        template, binding = "?s ?p ?o", ""
        if isinstance(graph, ox.NamedNode):
            template = f"GRAPH {graph} {{ {template} }}"
        elif isinstance(graph, ox.BlankNode):
            template, binding = f"GRAPH ?graph {{ {template} }}", f"BIND({_TERM}({len(terms)}) AS ?graph)"
            terms.append(graph)
        rows = " ".join(map(str, range(len(terms), len(terms) + len(triples))))
        terms += triples
        values = {"verb": verb, "template": template, "rows": rows, "term": str(_TERM), "graph": binding}
        yield Template(_REWRITE).substitute(values)
