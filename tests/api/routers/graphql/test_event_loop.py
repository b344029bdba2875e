"""GraphQL requests run in threads of their own: while they wait for an engine, other requests are answered."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing

import anyio
import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.services import Services
from api.state import GRAPHQL_THREADS
from kg.execution.interface import Call, Query
from kg.execution.passthrough import CompleteResult, PassthroughExecutor
from kg.knowledge_graph import KnowledgeGraph
from kg.questions.catalogue import Catalogue
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.writer import Writer

QUERY = {"query": "{ zones { nodes { id } } }"}


class BlockedExecutor(PassthroughExecutor):
    """An executor whose queries wait for ``unblock``; ``started`` counts them."""

    def __init__(self, store: EmbeddedStore) -> None:
        super().__init__(store)
        self.unblock = threading.Event()
        self.started = threading.Semaphore(0)

    def run(self, request: Query | Call) -> CompleteResult:
        self.started.release()
        assert self.unblock.wait(30)
        return super().run(request)


@pytest.fixture
def store() -> Iterator[EmbeddedStore]:
    with closing(EmbeddedStore.in_memory()) as store:
        yield store


@pytest.fixture
def executor(store: EmbeddedStore) -> BlockedExecutor:
    return BlockedExecutor(store)


@pytest.fixture
def app(executor: BlockedExecutor, store: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """An app that is ready."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    graph = KnowledgeGraph.from_store(settings, store)
    services = Services(settings, graph, executor, Writer(settings, store, executor), Catalogue.load(), "token")
    app, preparation = create_app(services), Future[None]()
    preparation.set_result(None)
    app.state.conflict_kg.readiness.track(preparation)
    return app


@pytest.mark.parametrize("requests", [1, GRAPHQL_THREADS + 20])
@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/graphql/schema", "/openapi.json"])
def test_other_requests_are_answered_while_graphql_waits(
    requests: int, path: str, app: FastAPI, executor: BlockedExecutor
) -> None:
    statuses: list[int] = []

    async def send(client: httpx.AsyncClient) -> None:
        statuses.append((await client.post("/graphql", json=QUERY)).status_code)

    async def get_meanwhile() -> None:
        async with (
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", timeout=30) as client,
            anyio.create_task_group() as group,
        ):
            for _ in range(requests):
                group.start_soon(send, client)
            while not executor.started.acquire(blocking=False):
                await anyio.sleep(0.01)
            assert (await client.get(path)).is_success
            assert not statuses, "a GraphQL request was answered before the engine was unblocked"
            executor.unblock.set()

    anyio.run(get_meanwhile)
    assert statuses == [200] * requests
