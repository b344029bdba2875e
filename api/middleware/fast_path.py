"""Paths that are answered before any framework: what is asked most often should not pay for what it does not use.

The routes of the same endpoints stay: they document them, and answer the methods that are not taken here.
"""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]
METHODS = frozenset({"GET", "HEAD", "POST"})


class FastPathMiddleware:
    """Middleware inside all others: GET, HEAD and POST of these paths; failures are told as the app tells them."""

    def __init__(self, app: ASGIApp, endpoints: Mapping[str, Endpoint]) -> None:
        self._app, self._endpoints = app, endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._endpoints.get(scope["path"]) if _is_taken(scope) else None
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response = await endpoint(request)
        except Exception as error:  # noqa: BLE001 -- the app has a handler for every one
            response = _told(request, error)
        await response(scope, receive, send)


def _is_taken(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in METHODS and not scope.get("root_path")


def _told(request: Request, error: Exception) -> Response:
    """What the app's handler for the nearest class makes of it."""
    app: FastAPI = request.app
    handlers = app.exception_handlers
    told = next(handlers[each] for each in type(error).__mro__ if each in handlers)(request, error)
    assert isinstance(told, Response)
    return told
