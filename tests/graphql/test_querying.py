"""Looking up, filtering, ordering and paging, over the shipped data."""

import random
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest

from kg import namespaces
from kg.execution.passthrough import PassthroughExecutor
from kg.graphql.execute import GraphQLService
from kg.graphql.plan.pagination import PAGE_SIZE_MAX
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Change

Execute = Callable[..., dict[str, Any]]
ErrorCodes = Callable[..., list[str]]
BASE = "https://w3id.org/conflict-kg/"


def ids(page: dict[str, Any]) -> list[str]:
    return [each["id"].rsplit("/", 1)[-1] for each in page["nodes"]]


@pytest.mark.parametrize(
    "arguments",
    ['slug: "idlib"', 'id: "zone:idlib"', 'id: "zone/idlib"', f'id: "{BASE}id/zone/idlib"'],
)
def test_a_node_goes_by_its_slug_its_short_name_and_its_iri(arguments: str, query_data: Execute) -> None:
    assert query_data(f"{{ zone({arguments}) {{ id slug __typename }} }}")["zone"] == {
        "id": f"{BASE}id/zone/idlib", "slug": "idlib", "__typename": "Zone",
    }  # fmt: skip


def test_what_is_not_there_is_null(query_data: Execute) -> None:
    query = '{ zone(slug: "nowhere") { id } place: zone(id: "place:idlib-province") { id } node(id: "no iri") { id } }'
    assert query_data(query) == {"zone": None, "place": None, "node": None}


def test_nodes_keep_the_place_of_what_is_not_there(query_data: Execute) -> None:
    found = query_data('{ nodes(ids: ["zone:idlib", "zone:no", "actor:russia", "zone:idlib"]) { __typename } }')[
        "nodes"
    ]
    assert [each and each["__typename"] for each in found] == ["Zone", None, "State", "Zone"]


def test_a_home_graph_goes_by_its_slug(query_data: Execute) -> None:
    found = query_data('{ dossier(slug: "syria-daily-2017-08-07") { id license version } }')["dossier"]
    assert found["id"] == f"{BASE}graph/syria-daily-2017-08-07"
    assert found["license"].startswith("https://creativecommons.org/")


def test_every_node_tells_the_document_that_describes_it(query_data: Execute, shipped_store: EmbeddedStore) -> None:
    found = query_data("""{ propositions(first: 500) { nodes { id homeGraph { id __typename } } }
        things(first: 500) { nodes { id homeGraph { id title } } } dossiers { nodes { id homeGraph { id } } }
        node(id: "statement:sd-2017-08-07-f22") { homeGraph { license recordedBy { nodes { slug } } } } }""")
    described = {quad.subject.value: quad.graph_name.value for quad in shipped_store.quads()
                 if quad.predicate == namespaces.TYPE and isinstance(quad.subject, ox.NamedNode)
                 and isinstance(quad.graph_name, ox.NamedNode)}  # fmt: skip
    for page in ("propositions", "things", "dossiers"):
        told = {each["id"]: each["homeGraph"]["id"] for each in found[page]["nodes"]}
        assert told == {iri: described[iri] for iri in told}
        assert told
    assert found["node"]["homeGraph"]["recordedBy"]["nodes"] == [{"slug": "conflict-kg"}]


def test_an_act_is_the_same_whichever_way_its_statement_was_reached(query_data: Execute) -> None:
    found = query_data("""{ statements(first: 500) { nodes { id act } }
        propositions(first: 500) { nodes { statements { nodes { id act } } } }
        zones { nodes { declaredBy { nodes { id act restatedBy { nodes { id act } } } } } } }""")
    acts = {each["id"]: each["act"] for each in found["statements"]["nodes"]}
    assert set(acts.values()) >= {"ASSERTS", "DENIES", "LEAVES_OPEN", "SUPPOSES", "DECLARES", "RELAYS"}
    reached = [each for one in found["propositions"]["nodes"] for each in one["statements"]["nodes"]]
    for declaration in (each for one in found["zones"]["nodes"] for each in one["declaredBy"]["nodes"]):
        reached += [declaration, *declaration["restatedBy"]["nodes"]]
    assert len(reached) > 100
    assert all(acts[each["id"]] == each["act"] for each in reached)


