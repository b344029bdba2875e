"""A change of a remote engine that takes several requests, kept in the data directory until all of it is sent.

Owns the folder and its lock. Additions and removals may be sent again from the beginning without harm, so what was
interrupted is completed so; who opens the engine finds out. Judges nothing: what is kept was accepted.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from kg.errors import StoreError
from kg.store.remote import RemoteStore
from kg.store.staged_change import StagedChange, StageProgress, no_progress

_CHANGE = "change.json"
"""Is there once the files are complete."""


class Outbox:
    """The changes of the engine at a URL that are sent from a data directory, one at a time."""

    def __init__(self, directory: Path, url: str) -> None:
        self._folder = directory / f"sending-{sha256(url.encode()).hexdigest()[:12]}"

    def send(self, store: RemoteStore, change: StagedChange, progress: StageProgress = no_progress) -> int:
        """Keep the change, whose files are moved here, and send it; in how many requests. Raises StoreError."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with self._lock() as is_locked:
            if not is_locked:
                raise StoreError("another command is sending a change to the remote engine; nothing was changed")
            return self._send(store, self._keep(change), progress)

    def complete(self, store: RemoteStore) -> bool:
        """Send what is kept and nobody is sending; whether there was something. Raises StoreError."""
        if not (self._folder / _CHANGE).exists():
            return False
        with self._lock() as is_locked:
            if not is_locked or not (self._folder / _CHANGE).exists():
                return False
            members = json.loads((self._folder / _CHANGE).read_text(encoding="utf-8"))
            self._send(store, StagedChange.from_members({**members, "folder": str(self._folder)}), no_progress)
        return True

    def _send(self, store: RemoteStore, kept: StagedChange, progress: StageProgress) -> int:
        requests = store.commit_staged(kept, progress)
        (self._folder / _CHANGE).unlink()
        shutil.rmtree(self._folder, ignore_errors=True)
        return requests

    def _keep(self, change: StagedChange) -> StagedChange:
        kept = replace(change, folder=self._folder)
        try:
            for source, target in ((change.removed, kept.removed), (change.added, kept.added)):
                shutil.move(source, target)
                _sync(target)
            staged = self._folder / f"{_CHANGE}.next"
            staged.write_text(json.dumps(kept.members()), encoding="utf-8")
            _sync(staged)
            os.replace(staged, self._folder / _CHANGE)
            _sync(self._folder)
        except OSError as error:
            raise StoreError(f"{self._folder}: {error.strerror}; nothing was changed") from error
        return kept

    @contextmanager
    def _lock(self) -> Iterator[bool]:
        """Whether nobody else sends from here while the block runs."""
        try:
            descriptor = os.open(self._folder, os.O_RDONLY)
        except FileNotFoundError:  # all of it has just been sent
            yield False
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
        finally:
            os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
