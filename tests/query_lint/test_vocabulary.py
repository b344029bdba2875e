"""What the schema says of the values of properties, beside the shipped data: no warning contradicts them."""

from contextlib import closing

import pyoxigraph as ox
from shipped_data import ShippedData

from kg.namespaces import CK
from kg.query_lint.vocabulary import SchemaVocabulary
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI

TYPED = "SELECT DISTINCT ?class ?property { ?resource a ?class ; ?property ?value }"
PAIRS = "SELECT DISTINCT ?property ?value { ?resource ?property ?value FILTER(ISIRI(?value)) }"


def test_no_value_in_the_data_is_of_a_kind_that_its_property_does_not_have(
    schema: Schema, shipped_data: ShippedData
) -> None:
    vocabulary = SchemaVocabulary.from_schema(schema, DEFAULT_BASE_IRI)
    assert len(vocabulary.objects) > 40
    with closing(shipped_data.store()) as store:
        pairs = store.query(PAIRS)
        assert isinstance(pairs, ox.QuerySolutions)
        values = [(pair["property"].value, pair["value"].value) for pair in pairs]
    others = [
        (predicate, value)
        for predicate, value in values
        if predicate in vocabulary.objects
        and value.startswith(vocabulary.object_namespaces)
        and not value.startswith(tuple(vocabulary.objects[predicate]))
    ]
    assert len(values) > 1_000
    assert others == []


def test_no_instance_in_the_data_has_a_property_that_its_class_lacks(schema: Schema, shipped_data: ShippedData) -> None:
    fields = SchemaVocabulary.from_schema(schema, DEFAULT_BASE_IRI).fields
    owned = {predicate for predicates in fields.values() for predicate in predicates if predicate.startswith(CK)}
    with closing(shipped_data.store()) as store:
        pairs = store.query(TYPED)
        assert isinstance(pairs, ox.QuerySolutions)
        found = {(pair["class"].value, pair["property"].value) for pair in pairs}
    known = {(class_, predicate) for class_, predicate in found if class_ in fields and predicate in owned}
    assert len(known) > 100
    assert {(class_, predicate) for class_, predicate in known if predicate not in fields[class_]} == set()
