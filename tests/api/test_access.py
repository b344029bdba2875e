"""Who may write over HTTP: tokens with scopes and an expiry, checked against what a write really changes."""

import json
import logging
import random
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.services import Services, open_services
from kg.access.issuance import make_token, revoke_token
from kg.access.scope import Operation, Scope
from kg.access.token_file import TokenFile
from kg.journal.journal import read_records
from kg.server_file import read_address
from kg.settings import Settings

BASE = "https://w3id.org/conflict-kg/"
GRAPHS = f"{BASE}graph/"
UPDATE = {"Content-Type": "application/sparql-update"}
OPERATOR_TOKEN = "a-token-for-tests-only"
Serving = Callable[[Services], AbstractContextManager[str]]


@dataclass(frozen=True)
class Server:
    """A running server, and the file of its tokens."""

    client: httpx.Client
    file: TokenFile
    directory: Path

    def make(self, name: str, *graphs: str, operations: str = "load update put post patch delete") -> dict[str, str]:
        """The header field with a new token."""
        now = datetime.now(UTC)
        scope = Scope(frozenset(map(Operation, operations.split())), graphs)
        return bearer(make_token(self.file, name, scope, now + timedelta(hours=1), now)[1])

    def contents(self) -> str:
        return self.client.get("/sparql", params={"query": "CONSTRUCT WHERE { ?s ?p ?o }", "format": "nt"}).text

    def owner(self) -> dict[str, str]:
        """The header field of the command line."""
        address = read_address(self.directory)
        assert address is not None
        return bearer(address.token)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def running(serving: Serving, settings: Settings) -> Iterator[Server]:
    with (
        serving(open_services(settings)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60, headers={"Accept": "*/*"}) as client,
    ):
        yield Server(client, TokenFile(settings.data_dir), settings.data_dir)


