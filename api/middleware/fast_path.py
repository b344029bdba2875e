"""Endpoints that are called without FastAPI's routing, dependencies and middleware, which cost more than a small query.

Their routes stay: they document the endpoints in OpenAPI and answer the other methods.
"""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]
METHODS = frozenset({"GET", "HEAD", "POST"})


class FastPathMiddleware:
    """Innermost middleware: calls the endpoint of a path directly; its failures go to the app's exception handlers."""

    def __init__(self, app: ASGIApp, endpoints: Mapping[str, Endpoint]) -> None:
        self._app, self._endpoints = app, endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_direct = scope["type"] == "http" and scope["method"] in METHODS and not scope.get("root_path")
        endpoint = self._endpoints.get(scope["path"]) if is_direct else None
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response = await endpoint(request)
        except Exception as error:  # noqa: BLE001 -- the app has a handler for every exception
            response = _handle(request, error)
        await response(scope, receive, send)


def _handle(request: Request, error: Exception) -> Response:
    """The response of the app's handler for the nearest class."""
    app: FastAPI = request.app
    handlers = app.exception_handlers
    handler = next(handlers[ancestor] for ancestor in type(error).__mro__ if ancestor in handlers)
    response = handler(request, error)
    assert isinstance(response, Response)
    return response
