"""The schema is derived from ontology and shapes; its SDL is committed, so that changes are reviewed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from graphql import GraphQLEnumType, GraphQLNonNull, GraphQLObjectType, print_schema, validate_schema

from kg import namespaces
from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.knowledge_graph import load_shipped_schema
from kg.questions.catalogue import Catalogue
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

ROOT = Path(__file__).parents[3]
SNAPSHOT = ROOT / "schema.graphql"
RENEW = f"python {Path(__file__).relative_to(ROOT)}"


def text_of(service: GraphQLService) -> str:
    return f"{print_schema(service.schema)}\n"


def test_the_committed_schema_is_the_one_that_is_served(service: GraphQLService) -> None:
    assert SNAPSHOT.read_text(encoding="utf-8") == text_of(service), f"if the new schema is right, renew it: {RENEW}"


def test_the_schema_is_valid(service: GraphQLService) -> None:
    assert validate_schema(service.schema) == []


def test_all_types_and_fields_have_descriptions(service: GraphQLService) -> None:
    named = [type_ for name, type_ in service.schema.type_map.items() if not name.startswith("__")]
    bare = [type_.name for type_ in named if not type_.description]
    bare += [f"{type_.name}.{name}" for type_ in named for name, field in getattr(type_, "fields", {}).items()
             if not field.description]  # fmt: skip
    assert bare == []


def test_cardinalities_of_shapes_become_list_and_non_null_types(service: GraphQLService) -> None:
    statement = service.schema.type_map["Statement"]
    assert isinstance(statement, GraphQLObjectType)
    assert str(statement.fields["speaker"].type) == "Actor!"
    assert str(statement.fields["explicitness"].type) == "Explicitness"
    assert str(statement.fields["relays"].type) == "StatementConnection!"


def test_superclasses_are_interfaces_and_alternative_classes_are_unions(service: GraphQLService) -> None:
    model = service.model
    assert model.types["Proposition"].is_interface
    assert {"ZoneCoverage", "Labelling"} <= set(model.members("Proposition"))
    assert model.members("SourceOrStatement") == ("Source", "Statement")


def test_every_object_type_has_an_id(service: GraphQLService) -> None:
    for definition in service.model.objects.values():
        type_ = service.schema.type_map[definition.name]
        assert isinstance(type_, GraphQLObjectType)
        assert isinstance(type_.fields["id"].type, GraphQLNonNull)


def test_a_concept_scheme_is_an_enum(service: GraphQLService, shipped_schema: Schema) -> None:
    enums = {vocabulary.scheme.iri: vocabulary.name for vocabulary in service.model.vocabularies.values()}
    for scheme in shipped_schema.schemes.values():
        enum = service.schema.type_map[enums[scheme.iri]]
        assert isinstance(enum, GraphQLEnumType)
        assert len(enum.values) == len(scheme.concepts)


CLASS = """
ck:Hospital a owl:Class ; rdfs:subClassOf ck:Thing ; ck:kind "hospital" ;
    rdfs:label "hospital"@en ; skos:definition "A hospital."@en ; skos:example "One."@en .
ck:beds a owl:DatatypeProperty ; rdfs:label "beds"@en ; rdfs:domain ck:Hospital ; rdfs:range xsd:integer .
ck:HospitalAttack a owl:Class ; rdfs:subClassOf ck:Proposition ;
    rdfs:label "hospital attack"@en ; skos:definition "That a hospital was attacked."@en .
ck:hospital a owl:ObjectProperty ; rdfs:domain ck:HospitalAttack ; rdfs:range ck:Hospital .
"""
SHAPES = """
cks:Hospital a sh:NodeShape ; sh:targetClass ck:Hospital ; sh:closed true ; sh:name "hospital"@en ;
    sh:property cks:Thing-prefLabel , cks:Hospital-beds , cks:Hospital-attacks .
cks:Hospital-beds a sh:PropertyShape ; sh:path ck:beds ; sh:datatype xsd:integer ; sh:maxCount 1 ;
    sh:name "beds"@en ; sh:description "How many beds it has."@en ; sh:order 1 .
cks:Hospital-attacks a sh:PropertyShape ; sh:path [ sh:inversePath ck:hospital ] ; cks:field "attacks" ;
    sh:name "attacks"@en ; sh:description "What is said of attacks on it."@en ; sh:order 2 .
cks:HospitalAttack a sh:NodeShape ; sh:targetClass ck:HospitalAttack ; sh:closed true ; sh:name "attack"@en ;
    sh:property cks:HospitalAttack-hospital .
cks:HospitalAttack-hospital a sh:PropertyShape ; sh:path ck:hospital ; sh:class ck:Hospital ; sh:minCount 1 ;
    sh:maxCount 1 ; sh:name "hospital"@en ; sh:description "Which one."@en ; sh:order 1 .
