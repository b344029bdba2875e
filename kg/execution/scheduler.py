"""Which query gets the next free worker: short queries keep a way through, however many long ones there are.

Queries that differ only in names and values have the same fingerprint, and are expected to take as long as the last
ones of that fingerprint: a short time, a long time, or unknown. A query has run long once its worker has computed for
``SHORT_S`` or it has had the worker for ``OCCUPIED_S``. Long queries have at most ``long_slots`` workers, long and
unknown ones together at most ``uncertain_slots``. A query that turns out long beyond that may stay while no other query
could use its worker; then it is preempted, and starts again in the queue of long queries. A long query stays until its
deadline, so only a long query may return the first part of its result before the last. Each queue is bounded.

Bookkeeping only, without threads or processes; the caller holds one lock.
"""

import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from kg.errors import ConflictKgError, OverloadedError
from kg.execution.worker_handle import WorkerHandle

SHORT_S = 0.03
OCCUPIED_S = 0.5
PATIENCE_S = 1.0
"""After waiting this long, a query of unknown duration goes before short ones."""
_MAX_FINGERPRINTS = 4096
_MIN_SCORE = -3
_VARYING = re.compile(
    r"""\s+|\#[^\n]*|<[^<>\s]*>|"[^"\n]*"|'[^'\n]*'|[?$]\w+|[\w\-]*:[\w.\-]*\d[\w.\-]*|\b\d[\d.]*\b""", re.VERBOSE
)


class ExpectedDuration(Enum):
    """How long a query is expected to take."""

    SHORT = auto()
    UNKNOWN = auto()
    LONG = auto()


class StopReason(Enum):
    """Why a query lost its worker before its end."""

    DEADLINE = auto()
    PREEMPTED = auto()
    CLOSED = auto()


@dataclass(eq=False, slots=True)
class Job:
    """A query that waits or runs; ``wake`` is called when it gets its worker or error later than on submission."""

    fingerprint: int
    min_version: int
    """The version of the graph that its worker must have."""
    deadline: float
    wake: Callable[[], None]
    submitted: float = field(default_factory=time.monotonic)
    duration: ExpectedDuration = ExpectedDuration.UNKNOWN
    worker: WorkerHandle | None = None
    started: float = 0.0
    cpu_s_before: float = 0.0
    """Processor time that its worker had used before this query."""
    was_preempted: bool = False
    stop_reason: StopReason | None = None
    error: ConflictKgError | None = None

    @property
    def is_settled(self) -> bool:
        """It has a worker, or an error instead."""
        return self.worker is not None or self.error is not None


def fingerprint(text: str) -> int:
    """The same for queries that differ only in names and values."""
    return hash(_VARYING.sub("", text))


