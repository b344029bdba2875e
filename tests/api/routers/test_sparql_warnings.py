"""Warnings about queries on their way to a client, over a real server."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from kg.query_lint.rules import Rule

Ask = Callable[..., httpx.Response]

CK = "PREFIX ck: <https://w3id.org/conflict-kg/ontology#> "
SILENT = f"{CK}SELECT ?s {{ ?s ck:denies ?o }}"
DENYS = f"{CK}SELECT ?s {{ ?s ck:denys ?o }}"
XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
LATE = f'{CK}{XSD}SELECT * {{ ?s ck:earliest ?d FILTER(?d < "2018-01-01T00:00:00"^^xsd:dateTime) }}'
RESULTS = "{http://www.w3.org/2005/sparql-results#}"


def test_a_warning_is_a_link_and_the_same_in_the_head_of_json_and_xml(ask: Ask, address: str) -> None:
    page = f"{address}/warnings#unknown-term"
    response = ask(DENYS)
    assert response.headers["link"].startswith(f'<{page}>; rel="help"; title="line 1, column ')
    assert "did you mean ck:denies" in response.headers["link"]
    assert response.json() == {"head": {"vars": ["s"], "link": [page]}, "results": {"bindings": []}}
    head = ElementTree.fromstring(ask(DENYS, "application/sparql-results+xml").content)[0]
    assert [link.get("href") for link in head.iter(f"{RESULTS}link")] == [page]


@pytest.mark.parametrize("accept", ["text/csv", "text/tab-separated-values"])
def test_other_formats_have_the_header_only(ask: Ask, accept: str) -> None:
    response = ask(LATE, accept)
    assert (response.status_code, response.content.splitlines()[1:]) == (200, [])
    assert "is never true: xsd:date beside xsd:dateTime" in response.headers["link"]


def test_head_post_construct_and_ask_have_it_too(client: httpx.Client, ask: Ask) -> None:
    for response in (
        client.head("/sparql", params={"query": DENYS}),
        client.post("/sparql", data={"query": DENYS}),
        ask(f"{CK}ASK {{ ?s ck:denys ?o }}"),
        ask(f"{CK}CONSTRUCT WHERE {{ ?s ck:denys ?o }}"),
    ):
        assert (response.status_code, "#unknown-term" in response.headers["link"]) == (200, True)


def test_a_graph_of_the_dataset_that_does_not_exist_gets_a_warning(ask: Ask) -> None:
    graph = "https://w3id.org/conflict-kg/graph/nonsense"
    for parameter in ("default-graph-uri", "named-graph-uri"):
        response = ask("SELECT * { ?s ?p ?o }", **{parameter: graph})
        assert response.json()["results"]["bindings"] == []
        assert f"the data have no graph <{graph}>" in response.headers["link"]


def test_a_query_that_is_right_has_no_link(ask: Ask) -> None:
    response = ask(SILENT)
    assert "link" not in response.headers
    assert response.json()["head"] == {"vars": ["s"]}


def test_a_warning_comes_again_with_every_run(ask: Ask) -> None:
    assert [ask(DENYS).headers["link"] for _ in range(2)] == [ask(DENYS).headers["link"]] * 2


def test_a_pattern_that_cannot_be_compiled_is_400(ask: Ask) -> None:
    response = ask('SELECT * { ?s ?p ?o FILTER(REGEX(?o, "(?=x)")) }')
    assert response.status_code == 400
    assert response.json()["type"].endswith("#query-refused")
    assert 'column 38: the pattern "(?=x)" of REGEX cannot be compiled' in response.json()["detail"]


def test_a_missing_prefix_is_answered_with_its_line(ask: Ask) -> None:
    problem = ask("SELECT * {\n  ?s ck:denies ?o }").json()
    assert "add: PREFIX ck: <https://w3id.org/conflict-kg/ontology#>" in problem["detail"]
    assert (problem["line"], problem["column"], problem["status"]) == (2, 6, 400)


def test_any_other_syntax_error_is_reported_as_the_engine_does(ask: Ask) -> None:
    problem = ask("SELECT * { ?s ?p }").json()
    assert problem["status"] == 400
    assert "expected" in problem["detail"]


def test_the_page_shows_the_warning_with_a_link_to_its_explanation(client: httpx.Client) -> None:
    page = client.get("/sparql", params={"query": DENYS}, headers={"Accept": "text/html"}).text
    assert re.search(r'class="warning"[^>]*>Line 1, column \d+: .*ck:denys; did you mean ck:denies', page)
    assert 'href="/warnings#unknown-term"' in page
    right = client.get("/sparql", params={"query": SILENT}, headers={"Accept": "text/html"}).text
    assert 'class="warning"' not in right


def test_the_page_answers_a_missing_prefix_with_its_line(client: httpx.Client) -> None:
    page = client.get("/sparql", params={"query": "ASK { ?s ck:denies ?o }"}, headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert "add: PREFIX ck:" in page.text


def test_every_rule_is_explained(client: httpx.Client) -> None:
    page = client.get("/warnings", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert set(re.findall(r'<div id="([^"]+)">', page.text)) == set(Rule)


def test_in_plain_mode_only_the_text_is_examined(plain: httpx.Client) -> None:
    assert "link" not in plain.get("/sparql", params={"query": DENYS}).headers
    unbound = plain.get("/sparql", params={"query": "SELECT ?x { ?s ?p ?o }"})
    assert "nothing binds ?x" in unbound.headers["link"]


def test_the_editor_reads_the_header_that_is_sent(ask: Ask, repository: Path) -> None:
    script = (repository / "api" / "pages" / "assets" / "editor.js").read_text(encoding="utf-8")
    pattern = re.search(r"const pattern = /(.*)/g;", script)
    assert pattern is not None
    arabic = 'PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT * { ?s skos:prefLabel "بلدة"@en ; ?p ?x }'
    for query, count in ((LATE, 1), (arabic, 1), (f"{CK}SELECT ?x ?y {{ ?s ck:denys ?o }}", 3)):
        found = re.findall(pattern[1], ask(query).headers["link"])
        assert len(found) == count
        assert all(address.startswith("http") and (quoted or encoded) for address, quoted, encoded in found)
