"""The protocol class of the server: small responses are one write, and the head of a request has a maximum size.

uvicorn writes head and body separately. Each write is a packet and wakes the client; for small responses the second
one costs as much as computing them. httptools buffers a head of any length.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

BUFFER_MAX_BYTES = 65_536
HEAD_MAX_BYTES = 131_072
"""Of the request line and the header fields, if they come in several pieces."""
_TOO_LARGE = b"the head of the request is too large; send a long query by POST"
_HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(_TOO_LARGE), _TOO_LARGE)
)


class CoalescingTransport:
    """A transport that buffers writes until ``flush``, the next iteration of the loop, or BUFFER_MAX_BYTES."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._buffer: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        if not self._buffer:
            self._loop.call_soon(self.flush)
        self._buffer.append(data)
        self._size += len(data)
        # A larger buffer is left to the transport, which applies backpressure.
        if self._size >= BUFFER_MAX_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the buffer."""
        if self._buffer:
            buffer, self._buffer, self._size = self._buffer, [], 0
            self._transport.write(b"".join(buffer))

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol over a CoalescingTransport."""

    _is_in_head = False
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(asyncio.Transport, CoalescingTransport(transport, self.loop)))

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_MAX_BYTES and not self.transport.is_closing():
                self.transport.write(_HEAD_TOO_LARGE)
                self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        cast(CoalescingTransport, self.transport).flush()
        super().on_response_complete()
