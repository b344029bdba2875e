"""Workers and clients of a scheduler, simulated in steps of a millisecond: no process, no clock of the machine."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from kg.errors import OverloadedError
from kg.execution import watchdog
from kg.execution.scheduler import Job, Scheduler
from kg.execution.worker_handle import WorkerHandle

STEP_S = 0.001
FORK_S = 0.02


class SimulatedWorker:
    """A worker that has used as much processor time as the simulation or a test says."""

    version = 0

    def __init__(self) -> None:
        self.used_s = 0.0
        self.has_low_priority = False

    def set_low_priority(self, low: bool) -> None:
        self.has_low_priority = low

    def cpu_s(self) -> float:
        return self.used_s


@dataclass(eq=False)
class Request:
    """What a client sent, and what became of it."""

    client: str
    job: Job
    need_s: float
    done_s: float = 0.0
    answered_after_s: float | None = None
    rejected: bool = False
    overdue: bool = False

    @property
    def is_ended(self) -> bool:
        return self.rejected or self.overdue or self.answered_after_s is not None


@dataclass
class Simulation:
    """``workers`` workers with the scheduler under test."""

    workers: int = 4
    queue_length: int = 32
    timeout_s: float = 10.0
    now: float = 0.0
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scheduler = Scheduler(self.workers, self.queue_length, round(self.timeout_s), lambda: self.now)
        self._active: dict[Job, Request] = {}
        self._forked: deque[float] = deque()
        for _ in range(self.workers):
            self.scheduler.add_idle(cast(WorkerHandle, SimulatedWorker()))

    def send(self, client: str, fingerprint: int, need_s: float) -> Request:
        """A request that needs a worker for so long."""
        job = Job(fingerprint, 0, self.now + self.timeout_s, lambda: None, client)
        request = Request(client, job, need_s)
        self.requests.append(request)
        self._active[job] = request
        try:
            self.scheduler.submit(job)
        except OverloadedError:
            request.rejected = True
            del self._active[job]
        return request

    def run(self, seconds: float, act: Callable[[], object] = lambda: None) -> None:
        """So much time passes; ``act`` is called in each step."""
        for _ in range(round(seconds / STEP_S)):
            act()
            self._step()

    def _step(self) -> None:
        self.now += STEP_S
        while self._forked and self._forked[0] <= self.now:
            self._forked.popleft()
            self.scheduler.add_idle(cast(WorkerHandle, SimulatedWorker()))
        for job in [job for job in self._active if job.worker is not None]:
            self._compute(job, self._active[job])
        for job in [job for job in self._active if job.error is not None]:
            self._active.pop(job).rejected = True
        if round(self.now / STEP_S) % round(watchdog.INTERVAL_S / STEP_S) == 0:
            self._watch()

    def _compute(self, job: Job, request: Request) -> None:
        worker = cast(SimulatedWorker, job.worker)
        worker.used_s += STEP_S
        request.done_s += STEP_S
        if request.done_s + STEP_S / 2 > request.need_s:
            request.answered_after_s = self.now - job.submitted
            del self._active[job]
            self.scheduler.remove(job)
            self.scheduler.add_idle(cast(WorkerHandle, worker))

    def _watch(self) -> None:
        for job in self.scheduler.overdue(self.now):
            self._kill(job)
            self._active.pop(job).overdue = True
        for job in self.scheduler.select_preempted(self.now):
            self._kill(job)
            self._active[job].done_s = 0.0
            try:
                self.scheduler.resubmit(job)
            except OverloadedError:
                self._active.pop(job).rejected = True
        self.scheduler.reject_overdue(self.now)

    def _kill(self, job: Job) -> None:
        self.scheduler.remove(job)
        self._forked.append(self.now + FORK_S)


class ClosedLoop:
    """A client that sends the next request ``pause_s`` after each answer, over several connections."""

    def __init__(
        self,
        simulation: Simulation,
        client: str,
        choose: Callable[[], tuple[int, float]],
        connections: int = 1,
        pause_s: float = 0.0,
    ) -> None:
        self._simulation, self._client, self._choose, self._pause_s = simulation, client, choose, pause_s
        self._pending: list[Request | None] = [None] * connections
        self._next = [0.0] * connections
        self.sent: list[Request] = []

    def act(self) -> None:
        """Send what is due."""
        for place, pending in enumerate(self._pending):
            if pending is not None and pending.is_ended:
                self._pending[place] = None
                # A rejected client comes back, but not in the same millisecond.
                self._next[place] = self._simulation.now + (0.01 if pending.rejected else self._pause_s)
            if self._pending[place] is None and self._next[place] <= self._simulation.now:
                request = self._simulation.send(self._client, *self._choose())
                self._pending[place] = request
                self.sent.append(request)

    def waits(self) -> list[float]:
        """How long each answered request took beyond what it needed, in ascending order."""
        return sorted(
            request.answered_after_s - request.need_s for request in self.sent if request.answered_after_s is not None
        )
