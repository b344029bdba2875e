"""What a real server does with heads, bodies, pipelines and clients that do not read."""

import asyncio
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from api.http.connections import Connections
from api.http.uvicorn_protocol import CONNECTIONS, HttpProtocol
from kg.settings import Settings

pytestmark = pytest.mark.slow

GET = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /%s HTTP/1.1\r\nHost: x\r\n"
LARGE = 30_000_000
SETTINGS = Settings(head_timeout_s=1, body_timeout_s=30, stall_timeout_s=1, idle_timeout_s=1, head_max_kb=64)
DEADLINE_S = 20
"""For events that a time limit of one second causes; generous, because the machine may be busy."""


class App:
    """An ASGI app with a few paths, which records what it received."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.scopes: list[Scope] = []
        self.disconnected = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            scope["state"][CONNECTIONS] = self.connections
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.scopes.append(scope)
        match scope["path"]:
            case "/streamed":
                await self._stream(send)
            case "/echo":
                await self._echo(receive, send)
            case "/large":
                await respond(send, b"a" * LARGE)
            case "/wait":
                await asyncio.sleep(0.3)
                await respond(send, b"waited")
            case _:
                await respond(send, b"body")

    async def _stream(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(3):
            await send({"type": "http.response.body", "body": b"part", "more_body": True})
            await asyncio.sleep(0.05)
        await send({"type": "http.response.body", "body": b""})

    async def _echo(self, receive: Receive, send: Send) -> None:
        body, has_more = b"", True
        while has_more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.disconnected += 1
                return
            body, has_more = body + message.get("body", b""), message.get("more_body", False)
        await respond(send, body)


async def respond(send: Send, body: bytes) -> None:
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Server:
    """A running server."""

    def __init__(self, port: int, app: App) -> None:
        self.port, self.app = port, app

    def connect(self, host: str = "127.0.0.1", **options: int) -> socket.socket:
        connection = socket.socket()
        for name, value in options.items():
            connection.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
        connection.bind((host, 0))
        connection.settimeout(DEADLINE_S)
        connection.connect(("127.0.0.1", self.port))
        return connection

    def exchange(self, *pieces: bytes, host: str = "127.0.0.1") -> bytes:
        """All that the server sends until it closes the connection."""
        with self.connect(host) as connection:
            for piece in pieces:
                connection.sendall(piece)
            return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    data = b""
    while part := connection.recv(1_000_000):
        data += part
    return data


@contextmanager
def serve(settings: Settings) -> Iterator[Server]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        app = App(Connections(settings))
        server = uvicorn.Server(uvicorn.Config(app, http=HttpProtocol, log_level="critical"))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield Server(listener.getsockname()[1], app)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(SETTINGS) as server:
        yield server


def wait_for(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def statuses(response: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", response)]


def is_closed_while_sending(connection: socket.socket, data: bytes) -> bool:
    try:
        for _ in range(DEADLINE_S * 20):
            connection.sendall(data)
            time.sleep(0.05)
    except OSError:
        return True
    return False


def test_small_and_streamed_responses_arrive(server: Server) -> None:
    with server.connect() as connection:
        for _ in range(3):
            connection.sendall(GET % b"small")
            assert connection.recv(10_000).endswith(b"\r\n\r\nbody")
        connection.sendall(GET % b"streamed")
        first = connection.recv(10_000)
        assert first.endswith(b"\r\n\r\n4\r\npart\r\n")
        rest = b""
        while not rest.endswith(b"0\r\n\r\n"):
            rest += connection.recv(10_000)
        assert rest.count(b"part") == 2
        connection.sendall(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") % b"small")
        assert read_all(connection).endswith(b"body")


HEAD_MAX_BYTES = SETTINGS.head_max_kb * 1000


@pytest.mark.parametrize(
    ("start", "status"),
    [(b"GET /", 414), (b"GET / HTTP/1.1\r\nX: ", 431), (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 9, 431)],
)
def test_large_head_is_refused(server: Server, start: bytes, status: int) -> None:
    response = server.exchange(start, b"a" * (HEAD_MAX_BYTES // 2), b"a" * (HEAD_MAX_BYTES // 2))
    assert statuses(response) == [status]
    length = int(response.partition(b"content-length: ")[2].split(b"\r\n")[0])
    assert len(response.partition(b"\r\n\r\n")[2]) == length


def test_head_size_is_counted_for_each_request(server: Server) -> None:
    with server.connect() as connection:
        request = GET.replace(b"\r\n\r\n", b"\r\nX: " + b"a" * (HEAD_MAX_BYTES // 4) + b"\r\n\r\n") % b"small"
        for _ in range(10):
            connection.sendall(request)
            assert connection.recv(10_000).endswith(b"\r\n\r\nbody")


REFUSED = {
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    "empty Host": (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
    "percent": (b"GET / HTTP/1.1\r\nHost: %zz\r\n\r\n", 400),
    "userinfo": (b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
    "space": (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    "list": (b"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400),
    "port": (b"GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400),
    "port word": (b"GET / HTTP/1.1\r\nHost: a:http\r\n\r\n", 400),
    "slash": (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "long Host": (b"GET / HTTP/1.1\r\nHost: " + b"a" * 400 + b"\r\n\r\n", 400),
    "raw UTF-8 Host": (b"GET / HTTP/1.1\r\nHost: \xc3\xa4\r\n\r\n", 400),
    "target with userinfo": (b"GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "NUL in a field": (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", 400),
    "folded field": (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),
    "NUL in the path": (b"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "line end in the path": (b"GET /a%0d%0ab HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "raw bytes in the path": (b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "too many fields": (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 100 + b"\r\n", 431),
    "length and chunks": (POST % b"echo" + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "two lengths": (POST % b"echo" + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    "length of words": (POST % b"echo" + b"Content-Length: one\r\n\r\na", 400),
    "bad chunk": (POST % b"echo" + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "huge chunk": (POST % b"echo" + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400),
    "other transfer coding": (POST % b"echo" + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "chunks in HTTP/1.0": (b"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "content coding": (POST % b"echo" + b"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na", 415),
    "chunk extensions": (
        POST % b"echo" + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"a" * 80_000 + b"\r\na\r\n0\r\n\r\n",
        400,
    ),
    "trailers": (
        POST % b"echo" + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        400,
    ),
    "TRACE": (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    "CONNECT": (b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    "PROPFIND": (b"PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    "unknown method": (b"FETCH / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "HTTP/1.2": (b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), 400),
    "relative target": (b"GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "asterisk": (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_request_is_refused_before_the_application(server: Server, name: str) -> None:
    request, status = REFUSED[name]
    before = [scope for scope in server.app.scopes if scope["path"] != "/echo"]
    response = server.exchange(request)
    assert statuses(response) == [status]
    assert b"x-content-type-options: nosniff\r\n" in response
    assert b"connection: close\r\n" in response
    assert [scope for scope in server.app.scopes if scope["path"] != "/echo"] == before


@pytest.mark.parametrize(
    "host", [b"a", b"A.example.", b"a_b.example:8000", b"127.0.0.1:80", b"[::1]", b"[2001:db8::1]:8000", b"a:"]
)
def test_host_names_and_addresses_are_accepted(server: Server, host: bytes) -> None:
    response = server.exchange(b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host)
    assert statuses(response) == [200]


def test_older_version_may_have_no_host(server: Server) -> None:
    assert statuses(server.exchange(b"GET / HTTP/1.0\r\n\r\n")) == [200]


def test_target_precedes_host(server: Server) -> None:
    request = b"GET http://target.example/path?q HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n"
    assert statuses(server.exchange(request)) == [200]
    scope = server.app.scopes[-1]
    assert (scope["path"], scope["query_string"]) == ("/path", b"q")
    assert [value for name, value in scope["headers"] if name == b"host"] == [b"target.example"]


def test_only_allowed_hosts_are_served() -> None:
    with serve(replace(SETTINGS, allowed_hosts=("data.example", "::1"))) as server:
        for host, status in ((b"data.example", 200), (b"DATA.example:8000", 200), (b"[::1]:80", 200), (b"other", 421)):
            request = b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host
            assert statuses(server.exchange(request)) == [status]


def test_upgrade_is_not_offered_and_the_request_answered(server: Server) -> None:
    head = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: %s\r\n"
    for protocol in (b"websocket", b"h2c"):
        response = server.exchange(head % protocol + b"Sec-WebSocket-Key: a\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        assert statuses(response) == [200]


def test_trailers_are_no_header_fields(server: Server) -> None:
    chunks = b"1\r\na\r\n0\r\nAuthorization: Bearer x\r\n\r\n"
    head = POST % b"echo" + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert server.exchange(head, chunks).endswith(b"\r\n\r\na")
    assert b"authorization" not in dict(server.app.scopes[-1]["headers"])


def test_bodies_are_counted_for_each_request(server: Server) -> None:
    with server.connect() as connection:
        for size in (1_000_000, 2, 300_000):
            connection.sendall(POST % b"echo" + b"Content-Length: %d\r\n\r\n" % size)
            time.sleep(0.05)
            connection.sendall(b"a" * (size - 1))
            time.sleep(0.05)
            connection.sendall(b"b")
            response = b""
            while not response.endswith(b"b"):
                response += connection.recv(1_000_000)
            assert statuses(response) == [200]


def test_body_is_requested_with_100(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(POST % b"echo" + b"Expect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert read_all(connection).endswith(b"abc")


def test_response_without_100_ends_the_connection(server: Server) -> None:
    request = POST % b"small" + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    response = server.exchange(request)
    assert statuses(response) == [200]
    assert b"connection: close" in response


def test_client_that_still_sends_reads_the_response(server: Server) -> None:
    size = 20_000_000
    with server.connect() as connection:
        connection.sendall(POST % b"small" + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // 1_000_000):
            connection.sendall(bytes(1_000_000))
        assert statuses(read_all(connection)) == [200]


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    count = 8000
    requests = GET % b"wait" + GET % b"small" * count + POST % b"echo" + b"Content-Length: 3\r\n\r\nabc"
    with server.connect() as connection:
        sender = Thread(target=connection.sendall, args=(requests,))
        sender.start()
        response = b""
        while not response.endswith(b"\r\n\r\nabc"):
            part = connection.recv(1_000_000)
            assert part
            response += part
        sender.join()
    assert statuses(response) == [200] * (count + 2)
    assert response.index(b"waited") < response.index(b"body")


def test_malformed_request_does_not_cut_into_an_earlier_response(server: Server) -> None:
    response = server.exchange(GET % b"wait" + b"nonsense\r\n\r\n")
    assert statuses(response) == [200]
    assert response.endswith(b"waited")


def test_head_must_be_complete_in_time(server: Server) -> None:
    assert server.exchange() == b""
    assert statuses(server.exchange(b"GET / HTTP/1.1\r\nHost: ")) == [408]
    with server.connect() as connection:
        connection.sendall(GET % b"small")
        assert connection.recv(1000)
        connection.sendall(b"GET /")
        assert statuses(read_all(connection)) == [408]


def test_trickled_head_is_not_waited_for(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert is_closed_while_sending(connection, b"a")


def test_idle_connection_is_closed(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(GET % b"small")
        assert connection.recv(1000)
        assert connection.recv(1000) == b""
    with server.connect() as connection:
        connection.sendall(GET % b"small")
        assert connection.recv(1000)
        assert is_closed_while_sending(connection, b"\r\n")


@pytest.mark.parametrize("trickle", [b"", b"a"])
def test_body_must_make_progress(server: Server, trickle: bytes) -> None:
    disconnected = server.app.disconnected
    with server.connect() as connection:
        connection.sendall(POST % b"echo" + b"Content-Length: 1000\r\n\r\n")
        connection.settimeout(0.05)
        response = b""
        deadline = time.monotonic() + DEADLINE_S
        while not response and time.monotonic() < deadline:
            if trickle:
                connection.sendall(trickle)
            try:
                response = connection.recv(1000)
            except TimeoutError:
                continue
    assert statuses(response) == [408]
    wait_for(lambda: server.app.disconnected > disconnected)


def test_unread_response_ends_and_holds_little(server: Server) -> None:
    before = server.app.connections.timed_out["response"]
    connections = [server.connect(SO_RCVBUF=4096) for _ in range(10)]
    try:
        for connection in connections:
            connection.sendall(GET % b"large")
        buffered: list[int] = []

        def all_have_ended() -> bool:
            buffered.extend(c.transport.get_write_buffer_size() for c in server.app.connections)  # type: ignore[attr-defined]
            return server.app.connections.timed_out["response"] >= before + 10

        wait_for(all_have_ended)
        assert 0 < max(buffered) <= 150_000
    finally:
        for connection in connections:
            connection.close()


def test_large_response_arrives_whole(server: Server) -> None:
    response = server.exchange((GET % b"large").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert response.partition(b"\r\n\r\n")[2] == b"a" * LARGE
