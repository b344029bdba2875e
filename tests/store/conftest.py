"""Stores under test: in memory, on disk, and a real engine over HTTP."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.store.remote import RemoteStore


@contextmanager
def run_engine(*options: str) -> Iterator[str]:
    """The URL of an Oxigraph server in memory, which is ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).parent / "oxigraph"
    command = [str(program), "serve", "--bind", f"127.0.0.1:{port}", *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/query", params={"query": "ASK {}"}, trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"the engine at {url} did not start (exit code {process.poll()})")


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
        clear(store)
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
