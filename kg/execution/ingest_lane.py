"""The lane of writes: one call at a time, in the ingest worker, over exactly the current state of the graph.

The worker has the sandbox of every worker and limits of its own. It may change its copy of the graph, follows the
commits, and is replaced when a call does not end well. Who may write, and the commit itself, are for the caller.
"""

import time
from math import inf
from typing import Protocol

from kg.errors import (
    IngestLimitError,
    IngestMemoryError,
    QueryDeadlineError,
    QueryLimitError,
    QueryMemoryError,
    StoreError,
)
from kg.execution.interface import Call
from kg.execution.memory_budget import MemoryBudget
from kg.execution.running_query import PreemptedError, ResourceLimits, RunningQuery, encode_call
from kg.execution.scheduler import Job, StopReason
from kg.execution.worker_handle import WorkerHandle
from kg.settings import Settings

_ATTEMPTS = 2
_UNLIMITED = 1 << 62
"""Of a change that is read at once, and is bounded where it is prepared."""


class IngestWorkers(Protocol):
    """Where the lane gets its worker from."""

    def take_ingest_worker(self) -> WorkerHandle:
        """A worker over the current state, of which it may change its own copy. Raises StoreError."""
        ...

    def return_ingest_worker(self, worker: WorkerHandle, *, reusable: bool) -> bool:
        """Take it back; False if it is of no more use and has been ended, except for its socket."""
        ...


class IngestLane:
    """Runs calls in the ingest worker; implements ``running_query.WorkerProvider``."""

    def __init__(self, workers: IngestWorkers, settings: Settings) -> None:
        self._workers, self._settings = workers, settings
        self._job: Job | None = None
        self._is_closed = False

    def run(self, call: Call) -> RunningQuery:
        """The result, once all of it is there.

        Raises IngestLimitError, StoreError, or what the procedure raises.
        """
        seconds = self._settings.ingest_timeout_s if call.timeout_s is None else call.timeout_s
        limits = ResourceLimits(seconds, self._settings.ingest_memory_mb, self._settings.ingest_memory_mb)
        for _ in range(_ATTEMPTS):
            try:
                return self._start(call, limits)
            except PreemptedError:  # the worker had ended while it was idle
                continue
            except QueryLimitError as error:
                raise _explain(error) from error
        raise StoreError("the ingest worker ends as soon as it is started")

    def close(self) -> None:
        """Stop the call that runs, and run no other. For any thread."""
        self._is_closed = True
        if (job := self._job) is not None and job.worker is not None:
            job.stop_reason = StopReason.CLOSED
            job.worker.kill_and_shut_down()

    def release(self, job: Job, *, reusable: bool) -> bool:
        """See ``running_query.WorkerProvider``."""
        assert job.worker is not None
        self._job = None
        return self._workers.return_ingest_worker(job.worker, reusable=reusable)

    def abandon(self, job: Job) -> None:
        """See ``running_query.WorkerProvider``."""
        self.release(job, reusable=False)

    def may_stream(self, _job: Job) -> bool:
        """See ``running_query.WorkerProvider``: a change is of use only as a whole, and so is what it fails with."""
        return False

    def _start(self, call: Call, limits: ResourceLimits) -> RunningQuery:
        worker = self._workers.take_ingest_worker()
        job = self._job = Job(0, worker.version, inf, lambda: None, started=time.monotonic(), worker=worker)
        if self._is_closed:  # since the worker was taken
            self.close()
        budget = MemoryBudget(total=_UNLIMITED, one=_UNLIMITED, always=_UNLIMITED)
        running = RunningQuery(self, job, worker, limits, budget)
        running.send(encode_call(call, limits, seconds=limits.seconds, reads_all=True))
        running.start()
        return running


def _explain(error: QueryLimitError) -> IngestLimitError:
    """What a limit of the worker means to the sender of a document or an update."""
    match error:
        case QueryDeadlineError():
            reason = f"it takes longer than {error.seconds:g} seconds to prepare; send less at a time"
        case QueryMemoryError():
            return IngestMemoryError(error.megabytes)
        case _:
            reason = "the process that prepared it ended: it is nested too deeply, or too large; simplify it"
    return IngestLimitError(f"{reason}. Nothing was changed")
