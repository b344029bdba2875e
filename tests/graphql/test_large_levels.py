"""Levels of many thousand nodes: asked for in parts, told as a whole, and still bounded."""

from collections.abc import Callable
from math import ceil
from typing import Any

import pyoxigraph as ox
import pytest

from kg import namespaces
from kg.execution.interface import Executor
from kg.execution.passthrough import PassthroughExecutor
from kg.graphql.execute import GraphQLService
from kg.graphql.plan import batch_loader, sparql_builder
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Change

Execute = Callable[..., dict[str, Any]]
ACTORS, EACH = 400, 30
QUERY = """query ($n: Int, $each: Int) { states(first: $n) { nodes { slug
  statementsMade(first: $each, where: {hedge: {eq: NONE}}) { totalCount nodes { slug hedge speaker { slug }
    asserts { attribution status gist } } }
  plain: statementsMade(first: $each) { nodes { slug disputedBy { totalCount } } } } } }"""


def node(path: str) -> ox.NamedNode:
    return ox.NamedNode(f"{DEFAULT_BASE_IRI}id/{path}")


def ck(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{namespaces.CK}{name}")


@pytest.fixture(scope="module")
def crowd() -> Executor:
    """Many actors, each with many statements of its own."""
    name, home = ox.NamedNode(f"{namespaces.SKOS}prefLabel"), ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/g")
    hedge = ox.NamedNode(f"{namespaces.VOCAB}hedge/none")
    triples = []
    for number in range(ACTORS):
        actor = node(f"actor/a{number:04}")
        triples += [(actor, namespaces.TYPE, ck("State")), (actor, name, ox.Literal(f"A {number}", language="en"))]
        for each in range(EACH):
            statement, said = node(f"statement/s{number:04}-{each:02}"), node(f"proposition/p{number:04}-{each:02}")
            triples += [
                (statement, namespaces.TYPE, ck("Statement")), (statement, ck("speaker"), actor),
                (statement, ck("hedge"), hedge), (statement, ck("asserts"), said),
                (said, namespaces.TYPE, ck("Assessment")), (said, ck("gist"), ox.Literal(f"{each}", language="en")),
            ]  # fmt: skip
    store = EmbeddedStore.in_memory()
    store.apply(Change(frozenset(), frozenset(ox.Quad(*each, home) for each in triples)))
    return PassthroughExecutor(store)


def test_a_level_of_many_thousand_nodes_is_answered(
    service: GraphQLService, execute_on: Callable[..., Execute], crowd: Executor
) -> None:
    execute = execute_on(service, crowd)
    small, large = execute(QUERY, n=20, each=EACH), execute(QUERY, n=ACTORS, each=EACH)
    assert "errors" not in large
    states = large["data"]["states"]["nodes"]
    assert len(states) == ACTORS
    for state in states:
        number = state["slug"].removeprefix("a")
        assert state["statementsMade"]["totalCount"] == EACH
        assert [each["slug"] for each in state["statementsMade"]["nodes"]] == [
            f"s{number}-{each:02}" for each in range(EACH)
        ]
        assert {each["speaker"]["slug"] for each in state["statementsMade"]["nodes"]} == {state["slug"]}
        assert state["statementsMade"]["nodes"][7]["asserts"] == {
            "attribution": f"asserted by A {int(number)}", "status": "UNCONTESTED", "gist": "7",
        }  # fmt: skip
    levels = small["extensions"]["queries"]
    assert levels < large["extensions"]["queries"] <= levels * ceil(ACTORS * EACH / batch_loader.BLOCK_NODES_MAX)


def test_parts_make_no_difference(
    service: GraphQLService, execute_on: Callable[..., Execute], crowd: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = execute_on(service, crowd)
    whole = execute(QUERY, n=30, each=5)
    monkeypatch.setattr(batch_loader, "BLOCK_NODES_MAX", 7)
    parts = execute(QUERY, n=30, each=5)
    assert parts["data"] == whole["data"]
    assert parts["extensions"]["queries"] <= whole["extensions"]["queries"] * ceil(150 / 7)
    monkeypatch.setattr(sparql_builder, "QUERY_LENGTH_MAX", 1_500)
    texts = execute(QUERY, explain=True, n=30, each=5)
    assert texts["data"] == whole["data"]
    assert max(len(each["sparql"]) for each in texts["extensions"]["explain"]) < 2_000


def test_rows_are_bounded_over_all_parts(
    service: GraphQLService, execute_on: Callable[..., Execute], crowd: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_loader, "ROWS_MAX", 5_000)
    content = execute_on(service, crowd)(QUERY, n=ACTORS, each=EACH)
    assert [each["extensions"]["code"] for each in content["errors"]] == ["RESULT_LIMIT_EXCEEDED"]


def test_time_is_bounded_over_all_parts(
    make_service: Callable[..., GraphQLService], execute_on: Callable[..., Execute], crowd: Executor
) -> None:
    content = execute_on(make_service(seconds=0.05), crowd)(QUERY, n=ACTORS, each=EACH)
    assert [each["extensions"]["code"] for each in content["errors"]] == ["TIME_LIMIT_EXCEEDED"]
    assert content["extensions"]["milliseconds"] < 5_000


def test_long_iris_are_cut_by_their_length() -> None:
    long = [f"http://example.org/{'x' * 30_000}/{number}" for number in range(7)]
    parts = list(batch_loader.split_nodes(long))
    assert [each for part in parts for each in part] == long
    assert max(len(part) for part in parts) == 2
