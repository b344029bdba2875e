"""Who gets the next free worker: short queries are kept a way through, however many long ones there are.

Queries that differ only in names and values are of one kind, and are expected to take as long as their kind did
before. A kind is quick, long, or not known yet; a query has run long once its worker has computed for ``SHORT_S`` or
was held for ``HELD_S``. Long ones hold at most ``long_places`` workers, long and unknown ones together at most
``strange_places``. One that runs long beyond that may stay while nobody waits who could have its place; then it
leaves, and starts again in the queue of the long ones. A long one stays until its deadline, so only a long one may give
out the first part of an answer before it has the last. Each queue is bounded. Pure bookkeeping, for one lock.
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
HELD_S = 0.5
PATIENCE_S = 1.0
"""After this, one of an unknown kind comes before those of quick kinds."""
_KINDS_KEPT = 4096
_MOST_QUICK = -3
_PART_THAT_VARIES = re.compile(
    r"""\s+|\#[^\n]*|<[^<>\s]*>|"[^"\n]*"|'[^'\n]*'|[?$]\w+|[\w\-]*:[\w.\-]*\d[\w.\-]*|\b\d[\d.]*\b""", re.VERBOSE
)


class ExpectedDuration(Enum):
    """What is expected of a query."""

    QUICK = auto()
    UNKNOWN = auto()
    LONG = auto()


class StopReason(Enum):
    """Why a query lost its worker before its end."""

    DEADLINE = auto()
    DEMOTED = auto()
    CLOSED = auto()


@dataclass(eq=False, slots=True)
class Job:
    """One query's place; ``wake`` is called when ``worker`` or ``error`` is there that was not there on entering."""

    kind: int
    needed: int
    """The version of the graph that its worker must have."""
    deadline: float
    wake: Callable[[], None]
    arrived: float = field(default_factory=time.monotonic)
    lane: ExpectedDuration = ExpectedDuration.UNKNOWN
    worker: WorkerHandle | None = None
    started: float = 0.0
    computed_before: float = 0.0
    """What its worker had computed, in seconds, before this query."""
    was_demoted: bool = False
    cause: StopReason | None = None
    error: ConflictKgError | None = None

    @property
    def is_settled(self) -> bool:
        """It has a worker, or will get none."""
        return self.worker is not None or self.error is not None


def fingerprint(text: str) -> int:
    """The same for queries that differ in names and values only."""
    return hash(_PART_THAT_VARIES.sub("", text))


