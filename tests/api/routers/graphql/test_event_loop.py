"""Over a remote engine, GraphQL requests run in threads: while they wait for it, other requests are answered."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.procedures import create_procedures
from api.services import Services
from kg.access.access_control import AccessControl
from kg.execution.passthrough import PassthroughExecutor
from kg.execution.procedure import Procedure
from kg.knowledge_graph import KnowledgeGraph
from kg.questions.catalogue import Catalogue
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.store.interface import QueryResult
from kg.writer import Writer

QUERY = {"query": "{ zones { nodes { id } } }"}
REQUESTS = 50
"""More than there are threads."""


class BlockedStore(EmbeddedStore):
    """A store whose queries wait for ``unblock``; ``started`` counts them."""

    unblock = threading.Event()
    started = threading.Semaphore(0)

    def query_with_dataset(self, text: str, *arguments: Any, **options: Any) -> QueryResult:
        self.started.release()
        assert self.unblock.wait(30)
        return super().query_with_dataset(text, *arguments, **options)


@pytest.fixture
def store() -> Iterator[BlockedStore]:
    with closing(BlockedStore.in_memory()) as store:
        store.unblock, store.started = threading.Event(), threading.Semaphore(0)
        yield store


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("data"), client_requests=2 * REQUESTS)


@pytest.fixture(scope="module")
def procedures(settings: Settings) -> Mapping[str, Procedure]:
    return create_procedures(settings)


@pytest.fixture
def app(store: BlockedStore, settings: Settings, procedures: Mapping[str, Procedure]) -> FastAPI:
    """An app that is ready."""
    graph = KnowledgeGraph.from_store(settings, store)
    executor = PassthroughExecutor(store, procedures=procedures)
    services = Services(
        settings, graph, executor, Writer(settings, store, executor), Catalogue.load(), AccessControl.open(settings)
    )
    app, preparation = create_app(services), Future[None]()
    preparation.set_result(None)
    app.state.conflict_kg.readiness.track(preparation)
    return app


@pytest.mark.parametrize("requests", [1, REQUESTS])
@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/openapi.json"])
def test_other_requests_are_answered_while_graphql_waits(
    requests: int, path: str, app: FastAPI, store: BlockedStore
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
            with anyio.fail_after(60):
                while not store.started.acquire(blocking=False):
                    await anyio.sleep(0.01)
            assert (await client.get(path)).is_success
            assert not statuses, "a GraphQL request was answered before the engine was unblocked"
            store.unblock.set()

    anyio.run(get_meanwhile)
    assert statuses == [200] * requests
