"""Ingest without a server: an ingest worker for each write, over a new copy of the store on disk.

For a command that has the store open, such as ``kg load``. Fulfils the part of ``interface.Executor`` that a writer
needs; runs no query.
"""

from pathlib import Path

from kg.execution.forkserver_client import Program
from kg.execution.ingest_lane import IngestLane
from kg.execution.interface import Call, Result
from kg.execution.worker_factory import Checkpointable, WorkerFactory
from kg.execution.worker_handle import WorkerHandle
from kg.settings import Settings
from kg.store.change import Change


class IngestProcess:
    """Starts a worker for a call, and ends it with the call. For one thread."""

    def __init__(self, store: Checkpointable, directory: Path, procedures: str, settings: Settings) -> None:
        """``directory`` is for copies of the store, on its device; ``procedures`` is the import string of a factory."""
        self._factory = WorkerFactory(store, directory, Program(procedures, settings))
        self._lane = IngestLane(self, settings)
        self._commits = 0

    def ingest(self, call: Call) -> Result:
        """See ``interface.Executor.ingest``."""
        return self._lane.run(call)

    def refresh(self, _change: Change, _version: str) -> None:
        """The next worker gets a new copy."""
        self._commits += 1

    def reload(self) -> None:
        """See ``interface.Executor.reload``."""
        self._commits += 1

    def close(self) -> None:
        """End all processes and remove the copies."""
        self._factory.close(None)

    def take_ingest_worker(self) -> WorkerHandle:
        """See ``ingest_lane.IngestWorkers``."""
        return self._factory.fork_for_ingest(self._commits, None)

    def return_ingest_worker(self, worker: WorkerHandle, *, reusable: bool) -> bool:  # noqa: ARG002
        """See ``ingest_lane.IngestWorkers``."""
        worker.parent.reap(worker)
        self._factory.remove_unused(())
        return False
