"""Small writes of one response become one write, and large ones wait for the client.

uvicorn writes head and body separately. Each write is a packet and wakes the client; for small responses the second
one costs as much as computing them.
"""

import asyncio
from typing import Any

BUFFER_MAX_BYTES = 65_536
"""Of this buffer, and of the transport below it before it asks to pause: what an unread response may hold."""


class CoalescingTransport:
    """A transport that buffers writes until ``flush``, the next iteration of the loop, or BUFFER_MAX_BYTES."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._buffer: list[bytes] = []
        self._size = 0
        self.written = 0
        """Bytes given to the transport so far."""

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
            data = b"".join(self._buffer)
            self._buffer, self._size = [], 0
            self.written += len(data)
            self._transport.write(data)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def write_eof(self) -> None:
        self.flush()
        if self._transport.can_write_eof():
            self._transport.write_eof()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
