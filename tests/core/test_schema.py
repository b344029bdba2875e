"""Structure comes from ontology and shapes alone: what is added there is there everywhere, without Python."""

import shutil
from pathlib import Path

import pytest

from kg import namespaces
from kg.errors import InputRejectedError
from kg.ingest.dossier.parser import parse_dossier
from kg.jsonld_context import build_context
from kg.schema.loader import load_schema
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI

CEASEFIRE = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
ck:Ceasefire a owl:Class ; rdfs:label "ceasefire"@en ; rdfs:subClassOf ck:Proposition ;
    skos:definition "That fire ceases."@en .
ck:guarantor a owl:ObjectProperty ; rdfs:label "guarantor"@en .
"""
CEASEFIRE_SHAPE = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix cks: <https://w3id.org/conflict-kg/shapes#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
cks:Ceasefire a sh:NodeShape ; sh:targetClass ck:Ceasefire ; sh:property cks:Ceasefire-guarantor .
cks:Ceasefire-guarantor sh:path ck:guarantor ; sh:class ck:Actor ; sh:minCount 1 ; sh:maxCount 1 ;
    sh:name "guarantor"@en ; sh:description "Who guarantees it."@en ; sh:order 90 .
"""
DOSSIER = """
id: ../graph/c
type: Dossier
title: A ceasefire
license: https://creativecommons.org/licenses/by/4.0/
recordedBy: actor/conflict-kg
version: "1"
propositions:
  - id: proposition/c
    type: Ceasefire
    guarantor: actor/russia
    when: 2017-07
"""


@pytest.fixture
def extended(repository: Path, tmp_path: Path) -> Schema:
    """The schema of a copy of the shipped folders to which one class is added."""
    for folder in ("ontology", "shapes"):
        shutil.copytree(repository / folder, tmp_path / folder)
    (tmp_path / "ontology" / "ceasefire.ttl").write_text(CEASEFIRE)
    (tmp_path / "shapes" / "ceasefire.ttl").write_text(CEASEFIRE_SHAPE)
    return load_schema(tmp_path / "ontology", tmp_path / "shapes", DEFAULT_BASE_IRI)


def test_every_shaped_class_has_fields(schema: Schema) -> None:
    targets = {
        namespaces.value_of(q.object) for q in schema.shapes if q.predicate.value == f"{namespaces.SH}targetClass"
    }
    assert targets
    assert {iri for iri in targets if not schema.classes[iri].fields} == set()


def test_every_class_that_a_node_can_have_has_a_kind_or_is_a_home_graph(schema: Schema) -> None:
    shaped = [
        schema.classes[iri] for iri in schema.leaves([namespaces.THING, namespaces.PROPOSITION, namespaces.STATEMENT])
    ]
    assert [each.name for each in shaped if each.kind is None] == []


def test_a_subclass_has_the_fields_of_its_superclass(schema: Schema) -> None:
    proposition, account = schema.find_class("Proposition"), schema.find_class("IncidentAccount")
    assert proposition
    assert account
    assert set(proposition.fields) <= set(account.fields)


def test_fields_stand_in_the_order_that_the_shapes_give(schema: Schema) -> None:
    for each in schema.classes.values():
        orders = [field.order for field in each.fields.values()]
        assert orders == sorted(orders), each.name


def test_every_scheme_that_a_field_names_has_concepts(schema: Schema) -> None:
    named = {field.scheme for each in schema.classes.values() for field in each.fields.values() if field.scheme}
    assert named
    assert {iri for iri in named if iri not in schema.schemes or not schema.schemes[iri].concepts} == set()


def test_every_class_that_a_field_demands_exists(schema: Schema) -> None:
    demanded = {iri for each in schema.classes.values() for field in each.fields.values() for iri in field.classes}
    assert demanded <= set(schema.classes)


def test_an_added_class_is_in_schema_and_context_without_python(extended: Schema) -> None:
    ceasefire = extended.find_class("Ceasefire")
    assert ceasefire
    assert ceasefire.kind == "proposition"
    assert {"guarantor", "when", "gist"} <= set(ceasefire.fields)
    assert build_context(extended, DEFAULT_BASE_IRI)["Ceasefire"] == f"{namespaces.CK}Ceasefire"
    assert build_context(extended, DEFAULT_BASE_IRI)["guarantor"] == {
        "@id": f"{namespaces.CK}guarantor",
        "@type": "@id",
    }


def test_an_added_class_can_be_used_in_a_dossier_without_python(extended: Schema) -> None:
    document = parse_dossier(DOSSIER.encode(), "c.yaml", extended, DEFAULT_BASE_IRI)
    said = {(q.predicate.value, namespaces.value_of(q.object)) for q in document.quads}
    assert (namespaces.TYPE.value, f"{namespaces.CK}Ceasefire") in said
    assert (f"{namespaces.CK}guarantor", f"{DEFAULT_BASE_IRI}id/actor/russia") in said


def test_a_class_that_nobody_added_cannot_be_used(schema: Schema) -> None:
    with pytest.raises(InputRejectedError) as rejection:
        parse_dossier(DOSSIER.encode(), "c.yaml", schema, DEFAULT_BASE_IRI)
    assert [str(each.location) for each in rejection.value.findings] == ["c.yaml:10:5"]


def test_a_file_that_does_not_parse_is_named(repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository / "ontology", tmp_path / "ontology")
    (tmp_path / "ontology" / "broken.ttl").write_text("nonsense")
    with pytest.raises(SyntaxError) as failure:
        load_schema(tmp_path / "ontology", repository / "shapes", DEFAULT_BASE_IRI)
    assert failure.value.filename == str(tmp_path / "ontology" / "broken.ttl")
