"""All the wiring, on one screen. ``uvicorn --factory api.app:from_environment`` serves it."""

import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from api import (
    errors,
    graphql,
    graphstore,
    loading,
    operations,
    pages,
    questions,
    resources,
    sparql,
    telemetry,
    vocabulary,
)
from api.description import Counter
from api.direct import Direct
from api.operations import ClosedUntilReady, Readiness
from api.origins import OpenToAllOrigins
from api.services import Services, opened
from kg import settings


def from_environment() -> FastAPI:
    """The app as ``KG_*`` variables ask for it. Raises BadParameter or StoreFailure."""
    telemetry.log_requests()
    return create_app(opened(settings.from_environment(os.environ)))


def create_app(services: Services) -> FastAPI:
    """The app over these services, which it closes when it ends. Apps share nothing."""
    app = FastAPI(
        title="conflict-kg",
        summary="Who said what about a conflict, in which source, and who disputes it.",
        lifespan=_lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.state.readiness = readiness = Readiness()
    app.state.counter = Counter()
    app.state.pages = pages.environment(services.settings.base_iri)
    app.state.metrics = telemetry.Metrics(services)
    app.add_middleware(Direct, endpoints=sparql.ENDPOINTS)
    app.add_middleware(ClosedUntilReady, readiness=readiness)
    app.add_middleware(OpenToAllOrigins)
    app.add_middleware(telemetry.Observed, metrics=app.state.metrics)
    errors.install(app)
    # Under /graph/ the first to answer wins: pages and data of home graphs, or in plain mode the graph store.
    graphs = (graphstore, resources) if services.settings.plain else (resources, graphstore)
    for module in (sparql, graphql, questions, loading, *graphs, vocabulary, operations, pages):
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
        telemetry.flush()
        await run_in_threadpool(services.close)
