"""A class that is added to ontology and shapes is in schema, context, dossiers, export and pages without Python."""

import shutil
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from api.pages.ontology_page import group_classes, list_shapes
from api.pages.resource_page import list_contents, select_template
from kg import namespaces
from kg.export import export_prefixes, serialize_export
from kg.ingest.dossier.parser import parse_dossier
from kg.jsonld_context import build_context, dossier_sections
from kg.questions.catalogue import Catalogue
from kg.rdf_formats import TURTLE
from kg.schema.class_index import ClassIndex
from kg.schema.loader import load_schema
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.source_archive import SourceArchive
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.views.description import BoundedDescription, describe
from kg.views.resource_view import ViewBuilder, view_builder

CK = namespaces.CK
ONTOLOGY = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
ck:Ceasefire a owl:Class ; rdfs:label "ceasefire"@en ; rdfs:subClassOf ck:Proposition ;
    skos:definition "That fire ceases."@en .
ck:guarantor a owl:ObjectProperty ; rdfs:label "guarantor"@en .
ck:truce a owl:ObjectProperty ; rdfs:label "truce"@en ; rdfs:range ck:Truce .
ck:Truce a owl:Class ; rdfs:label "truce"@en ; ck:kind "truce" ; skos:definition "A part of a ceasefire."@en .
ck:days a owl:DatatypeProperty ; rdfs:label "days"@en .
ck:Hospital a owl:Class ; rdfs:label "hospital"@en ; rdfs:subClassOf ck:Thing ; ck:kind "hospital" ;
    skos:definition "A hospital."@en .
ck:Register a owl:Class ; rdfs:label "register"@en ; rdfs:subClassOf ck:HomeGraph ;
    skos:definition "A register."@en .