def test_neither_id_nor_slug_and_both_are_errors(error_codes: ErrorCodes) -> None:
    assert error_codes("{ zone { id } }") == ["BAD_USER_INPUT"]
    assert error_codes('{ zone(id: "zone:idlib", slug: "idlib") { id } }') == ["BAD_USER_INPUT"]


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
def test_filters_find_what_they_say(field: str, expected: list[str], query_data: Execute) -> None:
    assert ids(query_data(f"{{ found: {field} {{ nodes {{ id }} }} }}")["found"]) == expected


def test_a_filter_can_be_a_variable(query_data: Execute) -> None:
    query = (
        "query ($where: StatementWhere) { statements(where: $where) { totalCount nodes { speaker { prefLabel } } } }"
    )
    where = {"speaker": {"id": {"eq": "actor:russia"}}, "hedge": {"eq": "NONE"}}
    found = query_data(query, where=where)["statements"]
    assert found["totalCount"] == len(found["nodes"]) > 1
    assert {each["speaker"]["prefLabel"] for each in found["nodes"]} == {"Russia"}


def test_a_concept_is_found_within_a_wider_one(query_data: Execute) -> None:
    counts = query_data("""{
        wide: incidentAccounts(where: {weapon: {within: CHEMICAL_AGENT}}) { totalCount }
        narrow: incidentAccounts(where: {weapon: {in: [CHEMICAL_AGENT, CHLORINE, TOXIC_GAS, NERVE_AGENT]}}) {
            totalCount }
        none: incidentAccounts(where: {weapon: {exists: false}}) { totalCount }
        some: incidentAccounts(where: {weapon: {exists: true}}) { totalCount }
        all: incidentAccounts { totalCount } }""")
    found = {name: each["totalCount"] for name, each in counts.items()}
    assert found["wide"] == found["narrow"] > 0
    assert found["none"] + found["some"] == found["all"]


def test_dates_and_numbers_are_compared(query_data: Execute) -> None:
    counts = query_data("""{
        july: incidentAccounts(where: {earliest: {gte: "2017-07-01", lt: "2017-08-01"}}) { totalCount }
        seven: incidentAccounts(where: {count: {best: {exists: false}, minimum: {gte: 7, lte: 7}}}) { totalCount } }""")
    assert counts["july"]["totalCount"] >= 7
    assert counts["seven"]["totalCount"] >= 1


def test_filters_go_through_links(query_data: Execute) -> None:
    query = """{ incidents(where: {accounts: {location: {within: "place:damascus-governorate"},
                                              statements: {speaker: {prefLabel: {eq: "EA WorldView"}}}}}) {
                   totalCount nodes { accounts { nodes { attribution location { nodes { id } } } } } } }"""
    assert query_data(query)["incidents"]["totalCount"] > 0


def test_an_id_that_is_none_is_an_error_of_the_caller(error_codes: ErrorCodes) -> None:
    assert error_codes('{ zones(where: {id: {eq: "> } DROP"}}) { nodes { id } } }') == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("text", ['"', "\\", "'''", '"""', "} UNION {", "\n\r\t", "�\U0001f9e8", '?x <y> "z"@en .'])
def test_what_a_client_writes_stays_text(text: str, query_data: Execute) -> None:
    query = """query ($t: String!, $s: Text!) {
        a: zones(where: {prefLabel: {contains: $t}}) { totalCount }
        b: zones(where: {or: [{prefLabel: {eq: $s}}, {prefLabel: {startsWith: $t, lang: $t}}]}) { totalCount } }"""
    assert query_data(query, t=text, s=text) == {"a": {"totalCount": 0}, "b": {"totalCount": 0}}


