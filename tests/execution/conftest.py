"""A small graph on disk, and worker pools over it that hold it in memory or read it from disk."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.execution.interface import QueryForm, QueryInfo
from kg.execution.pool import WorkerPool
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

EX = "https://example.org/"
SETTINGS = Settings(query_timeout_s=2.0, query_memory_mb=400, workers=1, queue_length=2, result_max_mb=4)
TOO_LITTLE_MB = 1


def _quad(number: int) -> ox.Quad:
    return ox.Quad(
        ox.NamedNode(f"{EX}s{number}"),
        ox.NamedNode(f"{EX}next"),
        ox.NamedNode(f"{EX}s{number + 1}"),
        ox.NamedNode(f"{EX}graph/{number % 2}"),
    )


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Short limits."""
    return SETTINGS


@pytest.fixture(scope="session")
def quad() -> Callable[[int], ox.Quad]:
    """Creates one of a family of distinct quads."""
    return _quad


@pytest.fixture(scope="session")
def no_guard() -> Callable[[str], QueryInfo]:
    """In place of the guard: accepts every text."""
    return lambda text: QueryInfo(QueryForm.SOLUTIONS, names_dataset="FROM" in text)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore.open(tmp_path_factory.mktemp("data") / "graph")
    store.apply(Change.from_quads(added=frozenset(_quad(number) for number in range(2000))))
    yield store
    store.close()


@pytest.fixture(scope="module", params=["memory", "disk"])
def location(request: pytest.FixtureRequest) -> str:
    """Where the workers have the graph."""
    location: str = request.param
    return location


def _start(store: EmbeddedStore, directory: Path, settings: Settings, location: str, **options: object) -> WorkerPool:
    if location == "disk":
        settings = replace(settings, graph_memory_mb=TOO_LITTLE_MB)
    pool = WorkerPool(store, directory, settings, **options)  # type: ignore[arg-type]
    deadline = time.monotonic() + 30
    while location == "memory" and not pool.status().in_memory:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return pool


@pytest.fixture(scope="module")
def pool(store: EmbeddedStore, location: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerPool]:
    pool = _start(store, tmp_path_factory.mktemp("workers"), SETTINGS, location)
    yield pool
    pool.close()


@pytest.fixture
def start_pool(store: EmbeddedStore, location: str, tmp_path: Path) -> Iterator[Callable[..., WorkerPool]]:
    """Starts pools for one test."""
    pools: list[WorkerPool] = []

    def start(settings: Settings = SETTINGS, **options: object) -> WorkerPool:
        pools.append(_start(store, tmp_path / f"workers{len(pools)}", settings, location, **options))
        return pools[-1]

    yield start
    for pool in pools:
        pool.close()