"""
DATA = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@base <https://w3id.org/conflict-kg/id/> .
<https://w3id.org/conflict-kg/graph/g> {
  <hospital/h> a ck:Hospital ; skos:prefLabel "H"@en ; ck:beds 40 .
  <proposition/a> a ck:HospitalAttack ; ck:hospital <hospital/h> .
  <statement/s> a ck:Statement ; ck:speaker <actor/x> ; ck:denies <proposition/a> ;
     ck:hedge <https://w3id.org/conflict-kg/vocab/hedge/none> .
  <actor/x> a ck:State ; skos:prefLabel "X"@en .
}
"""


@pytest.fixture
def extended(extend_ontology: Callable[..., GraphQLService]) -> GraphQLService:
    """The API of a copy of ontology and shapes with two classes more."""
    return extend_ontology("incident", CLASS, SHAPES)


def test_a_class_without_fields_of_its_own_is_of_the_type_of_its_superclass(service: GraphQLService) -> None:
    model = service.model
    assert model.objects[f"{namespaces.CK}UnnamedPlace"] is model.types["Place"]
    assert model.members("AnyPlace") == ("Place",)
    assert "UnnamedPlace" not in service.schema.type_map
    enum = service.schema.type_map["PlaceClass"]
    assert isinstance(enum, GraphQLEnumType)
    assert {name: (value.description or "")[:14] for name, value in enum.values.items()} == {
        "PLACE": "A named place:",
        "UNNAMED_PLACE": "A place that a",
    }


def test_a_class_below_one_that_adds_fields_keeps_its_own_type(extend_ontology: Callable[..., GraphQLService]) -> None:
    added = """
        ck:Ruin a owl:Class ; rdfs:subClassOf ck:UnnamedPlace ; rdfs:label "ruin"@en ; skos:definition "A ruin."@en .
        ck:storeys a owl:DatatypeProperty ; rdfs:domain ck:Ruin ; rdfs:range xsd:integer ."""
    shapes = """
        cks:Ruin a sh:NodeShape ; sh:targetClass ck:Ruin ; sh:closed true ; sh:name "ruin"@en ;
            sh:property cks:Ruin-storeys .
        cks:Ruin-storeys a sh:PropertyShape ; sh:path ck:storeys ; sh:datatype xsd:integer ; sh:maxCount 1 ;
            sh:name "storeys"@en ; sh:description "How many."@en ; sh:order 1 ."""
    model = extend_ontology("place", added, shapes).model
    assert model.members("AnyPlace") == ("Place", "UnnamedPlace", "Ruin")
    assert model.members("AnyUnnamedPlace") == ("UnnamedPlace", "Ruin")


def test_a_class_added_to_ontology_and_shapes_can_be_queried(extended: GraphQLService) -> None:
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(ox.parse(DATA.encode(), format=ox.RdfFormat.TRIG))))
    query = """{ hospital(slug: "h") { prefLabel beds attacks { nodes { hospital { id } attribution status } } }
                 hospitals(where: {beds: {gt: 10}, attacks: {hospital: {beds: {lte: 40}}}}) { totalCount }
                 things(where: {asHospital: {beds: {eq: 40}}}) { nodes { __typename } } }"""
    content = extended.execute(GraphQLRequest(query=query), store).formatted
    assert "errors" not in content, content
    hospital: Any = content["data"]["hospital"]
    assert hospital["beds"] == 40
    (attack,) = hospital["attacks"]["nodes"]
    assert (attack["attribution"], attack["status"]) == ("denied by X", "DENIED")
    assert content["data"]["hospitals"]["totalCount"] == 1
    assert content["data"]["things"]["nodes"] == [{"__typename": "Hospital"}]


def test_fields_of_an_added_proposition_class_need_attribution(extended: GraphQLService) -> None:
    query = "{ hospitalAttacks { nodes { hospital { id } } } }"
    content = extended.execute(GraphQLRequest(query=query), EmbeddedStore.in_memory()).formatted
    assert [error["extensions"]["code"] for error in content["errors"]] == ["ATTRIBUTION_REQUIRED"]


def test_two_schemas_in_one_process_are_independent(
    make_service: Callable[..., GraphQLService], extended: GraphQLService
) -> None:
    assert "hospitals" in extended.schema.query_type.fields  # type: ignore[union-attr]
    assert "hospitals" not in make_service().schema.query_type.fields  # type: ignore[union-attr]


if __name__ == "__main__":
    SNAPSHOT.write_text(
        text_of(GraphQLService(load_shipped_schema(DEFAULT_BASE_IRI), Catalogue.load(), DEFAULT_BASE_IRI)),
        encoding="utf-8",
    )