@pytest.mark.parametrize("text", ["\x05", "\x00", "\x7f", "\ufffe", "\\u0041", "\\\\u0041", "\\", '\\"', "\\x05"])
def test_every_character_is_looked_for_as_it_is(
    text: str, service: GraphQLService, execute_on: Callable[..., Execute]
) -> None:
    store = EmbeddedStore.in_memory()
    store.apply(Change(frozenset(), frozenset([*actor("a", f"one {text} two"), *actor("b", "one A two")])))
    execute = execute_on(service, PassthroughExecutor(store))
    query = """query ($t: String!, $x: Text!, $after: String) {
        a: states(where: {prefLabel: {contains: $t}}) { nodes { slug prefLabel } }
        b: states(where: {prefLabel: {eq: $x}}) { nodes { slug } }
        c: states(orderBy: [{field: PREF_LABEL}], after: $after) { edges { cursor node { slug } } } }"""
    found = execute(query, t=text, x=f"one {text} two")["data"]
    assert found["a"]["nodes"] == [{"slug": "a", "prefLabel": f"one {text} two"}]
    assert found["b"]["nodes"] == [{"slug": "a"}]
    first, second = found["c"]["edges"]
    rest = execute(query, t=text, x="", after=first["cursor"])["data"]["c"]["edges"]
    assert rest == [second]


def test_text_comes_in_the_language_that_is_wanted(query_data: Execute) -> None:
    place = query_data("""{ places(where: {prefLabel: {lang: "ar"}}, first: 1) { nodes {
        en: prefLabel ar: prefLabel(lang: ["tlh", "ar"]) no: prefLabel(lang: ["tlh"])
        prefLabelTexts { text lang } } } }""")
    if not place["places"]["nodes"]:
        pytest.skip("the register has no name in Arabic")
    (found,) = place["places"]["nodes"]
    by_language = {each["lang"]: each["text"] for each in found["prefLabelTexts"]}
    assert (found["en"], found["ar"], found["no"]) == (by_language["en"], by_language["ar"], by_language["en"])


@pytest.mark.parametrize("order", ["", "orderBy: [{field: PREF_LABEL, direction: DESC}]",
                                   "orderBy: [{field: PLACE_KIND}, {field: PREF_LABEL}]",
                                   "orderBy: [{field: ID, direction: DESC}]"])  # fmt: skip
@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages_put_together_are_the_whole(order: str, size: int, query_data: Execute) -> None:
    whole = ids(query_data(f"{{ places(first: {PAGE_SIZE_MAX} {order}) {{ nodes {{ id }} }} }}")["places"])
    query = f"""query ($after: String) {{ places(first: {size}, after: $after {order}) {{
        nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"""
    found: list[str] = []
    after = None
    while after or not found:
        page = query_data(query, after=after)["places"]
        assert page["pageInfo"]["hasPreviousPage"] is bool(found)
        found += ids(page)
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert found == whole


@pytest.mark.parametrize("order", ["", "orderBy: [{field: PREF_LABEL}]"])
def test_pages_from_the_end_are_the_whole_too(order: str, query_data: Execute) -> None:
    whole = ids(query_data(f"{{ actors(first: {PAGE_SIZE_MAX} {order}) {{ nodes {{ id }} }} }}")["actors"])
    query = f"""query ($before: String) {{ actors(last: 4, before: $before {order}) {{
        nodes {{ id }} pageInfo {{ hasPreviousPage startCursor }} }} }}"""
    found: list[str] = []
    before = None
    while before or not found:
        page = query_data(query, before=before)["actors"]
        found = ids(page) + found
        before = page["pageInfo"]["startCursor"] if page["pageInfo"]["hasPreviousPage"] else None
    assert found == whole


def test_nested_pages_of_one_parent_and_of_many_are_the_same(query_data: Execute) -> None:
    inner = (
        "statementsMade(first: 2, offset: 1, orderBy: [{field: HEDGE}]) { nodes { id } totalCount edges { cursor } }"
    )
    together = query_data(f"{{ actors(first: 100) {{ nodes {{ id {inner} }} }} }}")["actors"]["nodes"]
    assert len(together) > 8
    for each in random.Random(7).sample(together, 5):
        alone = query_data(f'{{ actor(id: "{each["id"]}") {{ id {inner} }} }}')["actor"]
        assert alone == each


def test_an_offset_jumps(query_data: Execute) -> None:
    query = "{ all: places(first: 9) { nodes { id } } some: places(first: 4, offset: 5) { nodes { id } } }"
    found = query_data(query)
    assert ids(found["some"]) == ids(found["all"])[5:]


