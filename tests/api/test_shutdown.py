"""A server that is told to end sends the responses under way first. A process of its own, as operators start it."""

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

pytestmark = pytest.mark.slow

TOKEN = "a-token-for-tests-only"
SLOW_STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 30000"


@dataclass(frozen=True)
class ServerProcess:
    process: "subprocess.Popen[str]"
    address: str


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """``kg serve`` in plain mode, ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "kg"), "serve", "--port", str(port), "--data-dir", str(tmp_path)]
    environment = os.environ | {"KG_WORKERS": "1", "KG_PLAIN": "true", "KG_WRITE_TOKEN": TOKEN}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    address = f"http://127.0.0.1:{port}"
    try:
        while not is_ready(address):
            assert process.poll() is None
            time.sleep(0.1)
        yield ServerProcess(process, address)
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_responses_under_way_are_sent_whole(server: ServerProcess) -> None:
    data = "INSERT DATA { " + " ".join(f"<x:s{n}> <x:p> {n} ." for n in range(100)) + " }"
    headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
    response = httpx.post(f"{server.address}/sparql", content=data, headers=headers, trust_env=False)
    assert response.status_code == 204
    parameters = {"query": SLOW_STREAM, "format": "csv"}
    with (
        httpx.Client(trust_env=False, timeout=30) as client,
        client.stream("GET", f"{server.address}/sparql", params=parameters) as stream,
    ):
        lines = stream.iter_lines()
        rows = sum(1 for _, _ in zip(range(10), lines, strict=False))
        server.process.send_signal(signal.SIGTERM)
        time.sleep(1.0)
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{server.address}/healthz", trust_env=False)
        rows += sum(1 for _ in lines)
    assert rows == 30001
    _, log = server.process.communicate(timeout=15)
    assert server.process.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in log
    last = json.loads([line for line in log.splitlines() if '"asked": "query"' in line][-1])
    assert (last["outcome"], last["status"]) == ("ok", 200)


ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"
STATED_S = 8
"""KG_SHUTDOWN_S and three seconds more."""


def test_server_ends_in_the_stated_time_whatever_clients_do(server: ServerProcess) -> None:
    data = "INSERT DATA { " + " ".join(f"<x:s{n}> <x:p> {n} ." for n in range(100)) + " }"
    headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
    assert httpx.post(f"{server.address}/sparql", content=data, headers=headers, trust_env=False).is_success
    host, _, port = server.address.removeprefix("http://").rpartition(":")
    get = "GET /sparql?format=csv&query={} HTTP/1.1\r\nHost: x\r\n\r\n"
    requests = (
        "",
        "GET / HTTP/1.1\r\nHost: ",
        "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nASK",
        "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        get.format(quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 1000000")),
        get.format(quote(ENDLESS)),
    )
    with ExitStack() as stack:
        for request in requests:
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect((host, int(port)))
            connection.sendall(request.encode())
        time.sleep(1.0)
        server.process.send_signal(signal.SIGTERM)
        _, log = server.process.communicate(timeout=STATED_S + 10)
    assert server.process.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in log


def test_second_signal_ends_the_server_at_once(server: ServerProcess) -> None:
    host, _, port = server.address.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET /sparql?query=%b HTTP/1.1\r\nHost: x\r\n\r\n" % quote(ENDLESS).encode())
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(10)


def test_silent_connections_under_a_low_limit_of_files_shut_nobody_out(server: ServerProcess) -> None:
    host, _, port = server.address.removeprefix("http://").rpartition(":")
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (1024, 1024))
    with ExitStack() as stack:
        for _ in range(1100):
            connection = stack.enter_context(socket.socket())
            connection.bind(("127.0.0.2", 0))
            connection.connect((host, int(port)))
        for _ in range(20):
            assert httpx.get(f"{server.address}/healthz", trust_env=False).is_success
        metrics = httpx.get(f"{server.address}/metrics", trust_env=False).text
        assert re.search(r'^conflict_kg_connections_refused_total{reason="share"} [1-9]', metrics, re.MULTILINE)
