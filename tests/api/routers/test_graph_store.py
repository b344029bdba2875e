"""The Graph Store Protocol, https://www.w3.org/TR/sparql11-http-rdf-update/; GS numbers: conventions."""

import httpx
import pyoxigraph as ox
import pytest

GRAPH = "http://example.org/g"
TURTLE = {"Content-Type": "text/turtle"}
ONE = "<http://example.org/a> <http://example.org/p> _:x ."


def triples(response: httpx.Response) -> set[str]:
    media_type = response.headers["content-type"].partition(";")[0]
    parsed = ox.parse(response.content, format=ox.RdfFormat.from_media_type(media_type))
    return {f"{quad.subject} {quad.predicate}" for quad in parsed}


def test_form_with_files_is_one_graph(plain: httpx.Client) -> None:
    files = [
        ("one", ("one.ttl", ONE, "text/turtle; charset=utf-8")),
        ("two", ("two.nt", ONE.replace("/a>", "/é>"), "application/n-triples")),
    ]
    assert plain.post("/graphs", params={"graph": GRAPH}, files=files).status_code == 201
    read = triples(plain.get("/graphs", params={"graph": GRAPH}))
    assert read == {"<http://example.org/a> <http://example.org/p>", "<http://example.org/é> <http://example.org/p>"}
    for media_type, status in (("text/plain", 415), ("multipart/form-data", 400)):
        file = ("one", ("one.txt", ONE, media_type))
        assert plain.post("/graphs", params={"graph": GRAPH}, files=[file]).status_code == status
    truncated = plain.post(
        "/graphs",
        params={"graph": GRAPH},
        content=b"--x\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert (truncated.status_code, "form cannot be read" in truncated.json()["detail"]) == (400, True)


@pytest.mark.parametrize("path", [f"/graphs?graph={GRAPH}", f"/graphs/?graph={GRAPH}", "/graph/some/name"])
def test_graph_is_created_replaced_extended_and_deleted(plain: httpx.Client, path: str) -> None:  # GS-2
    assert plain.get(path).status_code == 404
    assert plain.head(path).status_code == 404
    assert plain.delete(path).status_code == 404
    assert plain.put(path, content=ONE, headers=TURTLE).status_code == 201
    assert plain.put(path, content=ONE.replace("/p>", "/q>"), headers=TURTLE).status_code == 204
    assert triples(plain.get(path)) == {"<http://example.org/a> <http://example.org/q>"}
    assert plain.post(path, content=ONE, headers=TURTLE).status_code == 204
    assert len(triples(plain.get(path))) == 2
    head = plain.head(path)
    assert (head.status_code, head.content, head.headers["content-type"]) == (200, b"", "text/turtle; charset=utf-8")
    assert plain.put(path, content="", headers=TURTLE).status_code == 204
    assert triples(plain.get(path)) == set()
    assert plain.delete(path).status_code == 204
    assert plain.get(path).status_code == 404
    assert plain.post(path, content=ONE, headers=TURTLE).status_code == 201


def test_default_graph_always_exists(plain: httpx.Client) -> None:
    assert triples(plain.get("/graphs?default")) == set()
    assert plain.put("/graphs?default", content=ONE, headers=TURTLE).status_code == 204
    assert len(triples(plain.get("/graphs?default"))) == 1
    assert plain.delete("/graphs?default").status_code == 204
    assert triples(plain.get("/graphs?default")) == set()


def test_post_without_a_graph_creates_one(plain: httpx.Client) -> None:
    created = plain.post("/graphs", content=ONE, headers=TURTLE)
    assert created.status_code == 201
    location = created.headers["location"]
    assert len(triples(plain.get(location))) == 1
    assert len(triples(plain.get("/graphs", params={"graph": location}))) == 1
    assert plain.post("/graphs", content=ONE, headers=TURTLE).headers["location"] != location


@pytest.mark.parametrize(
    "query", ["", "?graph=http://a/b&default", "?graph=http://a/b&graph=http://a/c", "?graph=none"]
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_exactly_one_graph_is_named(plain: httpx.Client, method: str, query: str) -> None:  # GS-1
    assert plain.request(method, f"/graphs{query}", content=b"", headers=TURTLE).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_writing_needs_the_token(plain: httpx.Client, plain_address: str, method: str) -> None:  # GS-3
    for path in (f"/graphs?graph={GRAPH}", "/graph/x"):
        response = httpx.request(method, f"{plain_address}{path}", content=ONE, headers=TURTLE, trust_env=False)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")
    assert plain.get(f"/graphs?graph={GRAPH}").status_code == 404


def test_other_methods_are_405_with_allow(plain: httpx.Client) -> None:
    response = plain.patch(f"/graphs?graph={GRAPH}")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, PUT, POST, DELETE, OPTIONS")
    assert plain.options("/graphs").status_code == 204


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("text/turtle", ONE),
        ("application/n-triples", ONE),
        ("application/rdf+xml", '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://example.org/">'
         '<r:Description r:about="http://example.org/a"><p r:nodeID="x"/></r:Description></r:RDF>'),
        ("application/ld+json", '{"@id": "http://example.org/a", "http://example.org/p": {}}'),
    ],
)  # fmt: skip
def test_every_syntax_is_read_and_written(plain: httpx.Client, media_type: str, text: str) -> None:
    response = plain.put(
        f"/graphs?graph={GRAPH}", content=text, headers={"Content-Type": f"{media_type}; charset=utf-8"}
    )
    assert response.status_code == 201
    for wanted in (media_type, "application/trig", "application/n-quads"):
        graph = plain.get(f"/graphs?graph={GRAPH}", headers={"Accept": wanted})
        assert graph.headers["content-type"].startswith(wanted)
        assert triples(graph) == {"<http://example.org/a> <http://example.org/p>"}
    assert plain.get(f"/graphs?graph={GRAPH}", headers={"Accept": "image/png"}).status_code == 406


