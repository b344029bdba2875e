"""The parent's side of one worker: reading its socket, its version of the graph, its processor time, and its end.

One thread or task at a time sends and receives; ``kill`` may be called by any.
"""

import asyncio
import os
import select
import signal
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from kg.errors import StoreError
from kg.execution.framing import FrameReader, FrameType

_START_TIMEOUT_S = 60.0
_LOW_PRIORITY = 10
_CPUCLOCK_SCHED = 2  # clock of another process, as clock_getcpuclockid(3) makes it


class AsyncReader:
    """Fills the frame reader of one connection in an event loop, for one task at a time.

    The connection is registered with the loop once, because that costs more than reading. A thread may read from the
    same connection in between; the loop then stops watching it.
    """

    def __init__(self, connection: socket.socket, frames: FrameReader) -> None:
        self._connection, self._frames = connection, frames
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def receive(self) -> None:
        """Wait until more has been received. Raises EOFError."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._watch_in(loop)
        self._waiter = loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def close(self) -> None:
        """Close the connection, in the loop that watches it: it would take a later one with that number for it."""
        loop = self._loop
        try:
            if loop is not None:
                loop.call_soon_threadsafe(self._unwatch_and_close, loop)
        except RuntimeError:  # the loop is closed and watches nothing any more
            loop = None
        if loop is None:
            self._connection.close()

    def _watch_in(self, loop: asyncio.AbstractEventLoop) -> None:
        before, self._loop = self._loop, loop
        number = self._connection.fileno()
        if before is not None and not before.is_closed():
            before.call_soon_threadsafe(before.remove_reader, number)
        loop.add_reader(number, self._on_readable, loop)

    def _on_readable(self, loop: asyncio.AbstractEventLoop) -> None:
        waiter = self._waiter
        if loop is not self._loop or waiter is None or waiter.done():
            # A thread reads, or the worker has ended while it had no query.
            self._unwatch(loop)
            return
        try:
            self._frames.receive(socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except EOFError as end:
            self._unwatch(loop)
            waiter.set_exception(end)
        else:
            waiter.set_result(None)

    def _unwatch(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.remove_reader(self._connection.fileno())
        if loop is self._loop:
            self._loop = None

    def _unwatch_and_close(self, loop: asyncio.AbstractEventLoop) -> None:
        self._unwatch(loop)
        self._connection.close()


class Reaper(Protocol):
    """The process that forked a worker, and alone can reap it."""

    def reap(self, worker: "WorkerHandle") -> None:
        """Kill it, wait until it has ended, and call its ``set_exit_code``."""
        ...


class WorkerHandle:
    """One worker, forked by ``parent``; it has the graph of ``version``, from ``checkpoint`` or from its fork."""

    def __init__(
        self, pid: int, connection: socket.socket, parent: Reaper, version: int, checkpoint: Path | None
    ) -> None:
        self.pid, self.connection, self.parent = pid, connection, parent
        self.version, self.checkpoint = version, checkpoint
        self.base_position = 0
        """Of its checkpoint in the log of commits; see ``replication``."""
        self.frames = FrameReader(connection)
        self.async_reader = AsyncReader(connection, self.frames)
        self.exit_code: Future[int] = Future()
        # The fork server reaps only on request, so until then the pid is this worker's own.
        self._pidfd = os.pidfd_open(pid)
        self._cpu_clock = (~pid << 3) | _CPUCLOCK_SCHED
        self._cpu_s = 0.0
        self._has_low_priority = False

    def wait_until_ready(self) -> None:
        """Raises StoreError, after ending the worker."""
        self.connection.settimeout(_START_TIMEOUT_S)
        try:
            frame_type, _ = self.frames.read()
        except (EOFError, TimeoutError):
            self.disconnect()
            self.parent.reap(self)
            raise StoreError("a query worker could not open its copy of the graph") from None
        assert frame_type is FrameType.READY
        self.connection.settimeout(None)

    def send(self, data: bytes) -> bool:
        """Send frames; False if the worker has ended."""
        try:
            sent = self._send_some(data)
            if sent < len(data):
                self.connection.setblocking(True)
                self.connection.sendall(data[sent:])
        except OSError:
            return False
        return True

    def _send_some(self, data: bytes) -> int:
        try:
            return self.connection.send(data)
        except BlockingIOError:  # some event loops (libuv's) make what they watch non-blocking
            return 0

    def cpu_s(self) -> float:
        """Processor time used since its start; the last known value once it has ended."""
        try:
            self._cpu_s = time.clock_gettime(self._cpu_clock)
        except OSError:
            return self._cpu_s
        return self._cpu_s

    def set_low_priority(self, low: bool) -> None:
        """Let other processes run first, or no longer. Where raising it again is not permitted, it stays low."""
        if low is not self._has_low_priority:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.pid, _LOW_PRIORITY if low else 0)
                self._has_low_priority = low

    def kill(self) -> None:
        """Send SIGKILL."""
        with suppress(OSError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def kill_and_shut_down(self) -> None:
        """Kill it and let its reader see the end now, not when the kernel has freed all its memory."""
        self.kill()
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def wait_for_exit(self) -> None:
        """Wait until it has ended and its memory is freed; it is still to be reaped."""
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        poll.poll()

    def set_exit_code(self, exit_code: int) -> None:
        """It has been reaped; a signal counts as a negative exit code."""
        os.close(self._pidfd)
        self._pidfd = -1
        self.exit_code.set_result(exit_code)

    def disconnect(self) -> None:
        """Close the socket. Only for its reader: the number of a closed descriptor is soon that of another one."""
        self.async_reader.close()
