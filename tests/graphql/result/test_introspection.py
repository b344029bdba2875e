"""Results of introspection are kept by document; only what the schema and the document determine is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import execute_sync

from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.result.introspection import IntrospectionCache, IntrospectionResult
from kg.store.embedded import EmbeddedStore

Run = Callable[..., dict[str, Any]]
TYPE = '{ __type(name: "Zone") { name } }'


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is executed by graphql-core meanwhile."""
    calls: list[object] = []

    def record(*arguments: Any, **named: Any) -> Any:
        calls.append(arguments)
        return execute_sync(*arguments, **named)

    monkeypatch.setattr("kg.graphql.result.introspection.execute_sync", record)
    return calls


@pytest.fixture
def run(make_service: Callable[..., GraphQLService]) -> Run:
    service, store = make_service(), EmbeddedStore.in_memory()

    def execute(query: str, operation: str | None = None, **variables: Any) -> dict[str, Any]:
        request = GraphQLRequest(query=query, operation_name=operation, variables=variables)
        return service.execute(request, store).formatted

    return execute


def test_the_same_document_is_executed_once(run: Run, executed: list[object]) -> None:
    results = [run(text)["data"] for text in (TYPE, TYPE, f"\n{TYPE} # a comment", f"\n{TYPE} # a comment")]
    assert results == [{"__type": {"name": "Zone"}}] * 4
    assert len(executed) == 1


def test_spaces_in_strings_count(run: Run) -> None:
    assert run('{ __type(name: "Zone") { name } }')["data"] == {"__type": {"name": "Zone"}}
    assert run('{ __type(name: "Zone ") { name } }')["data"] == {"__type": None}


def test_variables_and_operation_names_are_not_mixed_up(run: Run) -> None:
    query = 'query ($n: String = "Zone") { __type(name: $n) { name } }'
    assert run(query)["data"] == {"__type": {"name": "Zone"}}
    assert run(query, n="State")["data"] == {"__type": {"name": "State"}}
    assert run(query)["data"] == {"__type": {"name": "Zone"}}
    two = 'query A { __type(name: "Zone") { name } } query B { __type(name: "State") { name } }'
    for name, type_ in (("A", "Zone"), ("B", "State"), ("A", "Zone")):
        assert run(two, name)["data"] == {"__type": {"name": type_}}
    assert "errors" in run(two)


def test_requests_for_data_too_are_executed_each_time(run: Run, executed: list[object]) -> None:
    for _ in range(2):
        assert run('{ __type(name: "Zone") { name } zones { totalCount } }')["data"]["zones"] == {"totalCount": 0}
    assert len(executed) == 2


def test_what_is_kept_is_bounded() -> None:
    cache = IntrospectionCache(max_bytes=1_000)
    large, small = IntrospectionResult(b"x" * 500, 0), IntrospectionResult(b"x" * 100, 0)
    cache.put("{ large }", None, large)
    assert cache.find("{ large }", None) is None
    for number in range(20):
        cache.put(f"{{a{number}}}", None, small)
    kept = [number for number in range(20) if cache.find(f"{{a{number}}}", None)]
    assert kept == list(range(kept[0], 20))
    assert 5 <= len(kept) <= 9
