"""Filters over the shipped data, and text of clients in them."""

from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest

from kg.graphql.execute import GraphQLService
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

Execute = Callable[..., dict[str, Any]]
ErrorCodes = Callable[..., list[str]]
StateQuads = Callable[[str, str], list[ox.Quad]]


def slugs(page: dict[str, Any]) -> list[str]:
    return [node["id"].rsplit("/", 1)[-1] for node in page["nodes"]]


FILTERS = {
    'zones(where: {prefLabel: {startsWith: "East"}})': ["east-ghouta"],
    'zones(where: {prefLabel: {contains: "GHOUTA"}})': ["east-ghouta"],
    'zones(where: {prefLabel: {eq: "East Ghouta zone"}})': ["east-ghouta"],
    'zones(where: {prefLabel: {eq: "East Ghouta zone", lang: "ar"}})': [],
    'zones(where: {id: {in: ["zone:idlib", "zone:east-ghouta"]}})': ["east-ghouta", "idlib"],
    'zones(where: {not: {id: {eq: "zone:idlib"}}, prefLabel: {contains: "zone"}}, first: 1)': ["east-ghouta"],
    'zones(where: {or: [{id: {eq: "zone:idlib"}}, {prefLabel: {startsWith: "East"}}]})': ["east-ghouta", "idlib"],
    'zones(where: {or: [{not: {prefLabel: {contains: "unnamed"}}}]})': ["east-ghouta", "idlib"],
    'zones(where: {and: [{prefLabel: {contains: "zone"}}, {id: {eq: "zone:idlib"}}]})': ["idlib"],
    'zones(where: {coverage: {asZoneCoverage: {place: {within: "place:idlib-province"}}}})': ["idlib"],
    'zones(where: {coverage: {asZoneBoundary: {deniedBy: {speaker: {prefLabel: {contains: "ea world"}}}}}})': [
        "east-ghouta"
    ],
    "zones(where: {or: []})": [],
    "zones(where: {exists: false})": [],
    "zones(where: {declaredBy: {exists: false}})": [],
    'places(where: {administrativeParent: {id: {eq: "place:idlib-province"}}}, first: 1)': [
        "maarrat-al-numan-district"
    ],
    'states(where: {prefLabel: {in: ["Russia"]}})': ["russia"],
}


@pytest.mark.parametrize(("field", "expected"), FILTERS.items(), ids=FILTERS)
def test_filters_select_matching_nodes(field: str, expected: list[str], query_data: Execute) -> None:
    assert slugs(query_data(f"{{ found: {field} {{ nodes {{ id }} }} }}")["found"]) == expected


def test_a_filter_can_be_a_variable(query_data: Execute) -> None:
    query = (
        "query ($where: StatementWhere) { statements(where: $where) { totalCount nodes { ...w } } }"
        " fragment w on Statement { attribution speaker { prefLabel } }"
    )
    where = {"speaker": {"id": {"eq": "actor:russia"}}, "hedge": {"eq": "NONE"}}
    page = query_data(query, where=where)["statements"]
    assert page["totalCount"] == len(page["nodes"]) > 1
    assert {statement["speaker"]["prefLabel"] for statement in page["nodes"]} == {"Russia"}


def test_within_includes_narrower_concepts(query_data: Execute) -> None:
    counts = query_data("""{
        wide: incidentAccounts(where: {weapon: {within: CHEMICAL_AGENT}}) { totalCount }
        narrow: incidentAccounts(where: {weapon: {in: [CHEMICAL_AGENT, CHLORINE, TOXIC_GAS, NERVE_AGENT]}}) {
            totalCount }
        none: incidentAccounts(where: {weapon: {exists: false}}) { totalCount }
        some: incidentAccounts(where: {weapon: {exists: true}}) { totalCount }
        all: incidentAccounts { totalCount } }""")
    totals = {name: page["totalCount"] for name, page in counts.items()}
    assert totals["wide"] == totals["narrow"] > 0
    assert totals["none"] + totals["some"] == totals["all"]


