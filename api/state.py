"""The state of one app, typed: everything that its routers and pages share. Nothing is added to it while it runs."""

import gc
from dataclasses import dataclass
from threading import Lock

import jinja2
from anyio import CapacityLimiter
from starlette.requests import Request

from api.http.access_log import AccessLog
from api.http.disconnect import QueryRunner
from api.http.service_description import TripleCounter
from api.middleware.readiness import ReadinessProbe
from api.middleware.request_metrics import Metrics
from api.services import Services
from kg.execution.serial_executor import SerialExecutor
from kg.graphql.execute import GraphQLService
from kg.graphql.request.persisted_documents import PersistedDocuments
from kg.graphql.request.query_cost import RequestLimits

GRAPHQL_THREADS = 32
"""GraphQL requests under way at once. They have threads of their own, so that other routes keep theirs."""
_GC_THRESHOLDS = 5_000, 20, 50
"""A large GraphQL request creates some hundred thousand objects, nearly all of which die by reference count."""


class GraphQLRuntime:
    """GraphQL of one app: the service, the persisted documents and the limit on threads."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._service: GraphQLService | None = None
        self._lock = Lock()
        self.documents = PersistedDocuments(services.settings.graphql_documents)
        self.limiter = CapacityLimiter(GRAPHQL_THREADS)

    @property
    def service(self) -> GraphQLService:
        """The service, built at the first use; that takes a second or two, so ``AppState.prepare`` comes first."""
        with self._lock:
            if self._service is None:
                self._service = _build_service(self._services)
            return self._service

    @property
    def is_built(self) -> bool:
        """Whether the service exists."""
        return self._service is not None


def _build_service(services: Services) -> GraphQLService:
    settings = services.settings
    return GraphQLService(
        services.knowledge_graph.schema,
        services.catalogue,
        settings.base_iri,
        limits=RequestLimits(seconds=settings.query_timeout_s),
        requires_attribution=settings.graphql_attribution,
    )


@dataclass(frozen=True, slots=True)
class AppState:
    """What ``create_app`` wires; the parts live as long as the app."""

    services: Services
    readiness: ReadinessProbe
    metrics: Metrics
    access_log: AccessLog
    templates: jinja2.Environment
    query_runner: QueryRunner
    text_executor: SerialExecutor
    """Where long request texts are parsed: one at a time, outside the event loop."""
    triple_counter: TripleCounter
    graphql: GraphQLRuntime

    def prepare(self) -> None:
        """All that precedes the first request: load the data, build GraphQL. ``/readyz`` answers 503 until it is done.

        Raises InputRejectedError or StoreError.
        """
        self.services.prepare()
        _ = self.graphql.service
        _freeze_objects()

    def close(self) -> None:
        """Write the rest of the log and close the services."""
        self.access_log.flush()
        self.text_executor.close()
        self.services.close()


def _freeze_objects() -> None:
    """Exempt all present objects, schemas above all, from garbage collection, which would scan them in each request."""
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_GC_THRESHOLDS)


def state_of(request: Request) -> AppState:
    """The state of the app that serves this request."""
    state: AppState = request.app.state.conflict_kg
    return state
