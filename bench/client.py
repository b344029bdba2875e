"""A minimal HTTP client: one persistent connection that sends prepared requests and parses only what it needs.

It costs some 30 microseconds a request; the client of the standard library costs as much as a point look-up.
"""

import socket
import time
from types import TracebackType
from typing import Self
from urllib.parse import quote_plus

SPARQL = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
_OK, _NO_CONTENT = 200, 204
_IDLE_S = 2.0
"""Servers close idle connections; after so long a new one is opened."""


class Connection:
    """One connection to a port of loopback. Raises OSError or RuntimeError on any failure."""

    def __init__(self, port: int, timeout_s: float, source: str = "") -> None:
        """``source``: the address that it comes from; those of loopback are different clients of a server."""
        self._port, self._timeout_s, self._source = port, timeout_s, source
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), self._timeout_s, (self._source, 0))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self._last_used = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._socket.close()

    def send(self, request: bytes) -> bytes:
        """Send a complete request and return the body of the response; reconnects after an idle time."""
        if time.monotonic() - self._last_used > _IDLE_S:
            self._socket.close()
            self._open()
        self._socket.sendall(request)
        head = self._read_until(b"\r\n\r\n").lower()
        status = int(head[9:12])
        if status == _NO_CONTENT:
            body = b""
        elif b"transfer-encoding: chunked" in head:
            body = self._read_chunked()
        else:
            body = self._read_exactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
        if status not in (_OK, _NO_CONTENT):
            raise RuntimeError(f"HTTP {status}: {body[:500]!r}")
        self._last_used = time.monotonic()
        return body

    def _read_chunked(self) -> bytes:
        chunks = []
        while size := int(self._read_until(b"\r\n").split(b";")[0], 16):
            chunks.append(self._read_exactly(size))
            self._read_exactly(2)
        self._read_until(b"\r\n")
        return b"".join(chunks)

    def _read_until(self, end: bytes) -> bytes:
        while (at := self._buffer.find(end)) < 0:
            self._buffer += self._receive()
        data, self._buffer = self._buffer[:at], self._buffer[at + len(end) :]
        return data

    def _read_exactly(self, size: int) -> bytes:
        if len(self._buffer) < size:
            parts, missing = [self._buffer], size - len(self._buffer)
            while missing > 0:
                parts.append(self._receive())
                missing -= len(parts[-1])
            self._buffer = b"".join(parts)
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _receive(self) -> bytes:
        data = self._socket.recv(1 << 18)
        if not data:
            raise RuntimeError("the server closed the connection within a response")
        return data


def build_post(path: str, body: bytes, content_type: str, accept: str) -> bytes:
    """A complete POST request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
        f"Accept: {accept}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def build_query_request(path: str, query: str, accept: str, *, form: bool = False) -> bytes:
    """A query via POST (SPARQL 1.1 Protocol, 2.1.2 and 2.1.3): directly or URL-encoded."""
    if form:
        return build_post(path, f"query={quote_plus(query)}".encode(), FORM, accept)
    return build_post(path, query.encode(), SPARQL, accept)
