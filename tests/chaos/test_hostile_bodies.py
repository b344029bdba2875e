"""Hostile bodies at every door of a real server: each is refused, nothing changes, the memory of all processes stays
within bounds, and readers go on as before.
"""

import asyncio
import base64
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice

import httpx
import pytest
from hostile_bodies import DOCUMENTS, GRAPH, UPDATES, a_million_blank_nodes
from shipped_data import ShippedData

from bench.attacks.bystanders import Times, observe
from bench.attacks.run import find_iris
from bench.attacks.server import TOKEN, KgServer, find_failures, run_server
from bench.processes import memory_mb
from kg.rdf_formats import RDF_BY_SUFFIX
from tests.chaos.campaign import scaled

pytestmark = [pytest.mark.slow, pytest.mark.serial]

INGEST_MEMORY_MB = 512
SETTINGS = {
    "KG_WORKERS": "2",
    "KG_INGEST_TIMEOUT_S": "5",
    "KG_INGEST_MEMORY_MB": str(INGEST_MEMORY_MB),
    "KG_STALL_TIMEOUT_S": "2",
    "KG_LOAD_MAX_MB": "32",
}
MAX_GROWTH_MB = INGEST_MEMORY_MB + 400
"""Of all processes: one write is prepared at a time, and the bodies of the others wait."""
MAX_SLOWDOWN = 25.0
"""Of the p95 of readers: a loop that is blocked for a moment by each body is far beyond that."""
ATTACKERS = 3
PAGE = "/page/zone/idlib"
_WINDOW_S = 2.0
_SUFFIXES = {syntax.media_type: f".{suffix}" for suffix, syntax in RDF_BY_SUFFIX.items()} | {
    "application/yaml": ".yaml"
}


@dataclass(frozen=True)
class Attack:
    """A request that has to be refused."""

    name: str
    method: str
    path: str
    body: bytes
    media_type: str = ""

    def send(self, client: httpx.Client) -> httpx.Response:
        """The answer."""
        headers = {"Content-Type": self.media_type} if self.media_type else {}
        return client.request(self.method, self.path, content=self.body, headers=headers)


def list_attacks() -> Iterator[Attack]:
    """Each body at one door, or at each in `make soak`."""
    for position, (name, row) in enumerate([*DOCUMENTS.items(), *BLANK_NODES]):
        media_type = row.media_type.partition(";")[0]
        doors = [
            Attack(f"{name}: put", "PUT", "/graph/hostile", row.body, row.media_type),
            Attack(f"{name}: post", "POST", "/graph/hostile", row.body, row.media_type),
        ]
        if media_type == row.media_type and media_type in _SUFFIXES:
            doors.append(
                Attack(f"{name}: load", "POST", "/load", to_load(_SUFFIXES[media_type], row.body), "application/json")
            )
        yield from islice(cycle(doors), position, position + min(len(doors), scaled(1)))
    for position, (name, row) in enumerate(UPDATES.items()):
        patch = row.body.replace(b"GRAPH <urn:g>", b"").replace(f"GRAPH <{GRAPH}>".encode(), b"")
        doors = [
            Attack(f"{name}: update", "POST", "/sparql", row.body, row.media_type),
            Attack(f"{name}: patch", "PATCH", "/graph/places", patch, row.media_type),
        ]
        yield from islice(cycle(doors), position, position + min(len(doors), scaled(1)))


def to_load(suffix: str, body: bytes) -> bytes:
    document = {"name": f"hostile{suffix}", "content": base64.b64encode(body).decode()}
    return json.dumps({"documents": [document]}).encode()


BLANK_NODES = [("a million blank nodes", DOCUMENTS["no triple"]._replace(body=a_million_blank_nodes()))]


