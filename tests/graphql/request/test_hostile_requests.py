"""Requests made to cost as much as possible: each gets data or an error code, with bounded CPU time and size."""

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

Execute = Callable[..., dict[str, Any]]
CPU_MAX_S = 6.0
"""CPU time of the thread of a request: unlike wall time it does not depend on what else the machine does."""
SIZE_MAX = 10_000_000
SERVER_ERRORS = {"INTERNAL_SERVER_ERROR", "QUERY_SYNTAX", "QUERY_REFUSED", "QUERY_FORBIDDEN", "DATA_DOES_NOT_CONFORM"}
IDS = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
ANSWER = 'a{n}: zoneCoverage(zone: "idlib", place: "jobar") {{ verdict }}'


def repeat(text: str, count: int, joint: str = " ") -> str:
    return joint.join(text.replace("{n}", str(n)).replace("{m}", str(n + 1)) for n in range(count))


def filters(depth: int) -> dict[str, Any]:
    where: dict[str, Any] = {}
    for _ in range(depth):
        where = {"and": [where]}
    return where


BOMBS: dict[str, tuple[str, dict[str, Any]]] = {
    "a field again and again": ("{ " + "zones { nodes { id } } " * 600 + "}", {}),
    "a deep field again and again": ("{ zones { nodes { " + "coverage { nodes { id status } } " * 500 + "} } }", {}),
    "many fragments of one field": (
        "{ " + repeat("...f{n}", 300) + " } " + repeat("fragment f{n} on Query { zones { nodes { id } } }", 300), {},
    ),
    "fragments that double at each step": (
        "{ ...f0 } " + repeat("fragment f{n} on Query { ...f{m} zones { nodes { id } } ...f{m} }", 200)
        + " fragment f200 on Query { __typename }", {},
    ),
    "fragments in a ring": (
        "{ zones { nodes { ...f0 } } } " + repeat("fragment f{n} on Zone { id ...f{m} }", 99)
        + " fragment f99 on Zone { ...f0 }", {},
    ),
    "a long string": ('{ zones(where: {prefLabel: {contains: "' + "x" * 90_000 + '"}}) { totalCount } }', {}),
    "a long block of lines": (
        '{ zones(where: {prefLabel: {contains: """' + "\n " * 30_000 + '"""}}) { totalCount } }', {},
    ),
    "a long name": ("{ " + "x" * 90_000 + " }", {}),
    "a long number": ("{ zones(first: " + "9" * 90_000 + ") { totalCount } }", {}),
    "a large variable": (
        "query ($t: String!) { zones(where: {prefLabel: {contains: $t}}) { totalCount } }", {"t": "x" * 900_000},
    ),
    "variables that are not declared": ("{ __typename }", {f"v{n}": n for n in range(50_000)}),
    "many variables": ("query (" + repeat("$v{n}: Int", 1_200) + ") { __typename }", {}),
    "many ids": (IDS, {"ids": [f"zone:x{n}" for n in range(50_000)]}),
    "many ids that are not strings": (IDS, {"ids": [{}] * 50_000}),
    "a deep filter": ("query ($w: ZoneWhere) { zones(where: $w) { totalCount } }", {"w": filters(90)}),
    "a deeper filter": ("query ($w: ZoneWhere) { zones(where: $w) { totalCount } }", {"w": filters(300)}),
    "a deep value": ("{ zones(where: " + "{and: [" * 400 + "{}" + "]}" * 400 + ") { totalCount } }", {}),
    "lists within lists": ("{ zones(orderBy: " + "[" * 2_000 + "]" * 2_000 + ") { totalCount } }", {}),
    "directives on one field": ("{ zones " + "@skip(if: false) " * 90 + "{ totalCount } }", {}),
    "fields that do not exist": ("{ " + repeat("x{n}", 4_000) + " }", {}),
    "nothing selected": ("{ statements { nodes { slug speaker { } } } }", {}),
    "many operations": (repeat("query q{n} { __typename }", 900), {}),
    "many answers": ("{ answer { " + repeat(ANSWER.replace("{{", "{").replace("}}", "}"), 90) + " } }", {}),
    "the catalogue many times": ("{ " + repeat("a{n}: questions { name description }", 99) + " }", {}),
    "full pages of full pages": (
        "{ statements(first: 500) { nodes { speaker { statementsMade(first: 500) { nodes { speaker "
        "{ statementsMade(first: 500) { nodes { id } } } } } } } } }", {},
    ),
    "aliases of full pages": (
        "{ " + repeat("a{n}: statements(first: 500) { nodes { id speaker { id } attribution } }", 90) + " }", {},
    ),
}  # fmt: skip


