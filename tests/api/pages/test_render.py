"""HTML pages: their content, escaping of data, and no requests to other hosts."""

import re
from collections.abc import Callable

import httpx
import pytest

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
Ask = Callable[..., httpx.Response]


@pytest.mark.parametrize("path", ["/", "/sparql", "/sparql?query=SELECT+*+%7B%3Fs+%3Fp+%3Fo%7D", "/problems"])
def test_page_loads_only_static_files(client: httpx.Client, path: str) -> None:
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script>" not in response.text
    for address in re.findall(r'<(?:link|img|script)[^>]*(?:href|src)="([^"]+)"', response.text):
        assert address.startswith("/static/")
        assert client.get(address).status_code == 200


def test_home_page_has_counts_and_links(client: httpx.Client) -> None:
    page = client.get("/").text
    assert re.search(r"<dd>2</dd>\s*<dt>statements</dt>", page)
    assert re.search(r"<dd>2</dd>\s*<dt>speakers</dt>", page)
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in page
    for path in (
        "/sparql",
        "/questions",
        "/ontology",
        "/shapes",
        "/vocab",
        "/context",
        "/healthz",
        "/readyz",
        "/openapi.json",
    ):
        assert f'href="{path}"' in page


def test_values_are_escaped(client: httpx.Client, ask: Ask) -> None:
    assert "What the &lt;b&gt;Example Times&lt;/b&gt; says &amp; what it leaves out" in client.get("/").text
    page = ask("SELECT ?x { BIND('<script>alert(1)</script>' AS ?x) BIND(<javascript:alert(1)> AS ?y) }", BROWSER).text
    assert "<script>" not in page
    assert 'href="javascript' not in page


def test_editor_shows_rows_as_a_table(ask: Ask) -> None:
    page = ask(
        "SELECT ?l { <https://example.org/town> <http://www.w3.org/2004/02/skos/core#prefLabel> ?l }", BROWSER
    ).text
    assert '<th scope="col">l</th>' in page
    assert '<span lang="ar" dir="auto">بلدة</span>' in page
    assert "2 rows" in page


def test_editor_shows_booleans_and_graphs(ask: Ask) -> None:
    assert '<p class="truth">true</p>' in ask("ASK {}", BROWSER).text
    assert "ontology#denies" in ask("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", BROWSER).text


@pytest.mark.parametrize(("query", "status"), [("SELECT", 400), ("CLEAR ALL", 403)])
def test_editor_shows_the_failure_and_keeps_the_query(ask: Ask, query: str, status: int) -> None:
    response = ask(query, BROWSER)
    assert response.status_code == status
    assert 'role="alert"' in response.text
    assert f"{query}</textarea>" in response.text.replace("\n", "")


def test_default_query_of_the_editor_works(client: httpx.Client, ask: Ask) -> None:
    page = client.get("/sparql", headers={"Accept": BROWSER}).text
    textarea = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert textarea
    rows = ask(textarea[1], "application/json").json()["results"]["bindings"]
    assert {row["speaker"]["value"] for row in rows} == {"https://example.org/north", "https://example.org/south"}


def test_the_editor_shows_what_html_does_not_permit_as_replacement_characters(ask: Ask) -> None:
    response = ask('SELECT ("a\x01b\uffffc\x7fd" AS ?x) {}', BROWSER)
    assert response.status_code == 200
    assert "a\ufffdb\ufffdc\ufffdd" in response.text
    assert not re.search("[\x00-\x08\uffff]", response.text)
