"""Dereferencing to the letter: each test cites an item of the conventions for linked data (LD-1 ...)."""

import re
import time
from email.utils import formatdate, parsedate_to_datetime

import httpx
import pyoxigraph as ox
import pytest

from kg import namespaces
from tests.api.conftest import put_invented

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BASE = "https://w3id.org/conflict-kg/"
PAGE, DATA, GRAPH = "/page/place/ilm", "/data/place/ilm.ttl", "/graph/post"
DESCRIPTIONS = (PAGE, DATA, "/data/place/ilm.jsonld", GRAPH, f"{GRAPH}?format=html", f"{GRAPH}?format=nq")
ADDRESSES = ("/id/place/ilm", PAGE, DATA)
LINK = re.compile(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?')


@pytest.fixture(scope="module", autouse=True)
def _invented(governed_client: httpx.Client) -> None:
    """The invented conflict, not changed in this second."""
    put_invented(governed_client)
    time.sleep(1)


@pytest.fixture
def client(governed_client: httpx.Client) -> httpx.Client:
    return governed_client


def links(response: httpx.Response) -> set[tuple[str, str, str]]:
    """Target, relation and type of each link in the header."""
    found: list[tuple[str, str, str]] = LINK.findall(response.headers["link"])
    assert len(found) == response.headers["link"].count("rel=")
    return set(found)


def targets(response: httpx.Response, relation: str) -> set[str]:
    return {target for target, rel, _ in links(response) if rel == relation}


@pytest.mark.parametrize(("accept", "location"), [(BROWSER, PAGE), ("*/*", DATA), ("", DATA), ("text/turtle", DATA)])
def test_ld_1_and_4_an_iri_answers_303_by_what_is_preferred(client: httpx.Client, accept: str, location: str) -> None:
    response = client.get("/id/place/ilm", headers={"Accept": accept})
    assert (response.status_code, response.headers["location"]) == (303, location)
    assert (response.headers["vary"], response.headers["cache-control"]) == ("Accept", "no-cache")


@pytest.mark.parametrize("format_", ["html", "ttl", "jsonld", "nt", "rdf", "trig", "nq"])
def test_ld_2_what_is_negotiated_names_the_address_of_its_variant(client: httpx.Client, format_: str) -> None:
    response = client.get(GRAPH, params={"format": format_})
    assert response.headers["content-location"] == f"{GRAPH}?format={format_}"
    assert response.headers["vary"] == "Accept"
    media_type = response.headers["content-type"].partition(";")[0]
    same = client.get(GRAPH, headers={"Accept": media_type})
    assert same.headers["content-location"] == response.headers["content-location"]
    assert same.headers["etag"] == response.headers["etag"]
    assert client.get(response.headers["content-location"]).content == response.content


def test_ld_3_every_variant_has_a_strong_tag_of_its_own(client: httpx.Client) -> None:
    tags = [client.get(path).headers["etag"] for path in DESCRIPTIONS]
    assert len(set(tags)) == len(DESCRIPTIONS)
    assert all(re.fullmatch(r'"[^"]+"', tag) for tag in tags)


@pytest.mark.parametrize("path", DESCRIPTIONS)
def test_ld_3_a_client_that_has_the_description_gets_304_with_its_headers(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    tag, modified = first.headers["etag"], first.headers["last-modified"]
    earlier = formatdate(parsedate_to_datetime(modified).timestamp() - 1, usegmt=True)
    for condition in ({"If-None-Match": tag}, {"If-Modified-Since": modified}):
        same = client.get(path, headers=condition)
        assert (same.status_code, same.content) == (304, b"")
        for name in ("etag", "last-modified", "link", "vary", "content-location", "cache-control"):
            assert same.headers.get(name) == first.headers.get(name)
    for condition in (
        {"If-None-Match": '"other"'},
        {"If-Modified-Since": earlier},
        {"If-Modified-Since": "yesterday"},
        {"If-None-Match": '"other"', "If-Modified-Since": modified},
    ):
        assert client.get(path, headers=condition).content == first.content


def test_ld_3_a_statement_of_another_graph_changes_tag_and_date_of_a_description(client: httpx.Client) -> None:
    before, unchanged = client.get(DATA), client.get("/graph/post")
    new = f"@prefix skos: <{namespaces.SKOS}> . <{BASE}id/place/ilm> skos:hiddenLabel 'Ilma'@pl ."
    added = client.post("/graph/invented", content=new, headers={"Content-Type": "text/turtle"})
    assert added.is_success, added.text
    assert "last-modified" not in client.get(DATA).headers  # a second change in this second would have the same date
    assert client.get(DATA, headers={"If-Modified-Since": before.headers["last-modified"]}).status_code == 200
    time.sleep(1)
    after = client.get(DATA, headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, b"Ilma" in after.content) == (200, True)
    dates = [parsedate_to_datetime(response.headers["last-modified"]) for response in (before, after)]
    assert dates[0] < dates[1]
    assert client.get("/graph/post").headers["last-modified"] == unchanged.headers["last-modified"]


@pytest.mark.parametrize("path", [*DESCRIPTIONS, "/id/place/ilm"])
def test_head_has_the_headers_of_get_and_no_body(client: httpx.Client, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    for name in ("etag", "last-modified", "link", "vary", "content-type", "content-location", "location"):
        assert head.headers.get(name) == get.headers.get(name)


@pytest.mark.parametrize("path", ADDRESSES)
def test_other_methods_are_405_and_options_lists_those_there_are(client: httpx.Client, path: str) -> None:
    options = client.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = client.request(method, path)
        assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "PUT" in client.options(GRAPH).headers["allow"]


def test_pages_of_other_origins_may_read_the_headers(client: httpx.Client) -> None:
    exposed = client.get(DATA).headers["access-control-expose-headers"]
    assert {"Link", "ETag", "Content-Location", "Allow", "Location"} <= set(exposed.split(", "))
    preflight = client.options(DATA, headers={"Access-Control-Request-Method": "GET", "Origin": "https://example.org"})
    assert "If-Modified-Since" in preflight.headers["access-control-allow-headers"]


@pytest.mark.parametrize("path", [PAGE, DATA])
def test_ld_6_a_description_links_to_all_that_signposting_asks_for(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert targets(response, "describes") == {"/id/place/ilm"}
    assert targets(response, "cite-as") == {f"{BASE}id/place/ilm"}
    assert targets(response, "canonical") == {path}
    assert targets(response, "license") == {"https://creativecommons.org/licenses/by/4.0/"}
    assert f"{namespaces.CK}Place" in targets(response, "type")
    assert targets(response, "collection") == {"/graph/invented" if path == PAGE else PAGE}
    assert targets(response, "describedby")


def test_ld_6_alternates_and_items_are_what_they_say(client: httpx.Client) -> None:
    for path in (PAGE, DATA, GRAPH):
        typed = {link for link in links(client.get(path)) if link[1] in ("alternate", "item", "describedby")}
        assert len({type_ for _, relation, type_ in typed if relation == "alternate"}) == 7
        for target, _, media_type in typed:
            assert client.get(target).headers["content-type"].partition(";")[0] == media_type


def test_ld_6_a_graph_is_a_data_set_with_its_licence(client: httpx.Client) -> None:
    for format_ in ("html", "ttl"):
        response = client.get(GRAPH, params={"format": format_})
        assert targets(response, "cite-as") == {f"{BASE}graph/post"}
        assert targets(response, "license") == {"https://creativecommons.org/licenses/by/4.0/"}
        assert {"https://schema.org/Dataset", f"{namespaces.CK}Dossier"} <= targets(response, "type")


def test_ld_6_a_redirect_says_what_to_cite_and_where_it_is_described(client: httpx.Client) -> None:
    response = client.get("/id/place/ilm")
    assert targets(response, "cite-as") == {f"{BASE}id/place/ilm"}
    assert ("/data/place/ilm.jsonld", "describedby", "application/ld+json") in links(response)
    suffixes = ("ttl", "nt", "rdf", "jsonld", "trig", "nq")
    assert targets(response, "alternate") == {PAGE, *(f"/data/place/ilm.{suffix}" for suffix in suffixes)}


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/id/place/ilm/", "/id/place/ilm"),
        ("/id/Place/Ilm", "/id/place/ilm"),
        ("/page/place/ILM", PAGE),
        ("/data/place/Ilm.TTL", DATA),
        ("/data/place/ilm.ttl/", DATA),
        ("/graph/Post", GRAPH),
        ("/graph/post/?format=ttl", f"{GRAPH}?format=ttl"),
    ],
)
def test_ld_5_a_name_in_other_letters_or_with_a_slash_is_308(client: httpx.Client, path: str, known: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["location"]) == (308, known)


@pytest.mark.parametrize("path", ["/id/place/ilmm", "/page/place/ilmm", "/data/place/ilmm.ttl"])
def test_ld_5_an_unknown_name_is_404_with_the_nearest_for_browsers_and_programs(
    client: httpx.Client, path: str
) -> None:
    problem = client.get(path)
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")
    assert "ilm" in problem.json()["known"]
    page = client.get(path, headers={"Accept": BROWSER})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert '<a href="/id/place/ilm"' in page.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/graph/nothing", 404), ("DELETE", PAGE, 405), ("GET", "/data/place/ilm", 404)],
)
def test_an_error_is_a_page_for_browsers_with_the_content_of_the_problem(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    problem = client.request(method, path).json()
    page = client.request(method, path, headers={"Accept": BROWSER})
    assert page.status_code == problem["status"] == status
    assert problem["title"] in page.text
    assert '<form action="/search"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["vary"] == "Accept"


def test_an_error_page_has_no_markup_of_the_request(client: httpx.Client) -> None:
    page = client.get("/page/place/<script>x", headers={"Accept": BROWSER})
    assert (page.status_code, "<script" in page.text) == (404, False)


def test_nothing_acceptable_is_406_with_what_there_is(client: httpx.Client) -> None:
    for path in ("/id/place/ilm", GRAPH):
        problem = client.get(path, headers={"Accept": "image/png"})
        assert problem.status_code == 406
        assert {"text/turtle", "application/n-quads"} <= set(problem.json()["available"])


def test_ld_12_no_description_has_a_blank_node(client: httpx.Client) -> None:
    quads = list(ox.parse(client.get(f"{GRAPH}?format=nq").content, format=ox.RdfFormat.N_QUADS))
    assert quads
    assert not [quad for quad in quads if ox.BlankNode in (type(quad.subject), type(quad.object))]


def test_ld_5_what_a_commit_has_withdrawn_is_410_with_a_tombstone(client: httpx.Client) -> None:
    resource, iri = "incident/post-friday", f"{BASE}id/incident/post-friday"
    client.delete("/graph/post", headers={"If-Match": "*"}).raise_for_status()
    try:
        for path in (f"/id/{resource}", f"/page/{resource}", "/graph/post"):
            page = client.get(path, headers={"Accept": BROWSER})
            assert (page.status_code, "was withdrawn" in page.text) == (410, True)
            problem = client.get(path, headers={"Accept": "application/json"})
            assert (problem.status_code, problem.json()["type"]) == (410, "/problems#withdrawn")
            assert problem.json()["version"] == client.get("/sparql?query=ASK{}").headers["dataset-version"]
        for suffix in ("ttl", "nt", "rdf", "jsonld", "trig", "nq"):
            tombstone = client.get(f"/data/{resource}.{suffix}")
            assert tombstone.status_code == 410
            quads = list(ox.parse(tombstone.content, format=ox.RdfFormat.from_extension(suffix)))
            assert {str(quad.subject) for quad in quads} == {f"<{iri}>"}
            assert f"{namespaces.PROV}invalidatedAtTime" in {quad.predicate.value for quad in quads}
        tombstone = client.get("/graph/post", headers={"Accept": "text/turtle"})
        assert (tombstone.status_code, tombstone.headers["content-type"]) == (410, "text/turtle; charset=utf-8")
        assert client.get("/id/incident/never").status_code == 404
    finally:
        put_invented(client)
    assert client.get("/graph/post").status_code == 200
    assert client.get(f"/id/{resource}").status_code == 303


def test_ld_5_what_was_merged_is_308_to_the_survivor_also_once_it_is_withdrawn(client: httpx.Client) -> None:
    prefixes = f"@prefix ck: <{namespaces.CK}> . @prefix dcterms: <{namespaces.DCTERMS}> . @base <{BASE}id/place/> . "
    headers = {"Content-Type": "text/turtle"}
    old = (
        f"{prefixes} @prefix skos: <{namespaces.SKOS}> . "
        f"<ilm-mill> a ck:Place ; skos:prefLabel 'Ilm'@en ; ck:placeKind <{namespaces.VOCAB}place-kind/town> ."
    )
    merge = f"{prefixes} <ilm> dcterms:replaces <ilm-mill> ."
    client.post("/graph/invented", content=old, headers=headers).raise_for_status()
    try:
        client.post("/graph/invented", content=merge, headers=headers).raise_for_status()
        assert client.get("/id/place/ilm-mill").status_code == 303, "it is still described"
        put_invented(client)
        assert client.get("/id/place/ilm-mill").status_code == 410
        client.post("/graph/invented", content=merge, headers=headers).raise_for_status()
        for path, survivor in (
            ("/id/place/ilm-mill", "/id/place/ilm"),
            ("/page/place/ilm-mill", PAGE),
            ("/data/place/ilm-mill.ttl", DATA),
        ):
            response = client.get(path)
            assert (response.status_code, response.headers["location"]) == (308, survivor)
    finally:
        put_invented(client)