@pytest.fixture(scope="module")
def module_server(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("access")
    settings = Settings(data_dir=directory, empty=True, workers=1, write_token=OPERATOR_TOKEN, token_failures=1000)
    with running(serving, settings) as server:
        yield server


@pytest.fixture
def server(module_server: Server) -> Iterator[Server]:
    """A server with the graphs ``one`` and ``other``; its tokens end with the test."""
    for name in ("one", "other"):
        response = put(module_server, name, bearer(OPERATOR_TOKEN))
        assert response.is_success, response.text
    yield module_server
    module_server.file.path.unlink(missing_ok=True)


def document(name: str, label: str = "Somebody") -> str:
    """A reference graph that describes one actor."""
    return f"""
PREFIX ck: <{BASE}ontology#> PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX actor: <{BASE}id/actor/>
<{GRAPHS}{name}> a ck:Reference ; dcterms:title "{name}"@en ; owl:versionInfo "1" ; ck:recordedBy actor:{name} ;
  dcterms:license <https://creativecommons.org/licenses/by/4.0/> .
actor:{name} a ck:Organization ; skos:prefLabel "{label} {name}"@en ."""


def put(server: Server, name: str, headers: dict[str, str], label: str = "Somebody") -> httpx.Response:
    headers = {"Content-Type": "text/turtle", **headers}
    return server.client.put(f"/graph/{name}", content=document(name, label), headers=headers)


LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"


def relabel(*names: str) -> str:
    """An update of the graphs of these names."""
    return " ;\n".join(
        f"WITH <{GRAPHS}{name}> DELETE {{ ?actor {LABEL} ?old }} INSERT {{ ?actor {LABEL} ?new }}"
        f' WHERE {{ ?actor {LABEL} ?old BIND(STRLANG(CONCAT("New ", STR(RAND())), "en") AS ?new) }}'
        for name in names
    )


RELABEL_ALL = f"""
DELETE {{ GRAPH ?graph {{ ?actor {LABEL} ?old }} }} INSERT {{ GRAPH ?graph {{ ?actor {LABEL} ?new }} }}
WHERE {{ GRAPH ?graph {{ ?actor {LABEL} ?old FILTER(STRSTARTS(STR(?actor), "{BASE}id/actor/")) }}
         BIND(STRLANG(CONCAT("All ", STR(?old)), "en") AS ?new) }}"""


def update(server: Server, text: str, headers: dict[str, str], query: str = "") -> httpx.Response:
    return server.client.post(f"/sparql{query}", content=text, headers=UPDATE | headers)


def load(server: Server, headers: dict[str, str], *names: str) -> httpx.Response:
    documents = [
        {"name": f"{name}.ttl", "content": b64encode(document(name, "Loaded").encode()).decode()} for name in names
    ]
    return server.client.post("/load", json={"documents": documents}, headers=headers)


def challenge(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.headers.get("www-authenticate", "")


UNAUTHENTICATED = (401, 'Bearer realm="conflict-kg"')
INVALID = (401, 'Bearer realm="conflict-kg", error="invalid_token"')


def test_without_a_token_a_write_is_challenged_and_with_an_unknown_one_told_so(server: Server) -> None:
    before = server.contents()
    unknown = bearer("ckg_" + "0" * 12 + "_" + "0" * 64)
    for headers, expected in (
        ({}, UNAUTHENTICATED),
        ({"Authorization": "Basic YTpi"}, UNAUTHENTICATED),
        ({"Authorization": "Bearer"}, UNAUTHENTICATED),
        (unknown, INVALID),
        (bearer("nonsense"), INVALID),
    ):
        for response in (
            put(server, "one", headers, "Changed"),
            server.client.delete("/graph/one", headers=headers),
            server.client.patch("/graph/one", content="", headers=UPDATE | headers),
            server.client.post("/graphs", content=document("new"), headers={"Content-Type": "text/turtle"} | headers),
            update(server, relabel("one"), headers),
            load(server, headers, "one"),
            server.client.post("/backup", params={"directory": "/x"}, headers=headers),
        ):
            assert challenge(response) == expected, response.request
    assert server.contents() == before


def test_a_token_in_the_address_or_the_body_is_none(server: Server) -> None:
    text = server.make("importer", "*")["Authorization"].split()[1]
    assert challenge(update(server, relabel("one"), {}, f"?access_token={text}")) == UNAUTHENTICATED
    form = {"update": relabel("one"), "access_token": text}
    assert challenge(server.client.post("/sparql", data=form)) == UNAUTHENTICATED


def test_reading_needs_no_token_and_is_served_with_a_wrong_one(server: Server) -> None:
    for headers in ({}, bearer("nonsense")):
        assert server.client.post("/sparql", data={"query": "ASK {}"}, headers=headers).status_code == 200
        assert server.client.get("/graph/one", headers=headers | {"Accept": "text/turtle"}).status_code == 200


def test_the_journal_names_the_token_as_the_agent(server: Server) -> None:
    assert put(server, "one", server.make("importer", GRAPHS + "one"), "Journaled").status_code == 204
    (*_, record) = read_records(server.directory / "journal")
    assert (record.entry.provenance.agent, record.entry.provenance.operation) == ("importer", "PUT graph")


def test_an_operation_outside_the_scope_is_refused_and_named(server: Server) -> None:
    before = server.contents()
    headers = server.make("appender", "*", operations="post")
    for operation, response in (
        ("put", put(server, "one", headers, "Changed")),
        ("delete", server.client.delete("/graph/one", headers=headers)),
        ("patch", server.client.patch("/graph/one", content="", headers=UPDATE | headers)),
        ("update", update(server, relabel("one"), headers)),
        ("load", load(server, headers, "one")),
    ):
        assert challenge(response) == (
            403,
            f'Bearer realm="conflict-kg", error="insufficient_scope", scope="{operation}"',
        )
        assert response.json()["type"].endswith("#insufficient-scope")
        assert response.json()["operation"] == operation
    assert server.contents() == before
    more = f'<{BASE}id/actor/second> a <{BASE}ontology#Organization> ; {LABEL} "Second"@en .'
    response = server.client.post("/graph/one", content=more, headers={"Content-Type": "text/turtle"} | headers)
    assert response.status_code == 204, response.text


def test_a_graph_outside_the_scope_is_refused_in_every_form_and_nothing_changes(server: Server) -> None:
    before = server.contents()
    headers = server.make("curator", GRAPHS + "one")
    for response in (
        put(server, "other", headers, "Changed"),
        put(server, "one-more", headers),
        server.client.delete("/graphs", params={"graph": GRAPHS + "other"}, headers=headers),
        server.client.patch("/graph/other", content="DELETE WHERE { ?s ?p ?o }", headers=UPDATE | headers),
        server.client.post("/graphs", content=document("new"), headers={"Content-Type": "text/turtle"} | headers),
        update(server, relabel("other"), headers),
        update(server, relabel("one", "other"), headers),
        update(server, f"CLEAR GRAPH <{GRAPHS}other>", headers),
        update(server, relabel("one", "other"), headers, "?dry-run=true"),
        update(server, RELABEL_ALL, headers),
        load(server, headers, "one", "other"),
    ):
        assert response.status_code == 403, response.text
        assert response.json()["type"].endswith("#insufficient-scope")
        assert "nothing was changed" in response.json()["detail"]
        assert not any(graph == GRAPHS + "one" for graph in response.json()["graphs"])
    assert server.contents() == before
    assert update(server, relabel("one"), headers).status_code == 204
    assert load(server, headers, "one").status_code == 200
    assert put(server, "one", headers, "Changed").status_code == 204


def test_a_scope_may_be_the_beginning_of_names(server: Server) -> None:
    headers = server.make("curator", GRAPHS + "harbour-*")
    assert put(server, "harbour-pilots", headers).status_code == 201
    assert put(server, "harbour", headers).status_code == 403
    assert server.client.delete("/graph/harbour-pilots", headers=headers).status_code == 204


def test_the_graph_that_an_update_would_not_change_needs_no_scope(server: Server) -> None:
    headers = server.make("curator", GRAPHS + "one")
    nothing = f"DELETE WHERE {{ GRAPH <{GRAPHS}other> {{ <urn:x:nobody> ?p ?o }} }}"
    assert update(server, f"{nothing} ;\n{relabel('one')}", headers).status_code == 204


def test_the_ontology_that_the_server_adds_itself_needs_no_scope(tmp_path: Path, serving: Serving) -> None:
    with running(serving, Settings(data_dir=tmp_path, empty=True, workers=1)) as server:
        headers = server.make("curator", GRAPHS + "one")
        assert put(server, "one", headers).status_code == 201
        assert server.client.head("/graph/one").status_code == 200
        ontology = f"{BASE}ontology"
        assert server.client.get("/graphs", params={"graph": ontology}).status_code == 200
        stolen = f"DELETE WHERE {{ GRAPH <{ontology}> {{ ?s ?p ?o }} }}"
        assert update(server, stolen, headers).status_code in (403, 422)
        noted = f'INSERT DATA {{ GRAPH <{ontology}> {{ <{ontology}> <urn:x:p> "mine" }} }}'
        assert update(server, noted, headers).status_code in (403, 422)


def test_a_token_that_is_revoked_while_the_server_runs_is_refused(server: Server) -> None:
    headers = server.make("importer", "*")
    assert update(server, relabel("one"), headers).status_code == 204
    revoke_token(server.file, "importer", datetime.now(UTC))
    response = put(server, "one", headers)
    assert challenge(response) == INVALID
    assert "was revoked at" in response.json()["detail"]


def test_a_token_that_expires_while_the_server_runs_is_refused(server: Server) -> None:
    now = datetime.now(UTC)
    scope = Scope(frozenset(Operation), ("*",))
    headers = bearer(make_token(server.file, "importer", scope, now + timedelta(seconds=4), now)[1])
    assert put(server, "one", headers).status_code == 204
    while (response := put(server, "one", headers)).is_success:
        time.sleep(0.1)
    assert challenge(response) == INVALID
    assert "expired at" in response.json()["detail"]
    assert datetime.now(UTC) >= now + timedelta(seconds=3)


def test_a_damaged_file_of_tokens_admits_nobody_and_shows_no_path(server: Server) -> None:
    headers = server.make("importer", "*")
    content = server.file.path.read_bytes()
    server.file.path.write_bytes(content[:-10])
    response = put(server, "one", headers)
    assert (response.status_code, response.json()["title"]) == (503, "The access tokens cannot be read")
    assert str(server.directory) not in response.text
    assert put(server, "one", bearer("nonsense")).status_code == 401
    assert put(server, "one", server.owner()).status_code == 204, "the command line goes on"
    server.file.path.write_bytes(content)
    assert put(server, "one", headers).status_code == 204


def test_only_the_command_line_makes_a_backup(server: Server, tmp_path: Path) -> None:
    headers = server.make("importer", "*")
    response = server.client.post("/backup", params={"directory": str(tmp_path / "backup")}, headers=headers)
    assert (response.status_code, "www-authenticate" in response.headers) == (403, False)
    assert not (tmp_path / "backup").exists()


def test_a_page_of_another_origin_can_send_no_token_that_it_does_not_have(server: Server) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    preflight = server.client.options("/graph/one", headers=origin | {"Access-Control-Request-Method": "PATCH"})
    assert {"Authorization", "If-Match", "Prefer"} <= set(preflight.headers["access-control-allow-headers"].split(", "))
    assert "PATCH" in preflight.headers["access-control-allow-methods"]
    response = put(server, "one", origin)
    assert response.status_code == 401
    assert "WWW-Authenticate" in response.headers["access-control-expose-headers"]
    assert put(server, "one", origin | server.make("page", GRAPHS + "one")).status_code == 204
    for headers in (preflight.headers, response.headers):
        assert "access-control-allow-credentials" not in headers
        assert "set-cookie" not in headers


def test_too_many_writes_of_one_token_wait_and_others_do_not(tmp_path: Path, serving: Serving) -> None:
    settings = Settings(data_dir=tmp_path, plain=True, empty=True, workers=1, write_token=OPERATOR_TOKEN, write_rate=1)
    with running(serving, settings) as server:
        one, other = server.make("one", "*"), server.make("other", "*")
        nothing = "DELETE DATA {}"
        responses = [update(server, nothing, one) for _ in range(30)]
        refused = [response for response in responses if response.status_code == 429]
        assert {response.status_code for response in responses[:10]} == {204}
        assert refused
        assert {response.headers["retry-after"] for response in refused} == {"1"}
        assert "www-authenticate" not in refused[0].headers
        assert refused[0].json()["type"].endswith("#rate-limit")
        assert update(server, nothing, other).status_code == 204
        assert update(server, nothing, bearer(OPERATOR_TOKEN)).status_code == 204
        assert {update(server, nothing, server.owner()).status_code for _ in range(30)} == {204}
        time.sleep(1.1)
        assert update(server, nothing, one).status_code == 204


def test_too_many_wrong_tokens_of_one_client_wait_and_valid_ones_do_not(
    tmp_path: Path, serving: Serving, metric: Callable[[httpx.Client, str], float]
) -> None:
    settings = Settings(
        data_dir=tmp_path, plain=True, empty=True, workers=1, write_token=OPERATOR_TOKEN, token_failures=2
    )
    with running(serving, settings) as server:
        headers = server.make("one", "*")
        nothing = "DELETE DATA {}"
        statuses = [update(server, nothing, bearer(f"wrong-{number}")).status_code for number in range(4)]
        assert statuses == [401, 401, 429, 429]
        assert update(server, nothing, headers).status_code == 204
        assert update(server, nothing, bearer(OPERATOR_TOKEN)).status_code == 429
        assert metric(server.client, 'conflict_kg_writes_refused_total{reason="unknown-token"}') == 2
        assert metric(server.client, 'conflict_kg_writes_refused_total{reason="too-many-failures"}') == 3


def test_the_default_graph_is_a_graph_of_its_own(tmp_path: Path, serving: Serving) -> None:
    with running(serving, Settings(data_dir=tmp_path, plain=True, empty=True, workers=1)) as server:
        named, default = server.make("named", "http://example.org/*"), server.make("default", "default")
        for number, headers, statuses in ((1, named, [403, 204, 403]), (2, default, [204, 403, 204])):
            in_default = f"INSERT DATA {{ <x:s> <x:p> {number} }}"
            in_named = f"INSERT DATA {{ GRAPH <http://example.org/g> {{ <x:s> <x:p> {number} }} }}"
            content = {"Content-Type": "text/turtle"} | headers
            assert [
                update(server, in_default, headers).status_code,
                update(server, in_named, headers).status_code,
                server.client.put("/graphs?default", content="<x:s> <x:p> 1 .", headers=content).status_code,
            ] == statuses
        assert update(server, "DROP ALL", named).status_code == 403
        assert update(server, "CREATE GRAPH <http://elsewhere.example/g>", named).status_code == 403


def draw_operation(chance: random.Random) -> str:
    """An operation on one or two of four small graphs and the default graph, by name or by what a pattern finds."""
    graph, other = (f"<urn:x:{chance.choice('abcd')}>" for _ in range(2))
    number = chance.randrange(3)
    triple = f"<urn:x:s{chance.randrange(3)}> <urn:x:p> {number}"
    return chance.choice(
        [
            f"INSERT DATA {{ GRAPH {graph} {{ {triple} }} GRAPH {other} {{ {triple} }} }}",
            f"INSERT DATA {{ {triple} }}",
            f"DELETE DATA {{ GRAPH {graph} {{ {triple} }} }}",
            f"DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o FILTER(?o = {number}) }} }}",
            f"WITH {graph} DELETE {{ ?s ?p ?o }} INSERT {{ GRAPH {other} {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}",
            f"INSERT {{ GRAPH ?g {{ {triple} }} }} WHERE {{ VALUES ?g {{ {graph} {other} }} }}",
            f"{chance.choice(['CLEAR', 'DROP'])} SILENT {chance.choice([f'GRAPH {graph}', 'DEFAULT', 'NAMED', 'ALL'])}",
            f"{chance.choice(['COPY', 'MOVE', 'ADD'])} SILENT {graph} TO {chance.choice([other, 'DEFAULT'])}",
            f"CREATE SILENT GRAPH {graph}",
        ]
    )


def test_random_updates_of_a_token_never_change_a_graph_outside_its_scope(tmp_path: Path, serving: Serving) -> None:
    chance = random.Random(11)
    outcomes: Counter[int] = Counter()
    with running(serving, Settings(data_dir=tmp_path, plain=True, empty=True, workers=1)) as server:
        headers = server.make("curator", "urn:x:a", "urn:x:b*")
        for _ in range(150):
            update(server, draw_operation(chance), server.owner())
            text = " ; ".join(draw_operation(chance) for _ in range(chance.choice([1, 1, 2, 3])))
            before = read_dataset(server)
            response = update(server, text, headers)
            after = read_dataset(server)
            outcomes[response.status_code] += 1
            changed = {graph for graph in before.keys() | after.keys() if before.get(graph) != after.get(graph)}
            assert changed <= {"urn:x:a", "urn:x:b"}, text
            assert response.status_code in (204, 403), response.text
            if response.status_code == 403:
                assert not changed, text
    assert min(outcomes[204], outcomes[403]) > 20, outcomes


def read_dataset(server: Server) -> dict[str, set[str]]:
    """The triples of each graph; of the default graph under an empty name."""
    query = "SELECT ?g ?s ?o { { GRAPH ?g { ?s ?p ?o } } UNION { ?s ?p ?o } }"
    rows = server.client.get("/sparql", params={"query": query, "format": "tsv"}).text.splitlines()[1:]
    graphs: dict[str, set[str]] = {}
    for row in rows:
        graph, _, triple = row.partition("\t")
        graphs.setdefault(graph.strip("<>"), set()).add(triple)
    return graphs


def read_audit(caplog: pytest.LogCaptureFixture, count: int) -> list[dict[str, Any]]:
    """The audit lines, once there are as many."""
    while True:
        messages = [record.message for record in caplog.records if record.name == "api.access"]
        lines = [line for line in map(json.loads, messages) if "audit" in line]
        if len(lines) >= count:
            return lines
        time.sleep(0.01)


def test_each_refusal_has_one_audit_line_without_secrets(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    headers = server.make("curator", GRAPHS + "one", operations="put update")
    text = headers["Authorization"].split()[1]
    id_, secret = text.split("_")[1:]
    guessed = bearer(text[:-4] + ("0000" if not text.endswith("0000") else "1111"))
    with caplog.at_level(logging.INFO, logger="api.access"):
        put(server, "one", {})
        put(server, "one", bearer("nonsense-nonsense"))
        put(server, "one", guessed)
        server.client.delete("/graph/one", headers=headers | {"X-Request-ID": "mine"})
        update(server, relabel("other", "one"), headers)
        put(server, "one", headers)
        server.client.get("/graph/one", headers={"Accept": "text/turtle"})
        lines = read_audit(caplog, 5)
    assert len(lines) == 5
    members = ("reason", "agent", "token", "operation", "graphs", "status")
    found = [tuple(line[member] for member in members) for line in lines]
    assert found == [
        ("no-token", "", "", "put", [], 401),
        ("unknown-token", "", "", "put", [], 401),
        ("unknown-token", "", id_, "put", [], 401),
        ("operation-outside-scope", "curator", id_, "delete", [], 403),
        ("graph-outside-scope", "curator", id_, "update", [GRAPHS + "other"], 403),
    ]
    assert lines[3]["request"] == "mine"
    assert {line["client"] for line in lines} == {"127.0.0.1"}
    digest = json.loads(server.file.path.read_text())["tokens"][0]["sha256"]
    written = "\n".join(record.getMessage() for record in caplog.records)
    for private in (secret, secret[-8:], digest, "nonsense-nonsense", guessed["Authorization"].split("_")[2]):
        assert private not in written
