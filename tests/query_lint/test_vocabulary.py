"""What the schema says of the values of properties, beside the shipped data: no warning contradicts them."""

from contextlib import closing

import pyoxigraph as ox
from shipped_data import ShippedData

from kg.query_lint.vocabulary import Vocabulary
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI

PAIRS = "SELECT DISTINCT ?property ?value { ?resource ?property ?value FILTER(ISIRI(?value)) }"


def test_no_value_in_the_data_is_of_a_kind_that_its_property_does_not_have(
    schema: Schema, shipped_data: ShippedData
) -> None:
    vocabulary = Vocabulary.from_schema(schema, DEFAULT_BASE_IRI)
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
