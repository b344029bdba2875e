"""Which query gets the next free worker: short queries keep a way through, and every client gets its share.

**By duration.** A query is expected to take as long as the last ones like it (``durations``): a brief, short or long
time, or an unknown one. It has run long once its worker has computed for ``SHORT_S`` or it has had the worker for
``OCCUPIED_S``. Long queries have at most ``long_slots`` workers, long and unknown ones together at most
``uncertain_slots``. A query that turns out long beyond that may stay while no other query could use its worker; then it
is preempted, and starts again in the queue of long queries. A long query stays until its deadline, so only a long query
may return the first part of its result before the last.

**By client.** In each queue the client goes first that has the fewest workers, then the one that has used the least
worker time lately (``client_usage``), whatever its queries are: many just short of long, or few long ones. The last
idle worker is kept for brief queries (``BRIEF_S``), one of each client, and for short ones of clients that have no
worker and are not heavy; a heavy client that has a long query running leaves the last slot of long ones to others. So
a client that uses little, or looks things up one by one, finds a worker at once, however many queries and addresses
others send from, and whatever else it waits for itself; and a client that is alone has everything. Each queue is
bounded; from a full one the newest query of the client with the most in it is rejected.

Bookkeeping only, without threads or processes, in logarithmic time; the caller holds one lock.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from heapq import heapify, heappop, heappush

from kg.errors import ConflictKgError, OverloadedError
from kg.execution.client_usage import ClientUsage
from kg.execution.durations import Durations, ExpectedDuration
from kg.execution.fair_queue import FairQueue
from kg.execution.worker_handle import WorkerHandle

BRIEF_S = 0.005
"""A look-up takes a tenth of it."""
SHORT_S = 0.03
OCCUPIED_S = 0.5
PATIENCE_S = 1.0
"""After waiting this long, a query of unknown duration goes before short ones."""
_MEAN_WEIGHT = 0.1
"""Of the last query in the mean time that one of its duration takes."""
_SPARE_DEADLINES = 64


class StopReason(Enum):
    """Why a query lost its worker before its end."""

    DEADLINE = auto()
    PREEMPTED = auto()
    CLOSED = auto()
    LEFT = auto()
    """Its client has left."""


@dataclass(eq=False, slots=True)
class Job:
    """A query that waits or runs; ``wake`` is called when it gets its worker or error later than on submission."""

    fingerprint: int
    min_version: int
    """The version of the graph that its worker must have."""
    deadline: float
    wake: Callable[[], None]
    client: str = ""
    """Whose share of the workers it uses; the empty name is a client like the others."""
    submitted: float = 0.0
    duration: ExpectedDuration = ExpectedDuration.UNKNOWN
    worker: WorkerHandle | None = None
    started: float = 0.0
    charged_until: float = 0.0
    """Until when its client has been charged for the worker."""
    cpu_s_before: float = 0.0
    """Processor time that its worker had used before this query."""
    was_preempted: bool = False
    stop_reason: StopReason | None = None
    error: ConflictKgError | None = None

    @property
    def is_settled(self) -> bool:
        """It has a worker, or an error instead."""
        return self.worker is not None or self.error is not None


class Scheduler:
    """The idle workers, the running jobs, and a queue of jobs for each expected duration."""

    def __init__(
        self, workers: int, queue_length: int, max_retry_after: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``max_retry_after``: after so many seconds all that waits now has been answered or rejected."""
        self.long_slots = max(1, workers - max(1, workers // 2))
        self.uncertain_slots = workers - 1 if workers > 2 else workers
        self._slots = {
            ExpectedDuration.BRIEF: workers,
            ExpectedDuration.SHORT: workers,
            ExpectedDuration.UNKNOWN: self.uncertain_slots,
            ExpectedDuration.LONG: self.long_slots,
        }
        self._queue_length, self._max_retry_after, self._clock = queue_length, max_retry_after, clock
        self._idle: list[WorkerHandle] = []
        self._running: set[Job] = set()
        self._abandoned: dict[Job, None] = {}
        """Running jobs whose clients have left, the one abandoned first in front."""
        self._usage, self._durations = ClientUsage(), Durations()
        self._queues = {duration: FairQueue[Job](self._usage.standing) for duration in ExpectedDuration}
        self.waiting_count = 0
        """How many jobs wait for a worker."""
        self._deadlines: list[tuple[float, int, Job]] = []
        """A heap; jobs that wait no longer stay until they come first or outnumber the others."""
        self._submissions = 0
        self._mean_s = dict.fromkeys(ExpectedDuration, 0.0)

    def running_jobs(self) -> list[Job]:
        """The jobs that have a worker."""
        return list(self._running)

    @property
    def running_count(self) -> int:
        """How many jobs have a worker."""
        return len(self._running)

    @property
    def is_active(self) -> bool:
        """Whether any job runs or waits."""
        return bool(self._running or self.waiting_count)

    def submit(self, job: Job) -> None:
        """Assign an idle worker or enqueue. Raises OverloadedError if its client has no place in the full queue."""
        job.submitted = self._clock()
        self._usage.see(job.client, job.submitted)
        job.duration = self._durations.expect(job.client, job.fingerprint)
        if not (self._idle and not self.waiting_count and self._may_start(job) and self._assign(job)):
            self._enqueue(job)

    def resubmit(self, job: Job) -> None:
        """Enqueue a preempted job as a long one. Raises OverloadedError as ``submit`` does."""
        job.stop_reason, job.duration, job.was_preempted, job.worker = None, ExpectedDuration.LONG, True, None
        self._enqueue(job)

    def dispatch(self) -> None:
        """Assign idle workers to the jobs that are next."""
        while self._idle and self.waiting_count and (job := self._next_job()) is not None:
            if not self._assign(job):
                return
            job.wake()

    def add_idle(self, worker: WorkerHandle) -> None:
        """This worker is free and up to date."""
        self._idle.append(worker)
        self.dispatch()

    def take_idle(self) -> list[WorkerHandle]:
        """Remove and return all idle workers."""
        taken, self._idle = self._idle, []
        return taken

    def abandon(self, job: Job) -> None:
        """Its client has left; nothing happens unless it runs."""
        if job in self._running:
            self._abandoned[job] = None

    def first_abandoned(self) -> Job | None:
        """Of the abandoned jobs that still run, the one that was abandoned first."""
        return next(iter(self._abandoned), None)

    def remove(self, job: Job) -> bool:
        """Remove a job that ran or waited; True if it ran."""
        if job in self._running:
            now = self._clock()
            self._running.remove(job)
            self._abandoned.pop(job, None)
            self._usage.end(job.client)
            self._charge(job, now)
            self._learn(job, ran_long=_has_cpu_time(job, now, SHORT_S), was_brief=not _has_cpu_time(job, now, BRIEF_S))
            self._mean_s[job.duration] += _MEAN_WEIGHT * (now - job.started - self._mean_s[job.duration])
            return True
        self._remove_waiting(job)
        return False

    def overdue(self, now: float) -> list[Job]:
        """The running jobs past their deadline."""
        return [job for job in self._running if job.deadline < now]

    def reject_overdue(self, now: float) -> None:
        """Remove the waiting jobs past their deadline, with OverloadedError."""
        while self._deadlines and self._deadlines[0][0] < now:
            _, _, job = heappop(self._deadlines)
            if self._remove_waiting(job):
                self._reject(job, self._overloaded_error(job.duration))

    def reject_all(self, error: ConflictKgError) -> None:
        """Remove all waiting jobs, with that error."""
        for job in [job for queue in self._queues.values() for job in queue]:
            self.remove(job)
            self._reject(job, error)

    def select_preempted(self, now: float) -> list[Job]:
        """The jobs to preempt: those that ran long, got no slot of a long one, and whose workers others wait for."""
        candidates = []
        for job in sorted(self._running, key=lambda job: job.started):
            self._charge(job, now)
            if job.duration is not ExpectedDuration.LONG and _ran_long(job, now):
                self._learn(job, ran_long=True)
                if not self.make_long(job):
                    candidates.append(job)
        if not candidates:
            return []
        candidates.sort(key=lambda job: (self._usage.standing(job.client), job.started), reverse=True)
        waiting = self.waiting_count - len(self._queues[ExpectedDuration.LONG])
        return candidates[: max(0, waiting - len(self._idle))]

    def make_long(self, job: Job) -> bool:
        """Give a running job the slot of a long one, so that it may stay until its deadline; False if none is free."""
        if job not in self._running:
            return False
        if job.duration is not ExpectedDuration.LONG:
            if not self._has_long_slot(job.client):
                return False
            job.duration = ExpectedDuration.LONG
        if job.worker is not None:
            job.worker.set_low_priority(True)
        return True

    def _may_start(self, job: Job) -> bool:
        """Whether an idle worker may be assigned to the job now."""
        is_last = len(self._idle) == 1 and self._running and self.uncertain_slots < self._slots[ExpectedDuration.SHORT]
        if job.duration in (ExpectedDuration.BRIEF, ExpectedDuration.SHORT):
            return not is_last or self._may_take_last(job)
        if is_last:
            return False
        if self._count(ExpectedDuration.LONG, ExpectedDuration.UNKNOWN) >= self.uncertain_slots:
            return False
        return job.duration is ExpectedDuration.UNKNOWN or self._has_long_slot(job.client)

    def _may_take_last(self, job: Job) -> bool:
        if self._usage.is_alone():
            return True
        if job.duration is ExpectedDuration.BRIEF:
            return not self._runs(job.client, ExpectedDuration.BRIEF)
        return not (self._usage.has_worker(job.client) or self._usage.is_heavy(job.client))

    def _runs(self, client: str, duration: ExpectedDuration) -> bool:
        """Whether a job of the client that is expected to take so long runs."""
        return any(job.client == client and job.duration is duration for job in self._running)

    def _has_long_slot(self, client: str) -> bool:
        """Whether one more job of the client may run long."""
        free = self.long_slots - self._count(ExpectedDuration.LONG)
        if free == 1 and self._usage.is_heavy(client):
            return not self._runs(client, ExpectedDuration.LONG)
        return free > 0

    def _assign(self, job: Job) -> bool:
        """Assign an idle worker of a version that suits, if there is one, to a job that may wait."""
        # The one that was busy last has its memory still in the cache.
        for place in range(len(self._idle) - 1, -1, -1):
            if self._idle[place].version >= job.min_version:
                worker = job.worker = self._idle.pop(place)
                job.started = job.charged_until = self._clock()
                job.cpu_s_before = worker.cpu_s()
                worker.set_low_priority(job.duration is ExpectedDuration.LONG or self._usage.is_heavy(job.client))
                self._running.add(job)
                self._usage.start(job.client)
                if self.waiting_count:
                    self._remove_waiting(job)
                    self._update_standing(job.client)
                return True
        return False

    def _add_waiting(self, job: Job) -> None:
        self._queues[job.duration].add(job.client, job)
        self.waiting_count += 1

    def _remove_waiting(self, job: Job) -> bool:
        was_waiting = self._queues[job.duration].remove(job.client, job)
        self.waiting_count -= was_waiting
        return was_waiting

    def _next_job(self) -> Job | None:
        """The earliest of the jobs that may start, but those of heavy clients last, and short before unknown ones."""
        firsts = [job for queue in self._queues.values() if (job := queue.first()) is not None and self._may_start(job)]
        latest = self._clock() - PATIENCE_S
        short_first = any(job.duration in (ExpectedDuration.BRIEF, ExpectedDuration.SHORT) for job in firsts)

        def place(job: Job) -> tuple[bool, bool, float]:
            yields = short_first and job.duration is ExpectedDuration.UNKNOWN and job.submitted > latest
            return self._usage.is_heavy(job.client), yields, job.submitted

        return min(firsts, key=place, default=None)

    def _enqueue(self, job: Job) -> None:
        queue = self._queues[job.duration]
        self._add_waiting(job)
        self._submissions += 1
        heappush(self._deadlines, (job.deadline, self._submissions, job))
        self.dispatch()
        if len(queue) > self._queue_length and (rejected := queue.last()) is not None:
            error = self._overloaded_error(job.duration)
            self._remove_waiting(rejected)
            if rejected is job:
                raise error
            self._reject(rejected, error)
        self._shrink_deadlines()

    def _shrink_deadlines(self) -> None:
        if len(self._deadlines) > 2 * self.waiting_count + _SPARE_DEADLINES:
            waiting = {job for queue in self._queues.values() for job in queue}
            self._deadlines = [entry for entry in self._deadlines if entry[2] in waiting]
            heapify(self._deadlines)

    def _count(self, *durations: ExpectedDuration) -> int:
        return sum(job.duration in durations for job in self._running)

    def _charge(self, job: Job, now: float) -> None:
        self._usage.charge(job.client, now - job.charged_until, now)
        job.charged_until = now
        self._update_standing(job.client)

    def _update_standing(self, client: str) -> None:
        if self.waiting_count:
            for queue in self._queues.values():
                queue.update(client)

    def _learn(self, job: Job, *, ran_long: bool, was_brief: bool = False) -> None:
        """Learn from a job, and move those like it to the queue of their new expected duration, while there is room."""
        client, fingerprint = job.client, job.fingerprint
        before = self._durations.expect(client, fingerprint)
        self._durations.learn(client, fingerprint, ran_long=ran_long, was_brief=was_brief)
        now = self._durations.expect(client, fingerprint)
        if now is before:
            return
        source, target = self._queues[before], self._queues[now]
        for waiting in source.items_of(client):
            if waiting.fingerprint == fingerprint and not waiting.was_preempted and len(target) < self._queue_length:
                self._remove_waiting(waiting)
                waiting.duration = now
                self._add_waiting(waiting)

    def _reject(self, job: Job, error: ConflictKgError) -> None:
        job.error = error
        job.wake()

    def _overloaded_error(self, duration: ExpectedDuration) -> OverloadedError:
        """With the time in which the queue will be worked off, at the pace of the last queries."""
        seconds = len(self._queues[duration]) * self._mean_s[duration] / self._slots[duration]
        return OverloadedError(min(self._max_retry_after, max(1, math.ceil(seconds))))


def _ran_long(job: Job, now: float) -> bool:
    return now - job.started > OCCUPIED_S or _has_cpu_time(job, now, SHORT_S)


def _has_cpu_time(job: Job, now: float, seconds: float) -> bool:
    """Whether its worker has computed for longer."""
    # CPU time cannot exceed the time since the start: no need to read the CPU clock.
    if job.worker is None or now - job.started <= seconds:
        return False
    return job.worker.cpu_s() - job.cpu_s_before > seconds
