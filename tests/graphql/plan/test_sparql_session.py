"""Few requests compute at once; a request that waits for an engine does not count."""

import threading

from kg.execution.passthrough import PassthroughExecutor
from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.plan.sparql_session import COMPUTE_SLOTS, ComputeLimiter
from kg.graphql.request import errors
from kg.graphql.request.query_cost import RequestLimits
from kg.knowledge_graph import KnowledgeGraph
from kg.questions.catalogue import Catalogue
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore

QUERY = "{ zones { nodes { id } } }"


def test_request_that_waits_for_an_engine_does_not_count() -> None:
    limiter = ComputeLimiter(1)
    with limiter.acquire(1) as first, limiter.release_while_waiting(), limiter.acquire(1) as second:
        assert first
        assert second
        with limiter.acquire(0.01) as third:
            assert not third
    with limiter.acquire(0.01) as again:
        assert again


def test_request_that_waits_longer_than_its_deadline_fails(shipped_store: EmbeddedStore) -> None:
    graph = KnowledgeGraph.from_store(Settings(), shipped_store)
    service = GraphQLService(graph.schema, Catalogue.load(), Settings().base_iri, limits=RequestLimits(seconds=1.0))
    are_computing, end = threading.Barrier(COMPUTE_SLOTS + 1), threading.Event()

    def compute() -> None:
        with service.limiter.acquire(1):
            are_computing.wait(10)
            end.wait(10)

    threads = [threading.Thread(target=compute) for _ in range(COMPUTE_SLOTS)]
    for thread in threads:
        thread.start()
    are_computing.wait(10)
    result = service.execute(GraphQLRequest(query=QUERY), PassthroughExecutor(shipped_store))
    end.set()
    for thread in threads:
        thread.join()
    assert [(error.extensions or {})["code"] for error in result.errors] == [errors.TOO_LATE]
    assert not service.execute(GraphQLRequest(query=QUERY), PassthroughExecutor(shipped_store)).errors
