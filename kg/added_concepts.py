"""The concepts that the reference graphs of a store add to the schemes of a schema.

Owns the query for them. What is made of them is ``kg.schema.added_concepts``'s.
"""

from pathlib import Path

import pyoxigraph as ox

from kg.schema.added_concepts import add_concepts
from kg.schema.model import Schema
from kg.store.interface import Queryable

_QUERY = Path(__file__).with_name("added-concepts.rq").read_text(encoding="utf-8")


def read_added_concepts(store: Queryable) -> list[ox.Quad]:
    """What home graphs other than the ontology say of concepts. Raises what ``Queryable.query`` raises."""
    triples = store.query(_QUERY)
    assert isinstance(triples, ox.QueryTriples)
    return [ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples]


def extend_schema(schema: Schema, store: Queryable) -> Schema:
    """The schema with the concepts that the store adds to it; the schema itself if there are none."""
    return add_concepts(schema, read_added_concepts(store))
