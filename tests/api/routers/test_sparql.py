"""Queries by the SPARQL 1.1 Protocol; SP numbers are those of the conventions."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from rdflib import URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from rdflib.query import ResultRow

from api.services import Services
from kg.execution import guard, sparql_lexer

Ask = Callable[..., httpx.Response]
Metric = Callable[[httpx.Client, str], float]
KILLED = "conflict_kg_workers_killed_total"

SELECT = "SELECT ?label { <https://example.org/town> <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } { ?s <https://w3id.org/conflict-kg/ontology#denies> ?o ; ?p ?o }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?q ?r ?s . ?t ?u ?v }"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?q ?r ?s }"


def test_get_and_both_forms_of_post_have_the_same_result(client: httpx.Client) -> None:  # SP-1
    direct = {"Content-Type": "application/sparql-query"}
    responses = [
        client.post("/sparql", content=b"\xef\xbb\xbf" + SELECT.encode(), headers=direct),
        client.get("/sparql", params={"query": SELECT}),
        client.post("/sparql", data={"query": SELECT}),
        client.get("/sparql", params={"query": f"\ufeff{SELECT}"}),
        client.post("/sparql", data={"query": f"\ufeff{SELECT}"}),
        client.post("/sparql", content=SELECT, headers=direct),
        client.get("/sparql/", params={"query": SELECT}),
    ]
    assert {response.status_code for response in responses} == {200}
    assert len({response.content for response in responses}) == 1
    labels = {row["label"]["value"] for row in responses[0].json()["results"]["bindings"]}
    assert labels == {"Town", "بلدة"}


@pytest.mark.parametrize(
    ("query", "accept", "sent"),
    [
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/csv", "text/csv; charset=utf-8"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (SELECT, "application/json", "application/json"),
        (SELECT, "text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("ASK {}", "*/*", "application/sparql-results+json"),
        ("ASK {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        (CONSTRUCT, "*/*", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/trig", "application/trig"),
        (CONSTRUCT, "application/n-quads, */*;q=0.1", "application/n-quads"),
        ("DESCRIBE <https://example.org/s1>", "text/turtle", "text/turtle; charset=utf-8"),
    ],
)
def test_format_follows_accept(ask: Ask, query: str, accept: str, sent: str) -> None:  # SP-8 to SP-10
    response = ask(query, accept)
    assert (response.status_code, response.headers["content-type"]) == (200, sent)
    assert response.headers["vary"] == "Accept"
    assert response.content


@pytest.mark.parametrize("name", ["turtle", "nt", "rdf", "jsonld"])
def test_graph_formats_contain_the_same_triples(ask: Ask, name: str) -> None:
    response = ask(CONSTRUCT, "text/html", format=name)
    media_type = response.headers["content-type"].partition(";")[0]
    triples = {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.from_media_type(media_type))}
    assert {triple.subject.value for triple in triples} == {"https://example.org/s2"}


@pytest.mark.parametrize(
    ("query", "accept", "parameters"),
    [
        ("ASK {}", "text/csv", {}),
        ("ASK {}", "*/*", {"format": "tsv"}),
        (SELECT, "image/png", {}),
        (SELECT, "*/*", {"format": "turtle"}),
        (CONSTRUCT, "text/csv", {}),
        (SELECT, "*/*;q=0", {}),
    ],
)
def test_406_lists_the_available_formats(ask: Ask, query: str, accept: str, parameters: dict[str, str]) -> None:
    response = ask(query, accept, **parameters)  # SP-8, SP-11
    assert response.status_code == 406
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["vary"] == "Accept"
    assert response.json()["available"]


def test_dataset_of_the_request_overrides_that_of_the_query(ask: Ask, client: httpx.Client) -> None:  # SP-3
    places, news = "https://example.org/graph/places", "https://example.org/graph/news"

    def count(query: str, **parameters: str) -> int:
        return int(ask(query, "text/csv", **parameters).text.split()[1])

    both = count(COUNT)
    one = count(COUNT, **{"default-graph-uri": places})
    assert 0 < one < both
    assert count(f"SELECT (COUNT(*) AS ?n) FROM <{places}> {{ ?s ?p ?o }}") == one
    from_news = f"SELECT (COUNT(*) AS ?n) FROM <{news}> {{ ?s ?p ?o }}"
    assert count(from_news, **{"default-graph-uri": places}) == one
    assert count("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": places}) == one
    response = client.get("/sparql", params={"query": COUNT, "format": "csv", "default-graph-uri": [places, news]})
    assert int(response.text.split()[1]) == both
    assert ask(COUNT, **{"default-graph-uri": "not an iri"}).status_code == 400


def test_head_and_options(client: httpx.Client) -> None:  # SP-6
    head = client.head("/sparql", params={"query": SELECT, "format": "csv"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == "text/csv; charset=utf-8"
    options = client.options("/sparql")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
REFUSED = {
    "two queries": (400, "GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", b"", {}),
    "query and update": (400, "POST", "/sparql", b"query=ASK%7B%7D&update=CLEAR+ALL", FORM),
    "update by GET": (400, "GET", "/sparql?update=CLEAR+ALL", b"", {}),
    "dataset of the other kind": (400, "GET", "/sparql?query=ASK%7B%7D&using-graph-uri=http://example.org/g", b"", {}),
    "too nested": (400, "POST", "/sparql", b"ASK " + b"{" * 300 + b"}" * 300, DIRECT),
    "posted nothing": (400, "POST", "/sparql", b"", FORM),
    "not utf-8": (400, "POST", "/sparql", b"ASK { ?s ?p '\xff' }", DIRECT),
    "malformed": (400, "GET", "/sparql?query=SELECT+nothing", b"", {}),
    "timeout in words": (400, "GET", "/sparql?query=ASK%7B%7D&timeout=soon", b"", {}),
    "update by form": (401, "POST", "/sparql", b"update=CLEAR+ALL", FORM),
    "update by body": (401, "POST", "/sparql", b"CLEAR ALL", {"Content-Type": "application/sparql-update"}),
    "update as query": (403, "POST", "/sparql", b"CLEAR ALL", DIRECT),
    "service": (403, "POST", "/sparql", b"ASK { SERVICE <http://127.0.0.1/> {} }", DIRECT),
    "method": (405, "DELETE", "/sparql", b"", {}),
    "too large": (413, "POST", "/sparql", b"#" * 2_000_001, DIRECT),
    "too long": (413, "POST", "/sparql", b"ASK {}" + b" " * 200_000, DIRECT),
    "unknown type": (415, "POST", "/sparql", b"{}", {"Content-Type": "application/json"}),
    "other charset": (415, "POST", "/sparql", b"ASK {}", {"Content-Type": "application/sparql-query; charset=utf-16"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_request_is_a_problem_with_its_status(name: str, client: httpx.Client) -> None:  # SP-2, SP-13, SP-14
    status, method, path, body, headers = REFUSED[name]
    response = client.request(method, path, content=body, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["type"]
    assert problem["title"]
    assert problem["detail"]
    if status == 405:
        assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_syntax_error_has_line_and_column(ask: Ask) -> None:
    problem = ask("SELECT *\nWHERE { ?s ?p }").json()
    assert problem["line"] == 2
    assert problem["column"] > 1
    text = ask("SELECT *\nWHERE { ?s ?p }", "text/plain, text/csv;q=0.5")
    assert text.headers["content-type"].startswith("text/plain")
    assert "line 2" in text.text


@pytest.mark.slow
def test_deadline_stops_the_query_and_the_next_one_runs(
    ask: Ask, client: httpx.Client, metric: Metric, timeout_s: float
) -> None:  # SP-7
    for timeout, limit in (("0.5", 0.5), ("3600", timeout_s)):
        killed = metric(client, KILLED)
        response = ask(ENDLESS, timeout=timeout)
        assert (response.status_code, response.json()["limit"]) == (504, limit)
        assert "seconds" in response.json()["detail"]
        assert metric(client, KILLED) == killed + 1
        assert ask(COUNT).status_code == 200


@pytest.mark.slow
def test_full_queue_is_answered_with_503_and_retry_after(
    serving: Callable[[Services], AbstractContextManager[str]], services_in: Callable[[Path], Services], tmp_path: Path
) -> None:
    responses: list[httpx.Response] = []
    with serving(services_in(tmp_path)) as address:

        def send() -> None:
            parameters = {"query": ENDLESS, "timeout": "0.5"}
            responses.append(httpx.get(f"{address}/sparql", params=parameters, trust_env=False, timeout=30))

        threads = [threading.Thread(target=send) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    refused = [response for response in responses if response.status_code == 503]
    assert refused
    assert all(int(response.headers["retry-after"]) > 0 for response in refused)
    assert all(response.json()["type"].endswith("#overloaded") for response in refused)
    assert {response.status_code for response in responses} <= {503, 504}


def test_failure_after_the_first_byte_breaks_the_connection(ask: Ask) -> None:  # SP-12
    with pytest.raises(httpx.RemoteProtocolError):
        ask(STREAM)
    assert ask(COUNT).status_code == 200


def test_closed_stream_frees_the_worker(client: httpx.Client) -> None:
    for _ in range(2):
        with client.stream("GET", "/sparql", params={"query": STREAM}) as response:
            assert next(response.iter_bytes())
    assert client.get("/sparql", params={"query": COUNT}).status_code == 200


def test_request_without_a_query_describes_the_service(client: httpx.Client, address: str) -> None:  # SP-5, SP-17
    response = client.get("/sparql")
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    sd = "http://www.w3.org/ns/sparql-service-description#"
    described = {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.TURTLE)}
    endpoint = ox.NamedNode(f"{address}/sparql")
    assert ox.Triple(endpoint, ox.NamedNode(f"{sd}feature"), ox.NamedNode(f"{sd}UnionDefaultGraph")) in described
    assert client.get("/sparql?format=jsonld").headers["content-type"] == "application/ld+json"
    assert client.get("/sparql", headers={"Accept": "text/csv"}).status_code == 406


def test_rdflib_is_a_client(address: str) -> None:
    store = SPARQLStore(f"{address}/sparql")
    rows = store.query("SELECT ?speaker { ?statement <https://w3id.org/conflict-kg/ontology#denies> ?p ; "
                       "<https://w3id.org/conflict-kg/ontology#speaker> ?speaker }")  # fmt: skip
    assert [row[0] for row in rows if isinstance(row, ResultRow)] == [URIRef("https://example.org/south")]
    assert store.query("ASK {}").askAnswer
    graph = store.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3").graph
    assert graph is not None
    assert len(graph) == 3


def test_etag_depends_on_query_format_and_data(ask: Ask, client: httpx.Client) -> None:
    first, second = ask(SELECT), ask(SELECT)
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    other = {ask(SELECT, "text/csv").headers["etag"], ask(COUNT).headers["etag"], first.headers["etag"]}
    assert len(other) == 3
    known = {"If-None-Match": f'"x", {first.headers["etag"]}'}
    for method in ("GET", "HEAD"):
        response = client.request(method, "/sparql", params={"query": SELECT}, headers=known)
        assert (response.status_code, response.content, response.headers["vary"]) == (304, b"", "Accept")
        assert response.headers["etag"] == first.headers["etag"]
    assert client.post("/sparql", data={"query": SELECT}, headers=known).status_code == 200


@pytest.mark.parametrize(
    "query", ["SELECT (NOW() AS ?t) {}", "SELECT (rand () AS ?r) {}", "SELECT (STRUUID() AS ?u) {}"]
)
def test_nondeterministic_query_has_no_etag(ask: Ask, query: str) -> None:
    assert "etag" not in ask(query).headers


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("CONSTRUCT { <http://example.org/a> <http://example.org/1> 1 } {}", "rdf"),
        ('CONSTRUCT { <http://example.org/a> <http://example.org/p> "\u0001" } {}', "rdf"),
        ('SELECT ("\u0001" AS ?x) {}', "xml"),
    ],
)
def test_unrepresentable_result_is_refused_before_the_first_byte(ask: Ask, query: str, name: str) -> None:
    response = ask(query, format=name)
    assert response.status_code == 406
    assert response.json()["available"]
    assert not any("xml" in media_type for media_type in response.json()["available"])
    assert ask(query).status_code == 200


def test_short_query_text_is_inspected_once_a_request_and_a_long_one_in_a_worker(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []

    def tokenize(text: str) -> Iterator[sparql_lexer.Token]:
        texts.append(text)
        return sparql_lexer.tokenize(text)

    monkeypatch.setattr(guard, "tokenize", tokenize)
    short, long = f"{SELECT} # short, and new to every cache", f"{SELECT} # {'long ' * 2_000}"
    assert ask(short).is_success
    assert ask(long).is_success
    assert texts == [short]


def test_service_description_has_an_etag(client: httpx.Client) -> None:
    etag = client.get("/sparql").headers["etag"]
    assert client.get("/sparql", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("size", [2_500_000, 20_000_000])
def test_body_that_is_too_large_gets_413(client: httpx.Client, size: int) -> None:
    response = client.post("/sparql", content=bytes(size), headers={"Content-Type": "application/sparql-query"})
    assert (response.status_code, "2,000,000 bytes" in response.json()["detail"]) == (413, True)