def client_error_codes(content: dict[str, Any]) -> set[str]:
    """The codes of the errors, none of which may be a fault of the server."""
    codes = {error["extensions"]["code"] for error in content.get("errors", ())}
    assert not codes & SERVER_ERRORS, content
    assert codes or content["data"] is not None
    return codes


@pytest.mark.parametrize(("query", "variables"), BOMBS.values(), ids=BOMBS)
def test_hostile_request_gets_data_or_a_code_at_bounded_cost(
    query: str, variables: dict[str, Any], execute: Execute
) -> None:
    start = time.thread_time()
    content = execute(query, **variables)
    assert time.thread_time() - start < CPU_MAX_S
    client_error_codes(content)
    assert len(json.dumps(content)) < SIZE_MAX


@pytest.mark.parametrize(
    "document", ["{ zones { } }", "{ statements { nodes { speaker { } } } }", "{ ... on Query { } }", "{ }"]
)
def test_empty_selection_set_is_an_error_of_the_client(document: str, execute: Execute) -> None:
    codes = client_error_codes(execute(document))
    assert len(codes) == 1
    assert codes <= {"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"}


def test_ids_are_limited_like_a_page(execute: Execute) -> None:
    assert client_error_codes(execute(IDS, ids=["zone:idlib"] * 501)) == {"PAGE_LIMIT_EXCEEDED"}
    assert len(execute(IDS, ids=["zone:idlib"] * 500)["data"]["nodes"]) == 500


PARTS = [
    "y{n}: zones(first: {n}) { nodes { id ...z } }", "a{n}: __typename", "...q",
    "zones @include{b} { ...c }",
    "b{n}: statements(first: {n}, offset: {n}) { nodes { id restates { restates { restates { id } } } } }",
    "c{n}: actors(last: {n}, where: {and: [{not: {id: {in: [\"a:b\"]}}}]}) { pageInfo { endCursor } totalCount }",
    'node(id: "{n}{n}{n}") { id }', "d{n}: __schema { types { name } }", '__type(name: "{n}") { name fields { name } }',
    "e{n}: propositions(first: {n}, orderBy: [{field: EARLIEST}]) { edges { cursor node { attribution } } }",
]  # fmt: skip
FRAGMENTS = (
    " fragment used on Query { used: __typename @include(if: $b) ...q }"
    " fragment q on Query { zones { ...c } }  fragment c on ZoneConnection { totalCount nodes { ...z } }"
    " fragment z on Zone { id coverage(first: 3) { nodes { attribution statements { nodes { ...s } } } } }"
    " fragment s on Statement { id attribution partOfStatement { id } }"
)


def test_random_hostile_requests_have_bounded_cost(execute: Execute) -> None:
    chance = random.Random(1)
    refused = []
    for _ in range(60):
        text = "".join(
            part.replace("{n}", str(chance.choice([0, 1, 7, 499, 500]))).replace("{b}", "(if: $b)") + " "
            for part in chance.choices(PARTS, k=chance.choice([1, 2, 20, 90]))
        )
        start = time.thread_time()
        refused.append(
            client_error_codes(
                execute(f"query ($b: Boolean = true) {{ ...used {text} }} {FRAGMENTS}", b=chance.random() < 0.5)
            )
        )
        assert time.thread_time() - start < CPU_MAX_S, text
    assert any(refused)
    assert not all(refused)
