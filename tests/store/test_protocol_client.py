"""Queries and updates are sent in the form that the engine accepts."""

import json
from collections.abc import Callable
from contextlib import closing
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox
import pytest

from kg.errors import QuerySyntaxError
from kg.namespaces import GEO
from kg.store.change import Change
from kg.store.protocol_client import ProtocolClient
from kg.store.remote import RemoteStore

from .conftest import quad

URL = "http://engine.example/query"
JSON = {"Content-Type": "application/sparql-results+json"}
TRUE = '{"head": {}, "boolean": true}'
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
GRAPH = "http://example.org/g"
ADDED = Change.from_quads(added=frozenset({quad("a", "é & ?")}))


def store_over(answer: Callable[[httpx.Request], httpx.Response]) -> RemoteStore:
    return RemoteStore(ProtocolClient(URL, URL, httpx.Client(transport=httpx.MockTransport(answer)), 5), 5)


class Engine:
    """Accepts some media types; keeps what it is sent."""

    def __init__(self, *accepted: str, body: str = TRUE, server: str = "engine") -> None:
        self._accepted, self._body, self._server = accepted, body, server
        self.types: list[str] = []
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.types.append(request.headers["Content-Type"].partition(";")[0])
        self.requests.append(request)
        if self.types[-1] not in self._accepted:
            return httpx.Response(415)
        return httpx.Response(200, headers={**JSON, "Server": self._server}, text=self._body)


def test_a_query_is_a_form_that_has_its_dataset_and_an_update_is_none() -> None:
    engine = Engine(FORM, UPDATE)
    with closing(store_over(engine)) as store:
        store.query_with_dataset("ASK {}", [GRAPH])
        store.apply(ADDED)
    assert engine.types == [FORM, UPDATE]
    query, update = (request.content.decode() for request in engine.requests)
    assert parse_qs(query) == {"query": ["ASK {}"], "default-graph-uri": [GRAPH]}
    assert "é & ?" in update


def test_an_engine_that_refuses_forms_gets_none_after_the_first() -> None:
    engine = Engine(QUERY, UPDATE)
    store = store_over(engine)
    for _ in range(2):
        assert store.query_with_dataset("ASK {}", [GRAPH])
    assert engine.types == [FORM, QUERY, QUERY]
    assert engine.requests[-1].url.params["default-graph-uri"] == GRAPH


def test_an_engine_that_wants_updates_as_forms_gets_forms() -> None:
    engine = Engine(FORM)
    store = store_over(engine)
    store.apply(ADDED)
    store.apply(ADDED)
    assert engine.types == [UPDATE, FORM, FORM]
    assert "é & ?" in parse_qs(engine.requests[-1].content.decode())["update"][0]


def test_virtuoso_gets_forms_alone_and_its_answer_to_ask_is_understood() -> None:
    """Virtuoso 7.2 leaves other requests without an answer, and answers ASK with a table."""
    value = {"type": "typed-literal", "datatype": "http://www.w3.org/2001/XMLSchema#integer", "value": "%d"}
    table = '{"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": [{"__ASK_RETVAL": %s}]}}'
    for number in (0, 1):
        body = table % str(value).replace("'", '"').replace("%d", str(number))
        engine = Engine(FORM, body=body, server="Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu")
        store = store_over(engine)
        result = store.query("ASK {}")
        assert isinstance(result, ox.QueryBoolean)
        assert bool(result) is bool(number)
        store.apply(ADDED)
        assert engine.types == [FORM, FORM]


def test_virtuoso_keeps_geometries_as_they_are_written() -> None:
    """It rounds what is a geometry for it to single precision."""
    point = ox.Literal("POINT(36.56868 34.10868)", datatype=ox.NamedNode(f"{GEO}wktLiteral"))
    kept: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        form = parse_qs(request.content.decode())
        kept.extend(form.get("update", ()))
        _, _, datatype = "".join(kept).partition("^^<")
        value = {"type": "typed-literal", "value": point.value, "datatype": datatype.partition(">")[0]}
        body = json.dumps({"head": {"vars": ["o"]}, "results": {"bindings": [{"o": value}] if kept else []}})
        return httpx.Response(200, headers={**JSON, "Server": "Virtuoso/07.20.3229"}, text=body)

    store = store_over(answer)
    store.query("SELECT ?o {}")
    store.apply(Change.from_quads(added=frozenset({quad("a", point)})))
    assert f"{GEO}wktLiteral" not in kept[0]
    rows = store.query("SELECT ?o {}")
    assert isinstance(rows, ox.QuerySolutions)
    (row,) = rows
    assert row["o"] == point


def test_a_syntax_error_is_that_of_the_form() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_form = request.headers["Content-Type"].startswith(FORM)
        return httpx.Response(400, text="at 2:1: as a form" if is_form else "at 1:1: as a query")

    with pytest.raises(QuerySyntaxError, match="as a form"):
        store_over(answer).query("?")


def test_what_virtuoso_removes_is_removed_one_by_one() -> None:
    """It leaves literals with a language that ``DELETE DATA`` names together with others."""
    engine = Engine(FORM, server="Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu")
    store = store_over(engine)
    store.query("ASK {}")
    store.apply(Change.from_quads(removed=frozenset(quad("a", ox.Literal(text, language="en")) for text in "} xy")))
    (text,) = parse_qs(engine.requests[-1].content.decode())["update"]
    data = ox.Store()
    kept = {quad("a", ox.Literal("x")), quad("a", ox.Literal("}", language="ar"))}
    data.extend(kept | {quad("a", ox.Literal(text_, language="en")) for text_ in "} xy"})
    data.update(text)
    assert set(data) == kept
    assert text.count("DELETE DATA") == 4
