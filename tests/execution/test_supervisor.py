"""Workers that end while they start over a newly loaded graph."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kg.execution.forkserver_client import ForkserverClient
from kg.execution.pool import WorkerPool
from kg.execution.worker_factory import WorkerFactory
from kg.execution.worker_handle import WorkerHandle
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore

pytestmark = pytest.mark.slow

WORKERS = 2


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def kill_while_pages_are_copied(monkeypatch: pytest.MonkeyPatch, count: int) -> list[ForkserverClient]:
    """The fork servers whose first workers are killed, so many, as the system does when memory is short."""
    parents: list[ForkserverClient] = []
    fork = WorkerFactory.fork_from_memory

    def fork_and_kill(
        factory: WorkerFactory, forkserver: ForkserverClient, *, copy_pages: bool = False
    ) -> WorkerHandle:
        worker = fork(factory, forkserver, copy_pages=copy_pages)
        if len(parents) < count:
            worker.kill()
            parents.append(forkserver)
        return worker

    monkeypatch.setattr(WorkerFactory, "fork_from_memory", fork_and_kill)
    return parents


@pytest.mark.parametrize("killed", [1, WORKERS])
def test_worker_that_ends_while_it_starts_is_replaced_or_the_graph_is_read_from_disk(
    killed: int, store: EmbeddedStore, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    parents = kill_while_pages_are_copied(monkeypatch, killed)
    pool = WorkerPool(store, tmp_path / "workers", replace(settings, workers=WORKERS))
    try:
        if killed < WORKERS:
            assert eventually(lambda: pool.status().in_memory)
        else:
            assert eventually(lambda: len(parents) == killed and parents[0].is_closed)
            assert not pool.status().in_memory
        assert bool(pool.query("ASK { ?s ?p ?o }"))
        assert killed == WORKERS or eventually(lambda: pool.status().workers == WORKERS)
    finally:
        pool.close()