class Scheduler:
    """Workers and the queries that hold them or wait for one."""

    def __init__(self, workers: int, queue_length: int, retry_after: int) -> None:
        self.long_places = max(1, workers - max(1, workers // 2))
        self.strange_places = workers - 1 if workers > 2 else workers
        self._queue_length, self._retry_after = queue_length, retry_after
        self._idle: list[WorkerHandle] = []
        self._busy: set[Job] = set()
        self._queues: dict[ExpectedDuration, deque[Job]] = {lane: deque() for lane in ExpectedDuration}
        self._kinds: OrderedDict[int, int] = OrderedDict()

    def running(self) -> list[Job]:
        """Those that hold a worker."""
        return list(self._busy)

    @property
    def waiting(self) -> int:
        """How many wait for a worker."""
        return sum(map(len, self._queues.values()))

    @property
    def busy(self) -> int:
        """How many hold one."""
        return len(self._busy)

    @property
    def in_use(self) -> bool:
        """Whether any query runs or waits."""
        return bool(self._busy or self.waiting)

    def enter(self, ticket: Job) -> None:
        """A worker at once where one is free, or a place in a queue. Raises OverloadedError."""
        ticket.lane = self._expected(ticket.kind)
        if not (self._idle and self._may_start(ticket.lane) and not self._is_anybody_waiting and self._give(ticket)):
            self._queue(ticket)
            self.serve()

    def again(self, ticket: Job) -> None:
        """Into the queue of the long ones, after it was demoted. Raises OverloadedError."""
        ticket.cause, ticket.lane, ticket.was_demoted, ticket.worker = None, ExpectedDuration.LONG, True, None
        self._queue(ticket)
        self.serve()

    def serve(self) -> None:
        """Give idle workers to those whose turn it is."""
        while self._idle and self._is_anybody_waiting and (ticket := self._next()) is not None:
            if not self._give(ticket):
                return
            self._queues[ticket.lane].popleft()
            ticket.wake()

    def _give(self, ticket: Job) -> bool:
        """An idle worker that is new enough, if there is one."""
        # The one that was busy last has its memory still at hand.
        for place in range(len(self._idle) - 1, -1, -1):
            if self._idle[place].version >= ticket.needed:
                worker = ticket.worker = self._idle.pop(place)
                ticket.started, ticket.computed_before = time.monotonic(), worker.computed_s()
                worker.make_way(for_others=ticket.lane is ExpectedDuration.LONG)
                self._busy.add(ticket)
                return True
        return False

    def offer(self, worker: WorkerHandle) -> None:
        """This worker is free, and as new as it can be."""
        self._idle.append(worker)
        self.serve()

    def take_idle(self, *, older_than: int | None = None) -> list[WorkerHandle]:
        """All idle workers, or those of an older version, which are idle no longer."""
        taken = [each for each in self._idle if older_than is None or each.version < older_than]
        self._idle = [each for each in self._idle if each not in taken]
        return taken

    def leave(self, ticket: Job) -> bool:
        """It runs no longer, or waits no longer; False if it had left before."""
        if ticket in self._busy:
            self._busy.remove(ticket)
            self._learn(ticket.kind, ran_long=_computed_long(ticket, time.monotonic()))
            return True
        if ticket in self._queues[ticket.lane]:
            self._queues[ticket.lane].remove(ticket)
        return False

    def overdue(self, now: float) -> list[Job]:
        """Those that hold a worker beyond their deadline."""
        return [ticket for ticket in self._busy if ticket.deadline < now]

    def refuse_late(self, now: float) -> None:
        """Take out those that waited too long, and say so."""
        for ticket in self._waiting():
            if ticket.deadline < now:
                self.leave(ticket)
                self._refuse(ticket, self._overloaded())

    def refuse_all(self, error: ConflictKgError) -> None:
        """Nobody who waits will be served."""
        for ticket in self._waiting():
            self.leave(ticket)
            self._refuse(ticket, error)

    def overstaying(self, now: float) -> list[Job]:
        """Let those that ran long be long ones while there is room; of the rest, those that must make way."""
        staying = []
        for ticket in sorted(self._busy, key=lambda each: each.started):
            if ticket.lane is not ExpectedDuration.LONG and _ran_long(ticket, now):
                self._learn(ticket.kind, ran_long=True)
                if not self.settle(ticket):
                    staying.append(ticket)
        staying.sort(key=lambda each: -each.started)
        waiting = len(self._queues[ExpectedDuration.QUICK]) + len(self._queues[ExpectedDuration.UNKNOWN])
        return staying[: max(0, waiting - len(self._idle))]

    @property
    def _is_anybody_waiting(self) -> bool:
        quick, unknown, long = self._queues.values()
        return bool(quick or unknown or long)

    def _may_start(self, lane: ExpectedDuration) -> bool:
        """Whether one that is expected to be so may have a place now."""
        if lane is ExpectedDuration.QUICK:
            return True
        if self._count(ExpectedDuration.LONG, ExpectedDuration.UNKNOWN) >= self.strange_places:
            return False
        return lane is ExpectedDuration.UNKNOWN or self._count(ExpectedDuration.LONG) < self.long_places

    def settle(self, ticket: Job) -> bool:
        """Let one that holds a worker be a long one, if there is room; then it may stay until its deadline."""
        if ticket not in self._busy or (
            ticket.lane is not ExpectedDuration.LONG and self._count(ExpectedDuration.LONG) >= self.long_places
        ):
            return False
        ticket.lane = ExpectedDuration.LONG
        if ticket.worker is not None:
            ticket.worker.make_way(for_others=True)
        return True

    def _waiting(self) -> list[Job]:
        return [ticket for queue in self._queues.values() for ticket in queue]

    def _next(self) -> Job | None:
        """Whose turn it is: the first to come of those that may have a place, but quick ones before unknown ones."""
        quick, unknown, long = (self._queues[lane][0] if self._queues[lane] else None for lane in ExpectedDuration)
        if quick is not None and unknown is not None and unknown.arrived > time.monotonic() - PATIENCE_S:
            unknown = None
        firsts = [each for each in (quick, unknown, long) if each is not None and self._may_start(each.lane)]
        return min(firsts, key=lambda each: each.arrived, default=None)

    def _queue(self, ticket: Job) -> None:
        queue = self._queues[ticket.lane]
        queue.append(ticket)
        if len(queue) > self._queue_length and not (self._idle and self._next() is queue[0]):
            queue.pop()
            raise self._overloaded()

    def _count(self, *lanes: ExpectedDuration) -> int:
        return sum(ticket.lane in lanes for ticket in self._busy)

    def _expected(self, kind: int) -> ExpectedDuration:
        score = self._kinds.get(kind, 0)
        return ExpectedDuration.LONG if score > 0 else ExpectedDuration.QUICK if score < 0 else ExpectedDuration.UNKNOWN

    def _learn(self, kind: int, *, ran_long: bool) -> None:
        # One slow run of what was often quick changes little; one quick run of what was long makes it unknown again.
        before = self._expected(kind)
        score = self._kinds.pop(kind, 0)
        self._kinds[kind] = min(1, score + 1) if ran_long else max(_MOST_QUICK, score - 1)
        if len(self._kinds) > _KINDS_KEPT:
            self._kinds.popitem(last=False)
        if (now := self._expected(kind)) is not before:
            self._move(kind, before, now)

    def _move(self, kind: int, before: ExpectedDuration, now: ExpectedDuration) -> None:
        """Those of this kind that wait are expected to be as the last one was, as far as there is room."""
        room = self._queue_length - len(self._queues[now])
        for ticket in [each for each in self._queues[before] if each.kind == kind and not each.was_demoted][:room]:
            self._queues[before].remove(ticket)
            ticket.lane = now
            self._queues[now].append(ticket)

    def _refuse(self, ticket: Job, error: ConflictKgError) -> None:
        ticket.error = error
        ticket.wake()

    def _overloaded(self) -> OverloadedError:
        return OverloadedError(self._retry_after)


def _ran_long(ticket: Job, now: float) -> bool:
    return now - ticket.started > HELD_S or _computed_long(ticket, now)


def _computed_long(ticket: Job, now: float) -> bool:
    # What was held so shortly cannot have computed longer, and need not be looked at.
    if ticket.worker is None or now - ticket.started <= SHORT_S:
        return False
    return ticket.worker.computed_s() - ticket.computed_before > SHORT_S
