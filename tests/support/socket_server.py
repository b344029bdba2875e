"""A real server over a small ASGI app, on loopback, and clients that send it bytes."""

import asyncio
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from api.http.connections import Connections
from api.http.uvicorn_protocol import CONNECTIONS, HttpProtocol
from kg.settings import Settings

GET = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"
GET_LAST = b"GET /%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
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
        self.loop: asyncio.AbstractEventLoop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            scope["state"][CONNECTIONS] = self.connections
            self.loop = asyncio.get_running_loop()
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

    @contextmanager
    def connect_idle(self) -> Iterator[socket.socket]:
        """A connection on which a request has been answered."""
        with self.connect() as connection:
            connection.sendall(GET % b"small")
            assert connection.recv(10_000)
            yield connection

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


def wait_for(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def statuses(response: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", response)]
