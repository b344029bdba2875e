"""Which resources were described once and are no more, and since which commit: what a tombstone tells.

A file beside the journal, so that a look-up costs the same whatever the history is. It follows the commits and is not
synced: what it lacks is read from the journal when it is opened, and all of it if it is damaged. Knows no HTTP.
"""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Self

import pyoxigraph as ox

from kg.errors import StoreError
from kg.journal.journal import Journal
from kg.sqlite_file import open_derived
from kg.store.change import Change

_log = logging.getLogger(__name__)

_SUBJECT = re.compile(rb"^<([^>\n]*)> ", re.MULTILINE)
"""The subject of a line of N-Quads, if it is an IRI."""
_FORM = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS withdrawn (iri TEXT PRIMARY KEY, version TEXT NOT NULL, time TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS followed (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, name TEXT NOT NULL);
INSERT OR IGNORE INTO followed VALUES (1, 0, '');
"""

Contains = Callable[[ox.NamedNode], bool]
"""Whether a resource is described now."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The commit that took away the last that was said of a resource."""

    version: str
    """Of the data after it."""
    time: str
    """In UTC, as ISO 8601 writes it."""


class Withdrawals:
    """The withdrawn resources of one store; written by one thread at a time, read by any."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = Lock()
        self._followed, self._name = self._connection.execute("SELECT version, name FROM followed").fetchone()

    @classmethod
    def open(cls, file: Path, journal: Journal, contains: Contains) -> Self:
        """Those in the file, and in the commits that came after. Raises sqlite3.Error or StoreError."""
        opened = cls(open_derived(file, _SCHEMA, _FORM))
        if not opened._continues(journal):
            opened.close()
            file.unlink(missing_ok=True)
            opened = cls(open_derived(file, _SCHEMA, _FORM))
        opened.catch_up(journal, contains)
        return opened

    def find(self, resource: ox.NamedNode) -> Withdrawal | None:
        """When the resource was withdrawn; None if it never was. It may have been described again since."""
        with self._lock:
            row = self._connection.execute(
                "SELECT version, time FROM withdrawn WHERE iri = ?", (resource.value,)
            ).fetchone()
        return Withdrawal(*row) if row else None

    def catch_up(self, journal: Journal, contains: Contains) -> None:
        """Follow the commits of the journal that were not followed yet."""
        if self._followed < journal.version:
            with self._lock, self._connection:
                for record in journal.read(self._followed):
                    withdrawal = Withdrawal(record.dataset_version, record.entry.time)
                    for removed, _ in record.parts():
                        self._note(removed, record.entry.dropped, withdrawal, contains)
                self._set_followed(journal)

    def follow(self, journal: Journal, commits: int, change: Change | None, contains: Contains) -> None:
        """Follow the last commits of the journal, so many, which make this change together; None: it is read there.

        If that fails, a warning is logged, and the next call or start follows them.
        """
        try:
            if change is None:
                self.catch_up(journal, contains)
            else:
                self._follow(journal, commits, change, contains)
        except (sqlite3.Error, StoreError) as error:
            _log.warning("what was withdrawn is not known yet: %s", error)

    def _follow(self, journal: Journal, commits: int, change: Change, contains: Contains) -> None:
        if self._followed != journal.version - commits:
            self.catch_up(journal, contains)
        elif change.removed or change.dropped:
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            with self._lock, self._connection:
                self._note(change.removed, change.dropped, Withdrawal(journal.dataset_version, now), contains)
                self._set_followed(journal)
        else:  # nothing to write: the commits are read again if this is the last that the file sees
            self._followed, self._name = journal.version, journal.dataset_version

    def finish(self) -> None:
        """Note which commits were followed, and close the file."""
        with suppress(sqlite3.Error), self._lock, self._connection:
            self._write_followed()
        self.close()

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def _note(self, removed: bytes, dropped: Iterable[str], withdrawal: Withdrawal, contains: Contains) -> None:
        subjects = {name.decode() for name in set(_SUBJECT.findall(removed))}.union(dropped)
        gone = (iri for iri in subjects if not contains(ox.NamedNode(iri)))
        self._connection.executemany(
            "INSERT OR REPLACE INTO withdrawn VALUES (?, ?, ?)",
            ((iri, withdrawal.version, withdrawal.time) for iri in gone),
        )

    def _set_followed(self, journal: Journal) -> None:
        self._followed, self._name = journal.version, journal.dataset_version
        self._write_followed()

    def _write_followed(self) -> None:
        self._connection.execute("UPDATE followed SET version = ?, name = ?", (self._followed, self._name))

    def _continues(self, journal: Journal) -> bool:
        """Whether it followed this journal, as far as that can be seen."""
        return self._followed < journal.version or self._name in ("", journal.dataset_version)


def open_withdrawals(file: Path, journal: Journal, contains: Contains) -> Withdrawals | None:
    """The withdrawals in the file; None, with a warning in the log, if it cannot be kept. Raises StoreError."""
    try:
        return Withdrawals.open(file, journal, contains)
    except (sqlite3.Error, OSError) as error:
        _log.warning("%s: %s; nothing is known of withdrawn resources", file, error)
        return None
