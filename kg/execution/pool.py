"""Worker processes, bounded queues before them, and the rule which worker may answer which query.

Every commit counts a version up (``refresh``). A query is answered only by a worker that has at least the version of
when the query came: a read after an acknowledged write sees it. A worker in memory is sent each change before its
next query; one on disk is replaced, and a burst of commits costs one checkpoint, not one each. Any query that does
not end well costs its worker its life.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import ConflictKgError, OverloadedError, QueryDeadlineError, StoreError
from kg.execution import guard, result_format
from kg.execution.cached_guard import CachedGuard
from kg.execution.checkpoints import Checkpointer
from kg.execution.interface import Query
from kg.execution.running_query import PreemptedError, RunningQuery, request_for
from kg.execution.scheduler import Job, Scheduler, StopReason, fingerprint
from kg.execution.supervisor import Supervisor
from kg.execution.text_cache import MAX_CACHED_LENGTH, cache_by_text
from kg.execution.watchdog import Watchdog
from kg.execution.worker_handle import ResourceLimits
from kg.settings import Settings
from kg.store.interface import Change, QueryResult


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """What goes on, for who operates the service."""

    in_memory: bool
    """Workers hold the graph themselves; else they read it from disk."""
    version: int
    workers: int
    busy: int
    waiting: int
    killed: int
    """Workers that were ended because of their query, since the start."""
    resident_mb: int
    """Of all processes below this one; pages that they share count for each."""


class WorkerPool:
    """An ``Executor`` over the graph of a store that can be copied by checkpoints."""

    def __init__(
        self,
        source: Checkpointer,
        directory: Path,
        settings: Settings,
        *,
        examine: Callable[[str], guard.QueryInfo] = guard.inspect_query,
    ) -> None:
        """Start the workers; ``directory`` is the pool's own, on the device of the store (hard links)."""
        self._settings = settings
        self._most = ResourceLimits(settings.query_timeout_s, settings.query_memory_mb, settings.result_max_mb)
        self._examiner, self._kind_of = CachedGuard(examine, settings.queue_length), cache_by_text(fingerprint)
        self.directory = directory
        self._lock = threading.Lock()
        self._lanes = Scheduler(settings.workers, settings.queue_length, max(1, round(settings.query_timeout_s)))
        self._clock = Watchdog(self._tick)
        self._killed = 0
        self._closed = False
        self._staff = Supervisor(source, directory, settings, self._lanes, self._lock)

    def inspect(self, text: str) -> guard.QueryInfo:
        return self._examiner.inspect(text)

    async def ainspect(self, text: str) -> guard.QueryInfo:
        return await self._examiner.ainspect(text)

    def run(self, query: Query) -> RunningQuery:
        shape, bounds = self.inspect(query.text), self._bounds(query)
        ready = threading.Event()
        ticket = self._enter(query, bounds, ready.set)
        while True:
            while not ticket.is_settled:
                ready.wait()
                ready.clear()
            running = self._asked(query, shape, ticket, bounds)
            try:
                running.begin()
            except PreemptedError:
                self._again(ticket)
                continue
            return running

    async def arun(self, query: Query) -> RunningQuery:
        shape, bounds = await self.ainspect(query.text), self._bounds(query)
        turn = _Turn()
        ticket = self._enter(query, bounds, turn.come)
        turn.ask = lambda: self._asked(query, shape, ticket, bounds)
        while True:
            try:
                while not ticket.is_settled:
                    await turn.wait()
            except BaseException:
                self._abandon(ticket, turn.taken())
                raise
            running = turn.taken() or self._asked(query, shape, ticket, bounds)
            try:
                await running.abegin()
            except PreemptedError:
                self._again(ticket)
                continue
            return running

    def query(self, text: str) -> QueryResult:
        result = self.run(Query(text=text))
        return result_format.parse_result(result.form, b"".join(result))

    def refresh(self, change: Change | None = None) -> None:
        self._staff.follow(change)

    def status(self) -> PoolStatus:
        """A glance at what goes on."""
        with self._lock:
            return PoolStatus(
                in_memory=self._staff.in_memory,
                version=self._staff.version,
                workers=self._staff.size,
                busy=self._lanes.busy,
                waiting=self._lanes.waiting,
                killed=self._killed,
                resident_mb=self._staff.resident_mb(),
            )

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._lanes.refuse_all(StoreError("the query workers have been closed"))
            for ticket in self._lanes.running():
                self._take_away(ticket, StopReason.CLOSED)
        self._examiner.close()
        self._clock.close()
        self._staff.close()

    def release(self, ticket: Job, *, reusable: bool) -> bool:
        """See ``running.Giving``."""
        with self._lock:
            if not self._lanes.leave(ticket):
                return False
            assert ticket.worker is not None
            if reusable:
                self._staff.take_back(ticket.worker)
            else:
                self._killed += 1
                self._staff.dismiss(ticket.worker)
        return True

    def may_stream(self, ticket: Job) -> bool:
        """See ``running.Giving``."""
        with self._lock:
            return self._lanes.settle(ticket)

    def _bounds(self, query: Query) -> ResourceLimits:
        if query.timeout_s is None or query.timeout_s >= self._most.seconds:
            return self._most
        return replace(self._most, seconds=query.timeout_s)

    def _enter(self, query: Query, bounds: ResourceLimits, wake: Callable[[], None]) -> Job:
        kind = self._kind_of(query.text[:MAX_CACHED_LENGTH])
        with self._lock:
            self._refuse_if_closed()
            ticket = Job(kind, self._staff.version, time.monotonic() + bounds.seconds, wake)
            self._lanes.enter(ticket)
            self._clock.wake()
            if ticket.worker is None:
                self._staff.fill()
        return ticket

    def _again(self, ticket: Job) -> None:
        with self._lock:
            self._refuse_if_closed()
            self._lanes.again(ticket)
            self._clock.wake()
            self._staff.fill()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise StoreError("the query workers have been closed")

    def _abandon(self, ticket: Job, running: RunningQuery | None) -> None:
        if running is not None:
            running.close()
            return
        with self._lock:
            if self._lanes.leave(ticket) and ticket.worker is not None:
                self._staff.take_back(ticket.worker)

    def _asked(self, query: Query, shape: guard.QueryInfo, ticket: Job, bounds: ResourceLimits) -> RunningQuery:
        if ticket.error is not None:
            if ticket.was_demoted and isinstance(ticket.error, OverloadedError):
                raise QueryDeadlineError(bounds.seconds)
            raise ticket.error
        assert ticket.worker is not None
        left = ticket.deadline - time.monotonic()
        running = RunningQuery(self, ticket, ticket.worker, bounds)
        running.ask(request_for(query, shape, bounds, left, union=not self._settings.plain))
        return running

    def _tick(self) -> None:
        now = time.monotonic()
        with self._lock:
            for ticket in self._lanes.overdue(now):
                self._take_away(ticket, StopReason.DEADLINE)
            for ticket in self._lanes.overstaying(now):
                self._take_away(ticket, StopReason.DEMOTED)
            self._lanes.refuse_late(now)
            if not self._lanes.in_use:
                self._clock.rest()

    def _take_away(self, ticket: Job, cause: StopReason) -> None:
        # Whoever reads the worker sees its end, and finds the cause here.
        ticket.cause = cause
        self._lanes.leave(ticket)
        self._killed += 1
        assert ticket.worker is not None
        ticket.worker.cut_off()
        self._staff.dismiss(ticket.worker)


class _Turn:
    """What one task waits for. When its turn comes its worker is asked at once, and not only when the task runs again.

    Under load many tasks are woken together, and workers would be idle until each has had its turn.
    """

    def __init__(self) -> None:
        self.ask: Callable[[], RunningQuery] | None = None
        self._running: RunningQuery | None = None
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._waiting: asyncio.Future[None] | None = None

    def come(self) -> None:
        """The ticket has its worker, or its error. For any thread."""
        if threading.get_ident() == self._thread:
            self._come()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._come)

    async def wait(self) -> None:
        """Until the turn comes; may also return early."""
        self._waiting = self._loop.create_future()
        try:
            await self._waiting
        finally:
            self._waiting = None

    def taken(self) -> RunningQuery | None:
        """What has been asked already, once."""
        running, self._running = self._running, None
        return running

    def _come(self) -> None:
        if self._waiting is None or self._waiting.done():
            return
        self._waiting.set_result(None)
        if self.ask is not None:
            with suppress(ConflictKgError):  # which the task will meet itself
                self._running = self.ask()
