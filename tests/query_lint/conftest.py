"""A lint over the shipped vocabulary, and a small graph beside the ontology."""

import pyoxigraph as ox
import pytest

from kg.query_lint.linter import QueryLint
from kg.query_lint.vocabulary import SchemaVocabulary
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store

DATA = """
PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX actor: <https://w3id.org/conflict-kg/id/actor/>
PREFIX graph: <https://w3id.org/conflict-kg/graph/>

graph:post {
  actor:bellingcat a ck:Organization ; skos:prefLabel "Bellingcat"@en .
  actor:town-council a ck:Organization ; skos:prefLabel "Town council"@en, "مجلس"@ar ; ck:observed "an own term" .
}
"""


@pytest.fixture(scope="session")
def lint(schema: Schema) -> QueryLint:
    return QueryLint(SchemaVocabulary.from_schema(schema, DEFAULT_BASE_IRI))


@pytest.fixture(scope="session")
def store(schema: Schema) -> Store:
    quads = [*ox.parse(DATA, format=ox.RdfFormat.TRIG), *schema.ontology]
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(quads)))
    return store
