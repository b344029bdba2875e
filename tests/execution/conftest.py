"""A small graph on disk and a pool of workers over it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.execution import Kind, guard
from kg.execution.pool import Pool
from kg.settings import Settings
from kg.store import Change
from kg.store.embedded import EmbeddedStore

EX = "https://example.org/"
SETTINGS = Settings(query_timeout_s=2.0, query_memory_mb=400, workers=1, queue_length=2, result_max_mb=4)


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
def unexamined() -> Callable[[str], guard.Shape]:
    """Instead of the guard: whatever comes is let through."""
    return lambda text: guard.Shape(Kind.SOLUTIONS, names_dataset="FROM" in text)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore.open(tmp_path_factory.mktemp("data") / "graph")
    store.apply(Change(frozenset(), frozenset(_quad(number) for number in range(2000))))
    yield store
    store.close()


@pytest.fixture(scope="module")
def pool(store: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    pool = Pool(store, tmp_path_factory.mktemp("workers"), SETTINGS)
    yield pool
    pool.close()


@pytest.fixture
def a_pool(store: EmbeddedStore, tmp_path: Path) -> Iterator[Callable[..., Pool]]:
    """Makes pools of a test's own."""
    pools = []

    def made(settings: Settings = SETTINGS, **options: object) -> Pool:
        pools.append(Pool(store, tmp_path / f"workers{len(pools)}", settings, **options))  # type: ignore[arg-type]
        return pools[-1]

    yield made
    for pool in pools:
        pool.close()
