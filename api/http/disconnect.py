"""Running a query for a client who may leave: then the work stops."""

import asyncio
from typing import Any

from starlette.requests import Request

from api import services
from kg.execution.interface import Query, Result

_PATIENCE_S = 0.05
"""Most answers are there sooner than a client can leave; only then is the connection watched."""


class ClientDisconnected(Exception):
    """Nobody waits for the answer."""


async def run_query(request: Request, query: Query) -> Result:
    """The result, its first bytes computed. Raises what ``Executor.arun`` raises, or ClientLeft."""
    work = asyncio.current_task()
    assert work is not None
    watches: DisconnectMonitor = request.app.state.watches
    watch = watches.begin(request, work)
    try:
        return await services.of(request).executor.arun(query)
    except asyncio.CancelledError:
        # Whoever cancels us, the worker does not go on; where it was our own watch, nobody else needs to know.
        if watch.has_seen_leaving and not work.uncancel():
            raise ClientDisconnected from None
        raise
    finally:
        watches.end(watch)


class DisconnectMonitor:
    """The requests under way in one event loop, with one timer for all: one each would cost small answers dearly."""

    def __init__(self) -> None:
        self._all: set[_DisconnectWatch] = set()
        self._is_due = False

    def begin(self, request: Request, work: "asyncio.Task[Any]") -> "_DisconnectWatch":
        """Stop the work when the client leaves; until ``end``, and only after some patience."""
        watch = _DisconnectWatch(request, work)
        self._all.add(watch)
        if not self._is_due:
            self._look_soon()
        return watch

    def end(self, watch: "_DisconnectWatch") -> None:
        """The work is done."""
        self._all.discard(watch)
        watch.end()

    def _look_soon(self) -> None:
        self._is_due = True
        asyncio.get_running_loop().call_later(_PATIENCE_S, self._look)

    def _look(self) -> None:
        self._is_due = False
        for watch in self._all:
            watch.look()
        if self._all:
            self._look_soon()


class _DisconnectWatch:
    """Looks for the client of one request from the second time on that it is told to."""

    __slots__ = ("_request", "_was_there", "_watching", "_work", "has_seen_leaving")

    def __init__(self, request: Request, work: "asyncio.Task[Any]") -> None:
        self._request, self._work = request, work
        self._watching: asyncio.Task[None] | None = None
        self._was_there = self.has_seen_leaving = False

    def look(self) -> None:
        if self._was_there and self._watching is None:
            self._watching = asyncio.ensure_future(self._until_left())
        self._was_there = True

    def end(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    async def _until_left(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.has_seen_leaving = True
        self._work.cancel()
