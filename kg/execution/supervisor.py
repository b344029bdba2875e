"""The workers that there are: as many as wanted, as new as the graph, in memory where it fits, else on disk.

All of a worker's life outside its queries. One thread, the keeper, forks and reaps; another loads the graph into
memory. Both live as long as the pool, because a child dies with the thread that started it. What is marked so is
called with the pool's lock held.
"""

import select
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from kg.errors import ConflictKgError, StoreError
from kg.execution import memory
from kg.execution.change_log import ChangeLog, encode_change
from kg.execution.checkpoints import Checkpointer
from kg.execution.forkserver_client import ForkserverClient
from kg.execution.scheduler import Scheduler
from kg.execution.worker_factory import CALM_S, WorkerFactory
from kg.execution.worker_handle import WorkerHandle
from kg.settings import Settings
from kg.store.interface import Change

_SENT_AT_ONCE_BYTES = 65_536
_OWN_PAGES_TIMEOUT_S = 60.0


class Supervisor:
    """Workers, offered to ``lanes`` when they are free and up to date."""

    def __init__(
        self, source: Checkpointer, directory: Path, settings: Settings, lanes: Scheduler, lock: threading.Lock
    ) -> None:
        self._lanes, self._lock = lanes, lock
        self._wanted = settings.workers
        self._supply = WorkerFactory(source, directory, settings)
        self._journal = ChangeLog()
        self._held: ForkserverClient | None = None
        self._members: set[WorkerHandle] = set()
        self._starting = self._unknown_changes = 0
        self._loading_from: int | None = None
        self._is_loading = self._is_following = False
        self._closing = threading.Event()
        self._keeper = ThreadPoolExecutor(max_workers=1, thread_name_prefix="query-workers")
        self._loader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="query-memory")
        self._mourner = ThreadPoolExecutor(max_workers=settings.workers, thread_name_prefix="query-ends")
        with self._lock:
            self.fill()
            self._consider_loading()

    @property
    def version(self) -> int:
        """Of the graph, as far as was told."""
        return self._journal.version

    @property
    def in_memory(self) -> bool:
        """Whether workers are forked from a process that holds the graph."""
        return self._held is not None

    @property
    def size(self) -> int:
        """How many workers there are."""
        return len(self._members)

    def resident_mb(self) -> int:
        """What workers and the zygote in memory hold. With the lock."""
        held = self._held.resident_mb() if self._held else 0
        return held + sum(memory.resident_mb(worker.pid) for worker in self._members)

    def follow(self, change: Change | None) -> None:
        """The graph was changed, in a way that is not known where ``change`` is None. Without the lock."""
        frame = encode_change(change) if change is not None else b""
        with self._lock:
            if change is None:
                self._unknown_changes += 1
                self._journal.skip()
                self._leave_memory()
            else:
                self._journal.append(frame)
            held, idle = self._held, self._lanes.take_idle()
            if held is None:
                self._drop(idle)
            elif change is not None:
                held.removed += len(change.removed)
            if not self._is_following:
                self._is_following = True
                self._submit(self._follow)
        if held is not None:
            for worker in idle:
                self._catch_up(worker)

    def fill(self) -> None:
        """Start what is missing: in memory all, on disk what is needed soon. With the lock."""
        if self._closing.is_set():
            return
        missing = self._wanted - len(self._members) - self._starting
        if self._held is None:
            missing = min(missing, max(1, self._lanes.waiting) - self._starting)
        for _ in range(missing):
            self._starting += 1
            self._submit(self._start_one)

    def take_back(self, worker: WorkerHandle) -> None:
        """It is done with a query and well. With the lock."""
        if not self._is_current(worker):
            self._drop([worker])
            return
        pending = b"" if worker.checkpoint else self._journal.since(worker.version)
        if len(pending) > _SENT_AT_ONCE_BYTES:
            self._submit(lambda: self._catch_up(worker))
        elif pending and not worker.tell(pending):
            self._drop([worker])
        else:
            worker.version = self._journal.version
            self._lanes.offer(worker)

    def dismiss(self, worker: WorkerHandle) -> None:
        """Kill it and start another; who reads from it still does. With the lock."""
        if worker not in self._members:
            return
        worker.kill()
        self._members.remove(worker)
        self.fill()
        # The kernel takes its time to free a large process; neither keeper nor zygote should wait for that.
        self._mourner.submit(self._see_off, worker)

    def close(self) -> None:
        """End all processes. Without the lock."""
        with self._lock:
            self._closing.set()
            self._drop(self._lanes.take_idle())
            for worker in list(self._members):
                self.dismiss(worker)
        self._supply.stop_loading()
        self._loader.shutdown(wait=True)
        self._mourner.shutdown(wait=True)
        self._keeper.submit(self._supply.close, self._held)
        self._keeper.shutdown(wait=True)

    def _drop(self, workers: list[WorkerHandle]) -> None:
        for worker in workers:
            worker.disconnect()
            self.dismiss(worker)
        self.fill()

    def _is_current(self, worker: WorkerHandle) -> bool:
        if self._closing.is_set() or worker not in self._members:
            return False
        if worker.checkpoint is not None:
            return self._held is None and worker.version >= self._journal.version
        return worker.source is self._held and self._journal.reaches(worker.version)

    def _catch_up(self, worker: WorkerHandle) -> None:
        """Tell a worker in memory that nobody else holds what has changed, and offer it. Without the lock."""
        while True:
            with self._lock:
                if not self._is_current(worker):
                    self._drop([worker])
                    return
                version, pending = self._journal.version, self._journal.since(worker.version)
                if not pending:
                    self._lanes.offer(worker)
                    return
            if not worker.tell(pending):
                with self._lock:
                    self._drop([worker])
                return
            worker.version = version

    def _submit(self, job: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the keeper is gone, and with it all processes
            self._keeper.submit(job)

    def _see_off(self, worker: WorkerHandle) -> None:
        worker.wait()
        self._submit(lambda: self._reap(worker))

    def _reap(self, worker: WorkerHandle) -> None:
        worker.source.reap(worker)
        self._sweep()

    def _sweep(self) -> None:
        with self._lock:
            in_use = {worker.checkpoint for worker in self._members if worker.checkpoint}
        self._supply.sweep(in_use)

    def _start_one(self) -> None:
        worker, failure = self._started()
        with self._lock:
            self._starting -= 1
            if worker is not None:
                self._members.add(worker)
            elif not self._members and not self._starting and failure is not None:
                self._lanes.refuse_all(failure)
            if worker is not None and worker.checkpoint is not None:
                # One that is too old already may still suit somebody who has waited since before.
                self._lanes.offer(worker)
                newest = None if self._closing.is_set() else self._journal.version
                self._drop(self._lanes.take_idle(older_than=newest))
                return
        if worker is not None:
            self._catch_up(worker)
        self._sweep()

    def _started(self) -> tuple[WorkerHandle | None, ConflictKgError | None]:
        with self._lock:
            held = self._held
        try:
            if held is None:
                return self._supply.from_disk(self.version), None
            self._bring_up_to_date(held)
            worker = self._supply.from_memory(held)
            worker.wait_until_ready()
        except (ConflictKgError, OSError) as error:
            if held is not None and held.is_closed:
                self._give_up(held)
                return None, None
            return None, StoreError(f"query workers cannot be started: {error}")
        return worker, None

    def _bring_up_to_date(self, held: ForkserverClient) -> None:
        with self._lock:
            version, pending = self._journal.version, b""
            if self._journal.reaches(held.version):
                pending = self._journal.since(held.version)
        if pending:
            held.apply(pending, version)

    def _follow(self) -> None:
        with self._lock:
            self._is_following = False
            held = self._held
        if held is not None:
            try:
                self._bring_up_to_date(held)
            except StoreError:
                self._give_up(held)
            else:
                if not self._supply.fits(held):
                    self._give_up(held)
        with self._lock:
            self._forget()
            if held is None or self._supply.is_littered(held):
                self._consider_loading()

    def _forget(self) -> None:
        versions = [worker.version for worker in self._members if worker.checkpoint is None]
        versions += [self._held.version] if self._held else []
        versions += [self._loading_from] if self._loading_from is not None else []
        self._journal.forget(min(versions, default=self._journal.version))

    def _give_up(self, held: ForkserverClient) -> None:
        """Use disk until the graph has been loaded anew."""
        with self._lock:
            if self._held is held:
                self._leave_memory()
                self._drop(self._lanes.take_idle())
                self._consider_loading()

    def _leave_memory(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._submit(lambda: self._supply.retire(held))

    def _consider_loading(self) -> None:
        if not (self._is_loading or self._closing.is_set()):
            self._is_loading = True
            with suppress(RuntimeError):
                self._loader.submit(self._load)

    def _load(self) -> None:
        try:
            is_void = self._wait_for_calm() and self._load_from_here()
        finally:
            with self._lock:
                self._is_loading, self._loading_from = False, None
        if is_void:
            with self._lock:
                self._consider_loading()

    def _wait_for_calm(self) -> bool:
        """Until no unknown change has come for a while; False if the pool is closed meanwhile."""
        seen = -1
        while seen != self._unknown_changes:
            seen = self._unknown_changes
            if self._closing.wait(max(CALM_S, self._supply.load_s)):
                return False
        return True

    def _load_from_here(self) -> bool:
        """Load the graph and use it where it fits; True where an unknown change has made that void."""
        with self._lock:
            version = self._loading_from = self._journal.version
        checkpoint = self._keeper.submit(self._supply.to_load, version).result()
        held = self._supply.load(checkpoint, version) if checkpoint is not None else None
        if not self._keeper.submit(self._supply.loaded, held).result() or held is None:
            return False
        workers = self._keeper.submit(self._forked, held).result()
        for worker in workers:
            select.select([worker.connection], [], [], _OWN_PAGES_TIMEOUT_S)
        return self._keeper.submit(self._take_over, held, workers).result()

    def _forked(self, held: ForkserverClient) -> list[WorkerHandle]:
        self._bring_up_to_date(held)
        return [self._supply.from_memory(held, own=True) for _ in range(self._wanted)]

    def _take_over(self, held: ForkserverClient, workers: list[WorkerHandle]) -> bool:
        for worker in workers:
            worker.wait_until_ready()
        with self._lock:
            is_void = self._closing.is_set() or not self._journal.reaches(held.version)
            self._members |= set(workers)
            if is_void:
                self._supply.retire(held)
            else:
                self._leave_memory()
                self._held = held
                self._drop(self._lanes.take_idle())
        for worker in workers:
            self._catch_up(worker)
        self._sweep()
        return is_void and not self._closing.is_set()
