"""Where workers come from: forks of a process that holds the graph in memory, or readers of checkpoints on disk.

Memory is faster and follows each commit at once, disk takes any size. While data fits (a copy for each worker and one
for the zygote, because reading unshares what a fork shares) the graph is loaded in the background and then takes
over; disk takes over at once when the graph grows too large or a change is not known. Removed quads are never freed
by the engine in memory, so after many of them it is loaded anew.

All methods are for the pool's keeper thread, except where they say otherwise.
"""

import time
from collections.abc import Collection
from pathlib import Path

from kg.errors import StoreError
from kg.execution import memory
from kg.execution.checkpoints import Checkpointer, Checkpoints
from kg.execution.forkserver_client import ForkserverClient
from kg.execution.worker_handle import WorkerHandle
from kg.settings import Settings

CALM_S = 0.3
_REMOVED_MIN = 100_000
_REMOVED_SHARE = 4
_SHRUNK = 0.9


class WorkerFactory:
    """The zygotes, and the judgement which of them to use."""

    def __init__(self, source: Checkpointer, directory: Path, settings: Settings) -> None:
        self._checkpoints = Checkpoints(source, directory)
        self._directory, self._settings = directory, settings
        budget = settings.graph_memory_mb or memory.physical_mb() // 2
        self._share_mb = budget / (settings.workers + 1)
        self._disk: ForkserverClient | None = None
        self._loading: Path | None = None
        self._coming: ForkserverClient | None = None
        self._too_large_mb = 0.0
        self._retired: list[ForkserverClient] = []
        self.load_s = 0.0
        """How long the last load into memory took."""

    def from_disk(self, version: int) -> WorkerHandle:
        """A worker that sees ``version`` or later. Raises StoreError."""
        path = self._checkpoints.at_least(version)
        if self._disk is None or self._disk.is_closed:
            self._disk = ForkserverClient(self._directory)
            self._disk.wait_until_ready()
        worker = self._disk.fork(self._settings.query_memory_mb, checkpoint=path, version=version)
        worker.wait_until_ready()
        return worker

    def from_memory(self, held: ForkserverClient, *, own: bool = False) -> WorkerHandle:
        """A worker with the graph as ``held`` has it, not waited for. Raises StoreError."""
        return held.fork(self._settings.query_memory_mb, own=own)

    def to_load(self, version: int) -> Path | None:
        """A checkpoint to load into memory, kept until ``loaded``; None where it would not fit."""
        path = self._checkpoints.at_least(version)
        size_mb = _size_mb(path)
        if size_mb > self._share_mb or (self._too_large_mb and size_mb > self._too_large_mb * _SHRUNK):
            return None
        self._loading = path
        return path

    def load(self, checkpoint: Path, version: int) -> ForkserverClient | None:
        """Load it, which takes a while; for a thread that lives as long as the pool. None where that fails."""
        start = time.monotonic()
        self._coming = ForkserverClient(self._directory, checkpoint, limit_mb=round(self._share_mb), version=version)
        try:
            self._coming.wait_until_ready()
        except StoreError:
            return None
        self.load_s = time.monotonic() - start
        return self._coming

    def stop_loading(self) -> None:
        """What is being loaded is not wanted any more. For any thread."""
        if self._coming is not None:
            self._coming.kill()

    def loaded(self, held: ForkserverClient | None) -> bool:
        """The load is over; whether what was loaded fits. What does not is ended, and not tried again at that size."""
        checkpoint, self._loading, self._coming = self._loading, None, None
        if held is not None and self.fits(held):
            self._too_large_mb = 0.0
            return True
        if checkpoint is not None:
            self._too_large_mb = _size_mb(checkpoint)
        if held is not None:
            held.close()
        return False

    def fits(self, held: ForkserverClient) -> bool:
        """Whether each worker may hold as much as this one does now. For any thread."""
        return held.resident_mb() <= self._share_mb

    def is_littered(self, held: ForkserverClient) -> bool:
        """Whether so much was removed that loading anew is worth it. For any thread."""
        return held.removed > max(_REMOVED_MIN, held.quads // _REMOVED_SHARE)

    def retire(self, held: ForkserverClient) -> None:
        """Nothing is forked from it any more; it ends with its last worker."""
        self._retired.append(held)

    def sweep(self, in_use: Collection[Path]) -> None:
        """Remove checkpoints and end zygotes that nobody needs."""
        for held in [each for each in self._retired if each.is_childless]:
            held.close()
            self._retired.remove(held)
        self._checkpoints.keep_only([*in_use, *([self._loading] if self._loading else [])])

    def close(self, held: ForkserverClient | None) -> None:
        """End every zygote and remove all checkpoints."""
        for each in [self._disk, held, *self._retired]:
            if each is not None:
                each.close()
        self._checkpoints.remove()


def _size_mb(directory: Path) -> float:
    return sum(each.stat().st_size for each in directory.iterdir()) / 1e6
