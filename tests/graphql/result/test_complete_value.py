"""A fragment on a type finds the nodes of subclasses without fields of their own; what it leaves out is said."""

from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest

from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

Execute = Callable[..., dict[str, Any]]
UNNAMED = """{ anyPlaces(first: 500, where: {placeClass: {eq: UNNAMED_PLACE}}) {
    totalCount nodes { __typename ... on Place { prefLabel placeClass } } } }"""
PLACES = "{ anyPlaces { nodes { %s } } }"
RUIN = """
ck:Ruin a owl:Class ; rdfs:subClassOf ck:Place ;
    rdfs:label "ruin"@en ; skos:definition "What is left of a building."@en ; skos:example "One."@en .
ck:storeys a owl:DatatypeProperty ; rdfs:label "storeys"@en ; rdfs:domain ck:Ruin ; rdfs:range xsd:integer .
"""
RUIN_SHAPES = """
cks:Ruin a sh:NodeShape ; sh:targetClass ck:Ruin ; sh:closed true ; sh:name "ruin"@en ;
    sh:property cks:Thing-prefLabel , cks:Place-placeKind , cks:Ruin-storeys .
cks:Ruin-storeys a sh:PropertyShape ; sh:path ck:storeys ; sh:datatype xsd:integer ; sh:maxCount 1 ;
    sh:name "storeys"@en ; sh:description "How many storeys stand."@en ; sh:order 1 .
"""
DATA = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@base <https://w3id.org/conflict-kg/id/place/> .
<https://w3id.org/conflict-kg/graph/g> {
  <mill> a ck:Place ; skos:prefLabel "Mill"@en ; ck:placeKind <https://w3id.org/conflict-kg/vocab/place-kind/site> .
  <hall> a ck:Ruin ; skos:prefLabel "Hall"@en ; ck:storeys 2 ;
     ck:placeKind <https://w3id.org/conflict-kg/vocab/place-kind/building> .
}
"""


@pytest.fixture
def execute_with_ruins(extend_ontology: Callable[..., GraphQLService]) -> Execute:
    """Executes a query over a mill and a ruin, in an ontology where ruins are places with a field of their own."""
    service, store = extend_ontology("place", RUIN, RUIN_SHAPES), EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(ox.parse(DATA.encode(), format=ox.RdfFormat.TRIG))))
    return lambda query: service.execute(GraphQLRequest(query=query), store).formatted


def test_a_fragment_on_place_finds_the_fields_of_unnamed_places(execute: Execute) -> None:
    content = execute(UNNAMED)
    places = content["data"]["anyPlaces"]
    assert places["totalCount"] == len(places["nodes"]) > 0
    assert all(place["prefLabel"] for place in places["nodes"])
    assert {(place["__typename"], place["placeClass"]) for place in places["nodes"]} == {("Place", "UNNAMED_PLACE")}
    assert "warnings" not in content["extensions"]


@pytest.mark.parametrize("field", ["location", "near"])
def test_a_fragment_on_place_finds_an_unnamed_place_that_a_role_leads_to(field: str, execute: Execute) -> None:
    query = """{ incidentAccounts(first: 500, where: {%s: {placeClass: {eq: UNNAMED_PLACE}}}) {
        nodes { attribution %s { nodes { ... on Place { prefLabel placeClass } } } } } }"""
    accounts = execute(query % (field, field))["data"]["incidentAccounts"]["nodes"]
    places = [place for account in accounts for place in account[field]["nodes"]]
    assert all(place["prefLabel"] for place in places)
    assert "UNNAMED_PLACE" in {place["placeClass"] for place in places} or not accounts


def test_lists_and_look_ups_of_places_have_those_without_a_name(execute: Execute) -> None:
    query = """{ anyPlaces { totalCount } places { totalCount }
        within: places(where: {placeClass: {within: PLACE}}) { totalCount }
        named: places(where: {placeClass: {eq: PLACE}}) { totalCount }
        things(where: {asPlace: {placeClass: {eq: UNNAMED_PLACE}}}, first: 1) { totalCount nodes { id } } }"""
    content = execute(query)["data"]
    counts = {name: connection["totalCount"] for name, connection in content.items()}
    assert counts["places"] == counts["anyPlaces"] == counts["within"] == counts["named"] + counts["things"]
    assert counts["things"] > 0
    (unnamed,) = content["things"]["nodes"]
    look_up = execute("query ($id: ID!) { place(id: $id) { id placeClass } }", id=unnamed["id"])
    assert look_up["data"]["place"] == {"id": unnamed["id"], "placeClass": "UNNAMED_PLACE"}
    assert "warnings" not in look_up["extensions"]


def test_the_class_is_the_most_specific_of_those_that_a_node_has(
    service: GraphQLService, execute_on: Callable[..., Execute]
) -> None:
    store, both = EmbeddedStore.in_memory(), DATA.replace("ck:Place ;", "ck:Place , ck:UnnamedPlace , ck:Elsewhere ;")
    store.apply(Change.from_quads(added=frozenset(ox.parse(both.encode(), format=ox.RdfFormat.TRIG))))
    content = execute_on(service, store)("{ places { totalCount nodes { placeClass } } }")
    assert content["data"]["places"] == {"totalCount": 1, "nodes": [{"placeClass": "UNNAMED_PLACE"}]}


def test_a_fragment_that_leaves_out_a_subclass_with_fields_is_a_warning(execute_with_ruins: Execute) -> None:
    content = execute_with_ruins("{ anyPlaces { nodes { __typename placeClass ... on Place { prefLabel } } } }")
    assert content["data"]["anyPlaces"]["nodes"] == [
        {"__typename": "Ruin", "placeClass": "RUIN"},
        {"__typename": "Place", "placeClass": "PLACE", "prefLabel": "Mill"},
    ]
    assert content["extensions"]["warnings"] == [
        {"message": "`... on Place` leaves out Ruin; write `... on AnyPlace`", "type": "Ruin"}
    ]


@pytest.mark.parametrize(
    "fields", ["... on AnyPlace { prefLabel }", "prefLabel ... on Place { prefLabel }", "... on Ruin { storeys }"]
)
def test_a_selection_that_covers_all_subclasses_is_no_warning(fields: str, execute_with_ruins: Execute) -> None:
    content = execute_with_ruins(PLACES % fields)
    assert len(content["data"]["anyPlaces"]["nodes"]) == 2
    assert "warnings" not in content["extensions"]
