"""``/healthz``, ``/readyz`` and ``/metrics``: the liveness and readiness probes, and metrics for Prometheus."""

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from api.middleware.readiness import unready_response
from api.state import state_of

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """The process is alive."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Data is served and can be written; 503 with the reason while it is not, or cannot.

    ``writing`` says why no change is accepted for a while, or not every one.
    """
    state = state_of(request)
    if reason := state.readiness.unready_reason or state.services.writer.blocked_reason:
        return unready_response(request, reason)
    notice = state.services.writer.gate.notice
    return JSONResponse({"status": "ready", **({"writing": notice} if notice else {})})


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """The metrics of this process, in the text format of Prometheus (0.0.4)."""
    text = generate_latest(state_of(request).metrics.registry)
    return Response(text, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
