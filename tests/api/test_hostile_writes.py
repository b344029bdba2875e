"""Bad input of every kind to every write: a clear answer within the limits, and the graph as it was."""

import base64
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pytest
from hostile_bodies import BASE, DOCUMENTS, GRAPH, UPDATES, Row, a_million_blank_nodes

from api.services import Services, open_services
from kg.rdf_formats import RDF_BY_SUFFIX
from kg.settings import Settings

pytestmark = pytest.mark.slow

TOKEN = "a-token-for-tests-only"
UPDATE_TYPE = "application/sparql-update"
SUFFIXES = {syntax.media_type: f".{suffix}" for suffix, syntax in RDF_BY_SUFFIX.items()} | {"application/yaml": ".yaml"}


def home(name: str) -> str:
    """What a home graph says of itself, in Turtle."""
    return f"""<{BASE}graph/{name}> a <{BASE}ontology#Reference> ; <http://purl.org/dc/terms/title> "A"@en ;
      <http://www.w3.org/2002/07/owl#versionInfo> "1" ; <{BASE}ontology#recordedBy> <{BASE}id/actor/conflict-kg> ;
      <http://purl.org/dc/terms/license> <https://creativecommons.org/licenses/by/4.0/> .
"""


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory, serving: Callable[[Services], AbstractContextManager[str]]
) -> Iterator[httpx.Client]:
    """A client of a server with short limits, and some data."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("hostile"),
        empty=True,
        workers=1,
        write_token=TOKEN,
        ingest_timeout_s=15,
        ingest_memory_mb=1024,
        stall_timeout_s=2,
    )
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
    with (
        serving(open_services(settings)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=120, headers=headers) as client,
    ):
        actor = "".join(
            f"<{BASE}id/actor/a{n}> a <{BASE}ontology#Organization> ;"
            f' <http://www.w3.org/2004/02/skos/core#prefLabel> "A{n}"@en .\n'
            for n in range(300)
        )
        put = client.put("/graph/actors", content=home("actors") + actor, headers={"Content-Type": "text/turtle"})
        assert put.status_code == 201, put.text
        yield client


def state(client: httpx.Client) -> str:
    return client.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}).text


def check(response: httpx.Response, row: Row) -> None:
    assert response.status_code == row.status, response.text[:1000]
    problem = response.json()
    assert problem["detail"] or problem["findings"]
    assert row.says in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_bad_document_is_refused_and_nothing_changes(hostile: httpx.Client, method: str, name: str) -> None:
    row, before = DOCUMENTS[name], state(hostile)
    headers = {"Content-Type": row.media_type} if row.media_type else {}
    check(hostile.request(method, "/graph/hostile", content=row.body, headers=headers), row)
    assert state(hostile) == before
    assert hostile.head("/graph/hostile").status_code == 404


@pytest.mark.parametrize("name", [name for name, row in DOCUMENTS.items() if row.media_type in SUFFIXES])
def test_bad_document_is_refused_in_a_load_and_nothing_changes(hostile: httpx.Client, name: str) -> None:
    row, before = DOCUMENTS[name], state(hostile)
    good = {"name": "good.ttl", "content": base64.b64encode(home("good").encode()).decode()}
    bad = {"name": f"bad{SUFFIXES[row.media_type]}", "content": base64.b64encode(row.body).decode()}
    response = hostile.post("/load", json={"documents": [good, bad]})
    check(response, row._replace(status=422, says=row.says.replace("another graph", "")))
    assert state(hostile) == before
    assert hostile.head("/graph/good").status_code == 404


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "x"])
@pytest.mark.parametrize(("method", "path"), [("PATCH", "/graph/actors"), ("POST", "/sparql")])
def test_update_in_another_charset_is_refused(hostile: httpx.Client, method: str, path: str, charset: str) -> None:
    before = state(hostile)
    body = f"DELETE WHERE {{ GRAPH <{BASE}graph/actors> {{ ?é ?p ?o }} }}"
    headers = {"Content-Type": f"{UPDATE_TYPE}; charset={charset}"}
    response = hostile.request(method, path, content=body.encode("iso-8859-1"), headers=headers)
    check(response, Row(415, "", b""))
    assert state(hostile) == before


@pytest.mark.parametrize("name", [name for name in UPDATES if name not in ("many quads", "doubling")])
def test_bad_patch_is_refused_and_nothing_changes(hostile: httpx.Client, name: str) -> None:
    row, before = UPDATES[name], state(hostile)
    headers = {"Content-Type": row.media_type} if row.media_type else {}
    body = row.body.replace(b"GRAPH <urn:g>", b"").replace(f"GRAPH <{GRAPH}>".encode(), b"")
    response = hostile.patch("/graph/actors", content=body, headers=headers)
    # within one graph, braces alone are no group, and a graph operation is not offered
    assert response.status_code in (row.status, 400, 403), response.text[:1000]
    assert "Traceback" not in response.text
    assert state(hostile) == before


@pytest.mark.parametrize("name", UPDATES)
def test_bad_update_is_refused_and_nothing_changes(hostile: httpx.Client, name: str) -> None:
    row, before = UPDATES[name], state(hostile)
    headers = {"Content-Type": row.media_type} if row.media_type else {}
    check(hostile.post("/sparql", content=row.body, headers=headers), row)
    assert state(hostile) == before


REFERENCES_ELSEWHERE = {
    "context": ("application/ld+json", '{"@context": "%s", "a": 1}'),
    "context of a node": ("application/ld+json", '{"@id": "x:a", "x:b": {"@context": ["%s"], "a": 1}}'),
    "imported context": ("application/ld+json", '{"@context": {"@version": 1.1, "@import": "%s"}}'),
    "context of a dossier": ("application/ld+yaml", '"@context": %s\nid: ../graph/hostile\ntype: Dossier\n'),
    "DTD": ("application/rdf+xml", '<!DOCTYPE r SYSTEM "%s"><r/>'),
    "external entity": ("application/rdf+xml", '<!DOCTYPE r [<!ENTITY a SYSTEM "%s">]><r>&a;</r>'),
    "LOAD": (UPDATE_TYPE, "LOAD <%s> INTO GRAPH <x:g>"),
    "SERVICE": (UPDATE_TYPE, "INSERT { GRAPH <x:g> { ?s ?p ?o } } WHERE { SERVICE <%s> { ?s ?p ?o } }"),
}


@pytest.mark.parametrize("name", REFERENCES_ELSEWHERE)
def test_nothing_elsewhere_is_fetched(hostile: httpx.Client, name: str) -> None:
    media_type, body = REFERENCES_ELSEWHERE[name]
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.setblocking(False)
        content = body % f"http://127.0.0.1:{elsewhere.getsockname()[1]}/it"
        requests = [("PUT", "/graph/hostile"), ("POST", "/graph/hostile")]
        requests = [("POST", "/sparql")] if media_type == UPDATE_TYPE else requests
        for method, path in requests:
            response = hostile.request(method, path, content=content, headers={"Content-Type": media_type})
            assert 400 <= response.status_code < 500, response.text
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


def test_a_million_blank_nodes_are_refused_and_nothing_changes(hostile: httpx.Client) -> None:
    before = state(hostile)
    response = hostile.put("/graph/hostile", content=a_million_blank_nodes(), headers={"Content-Type": "text/turtle"})
    assert response.status_code in (413, 422), response.text[:1000]
    assert state(hostile) == before


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/graph/hostile"), ("PATCH", "/graph/actors"), ("POST", "/sparql"), ("POST", "/load")]
)
def test_body_beyond_the_limit_is_refused_before_it_is_sent(hostile: httpx.Client, method: str, path: str) -> None:
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: text/turtle\r\n"
    with socket.create_connection((hostile.base_url.host, hostile.base_url.port or 0), timeout=30) as connection:
        connection.sendall(f"{head}Content-Length: 1000000000\r\n\r\n".encode())
        assert connection.recv(1000).split()[1] in (b"413", b"415")


def test_slow_body_is_given_up(hostile: httpx.Client) -> None:
    head = f"PUT /graph/hostile HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: text/turtle\r\n"
    with socket.create_connection((hostile.base_url.host, hostile.base_url.port or 0), timeout=60) as connection:
        connection.sendall(f"{head}Content-Length: 100000\r\n\r\n<a>".encode())
        time.sleep(0.5)
        connection.sendall(b" ")
        assert connection.recv(1000).split()[1] == b"408"
    assert hostile.head("/graph/hostile").status_code == 404