def test_dates_and_numbers_are_compared(query_data: Execute) -> None:
    counts = query_data("""{
        july: incidentAccounts(where: {earliest: {gte: "2017-07-01", lt: "2017-08-01"}}) { totalCount }
        seven: incidentAccounts(where: {count: {best: {exists: false}, minimum: {gte: 7, lte: 7}}}) { totalCount } }""")
    assert counts["july"]["totalCount"] >= 7
    assert counts["seven"]["totalCount"] >= 1


def test_filters_follow_links(query_data: Execute) -> None:
    query = """{ incidents(where: {accounts: {location: {within: "place:damascus-governorate"},
                                              statements: {speaker: {prefLabel: {eq: "EA WorldView"}}}}}) {
                   totalCount nodes { accounts { nodes { attribution location { nodes { id } } } } } } }"""
    assert query_data(query)["incidents"]["totalCount"] > 0


def test_an_invalid_id_is_a_user_input_error(error_codes: ErrorCodes) -> None:
    assert error_codes('{ zones(where: {id: {eq: "> } DROP"}}) { nodes { id } } }') == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("text", ['"', "\\", "'''", '"""', "} UNION {", "\n\r\t", "�\U0001f9e8", '?x <y> "z"@en .'])
def test_client_text_is_never_read_as_sparql(text: str, query_data: Execute) -> None:
    query = """query ($t: String!, $s: Text!) {
        a: zones(where: {prefLabel: {contains: $t}}) { totalCount }
        b: zones(where: {or: [{prefLabel: {eq: $s}}, {prefLabel: {startsWith: $t, lang: $t}}]}) { totalCount } }"""
    assert query_data(query, t=text, s=text) == {"a": {"totalCount": 0}, "b": {"totalCount": 0}}


@pytest.mark.parametrize("text", ["\x05", "\x00", "\x7f", "\ufffe", "\\u0041", "\\\\u0041", "\\", '\\"', "\\x05"])
def test_special_characters_match_literally(
    text: str, service: GraphQLService, execute_on: Callable[..., Execute], state_quads: StateQuads
) -> None:
    store = EmbeddedStore.in_memory()
    store.apply(
        Change.from_quads(
            frozenset(), frozenset([*state_quads("a", f"one {text} two"), *state_quads("b", "one A two")])
        )
    )
    execute = execute_on(service, store)
    query = """query ($t: String!, $x: Text!, $after: String) {
        a: states(where: {prefLabel: {contains: $t}}) { nodes { slug prefLabel } }
        b: states(where: {prefLabel: {eq: $x}}) { nodes { slug } }
        c: states(orderBy: [{field: PREF_LABEL}], after: $after) { edges { cursor node { slug } } } }"""
    data = execute(query, t=text, x=f"one {text} two")["data"]
    assert data["a"]["nodes"] == [{"slug": "a", "prefLabel": f"one {text} two"}]
    assert data["b"]["nodes"] == [{"slug": "a"}]
    first, second = data["c"]["edges"]
    rest = execute(query, t=text, x="", after=first["cursor"])["data"]["c"]["edges"]
    assert rest == [second]


UNKNOWN = {
    'statements(where: {speaker: {id: {eq: "actor:russa"}}})': ["actor:russa"],
    'statements(where: {not: {speaker: {id: {in: ["actor:russia", "actor:nonsense"]}}}})': ["actor:nonsense"],
    'statements(where: {or: [{speaker: {id: {eq: "russa"}}}]})': ["russa"],
    'places(where: {administrativeParent: {id: {eq: "https://w3id.org/conflict-kg/id/place/nowhere"}}})': [
        "https://w3id.org/conflict-kg/id/place/nowhere"
    ],
    'zones(where: {coverage: {asZoneCoverage: {place: {within: "place:nowhere"}}}})': ["place:nowhere"],
}


@pytest.mark.parametrize(("field", "unknown"), UNKNOWN.items(), ids=UNKNOWN)
def test_a_filter_that_names_what_does_not_exist_gets_a_warning(
    field: str, unknown: list[str], execute: Execute
) -> None:
    response = execute(f"{{ {field} {{ totalCount }} }}")
    assert "errors" not in response
    warnings = response["extensions"]["warnings"]
    assert [warning["message"].split("'")[1] for warning in warnings] == unknown
    assert all(warning["id"].startswith("https://w3id.org/conflict-kg/id/") for warning in warnings)


