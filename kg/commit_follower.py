"""A file of SQLite that is derived from a graph and follows its commits.

Owns which version of the data the file has, how commits are followed, and how it is made again from the graph, in a
thread of its own, while commits go on. What is in it is for its owner. It is not synced: one that is damaged, or of
another version of the data, is made again.
"""

import logging
import sqlite3
import threading
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from kg.sqlite_file import open_derived
from kg.store.change import Change
from kg.store.interface import Store

_log = logging.getLogger(__name__)

_FOLLOWED = """
CREATE TABLE IF NOT EXISTS followed (id INTEGER PRIMARY KEY, version TEXT NOT NULL);
INSERT OR IGNORE INTO followed VALUES (1, '');
"""


class CannotFollowError(Exception):
    """The change is too large to be followed: the file is to be made again."""


class CommitFollower(ABC):
    """The file of one store; read by any thread, written by one at a time."""

    def __init__(self, file: Path, schema: str, form: int) -> None:
        """``form``: of what is written; a file of another form is replaced. Raises sqlite3.Error or OSError."""
        self._file, self._schema, self._form = file, schema + _FOLLOWED, form
        self._lock = threading.Lock()
        """Held while the connection is used."""
        self._connection = open_derived(file, self._schema, form)
        self._version: str
        (self._version,) = self._connection.execute("SELECT version FROM followed").fetchone()
        self._waiting: list[tuple[Change, str]] | None = None
        """Commits since a rebuild was begun, each with the version that it made."""
        self._rebuilding = ThreadPoolExecutor(max_workers=1, thread_name_prefix=file.stem)

    @property
    def version(self) -> str:
        """Of the data that the file has; empty if it has none yet."""
        return self._version

    def close(self) -> None:
        """Wait for a rebuild and close the file."""
        self._rebuilding.shutdown(wait=True)
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
            if self._waiting is not None or (self._version and self._version == store.version):
                return False
            self._waiting = []
        return True

    def follow(self, change: Change, before: str, version: str, store: Store) -> None:
        """The commit that has led from one version to another, and has been made in the store.

        A file that has not the former stays as it is, and so does one where this fails: it is made again later.
        """
        with self._lock:
            if self._waiting is not None:
                self._waiting.append((change, version))
                return
            if self._version != before:
                return
            try:
                with self._connection:
                    self._write(self._connection, change, store)
                    self._note(version)
            except (CannotFollowError, sqlite3.Error) as error:
                self._version = ""
                _log.warning("%s cannot follow: %s", self._file.name, error)

    @abstractmethod
    def _read(self, connection: sqlite3.Connection, store: Store) -> None:
        """Write all of the store into an empty file."""

    @abstractmethod
    def _write(self, connection: sqlite3.Connection, change: Change, store: Store) -> None:
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
        connection = open_derived(file, self._schema, self._form)
        try:
            self._read(connection, store)
            connection.commit()
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._connection.close()
            self._connection = connection
            file.replace(self._file)
            waiting, self._waiting = self._waiting or [], None
            with connection:
                for change, _ in waiting:
                    self._write(connection, change, store)
                self._note(waiting[-1][1] if waiting else version)
