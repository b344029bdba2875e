"""A GraphQL request is limited as a query is: its worker is stopped, and the client is told in GraphQL's form."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn

from api.app import create_app
from api.http.graphql_response import JSON, RESPONSE
from api.services import open_services
from kg.execution.pool import WorkerPool
from kg.settings import Settings

pytestmark = pytest.mark.slow

PATIENCE_S = 30
WORKERS = 2
TIMEOUT_S = 2.0
HEADERS = {"Accept": RESPONSE, "Content-Type": JSON}


@dataclass(frozen=True)
class Server:
    """A server whose GraphQL procedure does what it is told (``slow_procedures``)."""

    address: str
    pool: WorkerPool

    def post(self, content: bytes) -> httpx.Response:
        url = f"{self.address}/graphql"
        return httpx.post(url, content=content, headers=HEADERS, trust_env=False, timeout=PATIENCE_S)

    def wait_until(self, busy: int) -> None:
        """Until so many workers are busy."""
        deadline = time.monotonic() + PATIENCE_S
        while self.pool.status().busy != busy:
            assert time.monotonic() < deadline, self.pool.status()
            time.sleep(0.01)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr("api.services.FACTORY", "slow_procedures:create")
    settings = Settings(
        data_dir=tmp_path, workers=WORKERS, queue_length=1, query_timeout_s=TIMEOUT_S, query_memory_mb=200, empty=True
    )
    services = open_services(settings)
    assert isinstance(services.executor, WorkerPool)
    uvicorn_server = uvicorn.Server(
        uvicorn.Config(create_app(services), host="127.0.0.1", port=0, log_level="critical")
    )
    thread = threading.Thread(target=uvicorn_server.run)
    thread.start()
    try:
        while not uvicorn_server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        address = f"http://127.0.0.1:{uvicorn_server.servers[0].sockets[0].getsockname()[1]}"
        while not httpx.get(f"{address}/readyz", trust_env=False).is_success:
            time.sleep(0.05)
        server = Server(address, services.executor)
        assert server.post(b"").status_code == 200
        yield server
    finally:
        uvicorn_server.should_exit = True
        thread.join()


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"sleep", 504, "TIME_LIMIT_EXCEEDED"),
        (b"allocate", 504, "QUERY_MEMORY"),
        (b"crash", 504, "QUERY_LIMIT"),
        (b"fail", 500, "INTERNAL_SERVER_ERROR"),
    ],
)
def test_a_request_that_is_too_much_is_told_so_in_graphql(
    content: bytes, status: int, code: str, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = server.post(content)
    assert (response.status_code, response.headers["content-type"]) == (status, f"{RESPONSE}; charset=utf-8")
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == code
    assert response.json().get("data") is None
    assert "secret" not in response.text
    assert ("KeyError: 'a secret'" in caplog.text) is (status == 500)
    assert server.post(b"").json() == {"data": {}}


@pytest.mark.serial
def test_the_event_loop_is_free_while_requests_run(server: Server) -> None:
    with ThreadPoolExecutor() as threads:
        slow = [threads.submit(server.post, b"sleep") for _ in range(WORKERS)]
        while not all(future.done() for future in slow):
            started = time.monotonic()
            assert httpx.get(f"{server.address}/healthz", trust_env=False).status_code == 200
            assert time.monotonic() - started < TIMEOUT_S
    assert [future.result().status_code for future in slow] == [504] * WORKERS


@pytest.mark.serial
def test_a_request_is_cancelled_when_its_client_leaves(server: Server) -> None:
    address = urlsplit(server.address)
    killed = server.pool.status().killed
    head = f"POST /graphql HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: {JSON}\r\nContent-Length: 5\r\n\r\n"
    with closing(socket.create_connection((address.hostname, address.port))) as client:
        client.sendall(head.encode() + b"sleep")
        server.wait_until(busy=1)
    started = time.monotonic()
    server.wait_until(busy=0)
    assert time.monotonic() - started < TIMEOUT_S, "its deadline ended it"
    assert server.pool.status().killed == killed + 1
    assert server.post(b"").status_code == 200


def test_too_many_requests_are_503_with_retry_after(server: Server) -> None:
    with ThreadPoolExecutor(max_workers=12) as threads:
        responses = list(threads.map(server.post, [b"sleep"] * 12))
    refused = [response for response in responses if response.status_code == 503]
    assert refused
    assert {response.status_code for response in responses} <= {503, 504}
    for response in refused:
        assert int(response.headers["retry-after"]) > 0
        assert response.json()["errors"][0]["extensions"]["code"] == "OVERLOADED"
        assert response.json()["data"] is None
