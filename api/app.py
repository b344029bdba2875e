"""All the wiring, on one screen. ``uvicorn --factory api.app:from_environment`` serves it."""

import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from api.http.access_log import AccessLog, LoggerAccessLog
from api.http.connections import Connections
from api.http.disconnect import QueryRunner
from api.http.etag import SentReplies
from api.http.problem import add_exception_handlers
from api.http.reply_cache import ReplyCache
from api.http.sparql_request import UPDATE_MAX_BYTES
from api.http.uvicorn_protocol import CONNECTIONS
from api.middleware.admission import AdmissionMiddleware, ClientShares
from api.middleware.fast_path import FastPathMiddleware
from api.middleware.public_path import PublicPathMiddleware
from api.middleware.readiness import ReadinessMiddleware, ReadinessProbe
from api.middleware.request_metrics import Metrics, RequestMetricsMiddleware
from api.middleware.response_headers import ResponseHeadersMiddleware
from api.pages.render import ASSETS, PageRenderer
from api.routers import (
    backup,
    bulk_load,
    catalog,
    compare,
    graph_store,
    graphql,
    health,
    home,
    lists,
    load,
    questions,
    reconcile,
    resources,
    search,
    sparql,
    vocabulary,
)
from api.services import Services, open_services
from api.state import AppState
from kg.errors import BadParameterError
from kg.graphql.request.persisted_documents import DocumentCache
from kg.log_writer import writer_of_process
from kg.settings import Settings

_SWITCH_INTERVAL_S = 0.0005
"""A tenth of the default: threads that compute yield the interpreter to the event loop sooner."""


def from_environment() -> FastAPI:
    """The app that the ``KG_*`` variables describe, alone in its process. Raises BadParameterError or StoreError."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    return create_app(open_services(Settings.from_environment(os.environ)), writer_of_process())


class App(FastAPI):
    """FastAPI inside our own middleware, which is plain ASGI and sees every request."""

    def build_middleware_stack(self) -> ASGIApp:
        state: AppState = self.state.conflict_kg
        direct = FastPathMiddleware(super().build_middleware_stack(), sparql.ENDPOINTS)
        ready = ReadinessMiddleware(direct, state.readiness)
        settings = state.services.settings
        admission = AdmissionMiddleware(ready, state.services, state.shares, _body_limits(settings))
        app = RequestMetricsMiddleware(ResponseHeadersMiddleware(admission), state.metrics, state.access_log)
        return PublicPathMiddleware(app, settings.public_url) if settings.public_url else app


def _body_limits(settings: Settings) -> dict[str, int]:
    """By the start of their paths, what the routes receive that receive more with a token than without."""
    load_max = settings.load_max_mb * 1_000_000
    return {"/load": load_max, "/sparql": UPDATE_MAX_BYTES, "/graphs": load_max, "/graph/": load_max}


def create_app(services: Services, log: AccessLog | None = None) -> FastAPI:
    """The app over these services, which it closes when it ends. Two apps share nothing."""
    log = log or LoggerAccessLog()
    settings = services.settings
    app = App(
        title="conflict-kg",
        summary="Who said what about a conflict, in which source, and who disputes it.",
        lifespan=_lifespan,
        redirect_slashes=False,
        servers=[{"url": settings.path_prefix}] if settings.path_prefix else None,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # ours are RequestMetricsMiddleware's
    )
    query_runner = QueryRunner(services.executor)
    connections, shares = Connections(settings), ClientShares(settings.client_requests, settings.client_wait_s)
    app.state.conflict_kg = AppState(
        services=services,
        readiness=ReadinessProbe(),
        connections=connections,
        shares=shares,
        metrics=Metrics(services, log, connections, shares),
        access_log=log,
        renderer=PageRenderer(services.settings),
        query_runner=query_runner,
        reply_cache=ReplyCache(query_runner),
        sent_documents=DocumentCache(),
        sent_replies=SentReplies(),
        started=secrets.token_hex(8),
        started_at=time.time(),
    )
    add_exception_handlers(app)
    # Both serve /graph/..., and the first matching route wins: home graphs, or in plain mode the graph store.
    graphs = (graph_store, resources) if services.settings.plain else (resources, graph_store)
    modules = (
        sparql,
        graphql,
        questions,
        load,
        bulk_load,
        backup,
        *graphs,
        vocabulary,
        catalog,
        search,
        compare,
        reconcile,
        lists,
        health,
        home,
    )
    _check_public_path(settings.path_prefix, [module.router for module in modules])
    for module in modules:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=ASSETS))
    return app


def _check_public_path(prefix: str, routers: Iterable[APIRouter]) -> None:
    """Refuse a public address below whose path a request may be meant with its path or without it."""
    taken = {route.path.split("/")[1] for router in routers for route in router.routes if isinstance(route, Route)}
    first = prefix.partition("/")[2].partition("/")[0]
    if first and first in taken | {"static"}:
        raise BadParameterError("KG_PUBLIC_URL", f"the server has paths below /{first} itself; choose another")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Connections]]:
    state: AppState = app.state.conflict_kg
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare") as executor:
        try:
            # In the background, so that the server answers /healthz and /readyz meanwhile.
            with state.services.announce():
                state.readiness.track(executor.submit(state.prepare))
                executor.submit(state.services.index)
                executor.submit(state.services.validate)
                yield {CONNECTIONS: state.connections}
        finally:
            await run_in_threadpool(state.close)  # first, because it stops a preparation that still runs
