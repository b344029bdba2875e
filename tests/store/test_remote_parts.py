"""What is long is read from a remote engine in pages and sent to it in parts, as the engine wants it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox
import pytest

from kg.errors import StoreError, StoreUnreachableError
from kg.store import remote as remote_module
from kg.store.change import Change
from kg.store.protocol_client import ProtocolClient
from kg.store.remote import RemoteStore
from kg.store.staged_change import ADDED, REMOVED, StagedChange

from .conftest import iri, quad

URL = "http://engine.example/query"
JSON = {"Content-Type": "application/sparql-results+json"}
VIRTUOSO = {**JSON, "Server": "Virtuoso/07.20.3240 (Linux) x86_64-pc-linux-gnu"}
MANY = frozenset(quad(f"s{number}", number) for number in range(12_000))


COUNT = json.dumps(
    {"head": {"vars": ["count"]}, "results": {"bindings": [{"count": {"type": "literal", "value": "12000"}}]}}
)


def store_over(answer: Callable[[httpx.Request], httpx.Response], request_quads: int = 0) -> RemoteStore:
    client = ProtocolClient(URL, URL, httpx.Client(transport=httpx.MockTransport(answer)), 5)
    return RemoteStore(client, 5, request_quads)


def text_of(request: httpx.Request) -> str:
    """The query or update, direct or in a form."""
    content = request.content.decode()
    if "form" not in request.headers["Content-Type"]:
        return content
    (text,) = (value for name in ("query", "update") for value in parse_qs(content).get(name, ()))
    return text


def table(rows: range, headers: dict[str, str] = JSON) -> httpx.Response:
    graph = {"type": "uri", "value": "http://example.org/g"}
    bindings = [
        {
            "s": {"type": "uri", "value": f"http://example.org/s{row}"},
            "p": {"type": "uri", "value": "http://example.org/p"},
            "o": {"type": "literal", "value": str(row)},
            "graph": graph,
        }
        for row in rows
    ]
    text = json.dumps({"head": {"vars": ["s", "p", "o", "graph"]}, "results": {"bindings": bindings}})
    return httpx.Response(200, headers=headers, text=text)


def staged(folder: Path, added: frozenset[ox.Quad], removed: frozenset[ox.Quad] = frozenset()) -> StagedChange:
    for name, quads in ((ADDED, added), (REMOVED, removed)):
        (folder / name).write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
    return StagedChange(folder=folder, added_count=len(added), removed_count=len(removed), graphs=(iri("g").value,))


class Engine:
    """Answers queries with a true or a table, and keeps the updates that it accepts."""

    def __init__(self, headers: dict[str, str] = JSON, refused_after: int | None = None) -> None:
        self._headers, self._refused_after = headers, refused_after
        self.updates: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        text = text_of(request)
        if not text.startswith(("INSERT", "DELETE")):
            return httpx.Response(200, headers=self._headers, text='{"head": {}, "boolean": true}')
        if len(self.updates) == self._refused_after:
            return httpx.Response(503, text="stopped")
        self.updates.append(text)
        return httpx.Response(204, headers=self._headers)


def test_quads_are_read_in_pages_even_if_the_engine_gives_less_than_it_is_asked_for() -> None:
    queries: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        text = text_of(request)
        if "COUNT" in text:
            return httpx.Response(200, headers=JSON, text=COUNT)
        queries.append(text)
        limit, start = map(int, re.search(r"LIMIT (\d+) OFFSET (\d+)", text).groups())  # type: ignore[union-attr]
        return table(range(start, min(start + min(limit, 5_000), 12_000)))

    assert frozenset(store_over(answer).quads(iri("g"))) == MANY
    assert len(queries) == 4, "the third page is full, so there may be a fourth"


@pytest.mark.slow
@pytest.mark.parametrize("few_pages", [1, 100])
def test_pages_of_a_real_engine_have_each_quad_once(
    remote: RemoteStore, monkeypatch: pytest.MonkeyPatch, few_pages: int
) -> None:
    """Whether they are read by predicate or not."""
    monkeypatch.setattr(remote_module, "_PAGE_ROWS", 1_700)
    monkeypatch.setattr(remote_module, "_FEW_PAGES", few_pages)
    remote.apply(Change.from_quads(added=MANY))
    read = list(remote.quads())
    assert len(read) == len(MANY)
    assert frozenset(read) == MANY
    assert remote.count_quads() == len(MANY)
    version = remote.graph_version(iri("g"))
    monkeypatch.setattr(remote_module, "_PAGE_ROWS", 20_000)
    assert remote.graph_version(iri("g")) == version
    remote.apply(Change.from_quads(removed=MANY))


@pytest.mark.parametrize(("headers", "requests"), [(JSON, 1), (VIRTUOSO, 3)])
def test_a_change_is_one_request_unless_the_engine_refuses_that(headers: dict[str, str], requests: int) -> None:
    engine = Engine(headers)
    store = store_over(engine)
    store.query("ASK {}")
    store.apply(Change.from_quads(added=MANY))
    assert len(engine.updates) == requests
    assert all(update.count("\n") < 10_000 for update in engine.updates) or requests == 1
    assert sum(update.count("<http://example.org/p>") for update in engine.updates) == len(MANY)


def test_a_large_change_is_added_before_anything_is_removed(tmp_path: Path) -> None:
    engine = Engine()
    store = store_over(engine, 5_000)
    assert store.commit_staged(staged(tmp_path, MANY, frozenset({quad("a", "b")}))) == 4
    assert [update.partition(" ")[0] for update in engine.updates] == ["INSERT", "INSERT", "INSERT", "DELETE"]


def test_an_interrupted_change_says_that_it_can_be_completed(tmp_path: Path) -> None:
    change = staged(tmp_path, MANY)
    for done, expected in ((0, "refused an update"), (2, "repeat it to complete it")):
        engine = Engine(refused_after=done)
        store = store_over(engine, 5_000)
        with pytest.raises(StoreError, match=expected) as failure:
            store.commit_staged(change)
        assert ("has a part of the change" in str(failure.value)) is bool(done)


@pytest.mark.slow
def test_a_change_that_was_interrupted_is_completed_by_its_repetition(remote: RemoteStore, tmp_path: Path) -> None:
    old, new = frozenset(list(MANY)[:4_000]), frozenset(list(MANY)[3_000:])
    remote.apply(Change.from_quads(added=old))
    remote.apply(Change.from_quads(added=frozenset(list(new)[:5_000])))
    assert remote.commit_staged(staged(tmp_path, new - old, old - new)) == 2
    assert frozenset(remote.quads()) == new
    remote.apply(Change.from_quads(removed=new))


def test_a_blank_node_in_a_large_change_is_refused_before_anything_is_sent() -> None:
    engine = Engine(VIRTUOSO)
    store = store_over(engine)
    store.query("ASK {}")
    with pytest.raises(StoreError, match="blank node"):
        store.apply(Change.from_quads(added=MANY | {quad("a", ox.BlankNode())}))
    assert engine.updates == []


def test_the_token_is_sent_with_each_request_and_is_in_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    client = httpx.Client

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("Authorization", ""))
        return httpx.Response(401, text="who are you?")

    def create(**arguments: object) -> httpx.Client:
        return client(transport=httpx.MockTransport(answer), **arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(httpx, "Client", create)
    with pytest.raises(StoreUnreachableError, match="KG_STORE_TOKEN") as failure:
        RemoteStore.open(URL, token="secret-of-the-engine")
    assert sent == ["Bearer secret-of-the-engine"]
    assert "secret" not in str(failure.value)