"""
SHAPES = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix cks: <https://w3id.org/conflict-kg/shapes#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
cks:Ceasefire a sh:NodeShape ; sh:targetClass ck:Ceasefire ;
    sh:property cks:Ceasefire-guarantor , cks:Ceasefire-truce .
cks:Ceasefire-guarantor sh:path ck:guarantor ; sh:class ck:Actor ; sh:minCount 1 ; sh:maxCount 1 ;
    sh:name "guarantor"@en ; sh:description "Who guarantees it."@en ; sh:order 90 .
cks:Ceasefire-truce sh:path ck:truce ; sh:class ck:Truce ; sh:name "truce"@en ; sh:order 91 .
cks:Truce a sh:NodeShape ; sh:targetClass ck:Truce ; cks:summary "{days} days" ; sh:property cks:Truce-days .
cks:Truce-days sh:path ck:days ; sh:datatype xsd:integer ; sh:maxCount 1 ; sh:name "days"@en ; sh:order 1 .
cks:Hospital a sh:NodeShape ; sh:targetClass ck:Hospital ; sh:name "hospital"@en ;
    sh:property cks:Thing-prefLabel .
cks:Register a sh:NodeShape ; sh:targetClass ck:Register ; sh:name "register"@en ;
    sh:property cks:HomeGraph-title .
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
DATA = """
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@base <https://w3id.org/conflict-kg/id/> .
<https://w3id.org/conflict-kg/graph/g> {
  <https://w3id.org/conflict-kg/graph/g> a ck:Register ; dcterms:title "G"@en .
  <hospital/h> a ck:Hospital ; skos:prefLabel "H"@en .
  <proposition/c> a ck:Ceasefire ; ck:guarantor <actor/x> ; ck:truce <truce/t> .
  <truce/t> a ck:Truce ; ck:days 3 .
  <statement/s> a ck:Statement ; ck:speaker <actor/x> ; ck:denies <proposition/c> ;
     ck:hedge <https://w3id.org/conflict-kg/vocab/hedge/none> .
  <actor/x> a ck:State ; skos:prefLabel "X"@en .
}
"""
QUADS = frozenset(ox.parse(DATA, format=ox.RdfFormat.TRIG))
ID = f"{DEFAULT_BASE_IRI}id/"


@pytest.fixture(scope="module")
def extended(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Schema:
    """The schema of a copy of the shipped folders to which classes of every category are added."""
    folder = tmp_path_factory.mktemp("extended")
    for name in ("ontology", "shapes"):
        shutil.copytree(repository / name, folder / name)
    (folder / "ontology" / "added.ttl").write_text(ONTOLOGY)
    (folder / "shapes" / "added.ttl").write_text(SHAPES)
    return load_schema(folder / "ontology", folder / "shapes", DEFAULT_BASE_IRI)


def build_views(schema: Schema, focus: str) -> ViewBuilder:
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=QUADS))
    index = ClassIndex(schema)
    description = describe(store, index, focus) if "/id/" in focus else BoundedDescription.of(focus, store.quads())
    assert description
    return view_builder(store, index, SourceArchive(None), description)


def test_it_is_in_schema_and_context(extended: Schema) -> None:
    ceasefire = extended.find_class("Ceasefire")
    assert ceasefire
    assert ceasefire.kind == "proposition"
    assert {"guarantor", "when", "gist"} <= set(ceasefire.fields)
    context = build_context(extended, DEFAULT_BASE_IRI)
    assert context["Ceasefire"] == f"{CK}Ceasefire"
    assert context["guarantor"] == {"@id": f"{CK}guarantor", "@type": "@id"}
    assert dossier_sections(extended)["hospitals"] == f"{CK}Hospital"


def test_it_can_be_used_in_a_dossier(extended: Schema) -> None:
    document = parse_dossier(DOSSIER.encode(), "c.yaml", extended, DEFAULT_BASE_IRI)
    pairs = {(quad.predicate.value, namespaces.value_of(quad.object)) for quad in document.quads}
    assert (namespaces.TYPE.value, f"{CK}Ceasefire") in pairs
    assert (f"{CK}guarantor", f"{DEFAULT_BASE_IRI}id/actor/russia") in pairs


def test_a_class_that_is_not_declared_is_refused_in_a_dossier(schema: Schema) -> None:
    document = parse_dossier(DOSSIER.encode(), "c.yaml", schema, DEFAULT_BASE_IRI)
    assert [str(finding.location) for finding in document.findings] == ["c.yaml:10:5"]


def test_an_export_has_a_prefix_for_its_kind(extended: Schema) -> None:
    prefixes = export_prefixes(extended, DEFAULT_BASE_IRI)
    assert prefixes["hospital"] == f"{ID}hospital/"
    assert b"hospital:h a ck:Hospital" in serialize_export(QUADS, TURTLE, prefixes)


def test_the_pages_of_ontology_and_shapes_show_it_in_its_group(extended: Schema) -> None:
    groups = {group.slug: [section.of.name for section in group.sections] for group in group_classes(extended)}
    assert "Hospital" in groups["things"]
    assert "Ceasefire" in groups["propositions"]
    assert "Truce" in groups["parts"]
    assert "Register" in groups["home-graphs"]
    assert {"Hospital", "Ceasefire", "Truce", "Register"} <= {section.anchor for section in list_shapes(extended)}


def test_the_page_of_a_home_graph_lists_it(extended: Schema) -> None:
    sections = list_contents(build_views(extended, f"{DEFAULT_BASE_IRI}graph/g"), {})
    assert [section.heading for section in sections] == ["statements", "actors", "hospitals"]
    assert [member.link.text for member in sections[-1].members] == ["H"]


def show(views: ViewBuilder) -> tuple[str, dict[str, Any]]:
    return select_template(views, EmbeddedStore.in_memory(), Catalogue.load(), DEFAULT_BASE_IRI)


def test_the_page_of_a_proposition_has_its_statements_and_shows_its_parts(extended: Schema) -> None:
    template, values = show(build_views(extended, f"{ID}proposition/c"))
    assert template == "resource-proposition.html"
    view = values["proposition_view"]
    assert view.standing
    assert (view.class_link.text, view.standing.status) == ("ceasefire", "denied")
    assert [statement.speaker.text for statement in view.statements] == ["X"]
    (truce,) = next(field.values for field in view.fields if field.label == "truce")
    assert truce.text == "3 days"
    assert [field.label for field in truce.fields] == ["days"]


def test_the_page_of_a_thing_has_its_own_template(extended: Schema) -> None:
    template, _ = show(build_views(extended, f"{ID}hospital/h"))
    assert template == "resource.html"
