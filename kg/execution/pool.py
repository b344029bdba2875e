"""Worker processes, a bounded queue before them, and the rule which worker may answer which query.

Every commit counts a version up (``refresh``). A query is answered only by a worker whose checkpoint is at least as
new as the version when the query came: a read after an acknowledged write sees it, and a burst of commits costs
one checkpoint, not one each. Any query that does not end well costs its worker its life.

All workers are started by one thread that lives as long as the pool, because a child dies with the thread that
started it (PR_SET_PDEATHSIG).
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from kg.errors import ConflictKgError, Overloaded, StoreFailure
from kg.execution import Query, guard, terms
from kg.execution.checkpoints import Checkpointer, Checkpoints
from kg.execution.process import Bounds, WorkerProcess
from kg.execution.running import RunningQuery
from kg.settings import Settings
from kg.store import QueryResult


class Pool:
    """An ``Executor`` over the checkpoints of a store."""

    def __init__(
        self,
        source: Checkpointer,
        directory: Path,
        settings: Settings,
        *,
        examine: Callable[[str], guard.Shape] = guard.examined,
    ) -> None:
        """Start the workers; ``directory`` is the pool's own, on the device of the store (hard links)."""
        self._settings = settings
        self._examine = examine
        self.directory = directory
        self._checkpoints = Checkpoints(source, directory)
        self._changed = threading.Condition()
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._starting = 0
        self._waiting = 0
        self._version = 0
        self._failure: ConflictKgError | None = None
        self._closed = False
        self._keeper = ThreadPoolExecutor(max_workers=1, thread_name_prefix="query-workers")
        with self._changed:
            self._fill()

    def run(self, query: Query) -> RunningQuery:
        shape = self._examine(query.text)
        bounds = self._bounds(query)
        worker = self._taken(time.monotonic() + self._settings.query_timeout_s)
        request = asdict(query) | {"union": not self._settings.plain, "names_dataset": shape.names_dataset}
        return RunningQuery(worker, request, bounds, self._released)

    def query(self, text: str) -> QueryResult:
        result = self.run(Query(text=text))
        return terms.parsed(result.kind, b"".join(result))

    def refresh(self) -> None:
        with self._changed:
            self._version += 1
            stale, self._idle = self._idle, []
            self._fill()
        self._bury(stale, ours=True)

    def close(self) -> None:
        with self._changed:
            if self._closed:
                return
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
            self._changed.notify_all()
        self._bury(idle, ours=True)
        self._bury(busy)
        self._keeper.submit(self._checkpoints.remove)
        self._keeper.shutdown(wait=True)

    def _bounds(self, query: Query) -> Bounds:
        seconds = min(query.timeout_s or self._settings.query_timeout_s, self._settings.query_timeout_s)
        return Bounds(seconds, self._settings.query_memory_mb, self._settings.result_max_mb)

    def _taken(self, deadline: float) -> WorkerProcess:
        """A worker that is new enough, after waiting for at most as long as a query may run."""
        with self._changed:
            needed = self._version
            if not self._idle and self._waiting >= self._settings.queue_length:
                raise self._overloaded()
            self._waiting += 1
            try:
                while (worker := self._idle_worker(needed)) is None:
                    if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                        raise self._overloaded()
            finally:
                self._waiting -= 1
            self._busy.add(worker)
            return worker

    def _idle_worker(self, needed: int) -> WorkerProcess | None:
        if self._closed:
            raise StoreFailure("the query workers have been closed")
        while self._idle:
            worker = self._idle.pop()
            if worker.version >= needed and worker.is_alive:
                return worker
            self._bury([worker], ours=True)
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        self._fill()
        return None

    def _overloaded(self) -> Overloaded:
        return Overloaded(retry_after=max(1, round(self._settings.query_timeout_s)))

    def _released(self, worker: WorkerProcess, ended_well: bool) -> None:
        with self._changed:
            self._busy.discard(worker)
            keep = ended_well and not self._closed and worker.version >= self._version
            if keep:
                self._idle.append(worker)
                self._changed.notify()
            elif not self._closed:
                self._fill()
        if not keep:
            self._bury([worker])

    def _bury(self, workers: list[WorkerProcess], *, ours: bool = False) -> None:
        # Killing is at once; waiting for the kernel to free a large process is left to the keeper.
        for worker in workers:
            worker.kill()
            if ours:
                worker.disconnect()
            try:
                self._keeper.submit(self._end, worker)
            except RuntimeError:  # the keeper is gone: the pool was closed while this query was under way
                worker.reap()

    def _end(self, worker: WorkerProcess) -> None:
        worker.reap()
        self._sweep()

    def _sweep(self) -> None:
        with self._changed:
            in_use = {each.checkpoint for each in (*self._idle, *self._busy)}
        self._checkpoints.keep_only(in_use)

    def _fill(self) -> None:
        if self._closed:
            return
        missing = self._settings.workers - len(self._idle) - len(self._busy) - self._starting
        for _ in range(missing):
            self._starting += 1
            self._keeper.submit(self._start_one)

    def _start_one(self) -> None:
        worker: WorkerProcess | None = None
        failure: ConflictKgError | None = StoreFailure("a query worker could not be started")
        try:
            worker, failure = self._fresh_worker()
        finally:
            with self._changed:
                self._starting -= 1
                self._failure = failure
                if worker is not None and not self._closed:
                    self._idle.append(worker)
                    worker = None
                self._changed.notify_all()
        if worker is not None:  # the pool was closed meanwhile
            worker.reap()
            worker.disconnect()
        self._sweep()

    def _fresh_worker(self) -> tuple[WorkerProcess | None, ConflictKgError | None]:
        """A worker as new as was wanted when it was started; started anew if nobody waits and it is stale already."""
        while not self._closed:
            wanted = self._version
            try:
                path = self._checkpoints.at_least(wanted)
                worker = WorkerProcess(path, self._settings.query_memory_mb, wanted)
            except ConflictKgError as error:
                return None, error
            except OSError as error:
                return None, StoreFailure(f"query workers cannot be started: {error}")
            if wanted == self._version or self._waiting:
                return worker, None
            worker.reap()
            worker.disconnect()
        return None, None
