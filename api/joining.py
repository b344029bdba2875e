"""The head and the body of an answer, written to the connection at once.

The server writes them one after the other. Each write is a packet, and wakes the client: for small answers the second
one costs as much as making them. Knows connections, not HTTP.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HELD_MAX_BYTES = 65_536


class Joining:
    """A transport that holds what is written until ``flush``, the next turn of the loop, or HELD_MAX_BYTES."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)
        self._size += len(data)
        # More is the transport's to hold: it tells the writer when to wait.
        if self._size >= HELD_MAX_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        if self._held:
            held, self._held, self._size = self._held, [], 0
            self._transport.write(b"".join(held))

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class JoiningProtocol(HttpToolsProtocol):
    """The protocol of uvicorn, over such a transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(asyncio.Transport, Joining(transport, self.loop)))

    def on_response_complete(self) -> None:
        cast(Joining, self.transport).flush()
        super().on_response_complete()