class Scheduler:
    """The idle workers, the running jobs, and a queue of jobs for each expected duration."""

    def __init__(self, workers: int, queue_length: int, retry_after: int) -> None:
        self.long_slots = max(1, workers - max(1, workers // 2))
        self.uncertain_slots = workers - 1 if workers > 2 else workers
        self._queue_length, self._retry_after = queue_length, retry_after
        self._idle: list[WorkerHandle] = []
        self._running: set[Job] = set()
        self._queues: dict[ExpectedDuration, deque[Job]] = {duration: deque() for duration in ExpectedDuration}
        self._scores: OrderedDict[int, int] = OrderedDict()
        """By fingerprint: positive for long, negative for short, the further below 0 the more often."""

    def running_jobs(self) -> list[Job]:
        """The jobs that have a worker."""
        return list(self._running)

    @property
    def waiting_count(self) -> int:
        """How many jobs wait for a worker."""
        return sum(map(len, self._queues.values()))

    @property
    def running_count(self) -> int:
        """How many jobs have a worker."""
        return len(self._running)

    @property
    def known_duration_count(self) -> int:
        """How many fingerprints have a known duration."""
        return len(self._scores)

    @property
    def is_active(self) -> bool:
        """Whether any job runs or waits."""
        return bool(self._running or self.waiting_count)

    def submit(self, job: Job) -> None:
        """Assign an idle worker or enqueue. Raises OverloadedError if the queue is full."""
        job.duration = self._expect(job.fingerprint)
        if not (self._idle and self._has_slot(job.duration) and not self._has_waiting and self._assign(job)):
            self._enqueue(job)
            self.dispatch()

    def resubmit(self, job: Job) -> None:
        """Enqueue a preempted job as a long one. Raises OverloadedError if the queue is full."""
        job.stop_reason, job.duration, job.was_preempted, job.worker = None, ExpectedDuration.LONG, True, None
        self._enqueue(job)
        self.dispatch()

    def dispatch(self) -> None:
        """Assign idle workers to the jobs that are next."""
        while self._idle and self._has_waiting and (job := self._next_job()) is not None:
            if not self._assign(job):
                return
            self._queues[job.duration].popleft()
            job.wake()

    def add_idle(self, worker: WorkerHandle) -> None:
        """This worker is free and up to date."""
        self._idle.append(worker)
        self.dispatch()

    def take_idle(self, *, older_than: int | None = None) -> list[WorkerHandle]:
        """Remove and return all idle workers, or only those of an older version."""
        taken = [worker for worker in self._idle if older_than is None or worker.version < older_than]
        self._idle = [worker for worker in self._idle if worker not in taken]
        return taken

    def remove(self, job: Job) -> bool:
        """Remove a job that ran or waited; True if it ran."""
        if job in self._running:
            self._running.remove(job)
            self._learn(job.fingerprint, ran_long=_has_long_cpu_time(job, time.monotonic()))
            return True
        if job in self._queues[job.duration]:
            self._queues[job.duration].remove(job)
        return False

    def overdue(self, now: float) -> list[Job]:
        """The running jobs past their deadline."""
        return [job for job in self._running if job.deadline < now]

    def reject_overdue(self, now: float) -> None:
        """Remove the waiting jobs past their deadline, with OverloadedError."""
        for job in self._waiting_jobs():
            if job.deadline < now:
                self.remove(job)
                self._reject(job, self._overloaded_error())

    def reject_all(self, error: ConflictKgError) -> None:
        """Remove all waiting jobs, with that error."""
        for job in self._waiting_jobs():
            self.remove(job)
            self._reject(job, error)

    def select_preempted(self, now: float) -> list[Job]:
        """The jobs to preempt: those that ran long, got no slot of a long one, and whose workers others wait for."""
        candidates = []
        for job in sorted(self._running, key=lambda job: job.started):
            if job.duration is not ExpectedDuration.LONG and _ran_long(job, now):
                self._learn(job.fingerprint, ran_long=True)
                if not self.make_long(job):
                    candidates.append(job)
        candidates.sort(key=lambda job: -job.started)
        waiting = len(self._queues[ExpectedDuration.SHORT]) + len(self._queues[ExpectedDuration.UNKNOWN])
        return candidates[: max(0, waiting - len(self._idle))]

    def make_long(self, job: Job) -> bool:
        """Give a running job the slot of a long one, so that it may stay until its deadline; False if none is free."""
        is_full = job.duration is not ExpectedDuration.LONG and self._count(ExpectedDuration.LONG) >= self.long_slots
        if job not in self._running or is_full:
            return False
        job.duration = ExpectedDuration.LONG
        if job.worker is not None:
            job.worker.set_low_priority(True)
        return True

    @property
    def _has_waiting(self) -> bool:
        short, unknown, long = self._queues.values()
        return bool(short or unknown or long)

    def _has_slot(self, duration: ExpectedDuration) -> bool:
        """Whether a job of that expected duration may start now."""
        if duration is ExpectedDuration.SHORT:
            return True
        if self._count(ExpectedDuration.LONG, ExpectedDuration.UNKNOWN) >= self.uncertain_slots:
            return False
        return duration is ExpectedDuration.UNKNOWN or self._count(ExpectedDuration.LONG) < self.long_slots

    def _assign(self, job: Job) -> bool:
        """Assign an idle worker of a version that suits, if there is one."""
        # The one that was busy last has its memory still in the cache.
        for place in range(len(self._idle) - 1, -1, -1):
            if self._idle[place].version >= job.min_version:
                worker = job.worker = self._idle.pop(place)
                job.started, job.cpu_s_before = time.monotonic(), worker.cpu_s()
                worker.set_low_priority(job.duration is ExpectedDuration.LONG)
                self._running.add(job)
                return True
        return False

    def _waiting_jobs(self) -> list[Job]:
        return [job for queue in self._queues.values() for job in queue]

    def _next_job(self) -> Job | None:
        """The earliest of the jobs that may start, but short ones before unknown ones."""
        short, unknown, long = (queue[0] if queue else None for queue in self._queues.values())
        if short is not None and unknown is not None and unknown.submitted > time.monotonic() - PATIENCE_S:
            unknown = None
        firsts = [job for job in (short, unknown, long) if job is not None and self._has_slot(job.duration)]
        return min(firsts, key=lambda job: job.submitted, default=None)

    def _enqueue(self, job: Job) -> None:
        queue = self._queues[job.duration]
        queue.append(job)
        if len(queue) > self._queue_length and not (self._idle and self._next_job() is queue[0]):
            queue.pop()
            raise self._overloaded_error()

    def _count(self, *durations: ExpectedDuration) -> int:
        return sum(job.duration in durations for job in self._running)

    def _expect(self, fingerprint: int) -> ExpectedDuration:
        score = self._scores.get(fingerprint, 0)
        if score > 0:
            return ExpectedDuration.LONG
        return ExpectedDuration.SHORT if score < 0 else ExpectedDuration.UNKNOWN

    def _learn(self, fingerprint: int, *, ran_long: bool) -> None:
        # After many short runs one long run changes little; after a long run one short run resets to unknown.
        before = self._expect(fingerprint)
        score = self._scores.pop(fingerprint, 0)
        self._scores[fingerprint] = min(1, score + 1) if ran_long else max(_MIN_SCORE, score - 1)
        if len(self._scores) > _MAX_FINGERPRINTS:
            self._scores.popitem(last=False)
        if (now := self._expect(fingerprint)) is not before:
            self._move(fingerprint, before, now)

    def _move(self, fingerprint: int, before: ExpectedDuration, now: ExpectedDuration) -> None:
        """Move waiting jobs of the fingerprint to the queue of its new expected duration, while there is room."""
        room = self._queue_length - len(self._queues[now])
        alike = [job for job in self._queues[before] if job.fingerprint == fingerprint and not job.was_preempted]
        for job in alike[:room]:
            self._queues[before].remove(job)
            job.duration = now
            self._queues[now].append(job)

    def _reject(self, job: Job, error: ConflictKgError) -> None:
        job.error = error
        job.wake()

    def _overloaded_error(self) -> OverloadedError:
        return OverloadedError(self._retry_after)


def _ran_long(job: Job, now: float) -> bool:
    return now - job.started > OCCUPIED_S or _has_long_cpu_time(job, now)


def _has_long_cpu_time(job: Job, now: float) -> bool:
    # CPU time cannot exceed the time since the start: no need to read the CPU clock.
    if job.worker is None or now - job.started <= SHORT_S:
        return False
    return job.worker.cpu_s() - job.cpu_s_before > SHORT_S
