"""While requests of GraphQL are slow, everything else on the same loop is answered at once."""

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
from kg.execution.interface import Query
from kg.execution.passthrough import PassthroughExecutor, WholeResult
from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.plan.sparql_session import COMPUTE_SLOTS, ComputeLimiter
from kg.graphql.request import errors
from kg.graphql.request.query_cost import RequestLimits
from kg.knowledge_graph import KnowledgeGraph
from kg.questions.catalogue import Catalogue
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore

QUERY = {"query": "{ zones { nodes { id } } }"}


class Waiting(PassthroughExecutor):
    """An executor that gives nothing before it is let."""

    def __init__(self, store: EmbeddedStore) -> None:
        super().__init__(store)
        self.let = threading.Event()
        self.asked = threading.Semaphore(0)

    def run(self, query: Query) -> WholeResult:
        self.asked.release()
        assert self.let.wait(30)
        return super().run(query)


@pytest.fixture
def waiting(shipped_store: EmbeddedStore) -> Waiting:
    return Waiting(shipped_store)


@pytest.fixture
def app(waiting: Waiting, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    with closing(EmbeddedStore.in_memory()) as store:
        app = create_app(
            Services(settings, KnowledgeGraph.from_store(settings, store), waiting, Catalogue.load(), "token")
        )
        prepared: Future[None] = Future()
        prepared.set_result(None)
        app.state.conflict_kg.readiness.track(prepared)
        yield app


@pytest.mark.parametrize("requests", [1, GRAPHQL_THREADS + 20])
@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/graphql/schema", "/openapi.json"])
def test_other_requests_are_answered_while_graphql_waits(
    requests: int, path: str, app: FastAPI, waiting: Waiting
) -> None:
    statuses: list[int] = []

    async def execute(client: httpx.AsyncClient) -> None:
        statuses.append((await client.post("/graphql", json=QUERY)).status_code)

    async def get_while_graphql_waits() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", timeout=30) as client:
            await client.get(path)  # what is made once is made
            async with anyio.create_task_group() as group:
                for _ in range(requests):
                    group.start_soon(execute, client)
                while not waiting.asked.acquire(blocking=False):
                    await anyio.sleep(0.01)
                assert (await client.get(path)).is_success
                assert not statuses, "no GraphQL request was answered before the other one"
                waiting.let.set()

    anyio.run(get_while_graphql_waits)
    assert statuses == [200] * requests


def test_waiting_for_an_engine_takes_nobodys_turn() -> None:
    limiter = ComputeLimiter(1)
    with limiter.acquire(1) as has_come, limiter.release_while_waiting(), limiter.acquire(1) as has_come_too:
        assert has_come
        assert has_come_too
        with limiter.acquire(0.01) as third:
            assert not third
    with limiter.acquire(0.01) as again:
        assert again


def test_who_waits_too_long_for_a_turn_is_told(shipped_store: EmbeddedStore) -> None:
    publication = KnowledgeGraph.from_store(Settings(), shipped_store)
    service = GraphQLService(
        publication.schema, Catalogue.load(), Settings().base_iri, limits=RequestLimits(seconds=1.0)
    )
    have_come, go_on = threading.Barrier(COMPUTE_SLOTS + 1), threading.Event()

    def hold() -> None:
        with service.limiter.acquire(1):
            have_come.wait(10)
            go_on.wait(10)

    asked = [threading.Thread(target=hold) for _ in range(COMPUTE_SLOTS)]
    for each in asked:
        each.start()
    have_come.wait(10)
    told = service.execute(GraphQLRequest(query=QUERY["query"]), PassthroughExecutor(shipped_store))
    go_on.set()
    for each in asked:
        each.join()
    assert [(error.extensions or {})["code"] for error in told.errors] == [errors.TOO_LATE]
    assert not service.execute(GraphQLRequest(query=QUERY["query"]), PassthroughExecutor(shipped_store)).errors
