"""A lean client of the SPARQL protocol: one kept connection, nothing decoded that is not needed.

The client library must not be what is measured: this one costs some 30 microseconds a request, while the client of the
standard library costs as much as a point look-up.
"""

import socket
import time
from types import TracebackType
from typing import Self

_SILENCE_S = 2.0


class Connection:
    """One connection to one endpoint of loopback. Raises OSError or RuntimeError when anything is not as expected."""

    def __init__(self, port: int, path: str, timeout_s: float) -> None:
        self._port, self._path, self._timeout_s = port, path, timeout_s
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), self._timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self._used = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._socket.close()

    def ask(self, query: bytes, media_type: str) -> bytes:
        """The body of the answer, read to its end; servers hang up on who is silent, so it may connect anew."""
        if time.monotonic() - self._used > _SILENCE_S:
            self._socket.close()
            self._open()
        self._socket.sendall(request(self._path, query, media_type))
        head = self._until(b"\r\n\r\n").lower()
        status = int(head[9:12])
        if b"transfer-encoding: chunked" in head:
            body = self._chunks()
        else:
            body = self._take(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
        if status != 200:
            raise RuntimeError(f"HTTP {status}: {body[:500]!r}")
        self._used = time.monotonic()
        return body

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self._until(b"\r\n").split(b";")[0], 16):
            parts.append(self._take(size))
            self._take(2)
        self._until(b"\r\n")
        return b"".join(parts)

    def _until(self, end: bytes) -> bytes:
        while (at := self._buffer.find(end)) < 0:
            self._receive()
        found, self._buffer = self._buffer[:at], self._buffer[at + len(end) :]
        return found

    def _take(self, size: int) -> bytes:
        if len(self._buffer) < size:
            parts, missing = [self._buffer], size - len(self._buffer)
            while missing > 0:
                parts.append(self._received())
                missing -= len(parts[-1])
            self._buffer = b"".join(parts)
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    def _receive(self) -> None:
        self._buffer += self._received()

    def _received(self) -> bytes:
        data = self._socket.recv(1 << 18)
        if not data:
            raise RuntimeError("the server hung up in the middle of an answer")
        return data


def request(path: str, query: bytes, media_type: str) -> bytes:
    """A query as POST, by the SPARQL protocol."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/sparql-query\r\n"
        f"Accept: {media_type}\r\nContent-Length: {len(query)}\r\n\r\n"
    )
    return head.encode() + query
