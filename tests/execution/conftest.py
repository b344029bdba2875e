"""A small graph on disk and pools of workers over it, which hold it in memory or read it from disk."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.execution import guard
from kg.execution.interface import QueryForm
from kg.execution.pool import WorkerPool
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Change

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
    """Makes one of a family of quads that are all different."""
    return _quad


@pytest.fixture(scope="session")
def unexamined() -> Callable[[str], guard.QueryInfo]:
    """Instead of the guard: whatever comes is let through."""
    return lambda text: guard.QueryInfo(QueryForm.SOLUTIONS, names_dataset="FROM" in text)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore.open(tmp_path_factory.mktemp("data") / "graph")
    store.apply(Change(frozenset(), frozenset(_quad(number) for number in range(2000))))
    yield store
    store.close()


@pytest.fixture(scope="module", params=["memory", "disk"])
def held(request: pytest.FixtureRequest) -> str:
    """Where the graph is held."""
    kind: str = request.param
    return kind


def _opened(store: EmbeddedStore, directory: Path, settings: Settings, held: str, **options: object) -> WorkerPool:
    if held == "disk":
        settings = replace(settings, graph_memory_mb=TOO_LITTLE_MB)
    pool = WorkerPool(store, directory, settings, **options)  # type: ignore[arg-type]
    deadline = time.monotonic() + 30
    while held == "memory" and not pool.status().in_memory:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return pool


@pytest.fixture(scope="module")
def pool(store: EmbeddedStore, held: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerPool]:
    pool = _opened(store, tmp_path_factory.mktemp("workers"), SETTINGS, held)
    yield pool
    pool.close()


@pytest.fixture
def a_pool(store: EmbeddedStore, held: str, tmp_path: Path) -> Iterator[Callable[..., WorkerPool]]:
    """Makes pools of a test's own."""
    pools: list[WorkerPool] = []

    def made(settings: Settings = SETTINGS, **options: object) -> WorkerPool:
        pools.append(_opened(store, tmp_path / f"workers{len(pools)}", settings, held, **options))
        return pools[-1]

    yield made
    for pool in pools:
        pool.close()
