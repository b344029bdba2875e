"""The process of ``kg serve``: its limit of open files, and an end within a stated time. Knows no HTTP."""

import asyncio
import os
import resource
import signal
import socket
import threading
from contextlib import suppress
from types import FrameType

import uvicorn

CLOSING_S = 3.0
"""After the grace for responses: how long everything else may take until the process is ended."""
_CANCELLING_S = 1.0
_POLL_S = 0.05
_MOST_FILES = 65_536


def raise_file_limit() -> None:
    """Raise the limit of open files of this process as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    target = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < target:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))


class Server(uvicorn.Server):
    """uvicorn's server, which ends within ``shutdown_s`` and CLOSING_S of the first signal, and at once at a second.

    Connections without a complete request are closed at once; responses in progress have ``shutdown_s``.
    """

    def __init__(self, config: uvicorn.Config, shutdown_s: float) -> None:
        super().__init__(config)
        self._shutdown_s = shutdown_s

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, or if that was asked for before, end at once; workers end with this process."""
        if self.should_exit:
            os._exit(128 + sig)
        super().handle_exit(sig, frame)
        deadline_s = self._shutdown_s + CLOSING_S
        watchdog = threading.Timer(deadline_s, os._exit, (128 + sig,))
        watchdog.daemon = True
        watchdog.start()
        signal.setitimer(signal.ITIMER_REAL, deadline_s + 0.5)  # ends the process even where no Python can run

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, wait for responses in progress, end the others, close the application."""
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._wait(self._shutdown_s)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await self._wait(_CANCELLING_S)  # applications see that the client is gone
        for task in list(self.server_state.tasks):
            task.cancel()
        await self.lifespan.shutdown()

    async def _wait(self, seconds: float) -> None:
        """Until no response is in progress, or the time is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        await asyncio.sleep(0)
        while (self.server_state.connections or self.server_state.tasks) and loop.time() < deadline:
            await asyncio.sleep(_POLL_S)