def test_malformed_or_unsupported_body_is_refused(plain: httpx.Client) -> None:
    path = f"/graphs?graph={GRAPH}"
    malformed = plain.put(path, content="\n<a", headers=TURTLE)
    assert (malformed.status_code, malformed.json()["line"]) == (400, 2)
    assert plain.put(path, content=ONE, headers={"Content-Type": "text/csv"}).status_code == 415
    assert plain.get(path).status_code == 404


def test_relative_iris_are_resolved_against_the_graph(plain: httpx.Client) -> None:
    plain.put(f"/graphs?graph={GRAPH}/", content="<x> <y> <> .", headers=TURTLE)
    assert triples(plain.get(f"/graphs?graph={GRAPH}/")) == {f"<{GRAPH}/x> <{GRAPH}/y>"}


def test_graph_has_an_etag(plain: httpx.Client) -> None:
    path = f"/graphs?graph={GRAPH}"
    plain.put(path, content=ONE, headers=TURTLE)
    etag = plain.get(path).headers["etag"]
    assert plain.get(path, headers={"If-None-Match": etag}).status_code == 304
    plain.post(path, content=ONE, headers=TURTLE)
    assert plain.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_governed_graphs_are_read_by_anybody_and_written_with_a_token(client: httpx.Client) -> None:
    places = "https://example.org/graph/places"
    assert triples(client.get("/graphs", params={"graph": places}))
    assert len(triples(client.get("/graphs?default"))) > len(triples(client.get("/graphs", params={"graph": places})))
    for method in ("PUT", "POST", "DELETE"):
        response = client.request(method, "/graphs", params={"graph": places}, content=ONE, headers=TURTLE)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Bearer realm="conflict-kg"')


@pytest.mark.parametrize(
    ("media_type", "content", "status"),
    [
        ("application/n-quads", "<urn:s> <urn:p> 'o' <urn:g1> .\n<urn:s> <urn:p> 'o' <urn:g2> .", 415),
        ("application/trig", "<urn:g1> { <urn:s> <urn:p> 'o' } <urn:g2> { <urn:s> <urn:p> 'o' }", 415),
        ("application/ld+json", '[{"@id": "urn:g1", "@graph": {"@id": "urn:s", "urn:p": 1}}]', 400),
        ("application/ld+json", '[{"@id": "_:g", "@graph": {"@id": "urn:s", "urn:p": 1}}]', 400),
    ],
)
def test_a_document_with_graphs_of_its_own_is_refused_and_creates_none(
    plain: httpx.Client, media_type: str, content: str, status: int
) -> None:
    for method in ("PUT", "POST"):
        response = plain.request(
            method, "/graphs", params={"graph": GRAPH}, content=content, headers={"Content-Type": media_type}
        )
        assert response.status_code == status, response.text
    graphs = plain.get("/sparql", params={"query": "SELECT ?g { GRAPH ?g {} }", "format": "csv"})
    assert graphs.text.split() == ["g"]


@pytest.mark.parametrize("media_type", ["text/turtle", "application/n-triples", "application/ld+json"])
def test_a_byte_order_mark_is_no_part_of_a_graph(plain: httpx.Client, media_type: str) -> None:
    content = '{"@id": "urn:s", "urn:p": {"@id": "urn:o"}}' if "json" in media_type else "<urn:s> <urn:p> <urn:o> ."
    headers = {"Content-Type": media_type}
    body = b"\xef\xbb\xbf" + content.encode()
    assert plain.put("/graphs", params={"graph": GRAPH}, content=body, headers=headers).status_code == 201
    assert triples(plain.get("/graphs", params={"graph": GRAPH})) == {"<urn:s> <urn:p>"}


def test_a_graph_in_rdf_xml_keeps_carriage_returns_and_refuses_what_xml_lacks(plain: httpx.Client) -> None:
    rdf_xml = {"Accept": "application/rdf+xml"}
    plain.put("/graphs", params={"graph": GRAPH}, content=r'<urn:s> <urn:p> "a\r\nb" .', headers=TURTLE)
    response = plain.get("/graphs", params={"graph": GRAPH}, headers=rdf_xml)
    assert b"a&#13;\nb" in response.content
    (quad,) = ox.parse(response.content, format=ox.RdfFormat.RDF_XML)
    assert quad.object == ox.Literal("a\r\nb")
    for escape in (r"\u0001", r"\uFFFF"):
        plain.put("/graphs", params={"graph": GRAPH}, content=f'<urn:s> <urn:p> "{escape}" .', headers=TURTLE)
        refused = plain.get("/graphs", params={"graph": GRAPH}, headers=rdf_xml)
        assert (refused.status_code, "text/turtle" in refused.json()["available"]) == (406, True)
        assert plain.get("/graphs", params={"graph": GRAPH}).status_code == 200
        results = plain.get("/sparql", params={"query": "SELECT ?o { GRAPH ?g { ?s ?p ?o } }", "format": "xml"})
        assert (results.status_code, results.json()["available"][0]) == (406, "application/sparql-results+json")
