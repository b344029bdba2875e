"""Head and body are one write, streamed parts are sent at once, a closed transport loses nothing, heads are bounded."""

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

GET = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"


class RecordingTransport:
    """Records what is written to it."""

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


def coalesce(transport: RecordingTransport) -> CoalescingTransport:
    return CoalescingTransport(cast(asyncio.Transport, transport), asyncio.get_running_loop())


def test_writes_of_one_iteration_of_the_loop_are_one_write() -> None:
    async def iterate() -> list[bytes]:
        transport = RecordingTransport()
        coalescing = coalesce(transport)
        coalescing.write(b"head ")
        coalescing.write(b"body")
        assert transport.written == []
        await asyncio.sleep(0)
        coalescing.write(b"more")
        await asyncio.sleep(0)
        return transport.written

    assert asyncio.run(iterate()) == [b"head body", b"more"]


def test_large_write_is_not_buffered() -> None:
    async def write() -> None:
        transport = RecordingTransport()
        coalesce(transport).write(bytes(BUFFER_MAX_BYTES))
        assert transport.written == [bytes(BUFFER_MAX_BYTES)]

    asyncio.run(write())


def test_close_writes_the_buffer_first() -> None:
    async def close() -> None:
        transport = RecordingTransport()
        coalescing = coalesce(transport)
        coalescing.write(b"last")
        coalescing.close()
        assert (transport.written, coalescing.is_closing()) == ([b"last"], True)
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
def serving() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(app, http=HttpProtocol, lifespan="off", log_level="critical")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.slow
def test_small_and_streamed_responses_arrive() -> None:
    with serving() as port, socket.create_connection(("127.0.0.1", port), 5) as connection:
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
        assert b"".join(iter(lambda: connection.recv(10_000), b"")).endswith(b"body")


@pytest.mark.slow
@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nX: "])
def test_large_head_is_431(start: bytes) -> None:
    with serving() as port, socket.create_connection(("127.0.0.1", port), 5) as connection:
        for piece in (start, b"a" * (HEAD_MAX_BYTES // 2), b"a" * (HEAD_MAX_BYTES // 2)):
            connection.sendall(piece)
            time.sleep(0.1)
        response = b"".join(iter(lambda: connection.recv(10_000), b""))
        assert response.startswith(b"HTTP/1.1 431 ")
        length = int(response.partition(b"Content-Length: ")[2].split(b"\r\n")[0])
        assert len(response.partition(b"\r\n\r\n")[2]) == length


@pytest.mark.slow
def test_head_size_is_counted_for_each_request() -> None:
    with serving() as port, socket.create_connection(("127.0.0.1", port), 5) as connection:
        request = GET.replace(b"\r\n\r\n", b"\r\nX: " + b"a" * (HEAD_MAX_BYTES // 4) + b"\r\n\r\n") % b"small"
        for _ in range(10):
            connection.sendall(request)
            assert connection.recv(10_000).endswith(b"\r\n\r\nbody")
