"""Forks workers: from a fork server that holds the graph in memory, or over a read-only checkpoint on disk.

Memory is faster and applies each commit at once; disk takes a graph of any size. While the graph fits (one copy for
each worker and one for the fork server, because reading unshares pages shared by a fork) it is loaded in the background
and then used from memory. Disk takes over at once when the graph outgrows memory. The engine never frees removed quads
in memory, so after many removals the graph is loaded anew.

All methods are for the fork thread of the supervisor, unless they say otherwise.
"""

import shutil
import time
from collections.abc import Collection
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


class Checkpointable(Protocol):
    """A store that can copy itself consistently into a directory that does not exist yet."""

    def checkpoint(self, into: Path) -> str:
        """The version of the data that is copied."""
        ...


class Checkpoints:
    """Read-only copies of the graph: directories of hard links.

    The engine opens most files of a copy late, so a directory is kept as long as a worker started in it lives.
    """

    def __init__(self, store: Checkpointable, directory: Path) -> None:
        self._store, self._directory = store, directory.resolve()
        self._directory.mkdir(parents=True, exist_ok=True)
        self._current: tuple[int, Checkpoint] | None = None
        self._private = 0
        self.remove_all()

    def at_least(self, version: int) -> Checkpoint:
        """A copy of that version or a later one; earlier copies stay until ``keep_only``."""
        if self._current is not None and self._current[0] >= version:
            return self._current[1]
        checkpoint = self._create(f"{_PREFIX}{version}")
        self._current = (version, checkpoint)
        return checkpoint

    def create_private(self, version: int) -> Checkpoint:
        """A copy for one worker that changes it; it stays while it is among those given to ``keep_only``."""
        self._private += 1
        return self._create(f"{_PREFIX}{version}-private-{self._private}")

    def _create(self, name: str) -> Checkpoint:
        path = self._directory / name
        return Checkpoint(path, self._store.checkpoint(path))

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

    def fork_from_disk(self, version: int) -> WorkerHandle:
        """A worker over that version of the graph or a later one, ready. Raises StoreError."""
        checkpoint = self._checkpoints.at_least(version)
        forkserver = self._get_first_forkserver()
        worker = forkserver.fork(self._settings.query_memory_mb, checkpoint=checkpoint, version=version)
        worker.wait_until_ready()
        return worker

    def fork_for_ingest(self, version: int, forkserver: ForkserverClient | None) -> WorkerHandle:
        """A worker over that version, ready, with a copy of its own that it may change and that follows changes.

        ``forkserver`` holds the graph in memory, of that version; None to copy it on disk. Raises StoreError.
        """
        memory_mb = self._settings.ingest_memory_mb
        if forkserver is not None:
            worker = forkserver.fork(memory_mb)
        else:
            copy = self._checkpoints.create_private(version)
            worker = self._get_first_forkserver().fork(memory_mb, checkpoint=copy, version=version, is_writable=True)
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
        checkpoint = self._checkpoints.at_least(version)
        assert checkpoint.path is not None
        size_mb = _size_mb(checkpoint.path)
        if size_mb > self._share_mb or (self._too_large_mb and size_mb > self._too_large_mb * _SHRUNK):
            return None
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
