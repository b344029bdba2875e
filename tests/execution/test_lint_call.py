"""The lint of the table of procedures, as executors call it: properties and links of results, errors in their place."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from kg.errors import QueryRefusedError, QuerySyntaxError
from kg.execution.interface import Query
from kg.execution.passthrough import PassthroughExecutor
from kg.execution.procedure import LINT_QUERY, Procedure, Reply
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store

WARNED = {"warnings": [{"rule": "r"}], "links": ["http://example.org/warnings#r"]}


@pytest.fixture
def run() -> Callable[..., Any]:
    """Runs a query in an executor whose table has this lint."""

    def run_query(lint: Procedure | None, text: str, base_iri: str = "http://example.org/sparql") -> Any:
        procedures = {LINT_QUERY: lint} if lint else {}
        return PassthroughExecutor(EmbeddedStore.in_memory(), procedures=procedures).run(
            Query(text=text, base_iri=base_iri)
        )

    return run_query


def test_the_properties_of_the_lint_are_those_of_the_result(run: Callable[..., Any]) -> None:
    calls: list[Mapping[str, Any]] = []

    def lint(_store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        calls.append(arguments)
        return Reply(media_type="", body=(), properties=WARNED)

    result = run(lint, "SELECT * {}")
    assert result.properties == WARNED
    assert json.loads(result.body)["head"] == {"vars": [], "link": WARNED["links"]}
    assert calls == [
        {"text": "SELECT * {}", "base_iri": "http://example.org/sparql", "graphs": (), "is_refused": False}
    ]


def test_without_a_lint_a_result_has_no_properties(run: Callable[..., Any]) -> None:
    assert run(None, "ASK {}").properties == {}


def test_a_lint_may_refuse_a_query(run: Callable[..., Any]) -> None:
    def lint(_store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
        raise QueryRefusedError("no")

    with pytest.raises(QueryRefusedError, match="no"):
        run(lint, "ASK {}")


def test_a_lint_is_asked_why_a_query_does_not_parse(run: Callable[..., Any]) -> None:
    def explain(_store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        if arguments["is_refused"]:
            raise QuerySyntaxError("a better reason")
        return Reply(media_type="", body=())

    with pytest.raises(QuerySyntaxError, match="a better reason"):
        run(explain, "ASK { ?s x:y ?o }")

    def silent(_store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
        return Reply(media_type="", body=())

    with pytest.raises(QuerySyntaxError, match="expected"):
        run(silent, "ASK { ?s }")
