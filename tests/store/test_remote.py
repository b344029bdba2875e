"""What only the remote store promises: its URLs, and its errors if the engine misbehaves."""

from collections.abc import Callable
from contextlib import closing

import httpx
import pyoxigraph as ox
import pytest

from kg.errors import QueryDeadlineError, QuerySyntaxError, StoreError, StoreUnreachableError
from kg.store.change import Change
from kg.store.protocol_client import ProtocolClient
from kg.store.remote import RemoteStore

from .conftest import addition, clear, iri, quad, removal

URL = "http://engine.example/query"
JSON = {"Content-Type": "application/sparql-results+json"}


def _store_over(answer: Callable[[httpx.Request], httpx.Response], timeout: float = 5) -> RemoteStore:
    return RemoteStore(ProtocolClient(URL, URL, httpx.Client(transport=httpx.MockTransport(answer)), timeout), timeout)


def _store_with_response(status: int, text: str = "", headers: dict[str, str] = JSON) -> RemoteStore:
    return _store_over(lambda _request: httpx.Response(status, headers=headers, text=text))


@pytest.mark.slow
def test_an_engine_with_another_default_graph_is_refused_with_advice(plain_engine: str) -> None:
    url = f"{plain_engine}/query"
    with closing(RemoteStore.open(url, union=False)) as store:
        store.apply(addition(quad("a", 1)))
        with pytest.raises(StoreUnreachableError, match=r"--union-default-graph.*tdb2:unionDefaultGraph"):
            RemoteStore.open(url)
        clear(store)


@pytest.mark.slow
def test_an_empty_engine_with_another_default_graph_is_refused_at_the_first_change(plain_engine: str) -> None:
    with closing(RemoteStore.open(f"{plain_engine}/query")) as store:
        with pytest.raises(StoreUnreachableError, match="--union-default-graph"):
            store.apply(addition(quad("a", 1)))
        assert list(store.quads()) == []


@pytest.mark.slow
def test_the_result_of_construct_can_be_serialized_like_any_other(remote: RemoteStore) -> None:
    remote.apply(addition(quad("a", ox.Literal("ق\n", language="ar"))))
    triples = remote.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert isinstance(triples, ox.QueryTriples)
    assert b"@ar" in (triples.serialize(format=ox.RdfFormat.TURTLE) or b"")


@pytest.mark.parametrize(
    ("url", "update_url"),
    [
        ("http://engine.example/data/query", "http://engine.example/data/update"),
        ("http://engine.example/sparql", "http://engine.example/sparql"),
        ("http://engine.example/repositories/one", "http://engine.example/repositories/one"),
    ],
)
def test_the_update_url_follows_from_the_query_url(monkeypatch: pytest.MonkeyPatch, url: str, update_url: str) -> None:
    urls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        urls.append(str(request.url))
        return httpx.Response(200, headers=JSON, text='{"head": {}, "boolean": true}')

    client = httpx.Client(transport=httpx.MockTransport(answer))
    monkeypatch.setattr(httpx, "Client", lambda **_: client)
    RemoteStore.open(url).apply(addition(quad("a", 1)))
    assert urls == [url, url, update_url]


def test_a_change_is_sent_as_one_request() -> None:
    bodies: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content.decode())
        return httpx.Response(204)

    change = Change.from_quads(removed=frozenset({quad("a", 1)}), added=frozenset({quad("a", 2)}))
    _store_over(answer).apply(change)
    (body,) = bodies
    assert body.startswith("DELETE DATA")
    assert "INSERT DATA" in body


def test_removing_a_blank_node_is_refused_before_anything_is_sent() -> None:
    def never(_request: httpx.Request) -> httpx.Response:
        raise AssertionError("something was sent")

    with pytest.raises(StoreError, match="blank node"):
        _store_over(never).apply(removal(quad("a", ox.BlankNode())))


@pytest.mark.slow
def test_an_added_blank_node_becomes_one_new_node(remote: RemoteStore) -> None:
    node = ox.BlankNode()
    remote.apply(addition(quad("a", node), ox.Quad(node, iri("p"), ox.Literal("1"), iri("g"))))
    first, second = remote.quads()
    assert {first.subject, second.subject} - {iri("a")} == {first.object, second.object} - {ox.Literal("1")}


@pytest.mark.parametrize(
    ("message", "position"),
    [
        ("error at 1:14: expected SELECT", (1, 14)),
        ('Encountered " "}" "} "" at line 2, column 9.', (2, 9)),
        ("Lexical error at line 3, column 5.  Encountered: <EOF>", (3, 5)),
        ("SPARQL compiler, without a position", (None, None)),
    ],
)
def test_a_refused_query_is_a_syntax_error_with_its_position_if_known(
    message: str, position: tuple[int | None, int | None]
) -> None:
    with pytest.raises(QuerySyntaxError) as failure:
        _store_with_response(400, message).query("?")
    assert (failure.value.line, failure.value.column) == position


@pytest.mark.parametrize("status", [302, 401, 403, 404, 500, 503])
def test_any_other_status_means_an_unreachable_engine(status: int) -> None:
    store = _store_with_response(status, "why")
    with pytest.raises(StoreUnreachableError, match=f"{status}: why"):
        store.query("ASK {}")
    with pytest.raises(StoreUnreachableError, match=str(status)):
        store.apply(addition(quad("a", 1)))


@pytest.mark.parametrize(
    ("text", "media_type"),
    [("<html>", "text/html"), ("{", "application/sparql-results+json"), ("<a> .", "application/n-triples"), ("", "")],
)
def test_a_response_that_is_no_result_means_an_unreachable_engine(text: str, media_type: str) -> None:
    with pytest.raises(StoreUnreachableError):
        _store_with_response(200, text, {"Content-Type": media_type}).query("ASK {}")


def test_a_url_where_nothing_answers_is_named_as_unreachable() -> None:
    with pytest.raises(StoreUnreachableError, match=r"http://127\.0\.0\.1:9/query"):
        RemoteStore.open("http://127.0.0.1:9/query", timeout=2)


@pytest.mark.parametrize("url", ["no address", "http://", "ftp://engine.example/query", "http://[/query"])
def test_an_invalid_url_is_unreachable(url: str) -> None:
    with pytest.raises(StoreUnreachableError):
        RemoteStore.open(url)


def test_a_password_in_the_url_is_in_no_message() -> None:
    with pytest.raises(StoreUnreachableError) as failure:
        RemoteStore.open("http://someone:secret@127.0.0.1:9/query", timeout=2)
    assert "secret" not in str(failure.value)
    assert "secret" not in failure.value.url


def test_an_engine_that_does_not_answer_is_abandoned_at_the_deadline() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("silence", request=request)

    with pytest.raises(QueryDeadlineError):
        _store_over(answer).query("ASK {}")


def test_an_engine_that_answers_too_slowly_is_abandoned_at_the_deadline() -> None:
    def dribble() -> "httpx.SyncByteStream":
        class Endless(httpx.SyncByteStream):
            def __iter__(self):  # type: ignore[no-untyped-def]
                while True:
                    yield b" "

        return Endless()

    store = _store_over(lambda _request: httpx.Response(200, headers=JSON, stream=dribble()), timeout=0.2)
    with pytest.raises(QueryDeadlineError):
        store.query("ASK {}")
