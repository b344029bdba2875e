"""Stores under test: in memory, on disk, and a real engine over HTTP."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from oxigraph_server import run_engine

from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.store.remote import RemoteStore


@pytest.fixture(scope="session")
def union_engine() -> Iterator[str]:
    with run_engine("--union-default-graph") as url:
        yield url


@pytest.fixture(scope="session")
def plain_engine() -> Iterator[str]:
    with run_engine() as url:
        yield url


@pytest.fixture
def remote(union_engine: str) -> Iterator[RemoteStore]:
    store = RemoteStore.open(f"{union_engine}/query")
    with closing(store):
        store.update("DROP ALL")  # blank nodes as well, which a change cannot name
        yield store


@pytest.fixture(
    params=["memory", "disk", pytest.param("remote", marks=pytest.mark.slow)],
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    if request.param == "remote":
        yield request.getfixturevalue("remote")
        return
    embedded = EmbeddedStore.in_memory() if request.param == "memory" else EmbeddedStore.open(tmp_path / "graph")
    with closing(embedded):
        yield embedded


def clear(store: Store) -> None:
    store.apply(Change.from_quads(removed=frozenset(store.quads())))


def quad(subject: str, value: object, graph: str = "g") -> ox.Quad:
    """A quad with short names: ``s p "value"`` in ``g``."""
    term = value if isinstance(value, ox.Literal | ox.NamedNode | ox.BlankNode | ox.Triple) else ox.Literal(str(value))
    return ox.Quad(iri(subject), iri("p"), term, iri(graph))


def iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"http://example.org/{name}")


def addition(*quads: ox.Quad) -> Change:
    return Change.from_quads(added=frozenset(quads))


def removal(*quads: ox.Quad) -> Change:
    return Change.from_quads(removed=frozenset(quads))
