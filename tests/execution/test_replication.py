"""Workers follow the graph: changes, a graph that outgrows memory, memory of removed quads."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.execution import worker_factory
from kg.execution.graph_copy import encode_change
from kg.execution.interface import Query
from kg.execution.pool import WorkerPool
from kg.execution.replication import ChangeLog
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

pytestmark = pytest.mark.slow

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
EX = "https://example.org/"


def count(pool: WorkerPool) -> int:
    return int(b"".join(pool.run(Query(text=COUNT, media_type="text/csv"))).split()[1])


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def own_store(tmp_path: Path, quad: Callable[[int], ox.Quad]) -> EmbeddedStore:
    store = EmbeddedStore.open(tmp_path / "graph")
    store.apply(Change.from_quads(added=frozenset(quad(number) for number in range(1000))))
    return store


def test_change_is_seen_by_every_worker(
    start_pool: Callable[..., WorkerPool], settings: Settings, store: EmbeddedStore, quad: Callable[[int], ox.Quad]
) -> None:
    pool = start_pool(replace(settings, workers=3, queue_length=20, query_timeout_s=10.0))
    before = count(pool)
    wrong: list[int] = []

    def check(expected: int) -> None:
        if (counted := count(pool)) != expected:
            wrong.append(counted)

    for number in range(7000, 7010):
        change = Change.from_quads(added=frozenset({quad(number)}))
        store.apply(change)
        pool.refresh(change, store.version)
        threads = [threading.Thread(target=check, args=(before + number - 6999,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    change = Change.from_quads(frozenset(quad(number) for number in range(7000, 7010)))
    store.apply(change)
    pool.refresh(change, store.version)
    assert count(pool) == before
    assert wrong == []


def test_replaced_worker_has_all_changes(
    start_pool: Callable[..., WorkerPool], store: EmbeddedStore, quad: Callable[[int], ox.Quad]
) -> None:
    pool = start_pool()
    before = count(pool)
    change = Change.from_quads(added=frozenset({quad(8000)}))
    store.apply(change)
    pool.refresh(change, store.version)
    pool.run(Query(text="SELECT * { ?a ?b ?c . ?d ?e ?f }")).close()
    assert count(pool) == before + 1
    store.apply(change.inverse())
    pool.refresh(change.inverse(), store.version)
    assert count(pool) == before


def test_graph_that_outgrows_memory_is_read_from_disk_without_a_failure(
    own_store: EmbeddedStore, tmp_path: Path, settings: Settings, quad: Callable[[int], ox.Quad]
) -> None:
    limits = replace(settings, workers=1, graph_memory_mb=110, queue_length=20, query_timeout_s=30.0)
    pool = WorkerPool(own_store, tmp_path / "workers", limits)
    failures: list[Exception] = []
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            try:
                count(pool)
            except Exception as error:  # noqa: BLE001  # whatever it is, the test shows it
                failures.append(error)

    try:
        assert eventually(lambda: pool.status().in_memory)
        thread = threading.Thread(target=run)
        thread.start()
        added = frozenset(quad(number) for number in range(10_000, 90_000))
        own_store.apply(Change.from_quads(added=added))
        pool.refresh(Change.from_quads(added=added), own_store.version)
        assert count(pool) == 81_000
        assert eventually(lambda: not pool.status().in_memory)
        assert count(pool) == 81_000
        done.set()
        thread.join()
        assert failures == []
    finally:
        done.set()
        pool.close()
        own_store.close()


def test_graph_is_loaded_anew_after_many_removals(
    own_store: EmbeddedStore,
    tmp_path: Path,
    settings: Settings,
    quad: Callable[[int], ox.Quad],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_factory, "_REMOVED_MIN", 100)
    pool = WorkerPool(own_store, tmp_path / "workers", settings)
    try:
        assert eventually(lambda: pool.status().in_memory)
        loads = pool.status().loads
        change = Change.from_quads(frozenset(quad(number) for number in range(500)))
        own_store.apply(change)
        pool.refresh(change, own_store.version)
        assert count(pool) == 500
        assert eventually(lambda: pool.status().loads > loads)
        assert pool.status().in_memory
        assert count(pool) == 500
    finally:
        pool.close()
        own_store.close()


def test_blank_nodes_and_the_default_graph_survive_loading_into_memory(tmp_path: Path, settings: Settings) -> None:
    store = EmbeddedStore.open(tmp_path / "graph", union=False)
    blank, predicate, graph = ox.BlankNode("b1"), ox.NamedNode(f"{EX}p"), ox.NamedNode(f"{EX}g")
    named = ox.Quad(blank, predicate, ox.Literal("1"), graph)
    unnamed = ox.Quad(blank, predicate, ox.Triple(blank, predicate, ox.Literal("a", language="en")))
    store.apply(Change.from_quads(added=frozenset({named, unnamed})))
    pool = WorkerPool(store, tmp_path / "workers", replace(settings, plain=True))
    try:
        assert eventually(lambda: pool.status().in_memory)
        assert count(pool) == 1
        change = Change.from_quads(frozenset({named, unnamed}))
        store.apply(change)
        pool.refresh(change, store.version)
        assert count(pool) == 0
        assert bool(pool.query("ASK { GRAPH ?g { ?s ?p ?o } }")) is False
    finally:
        pool.close()
        store.close()


def test_change_log_keeps_what_a_replica_still_needs(quad: Callable[[int], ox.Quad]) -> None:
    log = ChangeLog()
    frames = [encode_change(Change.from_quads(added=frozenset({quad(number)})), f"{number}-a") for number in range(3)]
    for frame in frames:
        log.append(frame)
    assert log.frames_since(1) == b"".join(frames[1:])
    log.truncate(2)
    assert log.version == 3
    assert log.frames_since(2) == frames[2]
    assert not log.covers(1)
    assert log.covers(2)
