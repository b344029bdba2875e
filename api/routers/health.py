"""Whether the process lives, whether it can answer, and its numbers. Owns the progress of starting up."""

import logging
from concurrent.futures import Future
from http import HTTPStatus

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import blank_problem_type, problem_response
from api.middleware.request_metrics import Metrics

_log = logging.getLogger(__name__)

router = APIRouter(tags=["operations"])

_ALWAYS = ("/healthz", "/readyz", "/metrics", "/static/")
_SOON = {"Retry-After": "1"}


class Readiness:
    """Whether what has to happen before serving has happened."""

    def __init__(self) -> None:
        self._preparing: Future[None] | None = None

    def follow(self, preparing: Future[None]) -> None:
        """Take this for what has to happen; a failure goes to the log, not to clients."""
        self._preparing = preparing
        preparing.add_done_callback(_log_failure)

    @property
    def hindrance(self) -> str:
        """Why data is not served yet; empty when it is."""
        if self._preparing is None or not self._preparing.done():
            return "the data is being loaded"
        return "the data could not be loaded; the log of the server says why" if self._preparing.exception() else ""


def _log_failure(preparing: Future[None]) -> None:
    if (error := preparing.exception()) is not None:
        _log.error("the data could not be loaded", exc_info=error)


class ReadinessMiddleware:
    """Answers 503 in place of everything that would speak of data before the data is there: silence is not "no"."""

    def __init__(self, app: ASGIApp, readiness: Readiness) -> None:
        self._app, self._readiness = app, readiness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] != "http" or scope["path"].startswith(_ALWAYS)
        if not is_open and (hindrance := self._readiness.hindrance):
            answer = problem_response(
                Request(scope), blank_problem_type(HTTPStatus.SERVICE_UNAVAILABLE), hindrance, headers=_SOON
            )
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """The process lives."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Data is served."""
    readiness: Readiness = request.app.state.readiness
    if hindrance := readiness.hindrance:
        return problem_response(request, blank_problem_type(HTTPStatus.SERVICE_UNAVAILABLE), hindrance, headers=_SOON)
    return JSONResponse({"status": "ready"})


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """The numbers of this process, for Prometheus (text format 0.0.4)."""
    found: Metrics = request.app.state.metrics
    return Response(
        generate_latest(found.registry), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )
