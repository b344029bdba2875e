"""The look-ups for warnings about ids are queries of the request: counted, explained, and within its time."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLError

from kg.graphql.execute import GraphQLService
from kg.graphql.plan.filter_warnings import NamedId, find_unknown_ids
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.request import error_codes, errors
from kg.query_lint.vocabulary import SchemaVocabulary
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore

Execute = Callable[..., dict[str, Any]]
UNKNOWN = f"{DEFAULT_BASE_IRI}id/actor/russa"


def test_look_ups_of_ids_are_counted_and_explained(execute: Execute) -> None:
    extensions = execute('{ actor(id: "actor:russa") { id } }', explain=True)["extensions"]
    texts = [query["sparql"] for query in extensions["explain"]]
    assert extensions["queries"] == len(texts)
    assert any(f"VALUES (?node) {{ (<{UNKNOWN}>) }}" in text for text in texts)
    assert any("?resource" in text for text in texts), "what suggests the nearest names"


def test_look_ups_of_ids_end_with_the_time_of_the_request(
    service: GraphQLService, shipped_schema: Schema, shipped_store: EmbeddedStore
) -> None:
    session = SparqlSession(shipped_store, 10.0)
    vocabulary = SchemaVocabulary.from_schema(shipped_schema, DEFAULT_BASE_IRI)
    ids = {UNKNOWN: NamedId("actor:russa", "Actor")}
    (warning,) = find_unknown_ids(ids, service.model, vocabulary, session)
    assert warning["nearest"] == ["actor:russia"]
    session.started -= 20
    with pytest.raises(GraphQLError) as raised:
        find_unknown_ids(ids, service.model, vocabulary, session)
    assert errors.code_of(raised.value) == error_codes.TOO_LATE
