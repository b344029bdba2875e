"""A lean client: one kept connection, requests posted as they are, nothing decoded that is not needed.

The client library must not be what is measured: this one costs some 30 microseconds a request, while the client of the
standard library costs as much as a point look-up.
"""

import socket
import time
from types import TracebackType
from typing import Self
from urllib.parse import quote_plus

SPARQL = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
_SILENCE_S = 2.0


class Connection:
    """One connection to a port of loopback. Raises OSError or RuntimeError when anything is not as expected."""

    def __init__(self, port: int, timeout_s: float) -> None:
        self._port, self._timeout_s = port, timeout_s
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

    def post(self, whole: bytes) -> bytes:
        """The body of the answer to this request; servers hang up on who is silent, so it may connect anew."""
        if time.monotonic() - self._used > _SILENCE_S:
            self._socket.close()
            self._open()
        self._socket.sendall(whole)
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


def posted(path: str, body: bytes, content_type: str, media_type: str) -> bytes:
    """A POST, whole; ``media_type`` is that of the answer."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
        f"Accept: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def queried(path: str, query: str, media_type: str, *, form: bool = False) -> bytes:
    """A query as POST, by the SPARQL protocol: as it is, or as a form."""
    if form:
        return posted(path, f"query={quote_plus(query)}".encode(), FORM, media_type)
    return posted(path, query.encode(), SPARQL, media_type)
