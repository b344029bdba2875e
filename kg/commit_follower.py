"""A file of SQLite that is derived from a graph and follows its commits.

Owns which version of the data the file has, how commits are followed, in a thread of its own so that none waits for it,
and how it is made again from the graph while commits go on. Following many commits together costs less than one by one,
and takes processor time from the readers of the graph, so it waits a moment for others, until somebody reads the file:
who reads waits until the commits are followed that came before. What is in the file is for its owner. It is not synced:
one that is damaged, of another version of the data, or without other graphs than it has to be, is made again.
"""

import logging
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.access_rights import LookupWithout, find_restricted_graphs
from kg.sqlite_file import open_derived
from kg.store.change import Change
from kg.store.interface import QuadLookup, Store

_log = logging.getLogger(__name__)

DELAY_S = 1.0
"""How long a commit waits for others to be followed with it, if nobody reads."""
GROUP_QUADS = 5_000
"""Commits that together change more are followed without waiting, in groups of about this size."""

_FOLLOWED = """
CREATE TABLE IF NOT EXISTS followed (id INTEGER PRIMARY KEY, version TEXT NOT NULL);
INSERT OR IGNORE INTO followed VALUES (1, '');
CREATE TABLE IF NOT EXISTS left_out (graph TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class CannotFollowError(Exception):
    """The change is too large to be followed, or changes which graphs are read: the file is to be made again."""


class _Commit(NamedTuple):
    change: Change
    before: str
    version: str

    @property
    def quad_count(self) -> int:
        return self.change.added_count + self.change.removed_count


class CommitFollower(ABC):
    """The file of one store; read by any thread, written by one at a time."""

    def __init__(self, file: Path, schema: str, form: int, *, hides_restricted: bool = False) -> None:
        """``form``: of what is written; a file of another form is replaced. Raises sqlite3.Error or OSError.

        ``hides_restricted``: home graphs that are restricted are left out.
        """
        self._file, self._schema, self._form = file, schema + _FOLLOWED, form
        self._hides_restricted = hides_restricted
        self._lock = threading.Lock()
        """Held while the connection is used."""
        self._connection = open_derived(file, self._schema, form)
        self._version: str
        (self._version,) = self._connection.execute("SELECT version FROM followed").fetchone()
        left_out = self._connection.execute("SELECT graph FROM left_out")
        self._left_out = frozenset(ox.NamedNode(graph) for (graph,) in left_out)
        self._waiting: list[tuple[Change, str]] | None = None
        """Commits since a rebuild was begun, each with the version that it made."""
        self._progress = threading.Condition()
        """Held while what follows is used; notified when commits are to be followed, and when they have been."""
        self._pending: list[_Commit] = []
        self._pending_quads = 0
        self._received = self._followed = self._awaited = 0
        """Commits; readers wait for those before the last number."""
        self._is_following = self._is_closed = False
        self._following = ThreadPoolExecutor(max_workers=1, thread_name_prefix=file.stem)
        self._rebuilding = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"{file.stem}-rebuild")

    @property
    def version(self) -> str:
        """Of the data that readers find; empty if there are none yet."""
        with self._progress:
            return _join(self._pending, self._version)

    def is_of(self, store: Store) -> bool:
        """Whether readers find the data that the store has now, without the graphs that are to be left out."""
        return self.version == store.version and self._left_out == self._list_hidden(store)

    def close(self) -> None:
        """Wait for a rebuild and for commits to be followed, and close the file."""
        self._rebuilding.shutdown(wait=True)
        with self._progress:
            self._is_closed = True
            self._progress.notify_all()
        self._following.shutdown(wait=True)
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()

    def renew(self, store: Store) -> None:
        """Make the file from the store in a thread of its own, if that is needed and is not under way."""
        if self._begin(store):
            self._rebuilding.submit(self._rebuild, store)

    def update(self, store: Store) -> None:
        """Make the file from the store before this returns, if that is needed and is not under way."""
        if self._begin(store):
            self._rebuild(store)

    def _begin(self, store: Store) -> bool:
        with self._lock:
            if self._left_out != self._list_hidden(store):
                self._version = ""
            if self._waiting is not None or (self.version and self.is_of(store)):
                return False
            self._waiting = []
        return True

    def follow(self, change: Change, before: str, version: str, store: Store) -> None:
        """The commit that has led from one version to another, and has been made in the store. Returns at once.

        A file that has not the former stays as it is, and so do one where this fails and one that is closed: it is
        made again later.
        """
        with self._progress:
            if self._is_closed:
                return
            commit = _Commit(change, before, version)
            self._pending.append(commit)
            self._pending_quads += commit.quad_count
            self._received += 1
            if not self._is_following:
                self._is_following = True
                self._following.submit(self._follow_pending, store)
            elif self._is_due():
                self._progress.notify_all()

    @contextmanager
    def _settled(self) -> Iterator[None]:
        """The connection may be used in the block; all commits that were received before it have been followed."""
        with self._progress:
            received = self._awaited = self._received
            self._progress.notify_all()
            self._progress.wait_for(lambda: self._followed >= received)
        with self._lock:
            yield

    def _is_due(self) -> bool:
        return self._is_closed or self._awaited > self._followed or self._pending_quads >= GROUP_QUADS

    def _follow_pending(self, store: Store) -> None:
        """Follow what has been received, and what is received meanwhile."""
        while self._wait_for_commits():
            with self._lock:
                commits = self._next_group()
                try:
                    self._follow_all(commits, store)
                except Exception:  # noqa: BLE001 -- the thread has nobody else to tell
                    self._version = ""
                    _log.exception("%s cannot follow", self._file.name)
                finally:
                    with self._progress:
                        del self._pending[: len(commits)]
                        self._pending_quads -= sum(commit.quad_count for commit in commits)
                        self._followed += len(commits)
                        self._progress.notify_all()

    def _wait_for_commits(self) -> bool:
        """Whether any are to be followed; if not, the thread has ended."""
        with self._progress:
            if self._pending:
                self._progress.wait_for(self._is_due, DELAY_S)
            self._is_following = bool(self._pending)
            return self._is_following

    def _next_group(self) -> list[_Commit]:
        with self._progress:
            sizes = accumulate(commit.quad_count for commit in self._pending)
            count = sum(1 for size in sizes if size <= GROUP_QUADS)
            return self._pending[: max(count, 1)]

    def _follow_all(self, commits: Sequence[_Commit], store: Store) -> None:
        if self._waiting is not None:
            self._waiting += [(commit.change, commit.version) for commit in commits]
            return
        version = _join(commits, self._version)
        if version == self._version:
            return
        try:
            with self._connection:
                self._write_visible(self._connection, Change.merge(commit.change for commit in commits), store)
                self._note(version)
        except (CannotFollowError, sqlite3.Error) as error:
            self._version = ""
            _log.warning("%s cannot follow: %s", self._file.name, error)

    def _list_hidden(self, store: Store) -> frozenset[ox.NamedNode]:
        return find_restricted_graphs(store) if self._hides_restricted else frozenset()

    def _write_visible(self, connection: sqlite3.Connection, change: Change, store: Store) -> None:
        """Write the change of what is not left out. Raises CannotFollowError where other graphs are to be left out."""
        hidden = self._list_hidden(store)
        if hidden != self._left_out:
            raise CannotFollowError("other graphs are restricted now")
        self._write(connection, change.without(hidden), LookupWithout(store, hidden) if hidden else store)

    @abstractmethod
    def _read(self, connection: sqlite3.Connection, store: QuadLookup) -> None:
        """Write all of the store into an empty file."""

    @abstractmethod
    def _write(self, connection: sqlite3.Connection, change: Change, store: QuadLookup) -> None:
        """Write what the change has changed; it has been made in the store, and making it twice does no harm.

        Raises CannotFollowError where it is too much.
        """

    def _note(self, version: str) -> None:
        self._connection.execute("UPDATE followed SET version = ?", (version,))
        self._version = version

    def _rebuild(self, store: Store) -> None:
        try:
            self._replace(store)
        except (CannotFollowError, sqlite3.Error, OSError) as error:
            _log.warning("%s cannot be made: %s", self._file.name, error)
            with self._lock:
                self._waiting = None
        except BaseException:
            with self._lock:
                self._waiting = None
            raise

    def _replace(self, store: Store) -> None:
        """Write a new file, and what has been committed meanwhile; then use it."""
        file = self._file.with_suffix(".next")
        file.unlink(missing_ok=True)
        version = store.version  # commits after it are waiting, or are in the graph too: following twice does no harm
        hidden = self._list_hidden(store)
        connection = open_derived(file, self._schema, self._form)
        try:
            self._read(connection, LookupWithout(store, hidden) if hidden else store)
            connection.executemany("INSERT INTO left_out VALUES (?)", [(graph.value,) for graph in hidden])
            connection.commit()
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._connection.close()
            self._connection, self._left_out = connection, hidden
            self._version = ""  # until what waits is written too
            file.replace(self._file)
            waiting, self._waiting = self._waiting or [], None
            with connection:
                for change, _ in waiting:
                    self._write_visible(connection, change, store)
                self._note(waiting[-1][1] if waiting else version)


def _join(commits: Sequence[_Commit], version: str) -> str:
    """The version to which the commits lead from one; itself, unless they begin there and none is missing."""
    known = [version, *(commit.version for commit in commits)]
    is_whole = all(commit.before == before for commit, before in zip(commits, known, strict=False))
    return known[-1] if is_whole else version
