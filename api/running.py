"""Running a query for a client who may leave: then the work stops."""

import asyncio
from contextlib import suppress
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
    work = asyncio.ensure_future(services.of(request).executor.arun(query))
    try:
        await asyncio.wait({work}, timeout=_PATIENCE_S)
        if not work.done():
            await _until_done_or_left(request, work)
        return await work
    finally:
        # Whoever cancels us, the worker is not to go on: stopping the task stops the query.
        work.cancel()


async def _until_done_or_left(request: Request, work: "asyncio.Future[Any]") -> None:
    leaving: asyncio.Future[Any] = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({work, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
            raise ClientLeft
    finally:
        leaving.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
