"""Clients that behave badly, at little cost of their own: asyncio and raw sockets, each bound to a loopback address.

Owns connections; which requests are sent is for ``bench.attacks.catalogue``.
"""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

_CONNECT_TIMEOUT_S = 5.0
_PAUSE_S = 0.02
"""Between the requests of one client, so that two processors are not spent on the attackers."""


@dataclass(frozen=True, slots=True)
class Target:
    """The server under attack, and the address that a client sends from."""

    port: int
    address: str

    async def connect(self, receive_buffer: int | None = None) -> socket.socket:
        """A connection that does not block. Raises OSError or TimeoutError."""
        connection = socket.socket()
        try:
            connection.setblocking(False)
            if receive_buffer:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            connection.bind((self.address, 0))
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                await loop.sock_connect(connection, ("127.0.0.1", self.port))
        except BaseException:
            connection.close()
            raise
        return connection


async def request_again(
    target: Target, requests: Iterator[bytes], *, leave_after_s: float | None = None, pause_s: float = _PAUSE_S
) -> None:
    """Send one request after another, each on a connection of its own; read the response, or leave after so long."""
    while True:
        with suppress(OSError, TimeoutError):
            await _request_once(target, next(requests), leave_after_s)
        await asyncio.sleep(pause_s)


async def _request_once(target: Target, data: bytes, leave_after_s: float | None) -> None:
    loop = asyncio.get_running_loop()
    connection = await target.connect()
    try:
        async with asyncio.timeout(leave_after_s if leave_after_s is not None else 60):
            await loop.sock_sendall(connection, data)
            while await loop.sock_recv(connection, 1 << 16):
                pass
    finally:
        connection.close()


async def keep_requesting(target: Target, requests: Iterator[bytes]) -> None:
    """Send small requests on one connection as fast as it answers."""
    while True:
        with suppress(OSError, TimeoutError):
            connection = await target.connect()
            loop = asyncio.get_running_loop()
            try:
                while True:
                    await loop.sock_sendall(connection, next(requests))
                    if not await loop.sock_recv(connection, 1 << 16):
                        break
            finally:
                connection.close()
        await asyncio.sleep(_PAUSE_S)


async def never_read(target: Target, data: bytes, count: int) -> None:
    """Send requests on so many connections and read none of the responses."""
    kept = []
    try:
        for _ in range(count):
            with suppress(OSError, TimeoutError):
                connection = await target.connect(receive_buffer=4096)
                kept.append(connection)
                await asyncio.wait_for(asyncio.get_running_loop().sock_sendall(connection, data), 5)
        await asyncio.Event().wait()
    finally:
        for connection in kept:
            connection.close()


async def stay_silent(target: Target, count: int) -> None:
    """Open so many connections, send nothing, and open those again that the server closes."""
    kept: list[socket.socket] = []
    try:
        while True:
            kept = [connection for connection in kept if not _is_closed(connection)]
            for _ in range(min(50, count - len(kept))):
                with suppress(OSError, TimeoutError):
                    kept.append(await target.connect())
            await asyncio.sleep(0.05)
    finally:
        for connection in kept:
            connection.close()


async def drip(target: Target, start: bytes, piece: bytes, interval_s: float) -> None:
    """Send the start of a request, then a piece at a time, for ever; begin again when the server closes."""
    while True:
        with suppress(OSError, TimeoutError):
            connection = await target.connect()
            loop = asyncio.get_running_loop()
            try:
                await loop.sock_sendall(connection, start)
                while not _is_closed(connection):
                    await asyncio.sleep(interval_s)
                    await loop.sock_sendall(connection, piece)
            finally:
                connection.close()
        await asyncio.sleep(0.1)


async def send_without_end(target: Target, start: bytes, size: int) -> None:
    """Send a body of this size as fast as the server takes it, again and again: JSON that is costly to parse."""
    block = b"[]," * 20_000
    while True:
        with suppress(OSError, TimeoutError):
            connection = await target.connect()
            loop = asyncio.get_running_loop()
            try:
                await loop.sock_sendall(connection, start)
                for _ in range(size // len(block)):
                    await loop.sock_sendall(connection, block)
                    if _is_closed(connection):
                        break
                async with asyncio.timeout(10):
                    await loop.sock_recv(connection, 65_536)
            finally:
                connection.close()
        await asyncio.sleep(_PAUSE_S)


def repeat(*requests: bytes) -> Callable[[], Iterator[bytes]]:
    """Makes iterators that begin again at the first request after the last."""

    def requests_again() -> Iterator[bytes]:
        while True:
            yield from requests

    return requests_again


def _is_closed(connection: socket.socket) -> bool:
    try:
        return not connection.recv(65_536)
    except BlockingIOError:
        return False
    except OSError:
        return True
