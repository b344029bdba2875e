"""The pool of worker processes: runs queries and calls in them, within limits, over a graph as new as the last commit.

Every commit (``refresh``) makes a new version of the graph. A query runs only in a worker that has at least the version
of when the query arrived: a read after an acknowledged write sees it. A worker in memory receives each change before
its next query; one on disk is replaced, and a burst of commits costs one checkpoint, not one each. A worker whose query
does not end well is killed.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from kg.errors import ConflictKgError, OverloadedError, QueryDeadlineError, QueryTooLongError, ServiceClosingError
from kg.execution import query_guard
from kg.execution.fingerprint import fingerprint
from kg.execution.forkserver_client import Program
from kg.execution.ingest_lane import IngestLane
from kg.execution.inspection import INSPECT_QUERY, read_query_info
from kg.execution.interface import Call, Query, QueryInfo, Request
from kg.execution.kill_rate import KillRate
from kg.execution.memory_budget import MemoryBudget
from kg.execution.result_format import parse_result
from kg.execution.running_query import PreemptedError, ResourceLimits, RunningQuery, encode_call, encode_query
from kg.execution.scheduler import Job, Scheduler, StopReason
from kg.execution.supervisor import Supervisor
from kg.execution.text_cache import MAX_CACHED_LENGTH, CachedGuard, cache_by_text
from kg.execution.watchdog import Watchdog
from kg.execution.worker_factory import Checkpointable
from kg.settings import Settings
from kg.store.change import Change
from kg.store.interface import QueryResult

SMALL_BYTES = 20_000
"""Of a request whose memory is not counted."""


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """The state of the pool, for operators and tests."""

    in_memory: bool
    """Workers hold the graph in memory; else they read it from disk."""
    version: int
    workers: int
    busy: int
    waiting: int
    killed: int
    """Workers that were ended because of their query, since the start."""
    crashed: int
    """Workers that a fault of memory or an illegal instruction ended, since the start."""
    loads: int
    """How many times workers have changed over to a graph newly loaded into memory."""
    resident_mb: int
    """Of the workers and their fork server; shared pages count for each."""


class _Encode(Protocol):
    def __call__(self, *, seconds: float) -> bytes:
        """The frame of a request that has so much time left."""
        ...


@dataclass(frozen=True, slots=True)
class _Task:
    """A query or call, ready to be scheduled and sent."""

    fingerprint: int
    limits: ResourceLimits
    client: str
    size: int
    """Of what was received, in bytes or characters."""
    encode: _Encode


class WorkerPool:
    """An ``Executor`` over the graph of a store that can be copied by checkpoints."""

    def __init__(
        self,
        store: Checkpointable,
        directory: Path,
        settings: Settings,
        *,
        procedures: str = "",
        inspect: Callable[[str], QueryInfo] = query_guard.inspect_query,
    ) -> None:
        """Start the workers; ``directory`` is the pool's own, on the device of the store (for hard links).

        ``procedures``: the import string of their factory (``kg.execution.procedure``). ``inspect``: in place of the
        guard.
        """
        self._settings = settings
        self._limits = ResourceLimits(settings.query_timeout_s, settings.query_memory_mb, settings.result_max_mb)
        self._has_own_guard = inspect is query_guard.inspect_query
        self._guard, self._fingerprint = CachedGuard(inspect, settings.queue_length), cache_by_text(fingerprint)
        self.directory = directory
        self._lock = threading.Lock()
        self._scheduler = Scheduler(settings.workers, settings.queue_length, max(1, round(settings.query_timeout_s)))
        self._watchdog = Watchdog(self._enforce_deadlines)
        self._results = MemoryBudget(total=32_000_000, one=4_000_000, always=256_000)
        self._requests = MemoryBudget(total=64_000_000, one=64_000_000, always=SMALL_BYTES)
        self._kill_rate = KillRate()
        self._killed = 0
        self._closed = False
        program = Program(procedures, settings)
        self._supervisor = Supervisor(store, directory, program, self._scheduler, self._lock)
        self._ingest_lane = IngestLane(self._supervisor, settings)

    def inspect(self, text: str) -> QueryInfo:
        return self._guard.inspect(text)

    async def ainspect(self, text: str, *, client: str = "") -> QueryInfo:
        if len(text) <= MAX_CACHED_LENGTH or not self._has_own_guard:
            return await self._guard.ainspect(text)
        if len(text) > query_guard.QUERY_POLICY.max_characters:
            raise QueryTooLongError(query_guard.QUERY_POLICY.max_characters)
        reply = await self.arun(Call(procedure=INSPECT_QUERY, content=text.encode(), client=client))
        return read_query_info(reply.properties)

    def run(self, request: Request) -> RunningQuery:
        task = self._prepare(request)
        with self._hold(task):
            settled = threading.Event()
            job = self._submit(task, settled.set)
            while True:
                while not job.is_settled:
                    settled.wait()
                    settled.clear()
                running = self._send(task, job)
                try:
                    running.start()
                except PreemptedError:
                    self._resubmit(job)
                    continue
                return running

    async def arun(self, request: Request) -> RunningQuery:
        if isinstance(request, Query) and request.info is None:
            request = replace(request, info=await self.ainspect(request.text, client=request.client))
        task = self._prepare(request)
        if task.size <= SMALL_BYTES:
            return await self._arun(task)
        with self._hold(task):
            return await self._arun(task)

    async def _arun(self, task: _Task) -> RunningQuery:
        waiter = _Waiter()
        job = self._submit(task, waiter.wake)
        waiter.send = lambda: self._send(task, job)
        try:
            return await self._start(task, job, waiter)
        finally:
            # The scheduler may hold a job that has waited until its deadline; the request is not to stay with it.
            waiter.send = None

    async def _start(self, task: _Task, job: Job, waiter: "_Waiter") -> RunningQuery:
        while True:
            try:
                while not job.is_settled:
                    await waiter.wait()
            except BaseException:
                self._leave(job, waiter.take_running())
                raise
            running = waiter.take_running() or self._send(task, job)
            try:
                await running.astart()
            except PreemptedError:
                self._resubmit(job)
                continue
            return running

    def ingest(self, call: Call) -> RunningQuery:
        with self._lock:
            self._check_open_locked()
        return self._ingest_lane.run(call)

    def query(self, text: str) -> QueryResult:
        result = self.run(Query(text=text))
        return parse_result(result.form, b"".join(result))

    def refresh(self, change: Change, version: str) -> None:
        self._supervisor.record_commit(change, version)

    def reload(self) -> None:
        self._supervisor.record_large_commit()

    def status(self) -> PoolStatus:
        """The state now."""
        with self._lock:
            return PoolStatus(
                in_memory=self._supervisor.in_memory,
                version=self._supervisor.version,
                workers=self._supervisor.size,
                busy=self._scheduler.running_count,
                waiting=self._scheduler.waiting_count,
                killed=self._killed,
                crashed=self._supervisor.crashed,
                loads=self._supervisor.loads,
                resident_mb=self._supervisor.resident_mb_locked(),
            )

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._scheduler.reject_all(ServiceClosingError())
            for job in self._scheduler.running_jobs():
                self._stop_locked(job, StopReason.CLOSED)
        self._ingest_lane.close()
        self._guard.close()
        self._watchdog.close()
        self._supervisor.close()

    def release(self, job: Job, *, reusable: bool) -> bool:
        """See ``running_query.WorkerProvider``."""
        with self._lock:
            if not self._scheduler.remove(job):
                return False
            assert job.worker is not None
            if reusable:
                self._supervisor.return_worker_locked(job.worker)
            else:
                self._killed += 1
                self._supervisor.replace_locked(job.worker)
        return True

    def abandon(self, job: Job) -> None:
        """See ``running_query.WorkerProvider``."""
        with self._lock:
            self._scheduler.abandon(job)
            self._stop_abandoned_locked()

    def may_stream(self, job: Job) -> bool:
        """See ``running_query.WorkerProvider``."""
        with self._lock:
            return self._scheduler.make_long(job)

    def _prepare(self, request: Request) -> _Task:
        """The request as it is sent. Raises QueryRefusedError."""
        limits = self._limits
        if request.timeout_s is not None and request.timeout_s < limits.seconds:
            limits = replace(limits, seconds=request.timeout_s)
        if isinstance(request, Call):
            # Its text is no query: only the same call again is expected to take as long.
            fingerprint = hash((request.procedure, repr(request.arguments), request.content))
            encode_frame = partial(encode_call, request, limits)
            return _Task(fingerprint, limits, request.client, len(request.content), encode_frame)
        info, union = request.info or self.inspect(request.text), not self._settings.plain
        fingerprint = self._fingerprint(request.text[:MAX_CACHED_LENGTH])
        encode = partial(encode_query, request, info, limits, union=union)
        return _Task(fingerprint, limits, request.client, len(request.text), encode)

    @contextmanager
    def _hold(self, task: _Task) -> Iterator[None]:
        """Count the memory of a request that waits or runs. Raises OverloadedError if there is too much already."""
        if not self._requests.allows(task.size):
            raise OverloadedError(1)
        self._requests.add(task.size)
        try:
            yield
        finally:
            self._requests.add(-task.size)

    def _submit(self, task: _Task, wake: Callable[[], None]) -> Job:
        with self._lock:
            self._check_open_locked()
            deadline = time.monotonic() + task.limits.seconds
            job = Job(task.fingerprint, self._supervisor.version, deadline, wake, task.client)
            self._scheduler.submit(job)
            self._watchdog.resume()
            if job.worker is None:
                self._supervisor.start_missing_locked()
        return job

    def _resubmit(self, job: Job) -> None:
        with self._lock:
            self._check_open_locked()
            self._scheduler.resubmit(job)
            self._watchdog.resume()
            self._supervisor.start_missing_locked()

    def _check_open_locked(self) -> None:
        if self._closed:
            raise ServiceClosingError()

    def _leave(self, job: Job, running: RunningQuery | None) -> None:
        """Discard a job whose client has left."""
        if running is not None:
            running.close()
            return
        with self._lock:
            if self._scheduler.remove(job) and job.worker is not None:
                self._supervisor.return_worker_locked(job.worker)

    def _send(self, task: _Task, job: Job) -> RunningQuery:
        """Send the request to the worker of its job. Raises the job's error instead, if it has one."""
        if job.error is not None:
            if job.was_preempted and isinstance(job.error, OverloadedError):
                raise QueryDeadlineError(task.limits.seconds)
            raise job.error
        assert job.worker is not None
        running = RunningQuery(self, job, job.worker, task.limits, self._results)
        running.send(task.encode(seconds=job.deadline - time.monotonic()))
        return running

    def _enforce_deadlines(self) -> None:
        now = time.monotonic()
        with self._lock:
            self._stop_abandoned_locked()
            for job in self._scheduler.overdue(now):
                self._stop_locked(job, StopReason.DEADLINE)
            for job in self._scheduler.select_preempted(now):
                self._stop_locked(job, StopReason.PREEMPTED)
            self._scheduler.reject_overdue(now)
            if not self._scheduler.is_active:
                self._watchdog.pause()

    def _stop_abandoned_locked(self) -> None:
        while (job := self._scheduler.first_abandoned()) is not None and self._kill_rate.take():
            self._stop_locked(job, StopReason.LEFT)

    def _stop_locked(self, job: Job, reason: StopReason) -> None:
        # The reader of the worker sees its end, and finds the reason in the job.
        job.stop_reason = reason
        self._scheduler.remove(job)
        self._killed += 1
        assert job.worker is not None
        job.worker.kill_and_shut_down()
        self._supervisor.replace_locked(job.worker)


class _Waiter:
    """What a task in an event loop waits for: its job to be settled.

    The query is sent to its worker at once, not only when the task runs again: under load many tasks are woken
    together, and their workers would be idle meanwhile.
    """

    def __init__(self) -> None:
        self.send: Callable[[], RunningQuery] | None = None
        self._running: RunningQuery | None = None
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._future: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """The job has its worker or its error. For any thread."""
        if threading.get_ident() == self._thread:
            self._wake_in_loop()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake_in_loop)

    async def wait(self) -> None:
        """Wait until the job is settled; may also return early."""
        self._future = self._loop.create_future()
        try:
            await self._future
        finally:
            self._future = None

    def take_running(self) -> RunningQuery | None:
        """The query that has been sent already, once."""
        running, self._running = self._running, None
        return running

    def _wake_in_loop(self) -> None:
        if self._future is None or self._future.done():
            return
        self._future.set_result(None)
        if self.send is not None:
            with suppress(ConflictKgError):  # the task will raise it itself
                self._running = self.send()
