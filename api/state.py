"""The state of one app, typed: everything that its routers and pages share. Nothing is added to it while it runs."""

import gc
from dataclasses import dataclass

from starlette.requests import Request

from api.http.access_log import AccessLog
from api.http.connections import Connections
from api.http.disconnect import QueryRunner
from api.http.etag import SentReplies
from api.http.reply_cache import ReplyCache
from api.middleware.admission import ClientShares
from api.middleware.readiness import ReadinessProbe
from api.middleware.request_metrics import Metrics
from api.pages.render import PageRenderer
from api.services import Services
from kg.graphql.request.persisted_documents import DocumentCache


@dataclass(frozen=True, slots=True)
class AppState:
    """What ``create_app`` wires; the parts live as long as the app."""

    services: Services
    readiness: ReadinessProbe
    connections: Connections
    shares: ClientShares
    metrics: Metrics
    access_log: AccessLog
    renderer: PageRenderer
    query_runner: QueryRunner
    reply_cache: ReplyCache
    sent_documents: DocumentCache
    """GraphQL documents that clients sent, by hash, for all workers."""
    sent_replies: SentReplies
    started: str
    """Identifies this process in entity tags."""
    started_at: float
    """When, in seconds since 1970: other code may write other bytes."""

    def prepare(self) -> None:
        """All that precedes the first request: the data and a worker. ``/readyz`` answers 503 until it is done.

        Raises InputRejectedError or StoreError.
        """
        self.services.prepare()
        self.services.wait_for_worker()
        _freeze_objects()

    def close(self) -> None:
        """Write the rest of the log and close the services."""
        self.access_log.flush()
        self.services.close()


def _freeze_objects() -> None:
    """Exempt all present objects, schemas above all, from garbage collection, which would scan them in each request."""
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


def state_of(request: Request) -> AppState:
    """The state of the app that serves this request."""
    state: AppState = request.app.state.conflict_kg
    return state
