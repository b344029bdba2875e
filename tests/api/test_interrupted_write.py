"""A server that is killed during a write leaves the old graph or the new one, and starts again."""

import random
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from bench.attacks.server import TOKEN, KgServer, run_server
from kg.store.embedded import EmbeddedStore

pytestmark = pytest.mark.slow

GRAPH = "http://example.org/g"
TRIPLES = 20_000
ROUNDS = 4
SETTINGS = {"KG_WORKERS": "1", "KG_EMPTY": "true"}


def content(version: int) -> bytes:
    return "".join(f"<x:s{n}> <x:version{version}> {n} .\n" for n in range(TRIPLES)).encode()


def put(server: KgServer, version: int) -> int:
    headers = {"Content-Type": "text/turtle", "Authorization": f"Bearer {TOKEN}"}
    response = httpx.put(
        f"http://127.0.0.1:{server.port}/graphs",
        params={"graph": GRAPH},
        content=content(version),
        headers=headers,
        trust_env=False,
        timeout=60,
    )
    return response.status_code


def read_versions(directory: Path) -> dict[str, int]:
    """How many triples the graph has of each version."""
    store = EmbeddedStore.open(directory / "graph")
    try:
        counts: dict[str, int] = {}
        for quad in store.quads():
            assert quad.graph_name == ox.NamedNode(GRAPH)
            counts[quad.predicate.value] = counts.get(quad.predicate.value, 0) + 1
        return counts
    finally:
        store.close()


def test_server_killed_during_a_write_leaves_the_old_graph_or_the_new(tmp_path: Path) -> None:
    chance = random.Random(20171112)
    data: Path | None = None
    with run_server("--plain", settings=SETTINGS, data=data, work=tmp_path) as server:
        started = time.monotonic()
        assert put(server, 0) == 201
        whole_s = time.monotonic() - started
        assert server.process.poll() is None
        server.terminate()
        data = (server.directory / "data").rename(tmp_path / "data-0")
    outcomes = []
    before = {"x:version0": TRIPLES}
    for version in range(1, ROUNDS + 1):
        with run_server("--plain", settings=SETTINGS, data=data, work=tmp_path) as server:
            thread = threading.Thread(target=_put_in_vain, args=(server, version))
            thread.start()
            time.sleep(chance.uniform(0.1, 1.1) * whole_s)
            server.process.kill()
            server.process.wait()
            thread.join()
            after = read_versions(server.directory / "data")
            assert after in (before, {f"x:version{version}": TRIPLES})
            outcomes.append(after != before)
            before = after
            data = (server.directory / "data").rename(tmp_path / f"data-{version}")
    assert False in outcomes, "every write had been committed before the server was killed: shorten the wait"


def _put_in_vain(server: KgServer, version: int) -> None:
    with suppress(httpx.TransportError):
        put(server, version)
