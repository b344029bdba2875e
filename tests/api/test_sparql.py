"""The query half of the SPARQL 1.1 Protocol, as clients meet it; SP numbers are those of the conventions."""

import time
from collections.abc import Callable

import httpx
import pyoxigraph as ox
import pytest
from rdflib import URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

Ask = Callable[..., httpx.Response]

SELECT = "SELECT ?label { <https://example.org/town> <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } { ?s <https://w3id.org/conflict-kg/ontology#denies> ?o ; ?p ?o }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?q ?r ?s . ?t ?u ?v }"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?q ?r ?s }"


def test_three_ways_of_asking_give_one_answer(client: httpx.Client) -> None:  # SP-1
    direct = {"Content-Type": "application/sparql-query"}
    answers = [
        client.get("/sparql", params={"query": SELECT}),
        client.post("/sparql", data={"query": SELECT}),
        client.post("/sparql", content=SELECT, headers=direct),
        client.get("/sparql/", params={"query": SELECT}),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    labels = {row["label"]["value"] for row in answers[0].json()["results"]["bindings"]}
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
    answer = ask(query, accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, sent)
    assert answer.headers["vary"] == "Accept"
    assert answer.content


@pytest.mark.parametrize("name", ["turtle", "nt", "rdf", "jsonld"])
def test_graph_formats_hold_the_same_triples(ask: Ask, name: str) -> None:
    answer = ask(CONSTRUCT, "text/html", format=name)
    media_type = answer.headers["content-type"].partition(";")[0]
    triples = {quad.triple for quad in ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media_type))}
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
def test_nothing_acceptable_lists_what_exists(ask: Ask, query: str, accept: str, parameters: dict[str, str]) -> None:
    answer = ask(query, accept, **parameters)  # SP-8, SP-11
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["vary"] == "Accept"
    assert answer.json()["available"]


def test_dataset_of_the_protocol_overrides_the_query(ask: Ask, client: httpx.Client) -> None:  # SP-3
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
    answer = client.get("/sparql", params={"query": COUNT, "format": "csv", "default-graph-uri": [places, news]})
    assert int(answer.text.split()[1]) == both
    assert ask(COUNT, **{"default-graph-uri": "not an iri"}).status_code == 400


