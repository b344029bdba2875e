"""Head and body leave in one piece; what streams leaves soon; nothing is lost at the end; heads are bounded."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import cast

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from api.http.uvicorn_protocol import BUFFER_MAX_BYTES, HEAD_MAX_BYTES, CoalescingTransport, HttpProtocol

ASK = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"


class Transport:
    """Notes what is written to it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.written.append(data)

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed


def joining(transport: Transport) -> CoalescingTransport:
    return CoalescingTransport(cast(asyncio.Transport, transport), asyncio.get_running_loop())


def test_what_is_written_in_a_turn_leaves_at_its_end() -> None:
    async def turns() -> list[bytes]:
        transport = Transport()
        joined = joining(transport)
        joined.write(b"head ")
        joined.write(b"body")
        assert transport.written == []
        await asyncio.sleep(0)
        joined.write(b"more")
        await asyncio.sleep(0)
        return transport.written

    assert asyncio.run(turns()) == [b"head body", b"more"]


def test_much_is_not_held() -> None:
    async def much() -> None:
        transport = Transport()
        joining(transport).write(bytes(BUFFER_MAX_BYTES))
        assert transport.written == [bytes(BUFFER_MAX_BYTES)]

    asyncio.run(much())


def test_closing_writes_first() -> None:
    async def close() -> None:
        transport = Transport()
        joined = joining(transport)
        joined.write(b"last")
        joined.close()
        assert (transport.written, joined.is_closing()) == ([b"last"], True)
        await asyncio.sleep(0)
        assert transport.written == [b"last"]

    asyncio.run(close())


async def app(scope: Scope, _receive: Receive, send: Send) -> None:
    streamed = scope["path"] == "/streamed"
    headers = [] if streamed else [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if streamed:
        for _ in range(3):
            await send({"type": "http.response.body", "body": b"part", "more_body": True})
            await asyncio.sleep(0.05)
    await send({"type": "http.response.body", "body": b"" if streamed else b"body"})


@contextmanager
def served() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        config = uvicorn.Config(app, http=HttpProtocol, lifespan="off", log_level="critical")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.slow
def test_answers_arrive() -> None:
    with served() as port, socket.create_connection(("127.0.0.1", port), 5) as connection:
        for _ in range(3):
            connection.sendall(ASK % b"small")
            assert connection.recv(10_000).endswith(b"\r\n\r\nbody")
        connection.sendall(ASK % b"streamed")
        first = connection.recv(10_000)
        assert first.endswith(b"\r\n\r\n4\r\npart\r\n")
        rest = b""
        while not rest.endswith(b"0\r\n\r\n"):
            rest += connection.recv(10_000)
        assert rest.count(b"part") == 2
        connection.sendall(ASK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") % b"small")
        assert b"".join(iter(lambda: connection.recv(10_000), b"")).endswith(b"body")


@pytest.mark.slow
@pytest.mark.parametrize("begin", [b"GET /", b"GET / HTTP/1.1\r\nX: "])
def test_large_heads_are_refused(begin: bytes) -> None:
    with served() as port, socket.create_connection(("127.0.0.1", port), 5) as connection:
        for piece in (begin, b"a" * (HEAD_MAX_BYTES // 2), b"a" * (HEAD_MAX_BYTES // 2)):
            connection.sendall(piece)
            time.sleep(0.1)
        answer = b"".join(iter(lambda: connection.recv(10_000), b""))
        assert answer.startswith(b"HTTP/1.1 431 ")
        length = int(answer.partition(b"Content-Length: ")[2].split(b"\r\n")[0])
        assert len(answer.partition(b"\r\n\r\n")[2]) == length


@pytest.mark.slow
def test_many_requests_may_share_a_connection() -> None:
    with served() as port, socket.create_connection(("127.0.0.1", port), 5) as connection:
        ask = ASK.replace(b"\r\n\r\n", b"\r\nX: " + b"a" * (HEAD_MAX_BYTES // 4) + b"\r\n\r\n") % b"small"
        for _ in range(10):
            connection.sendall(ask)
            assert connection.recv(10_000).endswith(b"\r\n\r\nbody")
