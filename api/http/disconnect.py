"""Queries that stop when their client disconnects (``http.disconnect`` of ASGI)."""

import asyncio
from dataclasses import replace

from starlette.requests import ClientDisconnect, Request

from kg.execution.interface import Call, Executor, Query, Result

_INTERVAL_S = 0.05
"""A connection is watched from the second tick on: most answers are sent sooner than that."""


class QueryRunner:
    """Runs queries of one event loop; one timer for all of them, as a task for each would slow small answers down."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._watches: set[_DisconnectWatch] = set()
        self._is_scheduled = False

    async def run(self, request: Request, query: Query | Call) -> Result:
        """The result, its first bytes computed. Raises what ``Executor.arun`` raises, or ClientDisconnect."""
        if client := request.scope.get("client_key", ""):
            query = replace(query, client=client)
        task = asyncio.current_task()
        assert task is not None
        watch = _DisconnectWatch(request, task)
        self._watches.add(watch)
        if not self._is_scheduled:
            self._schedule()
        try:
            return await self._executor.arun(query)
        except asyncio.CancelledError:
            # Only a cancellation by our own watch, and by nothing else, becomes ClientDisconnect.
            if watch.has_disconnected and not task.uncancel():
                raise ClientDisconnect from None
            raise
        finally:
            self._watches.discard(watch)
            watch.cancel()

    def _schedule(self) -> None:
        self._is_scheduled = True
        asyncio.get_running_loop().call_later(_INTERVAL_S, self._tick)

    def _tick(self) -> None:
        self._is_scheduled = False
        for watch in self._watches:
            watch.tick()
        if self._watches:
            self._schedule()


class _DisconnectWatch:
    """Cancels the task of one request when its client disconnects."""

    __slots__ = ("_has_ticked", "_receiver", "_request", "_task", "has_disconnected")

    def __init__(self, request: Request, task: "asyncio.Task[object]") -> None:
        self._request, self._task = request, task
        self._receiver: asyncio.Task[None] | None = None
        self._has_ticked = self.has_disconnected = False

    def tick(self) -> None:
        """Start to watch at the second call."""
        if self._has_ticked and self._receiver is None:
            self._receiver = asyncio.ensure_future(self._wait_for_disconnect())
        self._has_ticked = True

    def cancel(self) -> None:
        """Watch no longer."""
        if self._receiver is not None:
            self._receiver.cancel()

    async def _wait_for_disconnect(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.has_disconnected = True
        self._task.cancel()