def test_head_and_options(client: httpx.Client) -> None:  # SP-6
    head = client.head("/sparql", params={"query": SELECT, "format": "csv"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == "text/csv; charset=utf-8"
    options = client.options("/sparql")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    preflight = client.options(
        "/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    )
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "Content-Type" in preflight.headers["access-control-allow-headers"]


def test_any_origin_may_read(client: httpx.Client) -> None:  # SP-15
    for path in ("/sparql?query=ASK%7B%7D", "/sparql?query=nonsense", "/nowhere"):
        headers = client.get(path).headers
        assert headers["access-control-allow-origin"] == "*"
        for name in ("Link", "ETag", "Retry-After"):
            assert name in headers["access-control-expose-headers"]


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
    "update by form": (403, "POST", "/sparql", b"update=CLEAR+ALL", FORM),
    "update by body": (403, "POST", "/sparql", b"CLEAR ALL", {"Content-Type": "application/sparql-update"}),
    "update as query": (403, "POST", "/sparql", b"CLEAR ALL", DIRECT),
    "service": (403, "POST", "/sparql", b"ASK { SERVICE <http://127.0.0.1/> {} }", DIRECT),
    "method": (405, "DELETE", "/sparql", b"", {}),
    "too large": (413, "POST", "/sparql", b"#" * 2_000_001, DIRECT),
    "too long": (413, "POST", "/sparql", b"ASK {}" + b" " * 200_000, DIRECT),
    "unknown type": (415, "POST", "/sparql", b"{}", {"Content-Type": "application/json"}),
    "other charset": (415, "POST", "/sparql", b"ASK {}", {"Content-Type": "application/sparql-query; charset=utf-16"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_is_a_problem_with_its_status(name: str, client: httpx.Client) -> None:  # SP-2, SP-13, SP-14
    status, method, path, body, headers = REFUSED[name]
    answer = client.request(method, path, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"]
    assert problem["title"]
    assert problem["detail"]
    if status == 405:
        assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_syntax_error_tells_its_place(ask: Ask) -> None:
    problem = ask("SELECT *\nWHERE { ?s ?p }").json()
    assert problem["line"] == 2
    assert problem["column"] > 1
    text = ask("SELECT *\nWHERE { ?s ?p }", "text/plain, text/csv;q=0.5")
    assert text.headers["content-type"].startswith("text/plain")
    assert "line 2" in text.text


@pytest.mark.slow
def test_deadline_is_kept_and_the_next_query_works(ask: Ask, timeout_s: float) -> None:  # SP-7
    for timeout, limit in (("0.5", 0.5), ("3600", timeout_s)):
        ask(COUNT)
        start = time.monotonic()
        answer = ask(ENDLESS, timeout=timeout)
        assert time.monotonic() - start < limit + 0.5
        assert (answer.status_code, answer.json()["limit"]) == (504, limit)
        assert "seconds" in answer.json()["detail"]
    assert ask(COUNT).status_code == 200


def test_failure_after_the_first_byte_breaks_the_connection(ask: Ask) -> None:  # SP-12
    with pytest.raises(httpx.RemoteProtocolError):
        ask(STREAM)
    assert ask(COUNT).status_code == 200


def test_client_who_leaves_frees_the_worker(client: httpx.Client) -> None:
    for _ in range(2):
        with client.stream("GET", "/sparql", params={"query": STREAM}) as answer:
            assert next(answer.iter_bytes())
    assert client.get("/sparql", params={"query": COUNT}).status_code == 200


def test_no_query_gives_a_service_description(client: httpx.Client, address: str) -> None:  # SP-5, SP-17
    answer = client.get("/sparql")
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    sd = "http://www.w3.org/ns/sparql-service-description#"
    described = {quad.triple for quad in ox.parse(answer.content, format=ox.RdfFormat.TURTLE)}
    endpoint = ox.NamedNode(f"{address}/sparql")
    assert ox.Triple(endpoint, ox.NamedNode(f"{sd}feature"), ox.NamedNode(f"{sd}UnionDefaultGraph")) in described
    assert client.get("/sparql?format=jsonld").headers["content-type"] == "application/ld+json"
    assert client.get("/sparql", headers={"Accept": "text/csv"}).status_code == 406


def test_rdflib_is_a_client(address: str) -> None:
    store = SPARQLStore(f"{address}/sparql")
    rows = store.query("SELECT ?speaker { ?statement <https://w3id.org/conflict-kg/ontology#denies> ?p ; "
                       "<https://w3id.org/conflict-kg/ontology#speaker> ?speaker }")  # fmt: skip
    assert [row[0] for row in rows] == [URIRef("https://example.org/south")]
    assert store.query("ASK {}").askAnswer
    assert len(store.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3").graph) == 3


def test_every_answer_names_its_state_of_the_data(ask: Ask, client: httpx.Client) -> None:
    first, second = ask(SELECT), ask(SELECT)
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    other = {ask(SELECT, "text/csv").headers["etag"], ask(COUNT).headers["etag"], first.headers["etag"]}
    assert len(other) == 3
    known = {"If-None-Match": f'"x", {first.headers["etag"]}'}
    for method in ("GET", "HEAD"):
        answer = client.request(method, "/sparql", params={"query": SELECT}, headers=known)
        assert (answer.status_code, answer.content, answer.headers["vary"]) == (304, b"", "Accept")
        assert answer.headers["etag"] == first.headers["etag"]
    assert client.post("/sparql", data={"query": SELECT}, headers=known).status_code == 200


@pytest.mark.parametrize(
    "query", ["SELECT (NOW() AS ?t) {}", "SELECT (rand () AS ?r) {}", "SELECT (STRUUID() AS ?u) {}"]
)
def test_what_differs_each_time_has_no_tag(ask: Ask, query: str) -> None:
    assert "etag" not in ask(query).headers


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("CONSTRUCT { <http://example.org/a> <http://example.org/1> 1 } {}", "rdf"),
        ('CONSTRUCT { <http://example.org/a> <http://example.org/p> "\u0001" } {}', "rdf"),
        ('SELECT ("\u0001" AS ?x) {}', "xml"),
    ],
)
def test_what_a_format_cannot_carry_is_refused_before_the_first_byte(ask: Ask, query: str, name: str) -> None:
    answer = ask(query, format=name)
    assert answer.status_code == 406
    assert answer.json()["available"]
    assert not any("xml" in each for each in answer.json()["available"])
    assert ask(query).status_code == 200


def test_description_is_kept_until_the_data_change(client: httpx.Client) -> None:
    etag = client.get("/sparql").headers["etag"]
    assert client.get("/sparql", headers={"If-None-Match": etag}).status_code == 304


def test_request_id_is_given_back(client: httpx.Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    made = {client.get("/healthz", headers={"X-Request-ID": "not\tone"}).headers["x-request-id"] for _ in range(2)}
    assert len(made) == 2


@pytest.mark.parametrize("size", [2_500_000, 20_000_000])
def test_body_that_is_too_large_is_answered(client: httpx.Client, size: int) -> None:
    answer = client.post("/sparql", content=bytes(size), headers={"Content-Type": "application/sparql-query"})
    assert (answer.status_code, "2,000,000 bytes" in answer.json()["detail"]) == (413, True)
