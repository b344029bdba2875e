"""The Graph Store Protocol in governed mode, for dossiers too: PUT, POST, PATCH and DELETE, judged as a load."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

BASE = "https://w3id.org/conflict-kg/"
POST = (Path(__file__).parents[2] / "ingest" / "dossier" / "post.yaml").read_bytes()
YAML = {"Content-Type": "application/yaml"}
TURTLE = {"Content-Type": "text/turtle"}
PATCH = {"Content-Type": "application/sparql-update"}
ANY = {"If-Match": "*"}
PREFIXES = f"""
@prefix ck: <{BASE}ontology#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix actor: <{BASE}id/actor/> .
"""
PATCH_PREFIXES = PREFIXES.replace("@prefix", "PREFIX").replace("> .", ">")
HOME = """<> a ck:Reference ; dcterms:title "More"@en ; owl:versionInfo "1" ;
  dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; ck:recordedBy actor:conflict-kg ."""
SEA = f'{PREFIXES} {HOME} actor:sea-guard a ck:ArmedGroup ; skos:prefLabel "Sea Guard"@en .'
LAKE = f'{PREFIXES} actor:lake-guard a ck:ArmedGroup ; skos:prefLabel "Lake Guard"@en .'
RENAME = f"""{PATCH_PREFIXES} DELETE {{ actor:sea-guard skos:prefLabel ?l }}
  INSERT {{ actor:sea-guard skos:prefLabel "Coast Guard"@en }} WHERE {{ actor:sea-guard skos:prefLabel ?l }}"""


def etag(client: httpx.Client, path: str, accept: str = "text/turtle") -> str:
    return str(client.get(path, headers={"Accept": accept}).headers["etag"])


@pytest.mark.parametrize("path", ["/graph/more", f"/graphs?graph={BASE}graph/more"])
def test_graph_is_created_replaced_extended_patched_and_deleted(governed: httpx.Client, path: str) -> None:
    assert governed.delete(path).status_code == 404
    assert governed.patch(path, content=RENAME, headers=PATCH).status_code == 404
    created = governed.put(path, content=SEA, headers=TURTLE)
    assert (created.status_code, created.content) == (201, b"")
    assert governed.post(path, content=LAKE, headers=TURTLE).status_code == 204
    assert governed.patch(path, content=RENAME, headers=PATCH).status_code == 204
    text = governed.get(path, headers={"Accept": "application/n-triples"}).text
    assert "Coast Guard" in text
    assert "Lake Guard" in text
    assert governed.put(path, content=SEA, headers=TURTLE).status_code == 204
    text = governed.get(path, headers={"Accept": "application/n-triples"}).text
    assert "Sea Guard" in text
    assert "Lake Guard" not in text
    assert governed.delete(path).status_code == 204
    assert governed.get(path).status_code == (410 if path.startswith("/graph/") else 404)
    assert governed.post(path, content=SEA, headers=TURTLE).status_code == 201


def test_post_without_a_graph_creates_one_that_describes_itself(governed: httpx.Client) -> None:
    created = governed.post("/graphs", content=SEA, headers=TURTLE)
    assert created.status_code == 201
    path = httpx.URL(created.headers["location"]).path
    assert (
        f"<{BASE}{path[1:]}> <http://purl.org/dc/terms/title>"
        in governed.get(path, headers={"Accept": "application/n-triples"}).text
    )


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_default_graph_cannot_be_written(governed: httpx.Client, method: str) -> None:
    headers = PATCH if method == "PATCH" else TURTLE
    response = governed.request(method, "/graphs?default", content=RENAME, headers=headers)
    assert response.status_code == 403
    assert "graph=IRI" in response.json()["detail"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_write_needs_the_token(governed: httpx.Client, governed_address: str, method: str) -> None:
    response = httpx.request(method, f"{governed_address}/graph/post", content=POST, headers=YAML, trust_env=False)
    assert response.status_code == 401
    assert governed.head("/graph/post").is_success


def test_graph_that_does_not_conform_is_refused_whole(governed: httpx.Client) -> None:
    before = governed.get("/graph/invented", headers={"Accept": "application/n-quads"}).text
    unlabelled = SEA.replace(' ; skos:prefLabel "Sea Guard"@en', "")
    for response in (
        governed.put("/graph/more", content=unlabelled, headers=TURTLE),
        governed.put("/graph/invented", content=SEA, headers=TURTLE),  # the dossier refers to what it would remove
        governed.post("/graph/invented", content=unlabelled.replace(HOME, ""), headers=TURTLE),
        governed.delete("/graph/invented"),
    ):
        assert response.status_code == 422
        assert response.json()["findings"]
    assert governed.get("/graph/invented", headers={"Accept": "application/n-quads"}).text == before
    assert governed.get("/graph/more").status_code in (404, 410)


def test_dossier_that_does_not_conform_is_refused_with_its_lines(governed: httpx.Client) -> None:
    bad = POST.replace(b"hedge: not-given", b"hedge: not-said")
    response = governed.put("/graph/post", content=bad, headers=YAML | ANY)
    assert response.status_code == 422
    finding = response.json()["findings"][0]
    line = bad.split(b"\n")[finding["line"] - 1]
    assert (finding["document"], line.strip()) == ("post.yaml", b"hedge: not-said")


def test_dossier_of_another_graph_is_refused_with_the_cure(governed: httpx.Client) -> None:
    response = governed.put("/graph/other", content=POST, headers=YAML)
    (finding,) = response.json()["findings"]
    assert f"{BASE}graph/post" in finding["cure"]
    n_quads = f"<urn:a> <urn:b> <urn:c> <{BASE}graph/post> ."
    response = governed.put("/graph/other", content=n_quads, headers={"Content-Type": "application/n-quads"})
    (finding,) = response.json()["findings"]
    assert finding["rule"] == "home-graph"


@pytest.mark.parametrize(
    "media_type",
    [
        "text/turtle",
        "application/n-triples",
        "application/rdf+xml",
        "application/ld+json",
        "application/trig",
        "application/n-quads",
    ],
)
def test_graph_that_was_read_can_be_put_back(governed: httpx.Client, media_type: str) -> None:
    for path in ("/graph/post", "/graph/invented"):
        read = governed.get(path, headers={"Accept": media_type})
        headers = {"Content-Type": media_type, "If-Match": read.headers["etag"]}
        report = governed.put(f"{path}?dry-run=true", content=read.content, headers=headers)
        assert report.json() == {"graphs": [], "warnings": [], "resources": []}, report.text
        assert governed.put(path, content=read.content, headers=headers).status_code == 204


def test_unknown_syntax_is_415_with_those_that_are_read(governed: httpx.Client) -> None:
    for headers in ({"Content-Type": "text/html"}, {"Content-Type": ""}, {}):
        response = governed.put("/graph/more", content=SEA, headers=headers)
        assert response.status_code == 415
        assert {"text/turtle", "application/ld+yaml", "application/n-quads"} <= {
            *response.headers["accept"].split(", ")
        }
    response = governed.patch("/graph/invented", content=RENAME, headers=TURTLE)
    assert (response.status_code, response.headers["accept-patch"]) == (415, "application/sparql-update")


def test_options_names_the_methods_and_the_patch_format(governed: httpx.Client, plain: httpx.Client) -> None:
    for path in ("/graphs", "/graph/post"):
        headers = governed.options(path).headers
        assert {"PUT", "POST", "PATCH", "DELETE"} < {*headers["allow"].split(", ")}
        assert headers["accept-patch"] == "application/sparql-update"
        assert "PATCH" not in plain.options(path).headers["allow"]
    assert governed.get("/graph/post").headers["accept-patch"] == "application/sparql-update"


@pytest.mark.parametrize(
    "patch",
    [
        f"INSERT DATA {{ GRAPH <{BASE}graph/post> {{ <urn:a> <urn:b> 1 }} }}",
        f"WITH <{BASE}graph/post> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        "INSERT { GRAPH ?g { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }",
    ],
)
def test_patch_changes_no_other_graph(governed: httpx.Client, patch: str) -> None:
    before = governed.head("/graph/post").headers["etag"]
    response = governed.patch("/graph/invented", content=patch, headers=PATCH)
    assert response.status_code == 422
    assert "Patch each graph at its own address" in response.json()["findings"][0]["cure"]
    assert governed.head("/graph/post").headers["etag"] == before


def test_patch_has_no_graph_operations(governed: httpx.Client) -> None:
    for operation in (f"CLEAR GRAPH <{BASE}graph/invented>", "DROP ALL", "CREATE GRAPH <urn:a>"):
        assert governed.patch("/graph/invented", content=operation, headers=PATCH).status_code == 403


# --- preconditions ---------------------------------------------------------------------------------------------------


def test_dossier_is_overwritten_only_by_who_says_which_version_was_read(governed: httpx.Client) -> None:
    patch = f'{PATCH_PREFIXES} INSERT DATA {{ <> dcterms:description "More."@en }}'
    for response in (
        governed.put("/graph/post", content=POST, headers=YAML),
        governed.patch("/graph/post", content=patch, headers=PATCH),
        governed.delete("/graph/post"),
        governed.delete("/graphs", params={"graph": f"{BASE}graph/post"}),
    ):
        assert response.status_code == 428
        assert "If-Match" in response.json()["detail"]
    assert governed.put(
        "/graph/post", content=POST, headers=YAML | {"If-Match": etag(governed, "/graph/post")}
    ).is_success


def test_version_that_is_no_more_is_412(governed: httpx.Client) -> None:
    old = etag(governed, "/graph/post")
    changed = POST.replace(b"Statements of an invented post", b"What an invented post says")
    assert governed.put("/graph/post", content=changed, headers=YAML | {"If-Match": old}).status_code == 204
    for response in (
        governed.put("/graph/post", content=POST, headers=YAML | {"If-Match": old}),
        governed.put("/graph/post?dry-run=true", content=POST, headers=YAML | {"If-Match": old}),
        governed.delete("/graph/post", headers={"If-Match": f'"x", {old}'}),
        governed.put("/graph/none", content=SEA, headers=TURTLE | ANY),
        governed.put("/graph/post", content=POST, headers=YAML | {"If-None-Match": "*"}),
        governed.put("/graph/post", content=POST, headers=YAML | {"If-Match": f"W/{etag(governed, '/graph/post')}"}),
    ):
        assert response.status_code == 412
    assert governed.delete("/graph/post", headers={"If-Match": f'"x", {etag(governed, "/graph/post")}'}).is_success
    assert governed.delete("/graph/post", headers={"If-Match": "*"}).status_code == 412


def test_writes_of_other_graphs_leave_the_version_of_a_graph(governed: httpx.Client) -> None:
    tags = {accept: etag(governed, "/graph/post", accept) for accept in ("text/turtle", "application/ld+json")}
    assert len(set(tags.values())) == 2
    assert governed.put("/graph/more", content=SEA, headers=TURTLE).status_code == 201
    assert {accept: etag(governed, "/graph/post", accept) for accept in tags} == tags
    # the tag of any syntax is one of the graph
    for tag in tags.values():
        assert governed.put("/graph/post", content=POST, headers=YAML | {"If-Match": tag}).status_code == 204


def test_writers_that_read_first_lose_no_update(governed: httpx.Client) -> None:
    """Sixteen clients add a name each to the same thing, by reading, changing and putting back, until they succeed."""
    assert governed.put("/graph/more", content=SEA, headers=TURTLE).status_code == 201

    def add_name(number: int) -> int:
        refused = 0
        while True:
            read = governed.get("/graph/more", headers={"Accept": "application/n-triples"})
            name = (
                f'<{BASE}id/actor/sea-guard> <http://www.w3.org/2004/02/skos/core#hiddenLabel> "name {number}"@en .\n'
            )
            headers = {"Content-Type": "application/n-triples", "If-Match": read.headers["etag"]}
            written = governed.put("/graph/more", content=read.text + name, headers=headers)
            if written.status_code == 204:
                return refused
            assert written.status_code == 412, written.text
            refused += 1

    with ThreadPoolExecutor(16) as clients:
        refused = sum(clients.map(add_name, range(16)))
    text = governed.get("/graph/more", headers={"Accept": "application/n-triples"}).text
    assert [number for number in range(16) if f'"name {number}"' not in text] == []
    assert refused
