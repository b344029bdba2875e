"""Forks workers: from a fork server that holds the graph in memory, or over a copy of a checkpoint on disk.

Memory is faster; disk takes a graph of any size. Each worker applies the commits to a copy of its own. While the graph
fits (one copy for each worker and one for the fork server, because reading unshares pages shared by a fork) it is
loaded in the background and then used from memory. Disk takes over at once when the graph outgrows memory. The engine
never frees removed quads in memory, so after many removals the graph is loaded anew.

All methods are for the fork thread of the supervisor, unless they say otherwise.
"""

import os
import shutil
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from kg.errors import StoreError
from kg.execution import memory
from kg.execution.forkserver_client import Checkpoint, ForkserverClient, Program
from kg.execution.worker_handle import WorkerHandle

LOAD_PAUSE_S = 0.3
"""The least time before the graph is loaded."""
_REMOVED_MIN = 100_000
_REMOVED_SHARE = 4
_SHRUNK = 0.9
_PREFIX = "checkpoint-"


_LINKED = ".sst"
"""Files that the engine writes once: copies share them. It changes the others."""
_SIZE_PAUSE_S = 5.0
"""Within which the size of a checkpoint is taken for that of the graph."""


class Checkpointable(Protocol):
    """A store that can copy itself consistently into a directory that does not exist yet."""

    def checkpoint(self, into: Path) -> str:
        """The version of the data that is copied."""
        ...


class Checkpoints:
    """Copies of the graph: directories of hard links.

    The engine opens most files of a copy late, so a directory is kept as long as a worker started in it lives.
    """

    def __init__(self, store: Checkpointable, directory: Path) -> None:
        self._store, self._directory = store, directory.resolve()
        self._directory.mkdir(parents=True, exist_ok=True)
        self._current: tuple[int, Checkpoint] | None = None
        self._made = 0.0
        self._number = 0
        self.remove_all()

    @property
    def version(self) -> int | None:
        """Of the last checkpoint; None before the first."""
        return self._current[0] if self._current is not None else None

    def at_least(self, version: int) -> tuple[int, Checkpoint]:
        """A checkpoint of that version or a later one, and its version; earlier ones stay until ``keep_only``."""
        if self._current is None or self._current[0] < version:
            path = self._new_path("base")
            self._current = (version, Checkpoint(path, self._store.checkpoint(path)))
            self._made = time.monotonic()
        return self._current

    def recent(self, version: int) -> Checkpoint:
        """A checkpoint from which the size of the graph can be told; of that version, or a few seconds old."""
        is_recent = self._current is not None and time.monotonic() - self._made < _SIZE_PAUSE_S
        return self._current[1] if self._current is not None and is_recent else self.at_least(version)[1]

    def copy_for_worker(self, version: int, kind: str) -> tuple[int, Checkpoint]:
        """A copy of ``at_least`` for one worker that changes it; it stays while ``keep_only`` is given it.

        ``kind`` shows in its name.
        """
        base_version, base = self.at_least(version)
        assert base.path is not None
        path = self._new_path(kind)
        path.mkdir()
        for file in base.path.iterdir():
            (os.link if file.suffix == _LINKED else shutil.copyfile)(file, path / file.name)
        return base_version, replace(base, path=path)

    def keep_only(self, in_use: Collection[Path]) -> None:
        """Remove all copies but the current one and these."""
        current = self._current[1].path if self._current is not None else None
        for path in self._directory.glob(f"{_PREFIX}*"):
            if path != current and path not in in_use:
                shutil.rmtree(path)

    def remove_all(self) -> None:
        """Remove all copies."""
        self._current = None
        self.keep_only(())

    def _new_path(self, kind: str) -> Path:
        self._number += 1
        return self._directory / f"{_PREFIX}{self._number}-{kind}"


