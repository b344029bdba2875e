"""Root fields of nodes, over the shipped data: ids, home graphs, acts, languages."""

from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest

from kg import namespaces
from kg.store.embedded import EmbeddedStore

Execute = Callable[..., dict[str, Any]]
ErrorCodes = Callable[..., list[str]]
BASE = "https://w3id.org/conflict-kg/"


@pytest.mark.parametrize(
    "arguments",
    ['slug: "idlib"', 'id: "zone:idlib"', 'id: "zone/idlib"', f'id: "{BASE}id/zone/idlib"'],
)
def test_a_node_is_selected_by_slug_short_name_or_iri(arguments: str, query_data: Execute) -> None:
    assert query_data(f"{{ zone({arguments}) {{ id slug __typename }} }}")["zone"] == {
        "id": f"{BASE}id/zone/idlib", "slug": "idlib", "__typename": "Zone",
    }  # fmt: skip


def test_an_unknown_node_is_null(query_data: Execute) -> None:
    query = '{ zone(slug: "nowhere") { id } place: zone(id: "place:idlib-province") { id } node(id: "no iri") { id } }'
    assert query_data(query) == {"zone": None, "place": None, "node": None}


def test_nodes_returns_null_in_place_of_unknown_ids(query_data: Execute) -> None:
    query = '{ nodes(ids: ["zone:idlib", "zone:no", "actor:russia", "zone:idlib"]) { __typename } }'
    nodes = query_data(query)["nodes"]
    assert [node and node["__typename"] for node in nodes] == ["Zone", None, "State", "Zone"]


def test_a_home_graph_is_selected_by_slug(query_data: Execute) -> None:
    data = query_data('{ dossier(slug: "syria-daily-2017-08-07") { id license version } }')["dossier"]
    assert data["id"] == f"{BASE}graph/syria-daily-2017-08-07"
    assert data["license"].startswith("https://creativecommons.org/")


def test_every_node_has_its_home_graph(query_data: Execute, shipped_store: EmbeddedStore) -> None:
    data = query_data("""{ propositions(first: 500) { nodes { id homeGraph { id __typename } } }
        things(first: 500) { nodes { id homeGraph { id title } } } dossiers { nodes { id homeGraph { id } } }
        node(id: "statement:sd-2017-08-07-f22") { homeGraph { license recordedBy { nodes { slug } } } } }""")
    described = {quad.subject.value: quad.graph_name.value for quad in shipped_store.quads()
                 if quad.predicate == namespaces.TYPE and isinstance(quad.subject, ox.NamedNode)
                 and isinstance(quad.graph_name, ox.NamedNode)}  # fmt: skip
    for page in ("propositions", "things", "dossiers"):
        home_graphs = {node["id"]: node["homeGraph"]["id"] for node in data[page]["nodes"]}
        assert home_graphs == {iri: described[iri] for iri in home_graphs}
        assert home_graphs
    assert data["node"]["homeGraph"]["recordedBy"]["nodes"] == [{"slug": "conflict-kg"}]


def test_the_act_of_a_statement_does_not_depend_on_the_path_to_it(query_data: Execute) -> None:
    data = query_data("""{ statements(first: 500) { nodes { id attribution act } }
        propositions(first: 500) { nodes { statements { nodes { id attribution act } } } }
        zones { nodes { declaredBy { nodes { id attribution act
            restatedBy { nodes { id attribution act } } } } } } }""")
    acts = {statement["id"]: statement["act"] for statement in data["statements"]["nodes"]}
    assert set(acts.values()) >= {"ASSERTS", "DENIES", "LEAVES_OPEN", "SUPPOSES", "DECLARES", "RELAYS"}
    reached = [
        statement for proposition in data["propositions"]["nodes"] for statement in proposition["statements"]["nodes"]
    ]
    for zone in data["zones"]["nodes"]:
        for declaration in zone["declaredBy"]["nodes"]:
            reached += [declaration, *declaration["restatedBy"]["nodes"]]
    assert len(reached) > 100
    assert all(acts[statement["id"]] == statement["act"] for statement in reached)


def test_exactly_one_of_id_and_slug_is_required(error_codes: ErrorCodes) -> None:
    assert error_codes("{ zone { id } }") == ["BAD_USER_INPUT"]
    assert error_codes('{ zone(id: "zone:idlib", slug: "idlib") { id } }') == ["BAD_USER_INPUT"]


def test_text_is_selected_by_language_preference(query_data: Execute) -> None:
    place = query_data("""{ places(where: {prefLabel: {lang: "ar"}}, first: 1) { nodes {
        en: prefLabel ar: prefLabel(lang: ["tlh", "ar"]) no: prefLabel(lang: ["tlh"])
        prefLabelTexts { text lang } } } }""")
    if not place["places"]["nodes"]:
        pytest.skip("the register has no name in Arabic")
    (names,) = place["places"]["nodes"]
    by_language = {text["lang"]: text["text"] for text in names["prefLabelTexts"]}
    assert (names["en"], names["ar"], names["no"]) == (by_language["en"], by_language["ar"], by_language["en"])


@pytest.mark.parametrize("where", ["", "(where: {not: {placeClass: {eq: PLACE}}})"])
def test_nodes_of_several_classes_are_not_sought_among_all_nodes(where: str, execute: Execute) -> None:
    content = execute(f"{{ places{where} {{ totalCount }} }}", explain=True)
    (query, *_) = (query["sparql"] for query in content["extensions"]["explain"])
    assert "FILTER(?type" not in query
    assert f"VALUES ?type {{ <{namespaces.CK}Place> <{namespaces.CK}UnnamedPlace> }}" in query
    assert content["data"]["places"]["totalCount"] > 0
