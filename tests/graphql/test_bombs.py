"""Requests made to cost as much as they can: each gets an answer or a typed error, soon and of bounded size."""

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

Execute = Callable[..., dict[str, Any]]
QUICK_S = 6.0
SIZE_MAX = 5_000_000
OURS = {"INTERNAL_SERVER_ERROR", "QUERY_SYNTAX", "QUERY_REFUSED", "QUERY_FORBIDDEN", "DATA_DOES_NOT_CONFORM"}
IDS = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
ANSWER = 'a{n}: zoneCoverage(zone: "idlib", place: "jobar") {{ verdict }}'


def times(text: str, count: int, joint: str = " ") -> str:
    return joint.join(text.replace("{n}", str(n)).replace("{m}", str(n + 1)) for n in range(count))


def filters(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(depth):
        found = {"and": [found]}
    return found


BOMBS: dict[str, tuple[str, dict[str, Any]]] = {
    "a field again and again": ("{ " + "zones { nodes { id } } " * 600 + "}", {}),
    "a deep field again and again": ("{ zones { nodes { " + "coverage { nodes { id status } } " * 500 + "} } }", {}),
    "many fragments of one field": (
        "{ " + times("...f{n}", 300) + " } " + times("fragment f{n} on Query { zones { nodes { id } } }", 300), {},
    ),
    "fragments that double at each step": (
        "{ ...f0 } " + times("fragment f{n} on Query { ...f{m} zones { nodes { id } } ...f{m} }", 200)
        + " fragment f200 on Query { __typename }", {},
    ),
    "fragments in a ring": (
        "{ zones { nodes { ...f0 } } } " + times("fragment f{n} on Zone { id ...f{m} }", 99)
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
    "variables that nobody asked for": ("{ __typename }", {f"v{n}": n for n in range(50_000)}),
    "many variables": ("query (" + times("$v{n}: Int", 1_200) + ") { __typename }", {}),
    "many ids": (IDS, {"ids": [f"zone:x{n}" for n in range(50_000)]}),
    "many ids that are none": (IDS, {"ids": [{}] * 50_000}),
    "a deep filter": ("query ($w: ZoneWhere) { zones(where: $w) { totalCount } }", {"w": filters(90)}),
    "a deeper filter": ("query ($w: ZoneWhere) { zones(where: $w) { totalCount } }", {"w": filters(300)}),
    "a deep value": ("{ zones(where: " + "{and: [" * 400 + "{}" + "]}" * 400 + ") { totalCount } }", {}),
    "lists within lists": ("{ zones(orderBy: " + "[" * 2_000 + "]" * 2_000 + ") { totalCount } }", {}),
    "directives on one field": ("{ zones " + "@skip(if: false) " * 90 + "{ totalCount } }", {}),
    "fields that are none": ("{ " + times("x{n}", 4_000) + " }", {}),
    "many operations": (times("query q{n} { __typename }", 900), {}),
    "many answers": ("{ answer { " + times(ANSWER.replace("{{", "{").replace("}}", "}"), 90) + " } }", {}),
    "the catalogue many times": ("{ " + times("a{n}: questions { name description }", 99) + " }", {}),
    "full pages of full pages": (
        "{ statements(first: 500) { nodes { speaker { statementsMade(first: 500) { nodes { speaker "
        "{ statementsMade(first: 500) { nodes { id } } } } } } } } }", {},
    ),
    "aliases of full pages": (
        "{ " + times("a{n}: statements(first: 500) { nodes { id speaker { id } attribution } }", 90) + " }", {},
    ),
}  # fmt: skip


def told_well(content: dict[str, Any]) -> set[str]:
    """The codes of its errors, which are all of the caller's."""
    codes = {each["extensions"]["code"] for each in content.get("errors", ())}
    assert not codes & OURS, content
    assert codes or content["data"] is not None
    return codes


@pytest.mark.parametrize(("query", "variables"), BOMBS.values(), ids=BOMBS)
def test_it_ends_soon_with_an_answer_or_a_code(query: str, variables: dict[str, Any], execute: Execute) -> None:
    start = time.monotonic()
    content = execute(query, **variables)
    assert time.monotonic() - start < QUICK_S
    told_well(content)
    assert len(json.dumps(content)) < SIZE_MAX


def test_ids_are_a_page(execute: Execute) -> None:
    assert told_well(execute(IDS, ids=["zone:idlib"] * 501)) == {"PAGE_LIMIT_EXCEEDED"}
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
    " fragment s on Statement { id speaker { id } partOfStatement { id } }"
)


def test_random_floods_end_soon_too(execute: Execute) -> None:
    chance = random.Random(1)
    refused = []
    for _ in range(60):
        text = "".join(
            each.replace("{n}", str(chance.choice([0, 1, 7, 499, 500]))).replace("{b}", "(if: $b)") + " "
            for each in chance.choices(PARTS, k=chance.choice([1, 2, 20, 90]))
        )
        start = time.monotonic()
        refused.append(
            told_well(execute(f"query ($b: Boolean = true) {{ ...used {text} }} {FRAGMENTS}", b=chance.random() < 0.5))
        )
        assert time.monotonic() - start < QUICK_S, text
    assert any(refused)
    assert not all(refused)
