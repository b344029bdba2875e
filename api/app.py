"""All the wiring, on one screen. ``uvicorn --factory api.app:from_environment`` serves it."""

import os
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp

from api import errors, pages
from api.http.access_log import AccessLog, BufferedAccessLog, LoggerAccessLog
from api.http.disconnect import DisconnectMonitor
from api.http.service_description import TripleCounter
from api.middleware import request_metrics
from api.middleware.cors import PublicCORSMiddleware
from api.middleware.fast_path import FastPathMiddleware
from api.routers import graph_store, graphql, health, load, questions, resources, sparql, vocabulary
from api.routers.health import Readiness, ReadinessMiddleware
from api.services import Services, open_services
from kg.execution.serial_executor import SerialExecutor
from kg.settings import Settings

_TURN_S = 0.0005


def from_environment() -> FastAPI:
    """The app as ``KG_*`` variables ask for it, alone in its process. Raises BadParameterError or StoreError."""
    # Threads that compute let the event loop have its turn ten times sooner than they would by default.
    sys.setswitchinterval(_TURN_S)
    return create_app(open_services(Settings.from_environment(os.environ)), BufferedAccessLog(sys.stderr))


class App(FastAPI):
    """FastAPI, with what concerns every request around all of it and not inside."""

    def build_middleware_stack(self) -> ASGIApp:
        direct = FastPathMiddleware(super().build_middleware_stack(), sparql.ENDPOINTS)
        closed = ReadinessMiddleware(direct, self.state.readiness)
        return request_metrics.RequestMetricsMiddleware(
            PublicCORSMiddleware(closed), self.state.metrics, self.state.log
        )


def create_app(services: Services, log: AccessLog | None = None) -> FastAPI:
    """The app over these services, which it closes when it ends; ``log`` gets a line a request. Apps share nothing."""
    app = App(
        title="conflict-kg",
        summary="Who said what about a conflict, in which source, and who disputes it.",
        lifespan=_lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # ours are api.middleware.request_metrics's
    )
    app.state.services = services
    app.state.readiness = Readiness()
    app.state.counter = TripleCounter()
    app.state.pages = pages.environment(services.settings.base_iri)
    app.state.metrics = request_metrics.Metrics(services)
    app.state.watches = DisconnectMonitor()
    app.state.line = SerialExecutor(services.settings.queue_length, "request-texts")
    app.state.log = log or LoggerAccessLog(request_metrics.ACCESS_LOG)
    errors.install(app)
    # Under /graph/ the first to answer wins: pages and data of home graphs, or in plain mode the graph store.
    graphs = (graph_store, resources) if services.settings.plain else (resources, graph_store)
    for module in (sparql, graphql, questions, load, *graphs, vocabulary, health, pages):
        app.include_router(module.router)
    app.mount("/static", pages.assets())
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    try:
        # In the background, so that the server answers /healthz and /readyz while data is loaded.
        with services.announce(), ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare") as preparing:
            app.state.readiness.follow(preparing.submit(services.prepare))
            yield
    finally:
        app.state.log.flush()
        await run_in_threadpool(app.state.line.close)
        await run_in_threadpool(services.close)
