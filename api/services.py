"""What the routers work with, handed to the app once. Owns opening and closing; nothing here is global."""

import secrets
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from starlette.requests import Request

from kg.execution.interface import Executor
from kg.execution.passthrough import PassthroughExecutor
from kg.execution.pool import WorkerPool
from kg.knowledge_graph import KnowledgeGraph
from kg.questions.catalogue import Catalogue
from kg.server_file import ServerAddress, publish_address
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore


@dataclass(frozen=True, slots=True)
class Services:
    """The running core: a knowledge graph, an executor over its store, the catalogue, and the tokens that may write."""

    settings: Settings
    knowledge_graph: KnowledgeGraph
    executor: Executor
    catalogue: Catalogue
    command_line_token: str
    """What the command line of this machine finds in the data directory; no one else knows it."""

    def prepare(self) -> None:
        """What has to happen before data can be served; until it returns, ``/readyz`` answers 503."""
        self.knowledge_graph.prepare()
        self.executor.refresh()

    def announce(self) -> AbstractContextManager[None]:
        """Let the command line find this server, for as long as it holds a data directory."""
        if self.settings.store:
            return nullcontext()
        url = f"http://{self.settings.host}:{self.settings.port}"
        return publish_address(self.settings.data_dir, ServerAddress(url, self.command_line_token))

    def may_write(self, token: str) -> bool:
        """Whether a bearer of this token may load."""
        known = [each for each in (self.command_line_token, self.settings.write_token) if each]
        return any([secrets.compare_digest(token.encode(), each.encode()) for each in known])

    def close(self) -> None:
        """Close all of it; the executor first, because it copies from the store."""
        self.executor.close()
        self.knowledge_graph.close()


def open_services(settings: Settings) -> Services:
    """Services as the settings ask for them. Raises StoreError."""
    graph = KnowledgeGraph.open(settings)
    return Services(settings, graph, _executor(graph), Catalogue.load(), secrets.token_urlsafe(32))


def _executor(graph: KnowledgeGraph) -> Executor:
    store = graph.store
    if isinstance(store, EmbeddedStore):
        return WorkerPool(store, graph.settings.data_dir / "workers", graph.settings)
    return PassthroughExecutor(store, queue_length=graph.settings.queue_length)


def of(request: Request) -> Services:
    """The services of the app that serves this request."""
    services: Services = request.app.state.services
    return services
