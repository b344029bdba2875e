"""A server that is told to end sends the responses under way first. A process of its own, as operators start it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
