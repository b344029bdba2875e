"""The queries of a request share its time, and their results are complete before they are used."""

from typing import Any

import pytest
from graphql import GraphQLError

from kg.errors import QueryDeadlineError, QuerySyntaxError
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.request import error_codes, errors
from kg.store.embedded import EmbeddedStore
from kg.store.interface import QueryResult

ASK = "ASK {}"


class SlowStore(EmbeddedStore):
    """A store that is told how long a query may take; ``timeouts`` records it."""

    timeouts: list[float | None]

    def query_with_dataset(
        self, text: str, *graphs: Any, timeout_s: float | None = None, **options: Any
    ) -> QueryResult:
        self.timeouts.append(timeout_s)
        if not timeout_s or timeout_s < 5:
            raise QueryDeadlineError(timeout_s or 0)
        assert not graphs
        return super().query_with_dataset(text, **options)


@pytest.fixture
def slow_store() -> SlowStore:
    store = SlowStore.in_memory()
    store.timeouts = []
    return store


def test_a_store_with_timeouts_gets_the_time_that_is_left(slow_store: SlowStore) -> None:
    session = SparqlSession(slow_store, 10.0)
    session.query(ASK)
    session.started -= 4
    session.query(ASK)
    first, second = slow_store.timeouts
    assert first is not None
    assert second is not None
    assert 9 < first <= 10
    assert 5 < second <= 6


def test_a_query_that_uses_up_the_time_ends_the_request(slow_store: SlowStore) -> None:
    session = SparqlSession(slow_store, 10.0)
    session.started -= 9.6  # the worker would be killed at the end of the tenth second
    with pytest.raises(GraphQLError) as raised:
        session.query(ASK)
    assert errors.code_of(raised.value) == error_codes.TOO_LATE
    assert (raised.value.extensions or {})["limit"] == 10
    assert slow_store.timeouts == []


def test_queries_are_recorded_even_if_they_fail() -> None:
    session = SparqlSession(EmbeddedStore.in_memory(), 10.0)
    with pytest.raises(QuerySyntaxError):
        list(session.rows("SELECT nothing"))
    assert list(session.rows("SELECT ?x { VALUES ?x { 1 2 } }")) == [["1"], ["2"]]
    assert [query.sparql for query in session.queries] == ["SELECT nothing", "SELECT ?x { VALUES ?x { 1 2 } }"]
