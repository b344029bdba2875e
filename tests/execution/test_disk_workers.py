"""Workers that read the graph from disk follow each commit in a copy of their own, and are replaced in time."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import QueryDeadlineError
from kg.execution import replication
from kg.execution.interface import Query
from kg.execution.pool import WorkerPool
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

pytestmark = pytest.mark.slow

COMMITS = 60
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
Quad = Callable[[int], ox.Quad]


class CountingStore(EmbeddedStore):
    """Counts its checkpoints."""

    checkpoints = 0

    def checkpoint(self, into: Path) -> str:
        self.checkpoints += 1
        return super().checkpoint(into)


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[CountingStore]:
    store = CountingStore.open(tmp_path / "graph")
    yield store
    store.close()


@pytest.fixture
def pool(own_store: CountingStore, tmp_path: Path, settings: Settings) -> Iterator[WorkerPool]:
    """Two workers over a graph that does not fit into memory."""
    limits = replace(settings, workers=2, graph_memory_mb=1, queue_length=50, query_timeout_s=30)
    pool = WorkerPool(own_store, tmp_path / "workers", limits)
    yield pool
    pool.close()


def count(pool: WorkerPool) -> int:
    rows = pool.query(COUNT)
    assert isinstance(rows, ox.QuerySolutions)
    (row,) = rows
    assert isinstance(row["n"], ox.Literal)
    return int(row["n"].value)


def commit(pool: WorkerPool, store: EmbeddedStore, change: Change) -> None:
    store.apply(change)
    pool.refresh(change, store.version)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_tidy(pool: WorkerPool) -> bool:
    """Whether there is one checkpoint, and a copy for each worker."""
    copies = sorted(path.name.rpartition("-")[2] for path in pool.directory.iterdir())
    return copies == ["base", *["query"] * pool.status().workers]


def test_commits_cost_no_checkpoint_and_no_worker(pool: WorkerPool, own_store: CountingStore, quad: Quad) -> None:
    assert count(pool) == 0
    workers, checkpoints = pool.status().workers, own_store.checkpoints
    for number in range(COMMITS):
        commit(pool, own_store, Change.from_quads(added={quad(number)}))
        assert count(pool) == number + 1
    commit(pool, own_store, Change.from_quads(removed={quad(number) for number in range(COMMITS)}))
    assert count(pool) == 0
    status = pool.status()
    assert not status.in_memory
    assert (status.workers, status.killed, status.crashed) == (workers, 0, 0)
    assert own_store.checkpoints <= checkpoints + 1, "the size of the graph may have been looked at"


def test_a_new_worker_starts_from_the_checkpoint_of_others(
    pool: WorkerPool, own_store: CountingStore, quad: Quad
) -> None:
    count(pool)
    checkpoints = own_store.checkpoints
    commit(pool, own_store, Change.from_quads(added={quad(number) for number in range(400)}))
    with pytest.raises(QueryDeadlineError):
        b"".join(pool.run(Query(text=ENDLESS, timeout_s=0.2)))
    assert count(pool) == 400
    assert own_store.checkpoints <= checkpoints + 1


def test_a_worker_whose_copy_has_grown_is_replaced_and_its_copy_removed(
    pool: WorkerPool, own_store: CountingStore, quad: Quad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replication, "WORN_BYTES", 2_000)
    monkeypatch.setattr(replication, "_BASE_BYTES", 1_000)
    count(pool)
    checkpoints = own_store.checkpoints
    for number in range(COMMITS):
        commit(pool, own_store, Change.from_quads(added={quad(number)}))
        assert count(pool) == number + 1
    assert checkpoints < own_store.checkpoints < checkpoints + COMMITS
    wait_for(lambda: is_tidy(pool))


def test_a_change_that_is_too_large_for_copies_replaces_all_workers(
    pool: WorkerPool, own_store: CountingStore, quad: Quad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replication, "SPENT_BYTES", 10_000)
    monkeypatch.setattr(replication, "_BASE_BYTES", 5_000)
    count(pool)
    commit(pool, own_store, Change.from_quads(added={quad(number) for number in range(500)}))
    assert count(pool) == 500
    wait_for(lambda: is_tidy(pool))


def test_readers_and_a_writer_at_once_see_each_commit_whole(
    pool: WorkerPool, own_store: CountingStore, quad: Quad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each commit adds two quads, or removes two: a reader that sees an odd number has seen a part of one."""
    monkeypatch.setattr(replication, "WORN_BYTES", 3_000)
    monkeypatch.setattr(replication, "_BASE_BYTES", 1_500)
    counts: list[int] = []
    failures: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                counts.append(count(pool))
            except Exception as error:  # noqa: BLE001  # whatever it is, the test shows it
                failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    pairs = [Change.from_quads(added={quad(2 * number), quad(2 * number + 1)}) for number in range(COMMITS)]
    for change in [*pairs, *(pair.inverse() for pair in pairs)]:
        commit(pool, own_store, change)
    assert count(pool) == 0
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [number for number in counts if number % 2] == []
