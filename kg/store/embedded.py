"""The store in this process: Oxigraph, on disk or in memory. Owns its directory; knows no other engine.

Invariants: only one process opens a directory for writing; a change is committed when the journal has it; the engine,
which syncs nothing but by ``flush``, is brought up to the journal when it is opened, and after a failure before
anything is written. After a write has failed on a full disk the store can still be read.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Self

import pyoxigraph as ox

from kg.errors import HistoryRedactedError, StoreError, StoreInDoubtError
from kg.journal.graph_versions import GraphVersions
from kg.journal.journal import Journal, StagedRecord
from kg.journal.record import GENESIS, UNKNOWN, Provenance, Record, format_version
from kg.store.beside import change_copy, finish_replacement, replace_store
from kg.store.change import Change
from kg.store.commit_entry import create_entry
from kg.store.engine import (
    ENGINE_ERRORS,
    check_room,
    create_store_error,
    open_engine,
    open_for_reading,
    open_when_unlocked,
)
from kg.store.engine_reader import EngineReader
from kg.store.interface import Store
from kg.store.staged_change import StagedChange, StagedCommit, StageProgress, no_progress
from kg.store.transaction import write_change, write_parts
from kg.store.withdrawals import Withdrawal, Withdrawals, open_withdrawals

_IN_MEMORY = Path("(memory)")
_FLUSH_BYTES = 4_000_000
"""Of N-Quads; the tables in memory need about ten times as much."""


class EmbeddedStore(EngineReader):
    """A ``kg.store.interface.Store`` on Oxigraph; created by ``open`` or ``in_memory``."""

    def __init__(self, engine: ox.Store, directory: Path | None, union: bool) -> None:
        super().__init__(union=union)
        self._engine: ox.Store | None = engine
        self._directory = directory
        self._journal: Journal | None = None
        self._closed = False
        self._needs_recovery = self._is_in_doubt = False
        self._unflushed = 0
        """Bytes of N-Quads since the last flush."""
        self._engine_lock, self._commit_lock = Lock(), Lock()
        self._version = format_version(0, GENESIS)
        self._graph_versions = GraphVersions(self._version)
        """Of a store without a journal."""
        self._last_modified: float | None = None
        self._withdrawals: Withdrawals | None = None

    @classmethod
    def open(
        cls, directory: Path, *, journal: Path | None = None, union: bool = True, withdrawals: Path | None = None
    ) -> Self:
        """The store in ``directory``, created if absent, and with all commits of the journal in its directory.

        Without a journal, changes are not durable: for private copies. ``union``: the default graph of a query is the
        union of all named graphs; else that of the dataset. ``withdrawals``: the file that
        ``find_withdrawal`` reads. Raises StoreLockedError, StoreFullError, JournalCorruptError or StoreError.
        """
        finish_replacement(directory)
        is_new = not (directory / "CURRENT").exists()
        engine = open_engine(directory)
        if journal is None:
            return cls(engine, directory, union)
        store = cls(engine, directory, union)
        del engine  # a traceback would keep it, and so the lock on the directory
        try:
            store._attach(Journal.open(journal), is_new=is_new)
            if withdrawals is not None:
                assert store._journal is not None
                store._withdrawals = open_withdrawals(withdrawals, store._journal, store.contains_resource)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open_read_only(cls, directory: Path, *, union: bool = True) -> Self:
        """The store in ``directory`` for reading alone: nothing is written, not even a lock. Raises StoreError."""
        try:
            return cls(ox.Store.read_only(str(directory)), directory, union)
        except ENGINE_ERRORS as error:
            raise create_store_error(error, directory) from error

    @classmethod
    def of_copy(cls, engine: ox.Store, *, union: bool, version: str) -> Self:
        """A store over a private copy of another one, of that version."""
        store = cls(engine, None, union)
        store._version = version
        return store

    def follow(self, version: str) -> None:
        """Its engine has followed the commits to this version; of a private copy."""
        self._version = version

    @classmethod
    def in_memory(cls, *, union: bool = True) -> Self:
        """An empty store; its data are lost when it is closed."""
        return cls(ox.Store(), None, union)

    @classmethod
    def copy_in_memory(cls, store: Store) -> Self:
        """A copy of any store, with its version."""
        engine = ox.Store()
        engine.bulk_extend(store.quads())
        return cls.of_copy(engine, union=True, version=store.version)

    def apply(self, change: Change, provenance: Provenance = UNKNOWN) -> None:
        """``commit`` of one change."""
        self.commit([(change, provenance)])

    def commit(self, changes: Sequence[tuple[Change, Provenance]]) -> None:
        """Record the changes and make them, in this order: all or none.

        Raises StoreFullError or StoreError, when nothing has changed; or StoreInDoubtError, when they are recorded and
        will be made before anything else is written.
        """
        with self._commit_lock:
            self._recover_if_needed()
            if self._journal is not None:
                self._journal.append([create_entry(change, provenance) for change, provenance in changes])
            merged = Change.merge(change for change, _ in changes)
            self._write_recorded(lambda: self._write(merged))
            self._advance(len(changes))
            if self._journal is None:
                self._graph_versions.note(merged.graphs, self._version, time.time())
            elif self._withdrawals is not None:
                self._withdrawals.follow(self._journal, len(changes), merged, self.contains_resource)
            self._unflushed += len(merged.removed) + len(merged.added)
            if self._directory is not None and self._unflushed > _FLUSH_BYTES:
                self._flush()

    def stage(
        self, change: StagedChange, provenance: Provenance, progress: StageProgress = no_progress
    ) -> StagedCommit:
        """Prepare the commit of one change that is too large for memory: its record, and a copy of the store with it.

        Nothing has changed then, and nothing else may be committed until it is committed or discarded. Raises as
        ``commit`` does, or what ``progress`` raises.
        """
        copy = change.folder / self._directory.name if self._directory is not None else None
        with self._commit_lock:
            self._recover_if_needed()
            if copy is not None:
                self._checkpoint(copy)
        # Others may copy the store meanwhile.
        staged = StagedCommit(change, self._stage_record(change, provenance, progress), copy)
        try:
            if copy is not None:
                change_copy(copy, change.parts("storing", progress))
        except ENGINE_ERRORS as error:
            self.discard_staged(staged)
            raise self._to_store_error(error) from error
        except BaseException:
            self.discard_staged(staged)
            raise
        return staged

    def _stage_record(
        self, change: StagedChange, provenance: Provenance, progress: StageProgress
    ) -> StagedRecord | None:
        if self._journal is None:
            return None
        entry = create_entry(Change(), provenance, change.graphs)
        return self._journal.stage_large(entry, change.parts("recording", progress), change.count, change.size)

    def discard_staged(self, staged: StagedCommit) -> None:
        """Forget the commit."""
        if self._journal is not None and staged.record is not None:
            self._journal.discard_large()

    def commit_staged(self, staged: StagedCommit) -> None:
        """``commit`` of what was staged. Raises as ``commit`` does."""
        with self._commit_lock:
            if self._journal is not None and staged.record is not None:
                self._journal.commit_large(staged.record)
            self._write_recorded(lambda: self._make_staged(staged))
            self._advance(1)
            if self._journal is None:
                self._graph_versions.note(staged.change.graphs, self._version, time.time())
            elif self._withdrawals is not None:
                self._withdrawals.follow(self._journal, 1, None, self.contains_resource)
            if self._directory is not None:
                self._flush()

    def _make_staged(self, staged: StagedCommit) -> None:
        """Let the copy be the store, once readers in this process have left the engine that has it open."""
        if self._directory is None or staged.copy is None:
            write_parts(self._get_engine(), staged.change.parts("storing", no_progress))
            return
        with self._engine_lock:
            self._engine = None
            try:
                engine = open_when_unlocked(self._directory)
            except StoreError as error:
                raise OSError(str(error)) from error
            del engine
            try:
                replace_store(self._directory, staged.copy)
            finally:
                finish_replacement(self._directory)
            self._engine = open_engine(self._directory)

    def recover(self) -> None:
        """See ``kg.store.interface.Store.recover``."""
        with self._commit_lock:
            self._recover_if_needed()
            if self._journal is not None:
                self._journal.check_writable()

    @property
    def blocked_reason(self) -> str:
        """See ``kg.store.interface.Store.blocked_reason``."""
        if self._is_in_doubt:
            return "a change is recorded in the journal and could not be made yet; the next write tries it again"
        return "the journal could not be written; restart the server" if self._journal and self._journal.failed else ""

    def _write_recorded(self, write: Callable[[], None]) -> None:
        """Make what the journal has. Raises StoreInDoubtError if that fails, or StoreError without a journal."""
        try:
            write()
        except BaseException as error:
            self._needs_recovery = self._directory is not None
            self._is_in_doubt = self._journal is not None
            if not isinstance(error, ENGINE_ERRORS):
                raise
            # A traceback kept by the caller would keep the engine alive, and so the lock on the directory.
            failure = self._to_store_error(error)
            failure.__cause__ = error.with_traceback(None)
        else:
            return
        if self._journal is None:
            raise failure
        self._recover_recorded()

    def _write(self, change: Change) -> None:
        write_change(self._get_engine(), change)

    def _advance(self, commits: int) -> None:
        """Name the new state."""
        if self._journal is not None:
            self._version = self._journal.dataset_version
        else:
            number = int(self._version.partition("-")[0]) + commits
            self._version = format_version(number, secrets.token_hex(6))
        self._last_modified = time.time()

    @property
    def version(self) -> str:
        """See ``kg.store.interface.Store.version``; the same after a restart."""
        return self._version

    def graph_version(self, graph: ox.NamedNode) -> str:
        """See ``kg.store.interface.Store.graph_version``; the same after most restarts."""
        return self._noted_versions.of(graph.value)

    def last_modified(self, graph: ox.NamedNode | None = None) -> float | None:
        """See ``kg.store.interface.Store.last_modified``."""
        return self._last_modified if graph is None else self._noted_versions.last_modified(graph.value)

    @property
    def _noted_versions(self) -> GraphVersions:
        return self._journal.graph_versions if self._journal else self._graph_versions

    def find_withdrawal(self, resource: ox.NamedNode) -> Withdrawal | None:
        """See ``kg.store.interface.Store.find_withdrawal``."""
        return self._withdrawals.find(resource) if self._withdrawals is not None else None

    def _flush(self) -> None:
        """Have the engine write and sync its tables in memory: else they grow to hundreds of megabytes.

        The change is committed already. If this fails, the engine accepts no write until it is opened again.
        """
        try:
            self._get_engine().flush()
            if self._journal is not None:
                self._journal.mark_flushed()
        except (*ENGINE_ERRORS, StoreError):
            self._needs_recovery = True
        self._unflushed = 0

    def _attach(self, journal: Journal, *, is_new: bool) -> None:
        """Have commits recorded in this journal, once those that it has are made. Raises StoreError."""
        self._journal = journal
        self._replay(journal, since=0 if is_new else journal.flushed)
        self._advance(0)
        self._last_modified = journal.graph_versions.last_time

    def _replay(self, journal: Journal, since: int) -> None:
        """Make all commits after that version again: in order, they do no harm twice. Raises StoreError."""
        written, is_replayed = 0, False
        try:
            for record in journal.read(since):
                if record.redacted:
                    raise HistoryRedactedError(journal.version, record.version, record.redacted)
                written, is_replayed = written + self._write_record(record), True
                if written > _FLUSH_BYTES:
                    self._get_engine().flush()
                    written = 0
            if is_replayed:
                self._get_engine().flush()
                journal.mark_flushed()
        except ENGINE_ERRORS as error:
            raise self._to_store_error(error) from error.with_traceback(None)

    def _write_record(self, record: Record) -> int:
        """Make the commit; the bytes that the engine has in memory for it."""
        entry = record.entry
        if record.stored is not None:
            write_parts(self._get_engine(), record.parts())
        self._write(Change(entry.removed, entry.added, entry.created, entry.dropped))
        return len(entry.removed) + len(entry.added)

    def _recover_if_needed(self) -> None:
        """Open the engine again and make what the journal has. Raises StoreError."""
        if not self._needs_recovery:
            return
        self._reopen()
        if self._journal is not None:
            self._replay(self._journal, self._journal.flushed)
            self._advance(0)
        self._needs_recovery = self._is_in_doubt = False

    def _recover_recorded(self) -> None:
        """The same after a commit that is recorded but not made. Raises StoreInDoubtError."""
        try:
            self._recover_if_needed()
        except StoreError as error:
            raise StoreInDoubtError(
                f"{self._location()}: the change is recorded and will be made as soon as the store can be written;"
                f" do not send it again, but look whether it is there ({error})"
            ) from error

    def checkpoint(self, into: Path) -> str:
        """Copy the store consistently to ``into``, which must not exist; by hard links if possible. Its version."""
        with self._commit_lock:
            return self._checkpoint(into)

    def back_up(self, graph: Path, journal: Path) -> str:
        """Copy the store consistently to ``graph``, and its journal up to that state to ``journal``. Its version.

        Both must not exist. Writes go on once the store is copied. Raises StoreError.
        """
        assert self._journal is not None
        with self._commit_lock:
            self._recover_if_needed()
            version = self._checkpoint(graph)
            copy_journal = self._journal.prepare_copy()
        copy_journal(journal)
        return version

    def _checkpoint(self, into: Path) -> str:
        try:
            self._get_engine().backup(into)
        except ENGINE_ERRORS as error:
            raise self._to_store_error(error, into) from error
        return self._version

    def close(self) -> None:
        """Close the store; the directory is unlocked once the last iterator over it is gone too."""
        if self._unflushed and self._journal is not None and not (self._closed or self._needs_recovery):
            self._flush()  # so that nothing has to be made again when it is opened
        with self._engine_lock:
            if self._journal is not None and not self._closed:
                if self._withdrawals is not None:
                    self._withdrawals.finish()
                self._journal.close()
            self._closed = True
            self._engine = None

    def _get_engine(self) -> ox.Store:
        with self._engine_lock:
            if self._closed:
                raise StoreError("the store is closed")
            if self._engine is None:
                self._engine = open_when_unlocked(self._location())
            return self._engine

    def _reopen(self) -> None:
        """Open the engine again: RocksDB accepts no write after one that failed until then.

        Readers go on over the files as they are, and stay there if that fails. Opening writes its log again; without
        space for that it would fail, so it is not tried. Raises StoreError.
        """
        directory = self._location()
        check_room(directory)
        self._replace_engine(open_for_reading(directory))
        self._replace_engine(open_when_unlocked(directory))

    def _replace_engine(self, engine: ox.Store | None) -> None:
        """Use this engine from now on; the one before is closed with the last iterator over it."""
        with self._engine_lock:
            self._engine = None if self._closed else engine

    def _location(self) -> Path:
        return self._directory or _IN_MEMORY

    def _to_store_error(self, error: Exception, directory: Path | None = None) -> StoreError:
        return create_store_error(error, directory or self._location())
