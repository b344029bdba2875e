"""The procedure of GraphQL, from bytes to bytes: what it says of a request beside the response, and what it keeps."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query, parse, print_ast, print_schema

from kg.execution.procedure import Procedures
from kg.graphql.execute import GraphQLService
from kg.graphql.interface import EXECUTE, PRINT_SCHEMA, Arguments, Encoding, Outcome, Stage
from kg.graphql.procedure import create_graphql_procedures
from kg.questions.catalogue import Catalogue
from kg.schema.model import Schema
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.store.interface import QueryResult

ZONES = "{ zones(first: 1) { nodes { id } } }"


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one persisted document."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "first-zone.graphql").write_text(ZONES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def procedures(shipped_schema: Schema, catalogue: Catalogue, documents: Path) -> Procedures:
    return create_graphql_procedures(shipped_schema, catalogue, Settings(graphql_documents=documents))


class Client:
    """Calls the procedure as the process does that talks to clients."""

    def __init__(self, procedures: Procedures, store: EmbeddedStore) -> None:
        self._procedures, self._store = procedures, store

    def send(self, document: str = "", **parameters: Any) -> tuple[Outcome, dict[str, Any]]:
        return self.send_bytes(json.dumps(parameters).encode(), Encoding.JSON, document)

    def send_bytes(
        self, content: bytes, encoding: Encoding, document: str = "", allow_mutation: bool = True
    ) -> tuple[Outcome, dict[str, Any]]:
        arguments = asdict(Arguments(encoding=encoding, allow_mutation=allow_mutation, document=document))
        sent = json.loads(json.dumps(arguments))
        reply = self._procedures[EXECUTE](self._store, sent, content)
        properties = json.loads(json.dumps(dict(reply.properties)))
        return Outcome.from_properties(properties), json.loads(b"".join(reply.body))


@pytest.fixture
def client(procedures: Procedures, shipped_store: EmbeddedStore) -> Client:
    return Client(procedures, shipped_store)


def test_a_request_with_data_has_no_codes(client: Client) -> None:
    outcome, content = client.send(query=ZONES)
    assert outcome == Outcome(stage=Stage.EXECUTED, has_data=True)
    assert len(content["data"]["zones"]["nodes"]) == 1


def test_a_query_string_means_the_same(client: Client) -> None:
    content = (
        b"query=query+Q%28%24n%3AInt%29%7Bzones%28first%3A%24n%29%7Bnodes%7Bid%7D%7D%7D&variables=%7B%22n%22%3A1%7D"
    )
    outcome, response = client.send_bytes(content, Encoding.QUERY_STRING)
    assert outcome.has_data
    assert response["data"] == client.send(query=ZONES)[1]["data"]


@pytest.mark.parametrize(
    ("content", "encoding", "code"),
    [
        (b"", Encoding.JSON, "BAD_JSON"),
        (b"\xff", Encoding.JSON, "BAD_REQUEST"),
        (b"[" * 100_000, Encoding.JSON, "BAD_JSON"),
        (b'{"query":' * 100_000, Encoding.JSON, "BAD_JSON"),
        (b"[]", Encoding.JSON, "BATCHING_NOT_SUPPORTED"),
        (b"7", Encoding.JSON, "BAD_REQUEST"),
        (b'{"query": "\\ud800"}', Encoding.JSON, "BAD_JSON"),
        (b'{"query": "{__typename}", "variables": {"\\uDC00": 0}}', Encoding.JSON, "BAD_JSON"),
        (b'{"query": "{__typename}", "variables": {"n": NaN}}', Encoding.JSON, "BAD_JSON"),
        (b"", Encoding.QUERY_STRING, "BAD_REQUEST"),
        (b"query=a&query=b", Encoding.QUERY_STRING, "BAD_REQUEST"),
        (b"&".join(b"a%d=b" % number for number in range(1000)), Encoding.QUERY_STRING, "BAD_REQUEST"),
        (b'query={__typename}&variables={"a":"%5Cud800"}', Encoding.QUERY_STRING, "BAD_JSON"),
        (b"query={__typename}&extensions=[]", Encoding.QUERY_STRING, "BAD_REQUEST"),
    ],
    ids=str,
)
def test_malformed_parameters_are_named(content: bytes, encoding: Encoding, code: str, client: Client) -> None:
    outcome, response = client.send_bytes(content, encoding)
    assert outcome == Outcome(stage=Stage.MALFORMED, codes=(code,))
    (error,) = response.pop("errors")
    assert error["extensions"] == {"code": code}
    assert response == {}


def test_whole_surrogate_pairs_are_characters(client: Client) -> None:
    content = b'{"query": "query ($i: ID!) { node(id: $i) { id } }", "variables": {"i": "\\ud83d\\udd25"}}'
    outcome, response = client.send_bytes(content, Encoding.JSON)
    assert outcome.stage is Stage.EXECUTED
    assert response["data"] == {"node": None}


def test_a_refused_request_has_the_codes_of_its_errors_once(client: Client) -> None:
    outcome, response = client.send(query="{ nope nowhere }")
    assert outcome == Outcome(stage=Stage.REFUSED, codes=("GRAPHQL_VALIDATION_FAILED",))
    assert len(response["errors"]) == 2


def test_a_mutation_is_not_executed_where_none_is_allowed(client: Client) -> None:
    outcome, _ = client.send_bytes(b"query=mutation{__typename}", Encoding.QUERY_STRING, allow_mutation=False)
    assert outcome.codes == ("METHOD_NOT_ALLOWED",)


def fail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Have every query of the store raise this error."""

    def query(_store: EmbeddedStore, _text: str, **_: object) -> QueryResult:
        raise error

    monkeypatch.setattr(EmbeddedStore, "query_with_dataset", query)


