"""Keeping copies of the graph up to date: the log of commits, which of them each process lacks, and sending them.

The workers in memory and their fork server are replicas; each commit is sent to every one of them. A worker on disk
cannot be updated, only replaced. Starting and ending processes is the supervisor's.
"""

import threading
from collections import deque
from collections.abc import Iterable

from kg.execution.forkserver_client import ForkserverClient
from kg.execution.scheduler import Scheduler
from kg.execution.worker_handle import WorkerHandle


class ChangeLog:
    """The changes since some version of the graph, one per version. Not thread-safe."""

    def __init__(self) -> None:
        self._first = 1
        self._frames: deque[bytes] = deque()

    @property
    def version(self) -> int:
        """The version after all changes."""
        return self._first + len(self._frames) - 1

    def append(self, frame: bytes) -> None:
        """One more version, with its change."""
        self._frames.append(frame)

    def covers(self, version: int) -> bool:
        """Whether a copy of that version can be updated."""
        return version >= self._first - 1

    def frames_since(self, version: int) -> bytes:
        """The frames that update a copy of that version."""
        behind = self.version - version
        if not behind:
            return b""
        return b"".join(list(self._frames)[-behind:])

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

    def is_current_locked(self, worker: WorkerHandle) -> bool:
        """Whether the worker has the current version, or can be brought to it."""
        if self._closing.is_set():
            return False
        if worker.checkpoint is not None:
            return self.forkserver is None and worker.version >= self._log.version
        return worker.parent is self.forkserver and self._log.covers(worker.version)

    def can_follow_locked(self, worker: WorkerHandle) -> bool:
        """Whether an ingest worker can be brought to the current version: it may change its copy, on disk too."""
        is_current = self.forkserver is None if worker.checkpoint is not None else worker.parent is self.forkserver
        return is_current and not self._closing.is_set() and self._log.covers(worker.version)

    def follow(self, worker: WorkerHandle) -> bool:
        """Send an ingest worker the commits that it lacks; False if that fails."""
        with self._lock:
            if not self.can_follow_locked(worker):
                return False
            version, pending = self._log.version, self._log.frames_since(worker.version)
        worker.version = version
        return worker.send(pending) if pending else True

    def pending_locked(self, worker: WorkerHandle) -> bytes:
        """The frames that a current worker still lacks."""
        return b"" if worker.checkpoint else self._log.frames_since(worker.version)

    def catch_up(self, worker: WorkerHandle) -> bool:
        """Send a worker in memory the commits that it lacks and offer it to the scheduler; False if that fails."""
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

    def truncate_locked(self, workers: Iterable[WorkerHandle], ingest_worker: WorkerHandle | None) -> None:
        """Remove the commits from the log that all replicas have."""
        versions = [worker.version for worker in workers if worker.checkpoint is None]
        versions += [ingest_worker.version] if ingest_worker is not None else []
        versions += [self.forkserver.version] if self.forkserver else []
        versions += [self.loading_version] if self.loading_version is not None else []
        self._log.truncate(min(versions, default=self._log.version))
