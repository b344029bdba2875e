"""Layers of many thousand nodes: loaded in parts, completed as a whole, and still limited."""

from collections.abc import Callable
from math import ceil
from typing import Any

import pyoxigraph as ox
import pytest

from kg import namespaces
from kg.graphql.execute import GraphQLService
from kg.graphql.plan import batch_loader, sparql_builder
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

Execute = Callable[..., dict[str, Any]]
ACTORS, STATEMENTS = 400, 30
QUERY = """query ($n: Int, $size: Int) { states(first: $n) { nodes { slug
  statementsMade(first: $size, where: {hedge: {eq: NONE}}) { totalCount nodes { slug hedge speaker { slug }
    asserts { attribution status gist } } }
  plain: statementsMade(first: $size) { nodes { slug restatedBy { totalCount } } } } } }"""


def node(path: str) -> ox.NamedNode:
    return ox.NamedNode(f"{DEFAULT_BASE_IRI}id/{path}")


def ck(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{namespaces.CK}{name}")


@pytest.fixture(scope="module")
def many_statements() -> EmbeddedStore:
    """Many actors, each with many statements of its own."""
    name, home = ox.NamedNode(f"{namespaces.SKOS}prefLabel"), ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/g")
    hedge = ox.NamedNode(f"{namespaces.VOCAB}hedge/none")
    triples: list[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]] = []
    for number in range(ACTORS):
        actor = node(f"actor/a{number:04}")
        triples += [(actor, namespaces.TYPE, ck("State")), (actor, name, ox.Literal(f"A {number}", language="en"))]
        for index in range(STATEMENTS):
            slug = f"{number:04}-{index:02}"
            statement, proposition = node(f"statement/s{slug}"), node(f"proposition/p{slug}")
            triples += [
                (statement, namespaces.TYPE, ck("Statement")), (statement, ck("speaker"), actor),
                (statement, ck("hedge"), hedge), (statement, ck("asserts"), proposition),
                (proposition, namespaces.TYPE, ck("Assessment")),
                (proposition, ck("gist"), ox.Literal(f"{index}", language="en")),
            ]  # fmt: skip
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(ox.Quad(*triple, home) for triple in triples)))
    return store


@pytest.fixture(scope="module")
def service(make_service: Callable[..., GraphQLService]) -> GraphQLService:
    """A service that loads what is selected, and nothing for its attribution."""
    return make_service(requires_attribution=False)


@pytest.fixture(scope="module")
def large(
    make_service: Callable[..., GraphQLService], execute_on: Callable[..., Execute], many_statements: EmbeddedStore
) -> dict[str, Any]:
    """The response with all actors and statements, without a deadline that a busy machine would miss."""
    return execute_on(make_service(requires_attribution=False, seconds=600), many_statements)(
        QUERY, n=ACTORS, size=STATEMENTS
    )


def test_a_layer_of_many_thousand_nodes_is_loaded(
    service: GraphQLService, execute_on: Callable[..., Execute], many_statements: EmbeddedStore, large: dict[str, Any]
) -> None:
    small = execute_on(service, many_statements)(QUERY, n=20, size=STATEMENTS)
    assert "errors" not in large
    states = large["data"]["states"]["nodes"]
    assert len(states) == ACTORS
    for state in states:
        number = state["slug"].removeprefix("a")
        assert state["statementsMade"]["totalCount"] == STATEMENTS
        statements = state["statementsMade"]["nodes"]
        assert [statement["slug"] for statement in statements] == [
            f"s{number}-{index:02}" for index in range(STATEMENTS)
        ]
        assert {statement["speaker"]["slug"] for statement in statements} == {state["slug"]}
        assert statements[7]["asserts"] == {
            "attribution": f"said by A {int(number)}", "status": "CLAIMED", "gist": "7",
        }  # fmt: skip
    layers = small["extensions"]["queries"]
    assert layers < large["extensions"]["queries"] <= layers * ceil(ACTORS * STATEMENTS / batch_loader.BLOCK_NODES_MAX)


def test_data_does_not_depend_on_the_number_of_parts(
    service: GraphQLService,
    execute_on: Callable[..., Execute],
    many_statements: EmbeddedStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    execute = execute_on(service, many_statements)
    whole = execute(QUERY, n=30, size=5)
    monkeypatch.setattr(batch_loader, "BLOCK_NODES_MAX", 7)
    parts = execute(QUERY, n=30, size=5)
    assert parts["data"] == whole["data"]
    assert parts["extensions"]["queries"] <= whole["extensions"]["queries"] * ceil(150 / 7)
    monkeypatch.setattr(sparql_builder, "QUERY_LENGTH_MAX", 1_500)
    short = execute(QUERY, explain=True, n=30, size=5)
    assert short["data"] == whole["data"]
    layers = [query["sparql"] for query in short["extensions"]["explain"] if "?b ?s ?p ?o" in query["sparql"]]
    assert max(map(len, layers)) < 2_000


def test_rows_are_limited_over_all_parts(
    service: GraphQLService,
    execute_on: Callable[..., Execute],
    many_statements: EmbeddedStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batch_loader, "ROWS_MAX", 5_000)
    content = execute_on(service, many_statements)(QUERY, n=ACTORS, size=STATEMENTS)
    assert [error["extensions"]["code"] for error in content["errors"]] == ["RESULT_LIMIT_EXCEEDED"]


def test_time_is_limited_over_all_parts(
    make_service: Callable[..., GraphQLService],
    execute_on: Callable[..., Execute],
    many_statements: EmbeddedStore,
    large: dict[str, Any],
) -> None:
    content = execute_on(make_service(requires_attribution=False, seconds=0.05), many_statements)(
        QUERY, n=ACTORS, size=STATEMENTS
    )
    assert [error["extensions"]["code"] for error in content["errors"]] == ["TIME_LIMIT_EXCEEDED"]
    assert content["extensions"]["queries"] < large["extensions"]["queries"]


def test_parts_are_limited_by_the_length_of_their_iris() -> None:
    long = [f"http://example.org/{'x' * 30_000}/{number}" for number in range(7)]
    parts = list(batch_loader.split_nodes(long))
    assert [iri for part in parts for iri in part] == long
    assert max(len(part) for part in parts) == 2
