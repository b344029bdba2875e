"""Filters by date find sets of dates and open intervals: by what may lie in a period, or by what lies within it."""

from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest

from kg import namespaces
from kg.graphql.execute import GraphQLService
from kg.ingest.edtf_dates import derive_days
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

Execute = Callable[..., dict[str, Any]]

DATES = {
    "day": "2017-07-11",
    "about": "2017-07-11~",
    "month": "2017-07",
    "year": "2017",
    "set": "{2017-07-11,2017-07-14}",
    "choice": "[2017-07-11,2017-08-02]",
    "range-in-a-set": "[2016-12,2017-07-10..2017-07-12]",
    "since": "2017-07-12/..",
    "until": "../2017-07-10",
    "unknown-end": "2017-07-12/",
    "interval": "2017-07-10/2017-07-14",
    "decade": "201X",
    "leap-days": "20XX-02-29",
    "ancient": "-0044",
    "since-ancient": "-0044/..",
    "future": "Y12017",
}


@pytest.fixture
def accounts(service: GraphQLService, execute_on: Callable[..., Execute]) -> Callable[[str], set[str]]:
    """The accounts that a filter on ``when`` selects, of one for each of the dates."""
    graph = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/dates")
    quads = [ox.Quad(graph, namespaces.TYPE, ox.NamedNode(f"{namespaces.CK}Dossier"), graph)]
    for name, text in {**DATES, "undated": ""}.items():
        node = ox.NamedNode(f"{DEFAULT_BASE_IRI}id/proposition/{name}")
        quads.append(ox.Quad(node, namespaces.TYPE, ox.NamedNode(f"{namespaces.CK}IncidentAccount"), graph))
        if text:
            literal = ox.Literal(text, datatype=ox.NamedNode(namespaces.EDTF))
            quads.append(ox.Quad(node, namespaces.WHEN, literal, graph))
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=derive_days(quads)[0]))
    execute = execute_on(service, store)

    def select(condition: str) -> set[str]:
        query = f"{{ incidentAccounts(first: 50, where: {condition}) {{ totalCount nodes {{ slug }} }} }}"
        answer = execute(query)
        page = answer["data"]["incidentAccounts"]
        slugs = [node["slug"] for node in page["nodes"]]
        assert page["totalCount"] == len(slugs) == len(set(slugs))
        return set(slugs)

    return select


MAY_BE_ON_THE_11TH = {
    "day", "about", "month", "year", "set", "choice", "range-in-a-set", "interval", "decade", "leap-days",
    "since-ancient",
}  # fmt: skip


def test_a_day_finds_what_may_be_that_day(accounts: Callable[[str], set[str]]) -> None:
    assert accounts('{when: {mayBe: "2017-07-11"}}') == MAY_BE_ON_THE_11TH
    assert accounts('{not: {when: {mayBe: "2017-07-11"}}}') == {*DATES, "undated"} - MAY_BE_ON_THE_11TH


def test_a_day_between_the_members_of_a_set_does_not_find_the_set(accounts: Callable[[str], set[str]]) -> None:
    assert not {"set", "choice", "range-in-a-set"} & accounts('{when: {mayBe: "2017-07-13"}}')
    assert not {"set", "choice"} & accounts('{when: {mayBe: "2017-07-12/2017-07-13"}}')


def test_an_open_interval_is_found_up_to_its_open_end(accounts: Callable[[str], set[str]]) -> None:
    assert {"since", "unknown-end"} <= accounts('{when: {mayBe: "2031-01"}}')
    assert {"until"} <= accounts('{when: {mayBe: "1003"}}')
    assert "since" not in accounts('{when: {mayBe: "2017-07-11"}}')
    assert "until" in accounts('{when: {mayBe: "../2017-07-09"}}')


def test_what_lies_within_a_period_does_so_whichever_day_it_was(accounts: Callable[[str], set[str]]) -> None:
    in_july = {"day", "about", "month", "set", "interval"}
    assert accounts('{when: {within: "2017-07"}}') == in_july
    assert accounts('{when: {within: "2017-07-11"}}') == {"day", "about"}
    assert accounts('{when: {within: "2017-07/2017-08"}}') == {*in_july, "choice"}
    assert accounts('{when: {within: "2017-07-10/.."}}') == {*in_july, "choice", "since", "unknown-end"} - {"month"}
    assert accounts('{when: {within: "../2017-07-14"}}') == {
        "day",
        "about",
        "set",
        "range-in-a-set",
        "until",
        "interval",
    }


def test_what_has_no_day_in_the_years_of_a_calendar_is_found_by_no_period(accounts: Callable[[str], set[str]]) -> None:
    assert not {"ancient", "future"} & accounts('{when: {mayBe: "../.."}}')
    assert {"ancient", "future"} <= accounts("{when: {exists: true}}")


def test_operators_of_one_filter_must_all_match(accounts: Callable[[str], set[str]]) -> None:
    assert accounts('{when: {mayBe: "2017-07-14", within: "2017-07"}}') == {"month", "set", "interval"}
    assert accounts('{when: {mayBe: "2017-07-11", eq: "2017-07-11~"}}') == {"about"}


@pytest.mark.parametrize(
    ("period", "advice"),
    [("2017-07~", "write a day, month or year without"), ("7/2017", 'write "2017-07"'), ('"}', "is not EDTF")],
)
def test_an_inexact_period_is_refused_with_what_to_write(
    period: str, advice: str, service: GraphQLService, execute_on: Callable[..., Execute]
) -> None:
    execute = execute_on(service, EmbeddedStore.in_memory())
    query = "query ($period: EDTF) { incidentAccounts(where: {when: {mayBe: $period}}) { totalCount } }"
    (error,) = execute(query, period=period)["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith("when: ")
    assert advice in error["message"]
