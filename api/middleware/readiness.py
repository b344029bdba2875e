"""Readiness: no request about data is answered before the data is served, because silence would read as "no"."""

import logging
from concurrent.futures import Future
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.problem import status_response
from kg.errors import ConflictKgError

_log = logging.getLogger(__name__)

_OPERATIONS = ("/healthz", "/readyz", "/metrics", "/static/")
_SCHEMA = ("/ontology", "/shapes", "/vocab", "/alignments", "/context", "/graphql/schema")
"""What is there before any data: the terms, which a reader of the pages may want meanwhile."""
_ALWAYS_SERVED = (*_OPERATIONS, *_SCHEMA)


class ReadinessProbe:
    """Whether the preparation of the server has ended, and well."""

    def __init__(self) -> None:
        self._preparation: Future[None] | None = None

    def track(self, preparation: "Future[None]") -> None:
        """The server is ready when this is done; a failure goes to the log, not to clients."""
        self._preparation = preparation
        preparation.add_done_callback(_log_failure)

    @property
    def unready_reason(self) -> str:
        """Why data is not served yet; empty when it is."""
        if self._preparation is None or not self._preparation.done():
            return "the data is being loaded"
        return "the data could not be loaded; see the log of the server" if self._preparation.exception() else ""


def _log_failure(preparation: "Future[None]") -> None:
    error = preparation.exception()
    if isinstance(error, ConflictKgError):
        _log.error("the data could not be loaded: %s", error)
    elif error is not None:
        _log.error("the data could not be loaded", exc_info=error)


def unready_response(request: Request, reason: str) -> Response:
    """503 with the reason."""
    return status_response(request, HTTPStatus.SERVICE_UNAVAILABLE, reason, headers={"Retry-After": "1"})


class ReadinessMiddleware:
    """Answers 503 to everything but probes, metrics, static files and the schema until the server is ready."""

    def __init__(self, app: ASGIApp, probe: ReadinessProbe) -> None:
        self._app, self._probe = app, probe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] != "http" or scope["path"].startswith(_ALWAYS_SERVED)
        if not is_open and (reason := self._probe.unready_reason):
            await unready_response(Request(scope), reason)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