def test_a_cursor_of_another_order_is_refused(query_data: Execute, error_codes: ErrorCodes) -> None:
    page = query_data("{ zones(first: 1) { pageInfo { endCursor } } }")["zones"]["pageInfo"]
    query = "query ($after: String) { zones(after: $after, orderBy: [{field: PREF_LABEL}]) { nodes { id } } }"
    assert error_codes(query, after=page["endCursor"]) == ["BAD_USER_INPUT"]
    assert error_codes(query, after="nonsense") == ["BAD_USER_INPUT"]


def test_a_page_has_a_hard_maximum(error_codes: ErrorCodes) -> None:
    assert error_codes(f"{{ zones(first: {PAGE_SIZE_MAX + 1}) {{ nodes {{ id }} }} }}") == ["PAGE_LIMIT_EXCEEDED"]
    assert error_codes("{ zones(first: -1) { nodes { id } } }") == ["BAD_USER_INPUT"]
    assert error_codes("{ zones(first: 1, last: 1) { nodes { id } } }") == ["BAD_USER_INPUT"]


def test_the_order_is_total_whatever_the_keys(query_data: Execute) -> None:
    found = query_data("{ statements(first: 500, orderBy: [{field: HEDGE}]) { nodes { id hedge } } }")["statements"][
        "nodes"
    ]
    keys = [(each["hedge"].lower().replace("_", "-"), each["id"]) for each in found]
    assert keys == sorted(keys)


def test_fields_asked_twice_under_two_names_differ_by_their_arguments(query_data: Execute) -> None:
    query = (
        '{ zone(slug: "idlib") { a: declaredBy(first: 1) { nodes { id } } b: declaredBy(first: 0) { nodes { id } } } }'
    )
    found = query_data(query)["zone"]
    assert (len(found["a"]["nodes"]), len(found["b"]["nodes"])) == (1, 0)


def actor(slug: str, name: str) -> list[ox.Quad]:
    node, graph = ox.NamedNode(f"{BASE}id/actor/{slug}"), ox.NamedNode(f"{BASE}graph/g")
    state = ox.NamedNode(f"{namespaces.CK}State")
    label = ox.NamedNode(f"{namespaces.SKOS}prefLabel")
    return [
        ox.Quad(node, namespaces.TYPE, state, graph),
        ox.Quad(node, label, ox.Literal(name, language="en"), graph),
    ]


@pytest.mark.parametrize(
    "order", ["", "orderBy: [{field: PREF_LABEL}]", "orderBy: [{field: PREF_LABEL, direction: DESC}]"]
)
def test_a_cursor_stays_where_it_is_when_nodes_are_added(
    order: str, service: GraphQLService, execute_on: Callable[..., Execute]
) -> None:
    store = EmbeddedStore.in_memory()
    store.apply(Change(frozenset(), frozenset(q for n in range(0, 20, 2) for q in actor(f"a{n:02}", f"A {n:02}"))))
    execute = execute_on(service, PassthroughExecutor(store))
    query = f"""query ($after: String) {{ states(first: 4, after: $after {order}) {{
        nodes {{ id }} pageInfo {{ endCursor }} }} }}"""
    first = execute(query)["data"]["states"]
    rest = ids(execute(query, after=first["pageInfo"]["endCursor"])["data"]["states"])
    before, after = (1, 17) if "DESC" not in order else (17, 1)
    for number in (before, after):
        store.apply(Change(frozenset(), frozenset(actor(f"a{number:02}", f"A {number:02}"))))
    again = ids(execute(query, after=first["pageInfo"]["endCursor"])["data"]["states"])
    assert again == rest
    assert not set(again) & set(ids(first))


@pytest.mark.parametrize("size", [0, 5, 10_000])
def test_who_sorts_makes_no_difference(size: int, query_data: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    query = """{ places(first: 5, offset: 2) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } }
        actor(slug: "ea-worldview") { statementsMade(last: 3) { totalCount nodes { id } pageInfo { hasNextPage
        hasPreviousPage } } published { totalCount nodes { id } } } }"""
    expected = query_data(query)
    monkeypatch.setattr("kg.graphql.plan.batch_loader.UNSORTED_MAX", size)
    assert query_data(query) == expected
