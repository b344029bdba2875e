"""Running a query for a client who may leave: then the work stops."""

import asyncio
from typing import Any

from starlette.requests import Request

from api import services
from kg.execution import Query, Result

_PATIENCE_S = 0.05
"""Most answers are there sooner than a client can leave; only then is the connection watched."""


class ClientLeft(Exception):
    """Nobody waits for the answer."""


async def result_of(request: Request, query: Query) -> Result:
    """The result, its first bytes computed. Raises what ``Executor.arun`` raises, or ClientLeft."""
    work = asyncio.current_task()
    assert work is not None
    watch = _Watch(request, work)
    try:
        return await services.of(request).executor.arun(query)
    except asyncio.CancelledError:
        # Whoever cancels us, the worker does not go on; where it was our own watch, nobody else needs to know.
        if watch.has_seen_leaving and not work.uncancel():
            raise ClientLeft from None
        raise
    finally:
        watch.end()


class _Watch:
    """Stops the work when the client leaves; until ``end``, and only after some patience."""

    def __init__(self, request: Request, work: "asyncio.Task[Any]") -> None:
        self._request, self._work = request, work
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE_S, self._begin)
        self._watching: asyncio.Task[None] | None = None
        self.has_seen_leaving = False

    def end(self) -> None:
        self._timer.cancel()
        if self._watching is not None:
            self._watching.cancel()

    def _begin(self) -> None:
        self._watching = asyncio.ensure_future(self._until_left())

    async def _until_left(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.has_seen_leaving = True
        self._work.cancel()
