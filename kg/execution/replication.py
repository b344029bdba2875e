"""Keeping copies of the graph up to date: the log of commits, which of them each process lacks, and sending them.

The workers and the fork server that holds the graph are replicas; each commit is sent to every one of them. A worker on
disk changes a copy of its own, whose tables in memory grow with each commit, so it is replaced after so many bytes.
Starting and ending processes is the supervisor's.
"""

import threading
from collections import deque
from collections.abc import Iterable
from itertools import islice

from kg.execution.forkserver_client import ForkserverClient
from kg.execution.scheduler import Scheduler
from kg.execution.worker_handle import WorkerHandle

WORN_BYTES = 8_000_000
"""Of commits since the checkpoint of a worker on disk: it is replaced when it is free, one worker at a time."""
SPENT_BYTES = 16_000_000
"""It runs no further query; the engine needs about ten times as much memory for what it has not written."""
_BASE_BYTES = 4_000_000
"""Of commits since a checkpoint, up to which new workers start from a copy of it."""


class ChangeLog:
    """The changes since some version of the graph, one per version. Not thread-safe."""

    def __init__(self) -> None:
        self._first = 1
        self._frames: deque[bytes] = deque()
        self.position = 0
        """The bytes of all changes so far, with those that were removed from the log."""

    @property
    def version(self) -> int:
        """The version after all changes."""
        return self._first + len(self._frames) - 1

    def append(self, frame: bytes) -> None:
        """One more version, with its change."""
        self._frames.append(frame)
        self.position += len(frame)

    def skip(self) -> None:
        """One more version, with a change by which no copy is updated."""
        self._first = self.version + 2
        self._frames.clear()

    def covers(self, version: int) -> bool:
        """Whether a copy of that version can be updated."""
        return version >= self._first - 1

    def bytes_since(self, version: int) -> int:
        """The size of the frames that update a copy of that version."""
        return sum(map(len, self._frames_since(version)))

    def frames_since(self, version: int) -> bytes:
        """The frames that update a copy of that version."""
        return b"".join(self._frames_since(version))

    def _frames_since(self, version: int) -> list[bytes]:
        newest_first = islice(reversed(self._frames), self.version - version)
        return list(newest_first)[::-1]

    def truncate(self, version: int) -> None:
        """Remove the changes that only copies older than ``version`` would need."""
        while self._first <= version and self._frames:
            self._frames.popleft()
            self._first += 1


class Replication:
    """The version of the graph, and the updates of its replicas.

    What ends in ``_locked`` is called with the lock of the pool held, all else without it.
    """

    def __init__(self, scheduler: Scheduler, lock: threading.Lock) -> None:
        self._scheduler, self._lock = scheduler, lock
        self._log = ChangeLog()
        self._closing = threading.Event()
        self.forkserver: ForkserverClient | None = None
        """Holds the graph in memory; None while workers read it from disk."""
        self.loading_version: int | None = None
        """The version that is being loaded into memory, if any."""

    @property
    def version(self) -> int:
        """Of the graph, as far as it was reported."""
        return self._log.version

    @property
    def is_closing(self) -> bool:
        """No worker is needed any more."""
        return self._closing.is_set()

    def close_locked(self) -> None:
        """From now on no worker is up to date."""
        self._closing.set()

    def wait_until_closing(self, seconds: float) -> bool:
        """Wait so long, or less if ``close_locked`` is called meanwhile; then True."""
        return self._closing.wait(seconds)

    def append_locked(self, frame: bytes) -> None:
        """A commit, as a frame."""
        self._log.append(frame)

    def skip_locked(self) -> None:
        """A commit that no replica follows."""
        self._log.skip()

    def covers_locked(self, version: int) -> bool:
        """Whether a replica of that version can be brought to the current one."""
        return self._log.covers(version)

    def oldest_base_locked(self, base_version: int | None) -> int:
        """The oldest version of a checkpoint from which a worker on disk may start, given that of the last one."""
        if base_version is not None and self._is_base_locked(base_version):
            return base_version
        return self._log.version

    def _is_base_locked(self, version: int) -> bool:
        return self._log.covers(version) and self._log.bytes_since(version) <= _BASE_BYTES

    def add_on_disk_locked(self, worker: WorkerHandle) -> None:
        """A worker has opened its copy of a checkpoint."""
        worker.base_position = self._log.position - self._log.bytes_since(worker.version)

    def is_worn_locked(self, worker: WorkerHandle) -> bool:
        """Whether its copy has grown so much since its checkpoint that it is to be replaced."""
        return worker.checkpoint is not None and self._growth_locked(worker) > WORN_BYTES

    def _growth_locked(self, worker: WorkerHandle) -> int:
        return self._log.position - worker.base_position

    def is_current_locked(self, worker: WorkerHandle) -> bool:
        """Whether the worker has the current version, or can be brought to it."""
        if self._closing.is_set() or not self._log.covers(worker.version):
            return False
        if worker.checkpoint is None:
            return worker.parent is self.forkserver
        return self.forkserver is None and self._growth_locked(worker) <= SPENT_BYTES

    def follow(self, worker: WorkerHandle) -> bool:
        """Send an ingest worker the commits that it lacks; False if that fails."""
        with self._lock:
            if not self.is_current_locked(worker):
                return False
            version, pending = self._log.version, self._log.frames_since(worker.version)
        worker.version = version
        return worker.send(pending) if pending else True

    def pending_locked(self, worker: WorkerHandle) -> bytes:
        """The frames that a current worker still lacks."""
        return self._log.frames_since(worker.version)

    def catch_up(self, worker: WorkerHandle) -> bool:
        """Send a worker the commits that it lacks and offer it to the scheduler; False if that fails."""
        while True:
            with self._lock:
                if not self.is_current_locked(worker):
                    return False
                version, pending = self._log.version, self._log.frames_since(worker.version)
                if not pending:
                    self._scheduler.add_idle(worker)
                    return True
            if not worker.send(pending):
                return False
            worker.version = version

    def update(self, forkserver: ForkserverClient) -> None:
        """Send the fork server the commits that it lacks. Raises StoreError."""
        with self._lock:
            version, pending = self._log.version, b""
            if self._log.covers(forkserver.version):
                pending = self._log.frames_since(forkserver.version)
        if pending:
            forkserver.apply(pending, version)

    def truncate_locked(self, workers: Iterable[WorkerHandle], base_version: int | None) -> None:
        """Remove the commits from the log that all replicas have.

        ``base_version``: of the last checkpoint, for workers that may start from it.
        """
        versions = [worker.version for worker in workers if self.is_current_locked(worker)]
        versions += [self.forkserver.version] if self.forkserver else []
        versions += [self.loading_version] if self.loading_version is not None else []
        if self.forkserver is None and base_version is not None and self._is_base_locked(base_version):
            versions.append(base_version)
        self._log.truncate(min(versions, default=self._log.version))