class Observation:
    """Well-behaved readers and the memory of the server, until it is stopped."""

    def __init__(self, server: KgServer, iris: Sequence[str]) -> None:
        self._server, self._iris = server, iris
        self._is_over = threading.Event()
        self.times, self.peak_mb = Times(), 0
        self._threads = [threading.Thread(target=self._read), threading.Thread(target=self._weigh)]

    def __enter__(self) -> "Observation":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        while not self._is_over.is_set():
            window = asyncio.run(observe(self._server.port, self._iris, PAGE, _WINDOW_S))
            self.times.errors += window.errors
            for kind, seconds in window.seconds.items():
                self.times.seconds[kind] += seconds

    def _weigh(self) -> None:
        while not self._is_over.wait(0.25):
            self.peak_mb = max(self.peak_mb, memory_mb(self._server.process))


def attack_all(server: KgServer, attacks: Sequence[Attack]) -> dict[str, str]:
    """Send all, several at a time; those that are not refused as they should, with what was answered."""
    wrong: dict[str, str] = {}

    def send(attack: Attack) -> None:
        response = attack.send(client)
        is_told = bool(response.headers.get("content-type", "").startswith("application/problem+json"))
        if not (400 <= response.status_code < 500 and is_told):
            wrong[attack.name] = f"{response.status_code}: {response.text[:500]}"

    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json", "If-Match": "*"}
    with (
        httpx.Client(
            base_url=f"http://127.0.0.1:{server.port}", headers=headers, trust_env=False, timeout=120
        ) as client,
        ThreadPoolExecutor(ATTACKERS) as executor,
    ):
        list(executor.map(send, attacks))
    return wrong


def send_a_gigabyte(server: KgServer) -> bytes:
    """Send chunks without end, without saying how many; the start of the answer."""
    head = f"PUT /graph/hostile HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: text/turtle\r\n"
    chunk = b"100000\r\n" + b"<a> <b> <c> .\n".ljust(0x100000) + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        sent = 0
        try:
            while sent < 1_000_000_000:
                connection.sendall(chunk)
                sent += len(chunk)
        except OSError:  # the server has answered and closed
            pass
        assert sent < 200_000_000, "the server reads on and on"
        return read_start(connection)


def send_slowly(server: KgServer) -> bytes:
    """Send a byte now and then; the start of the answer."""
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(f"{head}Content-Type: application/sparql-update\r\nContent-Length: 9999\r\n\r\nI".encode())
        for _ in range(3):
            time.sleep(0.3)
            connection.sendall(b"N")
        return read_start(connection)


def read_start(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1000)
    except ConnectionResetError:
        return b""


def read_version(server: KgServer) -> str:
    response = httpx.get(f"http://127.0.0.1:{server.port}/sparql", params={"query": "ASK {}"}, trust_env=False)
    return str(response.headers["Dataset-Version"])


def test_hostile_bodies_are_refused_while_readers_go_on(shipped_data: ShippedData) -> None:
    attacks = list(list_attacks())
    with run_server(settings=SETTINGS, data=shipped_data.directory) as server:
        iris, version = find_iris(server), read_version(server)
        with Observation(server, iris) as quiet:
            time.sleep(2 * _WINDOW_S)
        with Observation(server, iris) as attacked:
            wrong = attack_all(server, attacks)
            answers = [send_a_gigabyte(server), send_slowly(server)]
        assert not wrong
        assert not answers[0] or answers[0].split()[1] == b"413", answers
        assert answers[1].split()[1] == b"408", answers
        assert read_version(server) == version
        assert server.get("/graph/hostile")[0] == 404
        assert not find_failures(server.read_log())
    p95 = {
        kind: (quiet.times.quantile_ms(kind, 0.95), attacked.times.quantile_ms(kind, 0.95))
        for kind in quiet.times.seconds
    }
    print(
        f"{len(attacks)} attacks; p95 in ms, alone and beside them: {p95}; MB: {quiet.peak_mb} and {attacked.peak_mb}"
    )
    assert not attacked.times.errors
    assert attacked.peak_mb < quiet.peak_mb + MAX_GROWTH_MB
    assert p95["look-up"][1] < MAX_SLOWDOWN * p95["look-up"][0]
    assert p95["healthz"][1] < MAX_SLOWDOWN * p95["healthz"][0]
