"""The look-ups for warnings about ids are queries of the request: counted, explained, and within its time."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLError

from kg.graphql.execute import GraphQLService
from kg.graphql.plan.filter_warnings import NamedId, find_unknown_ids
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.request import error_codes, errors
from kg.graphql.schema.type_model import TypeCategory
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


SAID = (TypeCategory.PROPOSITION, TypeCategory.STATEMENT, TypeCategory.PART)


def test_near_ids_of_what_is_said_are_offered_with_their_speakers(service: GraphQLService, execute: Execute) -> None:
    """Of every type of the schema whose nodes are said, or parts of what is said."""
    types = [type_ for type_ in service.model.types.values() if type_.category in SAID and type_.kind]
    offered = set()
    for type_ in types:
        query = f'{{ node(id: "{type_.kind}:aj-2017-04-19-s5-hal") {{ id }} }}'
        for warning in execute(query)["extensions"]["warnings"]:
            assert warning["message"].count(" (in a statement of ") == len(warning["nearest"])
            offered |= {near.partition(":")[0] for near in warning["nearest"]}
    assert offered >= {"proposition", "statement"}


def test_near_ids_in_a_filter_are_offered_with_their_speakers(execute: Execute) -> None:
    query = '{ statements(where: {asserts: {id: {eq: "proposition:aj-2017-04-19-mosq"}}}) { totalCount } }'
    (warning,) = execute(query)["extensions"]["warnings"]
    assert warning["nearest"] == ["proposition:aj-2017-04-19-mosque"]
    assert "proposition:aj-2017-04-19-mosque (in a statement of Sheikh Abdul Razzaq, " in warning["message"]


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
