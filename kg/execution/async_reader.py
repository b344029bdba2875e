"""What a worker says, taken in by an event loop: registered with it once, because that costs more than reading.

Knows sockets and frames, not queries. A thread may read from the same worker in between; the loop steps back then.
"""

import asyncio
import socket

from kg.execution.framing import FrameReader


class AsyncReader:
    """Fills the inbox of one connection for whoever waits in a loop; one waits at a time."""

    def __init__(self, connection: socket.socket, inbox: FrameReader) -> None:
        self._connection, self._inbox = connection, inbox
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: asyncio.Future[None] | None = None

    async def fill(self) -> None:
        """Wait until more has come. Raises EOFError."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._move_to(loop)
        self._waiting = loop.create_future()
        try:
            await self._waiting
        finally:
            self._waiting = None

    def close(self) -> None:
        """Close the connection; by the loop that watches it, which would take a later one of that number for it."""
        loop = self._loop
        try:
            if loop is not None:
                loop.call_soon_threadsafe(self._leave_and_close, loop)
        except RuntimeError:  # the loop is closed, and watches nothing any more
            loop = None
        if loop is None:
            self._connection.close()

    def _move_to(self, loop: asyncio.AbstractEventLoop) -> None:
        before, self._loop = self._loop, loop
        number = self._connection.fileno()
        if before is not None and not before.is_closed():
            before.call_soon_threadsafe(before.remove_reader, number)
        loop.add_reader(number, self._take, loop)

    def _take(self, loop: asyncio.AbstractEventLoop) -> None:
        waiting = self._waiting
        if loop is not self._loop or waiting is None or waiting.done():
            # A thread reads, or the worker has ended while nobody asked it anything.
            self._leave(loop)
            return
        try:
            self._inbox.fill(socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except EOFError as end:
            self._leave(loop)
            waiting.set_exception(end)
        else:
            waiting.set_result(None)

    def _leave(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.remove_reader(self._connection.fileno())
        if loop is self._loop:
            self._loop = None

    def _leave_and_close(self, loop: asyncio.AbstractEventLoop) -> None:
        self._leave(loop)
        self._connection.close()
