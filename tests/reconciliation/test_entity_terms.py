"""Types and properties follow from the schema; each property of what is said can be asked for with who says it."""

import pytest

from kg.errors import BadParameterError
from kg.reconciliation.entity_terms import ATTRIBUTION, EntityTerms, Part
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema


@pytest.fixture(scope="module")
def terms(schema: Schema) -> EntityTerms:
    return EntityTerms(ClassIndex(schema))


def test_types_are_the_classes_of_things(terms: EntityTerms, schema: Schema) -> None:
    assert {each.iri for each in terms.types.values()} == ClassIndex(schema).things - {
        "https://w3id.org/conflict-kg/ontology#Thing"
    }
    assert terms.types["ArmedGroup"].broader == ("Actor",)


@pytest.mark.parametrize("name", ["Actor", "actor", "https://w3id.org/conflict-kg/ontology#Actor"])
def test_type_is_found_by_id_kind_or_iri(terms: EntityTerms, name: str) -> None:
    assert terms.find_type(name).id == "Actor"


def test_unknown_terms_are_refused_with_the_nearest(terms: EntityTerms) -> None:
    with pytest.raises(BadParameterError, match="Place"):
        terms.find_type("Plaice")
    with pytest.raises(BadParameterError, match="Labelling"):
        terms.find_property("Labeling")


def test_every_class_of_claims_has_a_property_for_each_part(terms: EntityTerms, schema: Schema) -> None:
    claims = {each.claim for each in terms.properties.values() if each.claim}
    index = ClassIndex(schema)
    about_things = {
        iri
        for iri in index.propositions
        for field in schema.classes[iri].fields.values()
        if not field.inverse and set(field.classes) & index.things
    }
    assert claims == about_things
    for claim in claims:
        parts = {each.part for each in terms.properties.values() if each.claim == claim}
        assert parts == set(Part)
    assert set(ATTRIBUTION) < set(Part)


def test_properties_of_a_type_are_those_that_it_may_have(terms: EntityTerms) -> None:
    proposed = {each.id for each in terms.properties_of(terms.find_type("Zone"))}
    assert {"prefLabel", "ZoneCoverage", "ZoneBoundary.speaker", "Labelling"} <= proposed
    assert not {"administrativeParent", "TerritorialControl"} & proposed


def test_terms_are_found_by_the_beginning_of_a_word(terms: EntityTerms) -> None:
    assert "ArmedGroup" in {each.id for each in terms.search_types("gro")}
    assert {each.id for each in terms.search_properties("IncidentAccount.sp")} == {"IncidentAccount.speaker"}