OTHER_TYPE = {
    'statements(where: {speaker: {id: {eq: "place:jobar"}}}) { totalCount }': ("place:jobar", "Place", "Actor"),
    'zones(where: {coverage: {asZoneCoverage: {place: {within: "zone:idlib"}}}}) { totalCount }': (
        "zone:idlib",
        "Zone",
        "AnyPlace",
    ),
    'actor(id: "place:jobar") { id }': ("place:jobar", "Place", "Actor"),
    'state(id: "actor:unnamed-sd-2017-08-07-f11-victims") { id }': (
        "actor:unnamed-sd-2017-08-07-f11-victims",
        "UnnamedActor",
        "State",
    ),
}


@pytest.mark.parametrize(("field", "expected"), OTHER_TYPE.items(), ids=OTHER_TYPE)
def test_an_id_of_another_type_gets_a_warning(field: str, expected: tuple[str, str, str], execute: Execute) -> None:
    (warning,) = execute(f"{{ {field} }}")["extensions"]["warnings"]
    text, found, wanted = expected
    assert f"names {text!r}, which is of type {found}, where only {wanted} can match" in warning["message"]


UNKNOWN_ROOTS = {
    'actor(id: "actor:russa") { id }': "actor:russa",
    'actor(slug: "russa") { id }': "russa",
    'node(id: "proposal:sd-2017-08-07-f39") { id }': "proposal:sd-2017-08-07-f39",
    'node(id: "no id") { id }': "no id",
    'nodes(ids: ["actor:russia", "actor:nobody"]) { id }': "actor:nobody",
}


@pytest.mark.parametrize(("field", "unknown"), UNKNOWN_ROOTS.items(), ids=UNKNOWN_ROOTS)
def test_an_argument_that_names_what_does_not_exist_gets_a_warning(field: str, unknown: str, execute: Execute) -> None:
    (warning,) = execute(f"{{ {field} }}")["extensions"]["warnings"]
    assert warning["message"].startswith(f"The request names {unknown!r}, which does not exist")


def test_an_id_may_be_the_slug_of_its_type(query_data: Execute) -> None:
    assert query_data('{ actor(id: "russia") { slug } }') == {"actor": {"slug": "russia"}}


@pytest.mark.parametrize(
    "field",
    ['actor(id: "actor:russia") { id }', 'node(id: "zone:idlib") { id }', 'thing(id: "place:jobar") { id }'],
)
def test_an_id_that_exists_gets_none(field: str, execute: Execute) -> None:
    assert "warnings" not in execute(f"{{ {field} }}")["extensions"]


def test_the_warning_names_the_nearest(execute: Execute) -> None:
    (warning,) = execute('{ statements(where: {speaker: {id: {eq: "actor:russa"}}}) { totalCount } }')["extensions"][
        "warnings"
    ]
    assert "actor:russia" in warning["nearest"]
    assert "did you mean actor:russia" in warning["message"]


@pytest.mark.parametrize(
    "argument",
    ['id: "actor:pentagon"', 'id: "Pentagon"', 'slug: "pentagon"', 'id: "the Pentagon"'],
)
def test_the_nearest_are_those_that_are_called_so(argument: str, execute: Execute) -> None:
    (warning,) = execute(f"{{ actor({argument}) {{ id }} }}")["extensions"]["warnings"]
    assert warning["nearest"] == ["actor:us-department-of-defense"]


@pytest.mark.parametrize("name", ["Assad regime", "assad-regime", "actor:assad-regime"])
def test_what_only_a_statement_calls_so_is_not_offered_without_its_speaker(name: str, execute: Execute) -> None:
    (warning,) = execute(f'{{ actor(id: "{name}") {{ id }} }}')["extensions"]["warnings"]
    assert "actor:syrian-government" not in warning["nearest"]
    assert "syrian-government" not in warning["message"]


@pytest.mark.parametrize("field", [*FILTERS, 'statements(where: {speaker: {id: {eq: "actor:russia"}}})'])
def test_a_filter_that_names_what_exists_gets_none(field: str, execute: Execute) -> None:
    assert "warnings" not in execute(f"{{ {field} {{ totalCount }} }}")["extensions"]
