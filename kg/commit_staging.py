"""A commit that is staged while its change is still being judged: both take long, on a core each.

Owns the file by which the ingest worker says that the files of a change are complete. Judges nothing; ``kg.writer`` has
the commit made, or discarded.
"""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.journal.record import Provenance
from kg.store.embedded import EmbeddedStore
from kg.store.staged_change import StagedChange, StagedCommit, StageProgress

_COMPLETE = "change.json"
_PAUSE_S = 0.05


class _DiscardedError(Exception):
    """The commit is not wanted any more."""


def announce_change(change: StagedChange) -> None:
    """The files of the change are complete; for another process. Nothing is to be staged for a change of nothing."""
    if not change.count:
        return
    file = change.folder / _COMPLETE
    staged = file.with_suffix(".next")
    staged.write_text(json.dumps(change.members()))
    os.replace(staged, file)


class CommitStaging:
    """Stages the commit of the change that is announced in a folder, in a thread; it is discarded with the block."""

    def __init__(self, store: EmbeddedStore, folder: Path, provenance: Provenance, progress: StageProgress) -> None:
        self._store, self._file, self._provenance, self._progress = store, folder / _COMPLETE, provenance, progress
        self._discarded, self._expected = threading.Event(), threading.Event()
        self._is_committed = False

    def __enter__(self) -> Self:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="staging")
        self._staging = self._executor.submit(self._stage)
        return self

    def commit(self) -> None:
        """Commit it, once it is staged. Raises as ``EmbeddedStore.commit_staged`` does."""
        self._expected.set()
        staged = self._staging.result()
        assert staged is not None, "a change was announced"
        self._is_committed = True
        self._store.commit_staged(staged)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discarded.set()
        self._executor.shutdown(wait=True)
        if not self._is_committed and self._staging.exception() is None:
            staged = self._staging.result()
            if staged is not None:
                self._store.discard_staged(staged)

    def _stage(self) -> StagedCommit | None:
        while not self._file.exists():
            if self._discarded.wait(_PAUSE_S):
                return None
        change = StagedChange.from_members(json.loads(self._file.read_text()))
        return self._store.stage(change, self._provenance, self._report)

    def _report(self, phase: str, done: int, size: int, quads: int) -> None:
        if self._discarded.is_set():
            raise _DiscardedError
        if self._expected.is_set():  # until then, how far the judgement is matters more
            self._progress(phase, done, size, quads)