class WorkerFactory:
    """The fork servers and the checkpoints, and which of them workers come from."""

    def __init__(self, store: Checkpointable, directory: Path, program: Program) -> None:
        self._checkpoints = Checkpoints(store, directory)
        self._directory, self._program, self._settings = directory, program, program.settings
        settings = program.settings
        budget = settings.graph_memory_mb or memory.physical_mb() // 2
        self._share_mb = budget / (settings.workers + 1)
        self._first_forkserver: ForkserverClient | None = None
        self._loading: Path | None = None
        self._loading_forkserver: ForkserverClient | None = None
        self._too_large_mb = 0.0
        self._retired: list[ForkserverClient] = []
        self.load_s = 0.0
        """How long the last load into memory took."""

    @property
    def base_version(self) -> int | None:
        """Of the last checkpoint; None before the first."""
        return self._checkpoints.version

    def fork_from_disk(self, version: int) -> WorkerHandle:
        """A worker over a copy of a checkpoint of that version or a later one, ready. Raises StoreError."""
        return self._fork_over_copy(version, "query", self._settings.query_memory_mb)

    def fork_for_ingest(self, version: int, forkserver: ForkserverClient | None) -> WorkerHandle:
        """The same with the limits of ingest; or from the fork server that holds the graph in memory, if any."""
        memory_mb = self._settings.ingest_memory_mb
        if forkserver is None:
            return self._fork_over_copy(version, "ingest", memory_mb)
        worker = forkserver.fork(memory_mb)
        worker.wait_until_ready()
        return worker

    def _fork_over_copy(self, version: int, kind: str, memory_mb: int) -> WorkerHandle:
        base_version, copy = self._checkpoints.copy_for_worker(version, kind)
        worker = self._get_first_forkserver().fork(memory_mb, checkpoint=copy, version=base_version)
        worker.wait_until_ready()
        return worker

    def _get_first_forkserver(self) -> ForkserverClient:
        if self._first_forkserver is None or self._first_forkserver.is_closed:
            self._first_forkserver = ForkserverClient.start(self._directory, self._program)
            self._first_forkserver.wait_until_ready()
        return self._first_forkserver

    def fork_from_memory(self, forkserver: ForkserverClient, *, copy_pages: bool = False) -> WorkerHandle:
        """A worker over the graph that the fork server holds, not waited for. Raises StoreError."""
        return forkserver.fork(self._settings.query_memory_mb, copy_pages=copy_pages)

    def start_load(self, version: int) -> ForkserverClient | None:
        """A fork server that loads a checkpoint into memory, kept until ``finish_load``; None if it would not fit.

        Raises StoreError.
        """
        recent = self._checkpoints.recent(version)
        assert recent.path is not None
        size_mb = _size_mb(recent.path)
        if size_mb > self._share_mb or (self._too_large_mb and size_mb > self._too_large_mb * _SHRUNK):
            return None
        version, checkpoint = self._checkpoints.at_least(version)
        self._loading = checkpoint.path
        first = self._get_first_forkserver()
        self._loading_forkserver = first.fork_server(checkpoint, limit_mb=round(self._share_mb), version=version)
        return self._loading_forkserver

    def wait_for_load(self, forkserver: ForkserverClient) -> bool:
        """Whether it has loaded its checkpoint, waited for. For a thread of its own."""
        start = time.monotonic()
        try:
            forkserver.wait_until_ready()
        except StoreError:
            return False
        self.load_s = time.monotonic() - start
        return True

    def cancel_load(self) -> None:
        """Stop loading. For any thread."""
        if self._loading_forkserver is not None:
            self._loading_forkserver.kill()

    def finish_load(self, forkserver: ForkserverClient, *, is_loaded: bool) -> bool:
        """Whether what was loaded fits. If not, it is ended, and a graph of that size is not loaded again."""
        checkpoint, self._loading, self._loading_forkserver = self._loading, None, None
        if is_loaded and self.fits(forkserver):
            self._too_large_mb = 0.0
            return True
        if checkpoint is not None:
            self._too_large_mb = _size_mb(checkpoint)
        forkserver.close()
        return False

    def fits(self, forkserver: ForkserverClient) -> bool:
        """Whether there is memory for as many copies of it as needed. For any thread."""
        return forkserver.resident_mb() <= self._share_mb

    def needs_reload(self, forkserver: ForkserverClient) -> bool:
        """Whether so many quads were removed that loading the graph anew pays. For any thread."""
        return forkserver.removed > max(_REMOVED_MIN, forkserver.quads // _REMOVED_SHARE)

    def retire(self, forkserver: ForkserverClient) -> None:
        """End it as soon as its last worker has ended."""
        self._retired.append(forkserver)

    def remove_unused(self, in_use: Collection[Path]) -> None:
        """Remove checkpoints other than those in use, and end retired fork servers without workers."""
        for forkserver in [forkserver for forkserver in self._retired if forkserver.is_childless]:
            forkserver.close()
            self._retired.remove(forkserver)
        self._checkpoints.keep_only([*in_use, *([self._loading] if self._loading else [])])

    def close(self, forkserver: ForkserverClient | None) -> None:
        """End every fork server and remove all checkpoints."""
        for client in [forkserver, *self._retired, self._first_forkserver]:
            if client is not None:
                client.close()
        self._checkpoints.remove_all()


def _size_mb(directory: Path) -> float:
    return sum(file.stat().st_size for file in directory.iterdir()) / 1e6
