"""Connections over the shipped data: order, cursors, pages."""

import random
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest

from kg.graphql.execute import GraphQLService
from kg.graphql.schema.schema_builder import PAGE_SIZE_MAX
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

Execute = Callable[..., dict[str, Any]]
ErrorCodes = Callable[..., list[str]]
StateQuads = Callable[[str, str], list[ox.Quad]]


def slugs(page: dict[str, Any]) -> list[str]:
    return [node["id"].rsplit("/", 1)[-1] for node in page["nodes"]]


@pytest.mark.parametrize("order", ["", "orderBy: [{field: PREF_LABEL, direction: DESC}]",
                                   "orderBy: [{field: PLACE_KIND}, {field: PREF_LABEL}]",
                                   "orderBy: [{field: ID, direction: DESC}]"])  # fmt: skip
@pytest.mark.parametrize("size", [1, 3, 7])
def test_forward_pages_cover_the_connection(order: str, size: int, query_data: Execute) -> None:
    whole = slugs(query_data(f"{{ places(first: {PAGE_SIZE_MAX} {order}) {{ nodes {{ id }} }} }}")["places"])
    query = f"""query ($after: String) {{ places(first: {size}, after: $after {order}) {{
        nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"""
    collected: list[str] = []
    after = None
    while after or not collected:
        page = query_data(query, after=after)["places"]
        assert page["pageInfo"]["hasPreviousPage"] is bool(collected)
        collected += slugs(page)
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert collected == whole


@pytest.mark.parametrize("order", ["", "orderBy: [{field: PREF_LABEL}]"])
def test_backward_pages_cover_the_connection(order: str, query_data: Execute) -> None:
    whole = slugs(query_data(f"{{ actors(first: {PAGE_SIZE_MAX} {order}) {{ nodes {{ id }} }} }}")["actors"])
    query = f"""query ($before: String) {{ actors(last: 4, before: $before {order}) {{
        nodes {{ id }} pageInfo {{ hasPreviousPage startCursor }} }} }}"""
    collected: list[str] = []
    before = None
    while before or not collected:
        page = query_data(query, before=before)["actors"]
        collected = slugs(page) + collected
        before = page["pageInfo"]["startCursor"] if page["pageInfo"]["hasPreviousPage"] else None
    assert collected == whole


def test_nested_pages_do_not_depend_on_the_number_of_parents(query_data: Execute) -> None:
    order = "first: 2, offset: 1, orderBy: [{field: HEDGE}]"
    inner = f"statementsMade({order}) {{ nodes {{ id attribution }} totalCount edges {{ cursor }} }}"
    together = query_data(f"{{ actors(first: 100) {{ nodes {{ id {inner} }} }} }}")["actors"]["nodes"]
    assert len(together) > 8
    for actor in random.Random(7).sample(together, 5):
        alone = query_data(f'{{ actor(id: "{actor["id"]}") {{ id {inner} }} }}')["actor"]
        assert alone == actor


def test_offset_skips_nodes(query_data: Execute) -> None:
    query = "{ all: places(first: 9) { nodes { id } } some: places(first: 4, offset: 5) { nodes { id } } }"
    data = query_data(query)
    assert slugs(data["some"]) == slugs(data["all"])[5:]


def test_a_cursor_of_another_order_is_rejected(query_data: Execute, error_codes: ErrorCodes) -> None:
    page = query_data("{ zones(first: 1) { pageInfo { endCursor } } }")["zones"]["pageInfo"]
    query = "query ($after: String) { zones(after: $after, orderBy: [{field: PREF_LABEL}]) { nodes { id } } }"
    assert error_codes(query, after=page["endCursor"]) == ["BAD_USER_INPUT"]
    assert error_codes(query, after="nonsense") == ["BAD_USER_INPUT"]


def test_page_size_is_limited(error_codes: ErrorCodes) -> None:
    assert error_codes(f"{{ zones(first: {PAGE_SIZE_MAX + 1}) {{ nodes {{ id }} }} }}") == ["PAGE_LIMIT_EXCEEDED"]
    assert error_codes("{ zones(first: -1) { nodes { id } } }") == ["BAD_USER_INPUT"]
    assert error_codes("{ zones(first: 1, last: 1) { nodes { id } } }") == ["BAD_USER_INPUT"]


def test_nodes_with_equal_keys_are_ordered_by_iri(query_data: Execute) -> None:
    query = "{ statements(first: 500, orderBy: [{field: HEDGE}]) { nodes { id hedge attribution } } }"
    nodes = query_data(query)["statements"]["nodes"]
    keys = [(node["hedge"].lower().replace("_", "-"), node["id"]) for node in nodes]
    assert keys == sorted(keys)


def test_aliases_of_a_connection_keep_their_own_arguments(query_data: Execute) -> None:
    query = (
        '{ zone(slug: "idlib") { a: declaredBy(first: 1) { ...d } b: declaredBy(first: 0) { ...d } } }'
        " fragment d on StatementConnection { nodes { attribution } }"
    )
    data = query_data(query)["zone"]
    assert (len(data["a"]["nodes"]), len(data["b"]["nodes"])) == (1, 0)


@pytest.mark.parametrize(
    "order", ["", "orderBy: [{field: PREF_LABEL}]", "orderBy: [{field: PREF_LABEL, direction: DESC}]"]
)
def test_a_cursor_keeps_its_position_when_nodes_are_added(
    order: str,
    service: GraphQLService,
    execute_on: Callable[..., Execute],
    state_quads: StateQuads,
) -> None:
    store = EmbeddedStore.in_memory()
    store.apply(
        Change.from_quads(
            frozenset(), frozenset(q for n in range(0, 20, 2) for q in state_quads(f"a{n:02}", f"A {n:02}"))
        )
    )
    execute = execute_on(service, store)
    query = f"""query ($after: String) {{ states(first: 4, after: $after {order}) {{
        nodes {{ id }} pageInfo {{ endCursor }} }} }}"""
    first = execute(query)["data"]["states"]
    rest = slugs(execute(query, after=first["pageInfo"]["endCursor"])["data"]["states"])
    before, after = (1, 17) if "DESC" not in order else (17, 1)
    for number in (before, after):
        store.apply(Change.from_quads(added=frozenset(state_quads(f"a{number:02}", f"A {number:02}"))))
    again = slugs(execute(query, after=first["pageInfo"]["endCursor"])["data"]["states"])
    assert again == rest
    assert not set(again) & set(slugs(first))


@pytest.mark.parametrize("size", [0, 5, 10_000])
def test_pages_do_not_depend_on_where_they_are_sorted(
    size: int, query_data: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = """{ places(first: 5, offset: 2) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } }
        actor(slug: "ea-worldview") { statementsMade(last: 3) { totalCount nodes { id } pageInfo { hasNextPage
        hasPreviousPage } } published { totalCount nodes { id } } } }"""
    expected = query_data(query)
    monkeypatch.setattr("kg.graphql.plan.batch_loader.UNSORTED_MAX", size)
    assert query_data(query) == expected
