"""Supervises the workers: starts, replaces and reaps them; in memory if the graph fits, otherwise from a checkpoint.

The whole life of a worker outside its queries. One thread forks and reaps; another loads the graph into memory. Both
live as long as the pool, because the kernel ends a child with the thread that started it. What ends in ``_locked`` is
called with the lock of the pool held, all else without it.
"""

import logging
import select
import signal
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from kg.errors import ConflictKgError, ServiceClosingError, StoreError
from kg.execution import memory
from kg.execution.forkserver_client import ForkserverClient, Program
from kg.execution.graph_copy import encode_change
from kg.execution.replication import Replication
from kg.execution.scheduler import Scheduler
from kg.execution.worker_factory import LOAD_PAUSE_S, Checkpointable, WorkerFactory
from kg.execution.worker_handle import WorkerHandle
from kg.store.change import Change

_log = logging.getLogger(__name__)

_FAULTS = {signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE}
_MAX_SENT_LOCKED_BYTES = 65_536
_COPY_PAGES_TIMEOUT_S = 60.0


class Supervisor:
    """The workers; offers them to the scheduler when they are free and up to date."""

    def __init__(
        self, store: Checkpointable, directory: Path, program: Program, scheduler: Scheduler, lock: threading.Lock
    ) -> None:
        self._scheduler, self._lock = scheduler, lock
        settings = program.settings
        self._target = settings.workers
        self._replication = Replication(scheduler, lock)
        self._factory = WorkerFactory(store, directory, program)
        self._workers: set[WorkerHandle] = set()
        self._ingest_worker: WorkerHandle | None = None
        """Free and waiting for the next write; it follows the commits."""
        self._lent_worker: WorkerHandle | None = None
        """The ingest worker while a write runs in it: until it is returned, its copy is in use."""
        self._starting = 0
        self._is_loading = self._is_updating = False
        self.loads = 0
        """How many times the workers have changed over to a newly loaded graph."""
        self.crashed = 0
        """Workers that a fault ended."""
        self._fork_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="query-workers")
        self._load_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="query-memory")
        self._exit_threads = ThreadPoolExecutor(max_workers=settings.workers, thread_name_prefix="query-exits")
        with self._lock:
            self.start_missing_locked()
            self._load_locked()

    @property
    def version(self) -> int:
        """Of the graph, as far as it was reported."""
        return self._replication.version

    @property
    def in_memory(self) -> bool:
        """Whether workers are forked from a process that holds the graph."""
        return self._replication.forkserver is not None

    @property
    def size(self) -> int:
        """How many workers there are."""
        return len(self._workers)

    def resident_mb_locked(self) -> int:
        """Memory of the workers and of the fork server that holds the graph."""
        forkserver = self._replication.forkserver
        shared = forkserver.resident_mb() if forkserver else 0
        return shared + sum(memory.resident_mb(worker.pid) for worker in self._workers)

    def record_commit(self, change: Change, version: str) -> None:
        """The graph has changed so, and the data are of that version now."""
        frame = encode_change(change, version)
        with self._lock:
            self._replication.append_locked(frame)
            idle = self._scheduler.take_idle()
            if (forkserver := self._replication.forkserver) is not None:
                forkserver.removed += change.removed_count
            if not self._is_updating:
                self._is_updating = True
                self._submit(self._update_replicas)
            if (worn := next(filter(self._is_to_be_replaced_locked, idle), None)) is not None:
                idle.remove(worn)
                self._discard_locked([worn])
        for worker in idle:
            self._bring_up_to_date(worker)

    def record_large_commit(self) -> None:
        """The graph has changed by so much that new workers read it anew, first from disk."""
        with self._lock:
            self._replication.skip_locked()
            self._leave_memory_locked()
            self._discard_locked(self._scheduler.take_idle())
            self._load_locked()

    def start_missing_locked(self) -> None:
        """Start workers up to their number; over a checkpoint only as many as are needed soon."""
        if self._replication.is_closing:
            return
        missing = self._target - len(self._workers) - self._starting
        if not self.in_memory:
            missing = min(missing, max(1, self._scheduler.waiting_count) - self._starting)
        for _ in range(missing):
            self._starting += 1
            self._submit(self._start_worker)

    def return_worker_locked(self, worker: WorkerHandle) -> None:
        """A worker has ended its query well and can be used again."""
        is_current = worker in self._workers and self._replication.is_current_locked(worker)
        if not is_current or self._is_to_be_replaced_locked(worker):
            self._discard_locked([worker])
            return
        pending = self._replication.pending_locked(worker)
        if len(pending) > _MAX_SENT_LOCKED_BYTES:
            self._submit(lambda: self._bring_up_to_date(worker))
        elif pending and not worker.send(pending):
            self._discard_locked([worker])
        else:
            worker.version = self._replication.version
            self._scheduler.add_idle(worker)

    def replace_locked(self, worker: WorkerHandle) -> None:
        """Kill a worker and start another; its socket stays open for its reader."""
        if worker not in self._workers:
            return
        worker.kill()
        self._workers.remove(worker)
        self.start_missing_locked()
        # The kernel takes its time to free a large process; neither fork thread nor fork server waits for that.
        self._exit_threads.submit(self._reap_after_exit, worker)

    def take_ingest_worker(self) -> WorkerHandle:
        """A worker over the current state, of which it may change its own copy. Raises StoreError."""
        return self._fork_thread.submit(self._lend_ingest_worker).result()

    def return_ingest_worker(self, worker: WorkerHandle, *, reusable: bool) -> bool:
        """Take it back; False if it is of no more use and has been ended, except for its socket."""
        with self._lock:
            self._lent_worker = None
            is_kept = (
                reusable
                and self._replication.is_current_locked(worker)
                and not self._replication.is_worn_locked(worker)
            )
            if is_kept:
                self._ingest_worker = worker
        if not is_kept:
            self._end_ingest_worker(worker)
        return is_kept

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._replication.close_locked()
            ingest_worker, self._ingest_worker = self._ingest_worker, None
            if ingest_worker is not None:
                ingest_worker.disconnect()
                self._end_ingest_worker(ingest_worker)
            self._discard_locked(self._scheduler.take_idle())
            for worker in list(self._workers):
                self.replace_locked(worker)
        self._factory.cancel_load()
        self._load_thread.shutdown(wait=True)
        self._exit_threads.shutdown(wait=True)
        self._fork_thread.submit(self._factory.close, self._replication.forkserver)
        self._fork_thread.shutdown(wait=True)

    def _lend_ingest_worker(self) -> WorkerHandle:
        worker = self._find_ingest_worker()
        with self._lock:
            self._lent_worker = worker
        return worker

    def _find_ingest_worker(self) -> WorkerHandle:
        with self._lock:
            worker, self._ingest_worker = self._ingest_worker, None
            forkserver = self._replication.forkserver
        if worker is not None:
            if self._replication.follow(worker):
                return worker
            worker.disconnect()
            self._end_ingest_worker(worker)
        try:
            if forkserver is not None:
                self._replication.update(forkserver)
            worker = self._factory.fork_for_ingest(self._oldest_base(), forkserver)
            worker.set_low_priority(True)  # writers keep it busy for long, and readers need a processor for moments
            self._note_on_disk(worker)
            if not self._replication.follow(worker):
                worker.disconnect()
                self._end_ingest_worker(worker)
                raise ServiceClosingError if self._replication.is_closing else StoreError("it ended at once")
        except ServiceClosingError:
            raise
        except (ConflictKgError, OSError) as error:
            raise StoreError(f"an ingest worker cannot be started: {error}") from error
        return worker

    def _oldest_base(self) -> int:
        with self._lock:
            return self._replication.oldest_base_locked(self._factory.base_version)

    def _note_on_disk(self, worker: WorkerHandle) -> None:
        with self._lock:
            self._replication.add_on_disk_locked(worker)

    def _is_to_be_replaced_locked(self, worker: WorkerHandle) -> bool:
        """Whether it is worn and no other worker is being replaced: most go on answering queries."""
        return not self._starting and self._replication.is_worn_locked(worker)

    def _end_ingest_worker(self, worker: WorkerHandle) -> None:
        worker.kill()
        with suppress(RuntimeError):  # the pool is closed, and the worker ends with its fork server
            self._exit_threads.submit(self._reap_after_exit, worker)

    def _discard_locked(self, workers: Iterable[WorkerHandle]) -> None:
        """Replace workers that have no reader."""
        for worker in workers:
            worker.disconnect()
            self.replace_locked(worker)
        self.start_missing_locked()

    def _bring_up_to_date(self, worker: WorkerHandle) -> None:
        if not self._replication.catch_up(worker):
            with self._lock:
                self._discard_locked([worker])

    def _submit(self, task: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the fork thread has ended, and all processes with it
            self._fork_thread.submit(task)

    def _reap_after_exit(self, worker: WorkerHandle) -> None:
        worker.wait_for_exit()
        self._submit(lambda: self._reap(worker))

    def _reap(self, worker: WorkerHandle) -> None:
        worker.parent.reap(worker)
        if -worker.exit_code.result() in _FAULTS:
            self.crashed += 1
            _log.warning("a worker ended by %s", signal.Signals(-worker.exit_code.result()).name)
        self._remove_unused()

    def _remove_unused(self) -> None:
        with self._lock:
            workers = [*self._workers, self._ingest_worker, self._lent_worker]
            in_use = {worker.checkpoint for worker in workers if worker and worker.checkpoint}
        self._factory.remove_unused(in_use)

    def _start_worker(self) -> None:
        worker, failure = self._fork_worker()
        with self._lock:
            self._starting -= 1
            if worker is not None:
                self._workers.add(worker)
            elif not self._workers and not self._starting and failure is not None:
                self._scheduler.reject_all(failure)
        if worker is not None:
            self._bring_up_to_date(worker)
        self._remove_unused()

    def _fork_worker(self) -> tuple[WorkerHandle | None, ConflictKgError | None]:
        with self._lock:
            forkserver = self._replication.forkserver
        try:
            if forkserver is None:
                worker = self._factory.fork_from_disk(self._oldest_base())
                self._note_on_disk(worker)
                return worker, None
            self._replication.update(forkserver)
            worker = self._factory.fork_from_memory(forkserver)
            worker.wait_until_ready()
        except (ConflictKgError, OSError) as error:
            if forkserver is not None and forkserver.is_closed:
                self._reload(forkserver)
                return None, None
            return None, StoreError(f"query workers cannot be started: {error}")
        return worker, None

    def _update_replicas(self) -> None:
        """After a commit: update the graph in memory, or change over to disk or to a newly loaded graph."""
        with self._lock:
            self._is_updating = False
            forkserver = self._replication.forkserver
        if forkserver is not None:
            try:
                self._replication.update(forkserver)
            except StoreError:
                self._reload(forkserver)
            else:
                if not self._factory.fits(forkserver):
                    self._reload(forkserver)
        with self._lock:
            workers = [*self._workers, *([self._ingest_worker] if self._ingest_worker else [])]
            self._replication.truncate_locked(workers, self._factory.base_version)
            if forkserver is None or self._factory.needs_reload(forkserver):
                self._load_locked()

    def _reload(self, forkserver: ForkserverClient) -> None:
        """Read from disk until the graph has been loaded anew."""
        with self._lock:
            if self._replication.forkserver is forkserver:
                self._leave_memory_locked()
                self._discard_locked(self._scheduler.take_idle())
                self._load_locked()

    def _leave_memory_locked(self) -> None:
        forkserver, self._replication.forkserver = self._replication.forkserver, None
        if forkserver is not None:
            self._submit(lambda: self._factory.retire(forkserver))

    def _load_locked(self) -> None:
        """Have the graph loaded into memory, unless that is under way."""
        if not (self._is_loading or self._replication.is_closing):
            self._is_loading = True
            with suppress(RuntimeError):
                self._load_thread.submit(self._load)

    def _load(self) -> None:
        try:
            # Loading anew must not take up more than half of the time.
            if not self._replication.wait_until_closing(max(LOAD_PAUSE_S, self._factory.load_s)):
                self._load_current_version()
        finally:
            with self._lock:
                version, self._replication.loading_version = self._replication.loading_version, None
                self._is_loading = False
                if version is not None and not self._replication.covers_locked(version):
                    self._load_locked()

    def _load_current_version(self) -> None:
        """Load the graph and use it if it fits."""
        with self._lock:
            version = self._replication.loading_version = self.version
        try:
            forkserver = self._fork_thread.submit(self._factory.start_load, version).result()
        except StoreError:  # workers go on reading from disk
            forkserver = None
        if forkserver is None:
            self._submit(self._remove_unused)  # a checkpoint may have been made to tell the size
            return
        is_loaded = self._factory.wait_for_load(forkserver)
        if not self._fork_thread.submit(self._factory.finish_load, forkserver, is_loaded=is_loaded).result():
            self._submit(self._remove_unused)
            return
        workers = self._fork_thread.submit(self._fork_all, forkserver).result()
        for worker in workers:
            select.select([worker.connection], [], [], _COPY_PAGES_TIMEOUT_S)
        self._fork_thread.submit(self._change_over, forkserver, workers).result()

    def _fork_all(self, forkserver: ForkserverClient) -> list[WorkerHandle]:
        self._replication.update(forkserver)
        return [self._factory.fork_from_memory(forkserver, copy_pages=True) for _ in range(self._target)]

    def _change_over(self, forkserver: ForkserverClient, workers: list[WorkerHandle]) -> None:
        """Use those of these workers that have started instead of those before."""
        ready = [worker for worker in workers if _is_ready(worker)]
        with self._lock:
            self._workers |= set(ready)
            is_outdated = not self._replication.covers_locked(forkserver.version)
            if self._replication.is_closing or is_outdated or not ready:
                self._factory.retire(forkserver)
            else:
                self._leave_memory_locked()
                self._replication.forkserver = forkserver
                self.loads += 1
                self._discard_locked(self._scheduler.take_idle())
        for worker in ready:
            self._bring_up_to_date(worker)
        self._remove_unused()


def _is_ready(worker: WorkerHandle) -> bool:
    """Whether it has started, waited for; the system may have ended it, since copying pages takes much memory."""
    try:
        worker.wait_until_ready()
    except StoreError:
        return False
    return True