def test_a_bug_is_reported_for_the_log_and_not_shown(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, KeyError("a secret"))
    outcome, response = client.send(query=ZONES)
    assert outcome.codes == ("INTERNAL_SERVER_ERROR",)
    assert "secret" not in str(response)
    (bug,) = outcome.bugs
    assert bug.startswith("Traceback")
    assert "KeyError: 'a secret'" in bug


def test_an_exhausted_memory_ends_the_request(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker reports it as its limit; as an error of GraphQL it would be a bug of the server."""
    fail(monkeypatch, MemoryError())
    with pytest.raises(MemoryError):
        client.send(query=ZONES)


def test_a_document_of_the_folder_is_read_once(client: Client, documents: Path) -> None:
    path = documents / "first-zone.graphql"
    path.rename(documents / "moved")  # a worker opens no files
    try:
        assert client.send(documentId="first-zone")[0].has_data
    finally:
        (documents / "moved").rename(path)
    outcome, _ = client.send(documentId="moved")
    assert outcome == Outcome(stage=Stage.UNKNOWN_DOCUMENT, codes=("DOCUMENT_NOT_FOUND",), missing="moved")


def test_a_document_that_was_sent_can_be_named_even_where_it_was_not_sent(client: Client) -> None:
    query = "{ zones(first: 2) { nodes { id } } }"
    sha256 = hashlib.sha256(query.encode()).hexdigest()
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256}}
    unknown, _ = client.send(extensions=extensions)
    assert unknown == Outcome(stage=Stage.UNKNOWN_DOCUMENT, codes=("PERSISTED_QUERY_NOT_FOUND",), missing=sha256)
    false, _ = client.send(document="{ zones { nodes { id } } }", extensions=extensions)
    assert false == unknown, "it is not the document of this hash"
    told, response = client.send(document=query, extensions=extensions)
    assert told.has_data
    again, _ = client.send(extensions=extensions)
    assert again.has_data
    sent, whole = client.send(query=query, extensions=extensions)
    assert sent.sent == (sha256, query)
    assert whole["data"] == response["data"]


def test_the_schema_is_printed_once(
    procedures: Procedures, service: GraphQLService, shipped_store: EmbeddedStore
) -> None:
    reply = procedures[PRINT_SCHEMA](shipped_store, {}, b"")
    assert b"".join(reply.body).decode() == f"{print_schema(service.schema)}\n"


def test_introspection_of_tools_is_not_executed_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    executed: list[object] = []

    def introspect(*arguments: object) -> None:
        executed.append(arguments)

    monkeypatch.setattr("kg.graphql.execute.introspect", introspect)
    query = get_introspection_query()
    for text in (query, query, print_ast(parse(query)), " ".join(query.split())):
        outcome, response = client.send(query=text)
        assert outcome == Outcome(stage=Stage.EXECUTED, has_data=True)
        assert response["data"]["__schema"]["types"]
        assert response["extensions"]["queries"] == 0
    assert executed == []
