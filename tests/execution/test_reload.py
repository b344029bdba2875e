"""After a commit that is too large to be followed, queries run over copies that are made anew."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.execution.interface import Query
from kg.execution.pool import WorkerPool
from kg.execution.replication import ChangeLog
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
Quad = Callable[[int], ox.Quad]


def count(pool: WorkerPool) -> int:
    return int(b"".join(pool.run(Query(text=COUNT, media_type="text/csv"))).split()[1])


def add(store: EmbeddedStore, quads: Iterator[ox.Quad]) -> Change:
    change = Change.from_quads(added=quads)
    store.apply(change)
    return change


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def own_store(tmp_path: Path, quad: Quad) -> Iterator[EmbeddedStore]:
    with closing(EmbeddedStore.open(tmp_path / "graph")) as store:
        add(store, map(quad, range(1000)))
        yield store


@pytest.fixture(params=[0, 1], ids=["memory", "disk"])
def pool(
    request: pytest.FixtureRequest, own_store: EmbeddedStore, tmp_path: Path, settings: Settings
) -> Iterator[WorkerPool]:
    """Two workers over a graph in memory, or on disk because it does not fit."""
    memory_mb: int = request.param
    limits = replace(settings, workers=2, graph_memory_mb=memory_mb, queue_length=50, query_timeout_s=30)
    with closing(WorkerPool(own_store, tmp_path / "workers", limits)) as pool:
        if not memory_mb:
            wait_for(lambda: pool.status().in_memory)
        yield pool


@pytest.mark.slow
def test_queries_that_start_later_see_a_commit_that_no_worker_follows(
    pool: WorkerPool, own_store: EmbeddedStore, quad: Quad
) -> None:
    is_in_memory = pool.status().in_memory
    assert count(pool) == 1000
    add(own_store, map(quad, range(1000, 5000)))
    pool.reload()
    assert count(pool) == 5000
    change = add(own_store, map(quad, range(5000, 5100)))
    pool.refresh(change, own_store.version)
    assert count(pool) == 5100
    if is_in_memory:
        wait_for(lambda: pool.status().in_memory)
        assert count(pool) == 5100


@pytest.mark.slow
def test_no_query_fails_or_goes_back_while_copies_are_made_anew(
    pool: WorkerPool, own_store: EmbeddedStore, quad: Quad
) -> None:
    is_in_memory, committed = pool.status().in_memory, 1000
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            least = committed
            try:
                if (counted := count(pool)) < least:
                    wrong.append((counted, least))
            except Exception as error:  # noqa: BLE001  # whatever it is, the test shows it
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 13):  # also while a copy is being loaded
        change = add(own_store, map(quad, range(number * 1000, number * 1000 + 1000)))
        if number % 3:
            pool.reload()
        else:
            pool.refresh(change, own_store.version)
        committed += 1000
        time.sleep(0.15)
    if is_in_memory:
        wait_for(lambda: pool.status().in_memory)
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert count(pool) == 13_000


def test_no_copy_from_before_a_skipped_change_can_be_updated() -> None:
    log = ChangeLog()
    log.append(b"one")
    log.skip()
    assert log.version == 2
    assert [log.covers(version) for version in range(3)] == [False, False, True]
    log.append(b"three")
    assert (log.version, log.frames_since(2)) == (3, b"three")
    log.truncate(3)
    assert (log.version, log.covers(2), log.covers(3)) == (3, False, True)
