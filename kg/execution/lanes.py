"""Who gets the next free worker: short queries are kept a way through, however many long ones there are.

A query is short until its worker has computed for ``SHORT_S`` or it has held one for ``HELD_S``; one of a kind that
was long before counts as long from the start. Long ones hold at most ``long_places`` workers. One that turns long
beyond that may stay while nobody waits; then it has to leave, and starts again in the long queue. Both queues are
bounded. Pure bookkeeping, for one lock.
"""

import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from kg.errors import ConflictKgError, Overloaded
from kg.execution.process import WorkerProcess

SHORT_S = 0.05
HELD_S = 0.5
_KINDS_KEPT = 4096
_MOST_QUICK = -3
_PART_THAT_VARIES = re.compile(r"<[^<>\s]*>|\"[^\"\n]*\"|'[^'\n]*'|[\w\-]*:[\w.\-]*\d[\w.\-]*|\b\d[\d.]*\b")


class Cause(Enum):
    """Why a query lost its worker before its end."""

    DEADLINE = auto()
    DEMOTED = auto()
    CLOSED = auto()


@dataclass(eq=False, slots=True)
class Ticket:
    """One query's place; ``wake`` is called when ``worker`` or ``error`` is there."""

    kind: int
    needed: int
    """The version of the graph that its worker must have."""
    deadline: float
    wake: Callable[[], None]
    arrived: float = field(default_factory=time.monotonic)
    is_long: bool = False
    worker: WorkerProcess | None = None
    started: float = 0.0
    computed_before: float = 0.0
    """What its worker had computed, in seconds, before this query."""
    is_streaming: bool = False
    """Its first bytes have been given out, so that it cannot start again."""
    was_demoted: bool = False
    cause: Cause | None = None
    error: ConflictKgError | None = None


def kind_of(text: str) -> int:
    """The same for queries that differ in names and values only."""
    return hash(_PART_THAT_VARIES.sub("", text))


class Lanes:
    """Workers and the queries that hold them or wait for one."""

    def __init__(self, workers: int, queue_length: int, retry_after: int) -> None:
        self.long_places = max(1, workers - max(1, workers // 2))
        self._queue_length, self._retry_after = queue_length, retry_after
        self._idle: list[WorkerProcess] = []
        self._busy: set[Ticket] = set()
        self._short: deque[Ticket] = deque()
        self._long: deque[Ticket] = deque()
        self._kinds: OrderedDict[int, int] = OrderedDict()

    def running(self) -> list[Ticket]:
        """Those that hold a worker."""
        return list(self._busy)

    @property
    def waiting(self) -> int:
        """How many wait for a worker."""
        return len(self._short) + len(self._long)

    @property
    def busy(self) -> int:
        """How many hold one."""
        return len(self._busy)

    @property
    def in_use(self) -> bool:
        """Whether any query runs or waits."""
        return bool(self._busy or self._short or self._long)

    def enter(self, ticket: Ticket) -> None:
        """A worker at once where one is free, or a place in a queue. Raises Overloaded."""
        ticket.is_long = self._kinds.get(ticket.kind, 0) > 0
        self._queue(ticket)
        self.serve()

    def again(self, ticket: Ticket) -> None:
        """Into the long queue, after it was demoted. Raises Overloaded."""
        ticket.cause, ticket.is_long, ticket.was_demoted = None, True, True
        self._queue(ticket)
        self.serve()

    def serve(self) -> None:
        """Give idle workers to those whose turn it is."""
        while self._idle and (ticket := self._next()) is not None:
            place = next((at for at, worker in enumerate(self._idle) if worker.version >= ticket.needed), None)
            if place is None:
                return
            (self._long if ticket.is_long else self._short).popleft()
            ticket.worker, ticket.started = self._idle.pop(place), time.monotonic()
            ticket.computed_before = ticket.worker.computed_s()
            self._busy.add(ticket)
            ticket.wake()

    def offer(self, worker: WorkerProcess) -> None:
        """This worker is free, and as new as it can be."""
        self._idle.append(worker)
        self.serve()

    def take_idle(self, *, older_than: int | None = None) -> list[WorkerProcess]:
        """All idle workers, or those of an older version, which are idle no longer."""
        taken = [each for each in self._idle if older_than is None or each.version < older_than]
        self._idle = [each for each in self._idle if each not in taken]
        return taken

    def leave(self, ticket: Ticket) -> bool:
        """It runs no longer, or waits no longer; False if it had left before."""
        if ticket in self._busy:
            self._busy.remove(ticket)
            self._learn(ticket)
            return True
        for queue in (self._short, self._long):
            if ticket in queue:
                queue.remove(ticket)
        return False

    def overdue(self, now: float) -> list[Ticket]:
        """Those that hold a worker beyond their deadline."""
        return [ticket for ticket in self._busy if ticket.deadline < now]

    def refuse_late(self, now: float) -> None:
        """Take out those that waited too long, and say so."""
        for ticket in [ticket for queue in (self._short, self._long) for ticket in queue if ticket.deadline < now]:
            self.leave(ticket)
            self._refuse(ticket, self._overloaded())

    def refuse_all(self, error: ConflictKgError) -> None:
        """Nobody who waits will be served."""
        for ticket in [*self._short, *self._long]:
            self.leave(ticket)
            self._refuse(ticket, error)

    def overstaying(self, now: float) -> list[Ticket]:
        """Let those that ran long into the long lane while it has room; of the rest, those that must make way."""
        for ticket in sorted(self._busy, key=lambda each: each.started):
            if not ticket.is_long and _ran_long(ticket, now) and self._long_running() < self.long_places:
                ticket.is_long = True
        outstaying = [each for each in self._busy if not each.is_long and _ran_long(each, now)]
        outstaying.sort(key=lambda each: (each.is_streaming, -each.started))
        return outstaying[: max(0, len(self._short) - len(self._idle))]

    def _next(self) -> Ticket | None:
        short = self._short[0] if self._short else None
        long = self._long[0] if self._long and self._long_running() < self.long_places else None
        if short is None or long is None:
            return short or long
        return min(short, long, key=lambda each: each.arrived)

    def _queue(self, ticket: Ticket) -> None:
        queue = self._long if ticket.is_long else self._short
        is_free = self._idle and (not ticket.is_long or self._long_running() < self.long_places)
        if not is_free and len(queue) >= self._queue_length:
            raise self._overloaded()
        queue.append(ticket)

    def _long_running(self) -> int:
        return sum(ticket.is_long for ticket in self._busy)

    def _learn(self, ticket: Ticket) -> None:
        # One slow run of what was often quick changes little; one quick run of what was long makes it short again.
        score = self._kinds.get(ticket.kind, 0) + (1 if _computed_s(ticket) > SHORT_S else -1)
        self._kinds[ticket.kind] = max(_MOST_QUICK, min(1, score))
        self._kinds.move_to_end(ticket.kind)
        if len(self._kinds) > _KINDS_KEPT:
            self._kinds.popitem(last=False)

    def _refuse(self, ticket: Ticket, error: ConflictKgError) -> None:
        ticket.error = error
        ticket.wake()

    def _overloaded(self) -> Overloaded:
        return Overloaded(self._retry_after)


def _computed_s(ticket: Ticket) -> float:
    return ticket.worker.computed_s() - ticket.computed_before if ticket.worker is not None else 0.0


def _ran_long(ticket: Ticket, now: float) -> bool:
    held = now - ticket.started
    return held > HELD_S or (held > SHORT_S and _computed_s(ticket) > SHORT_S)
