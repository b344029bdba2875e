"""A refused write says what, where and why in the format that the client prefers; in RDF by the letter of SHACL."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from api.services import Services, open_services
from kg.namespaces import CKS, SH, value_of
from kg.settings import Settings

BASE = "https://w3id.org/conflict-kg/"
UPDATE = {"Content-Type": "application/sparql-update"}
REMOVED = f"DELETE WHERE {{ GRAPH <{BASE}graph/invented> {{ <{BASE}id/actor/council> ?p ?o }} }}"
UNLABELLED = (
    f"DELETE WHERE {{ GRAPH <{BASE}graph/invented> {{ <{BASE}id/place/ilm>"
    " <http://www.w3.org/2004/02/skos/core#prefLabel> ?o } }"
)
SYNTAXES = ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]


def report(response: httpx.Response, media_type: str) -> list[ox.Triple]:
    assert response.status_code == 422
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert "accept" in response.headers["vary"].lower()
    return [quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.from_media_type(media_type))]


def values(triples: list[ox.Triple], predicate: str) -> list[str]:
    return [value_of(triple.object) for triple in triples if triple.predicate.value == predicate]


@pytest.mark.parametrize("media_type", SYNTAXES)
@pytest.mark.parametrize("update", [REMOVED, UNLABELLED])
def test_report_has_what_shacl_requires(governed: httpx.Client, update: str, media_type: str) -> None:
    response = governed.post("/sparql", content=update, headers=UPDATE | {"Accept": media_type})
    triples = report(response, media_type)
    assert values(triples, f"{SH}conforms") == ["false"]
    results = values(triples, f"{SH}result")
    assert results
    found = Counter((str(triple.subject), triple.predicate.value) for triple in triples)
    for result in {str(triple.object) for triple in triples if triple.predicate.value == f"{SH}result"}:
        for name in ("focusNode", "resultSeverity", "sourceConstraintComponent"):
            assert found[result, f"{SH}{name}"] == 1
        assert found[result, f"{SH}resultMessage"] >= 1


def test_report_names_shapes_and_rules_with_their_cures(governed: httpx.Client) -> None:
    shape = governed.post("/sparql", content=UNLABELLED, headers=UPDATE | {"Accept": "text/turtle"})
    triples = report(shape, "text/turtle")
    assert values(triples, f"{SH}sourceShape") == [f"{CKS}Thing-prefLabel"]
    assert values(triples, f"{SH}sourceConstraintComponent") == [f"{SH}MinCountConstraintComponent"]
    assert values(triples, f"{SH}focusNode") == [f"{BASE}id/place/ilm"]
    rule = governed.post("/sparql", content=REMOVED, headers=UPDATE | {"Accept": "text/turtle"})
    triples = report(rule, "text/turtle")
    assert f"{CKS}still-used" in values(triples, f"{SH}sourceConstraintComponent")
    assert "Keep it, or first change what refers to it" in values(triples, f"{CKS}cure")


def test_finding_of_a_dossier_has_its_line_in_rdf_too(governed: httpx.Client) -> None:
    post = (Path(__file__).parents[2] / "ingest" / "dossier" / "post.yaml").read_bytes()
    headers = {"Content-Type": "application/yaml", "If-Match": "*"}
    bad = post.replace(b"hedge: not-given", b"hedge: not-said")
    told = governed.put("/graph/post", content=bad, headers=headers).json()["findings"]
    triples = report(
        governed.put("/graph/post", content=bad, headers=headers | {"Accept": "text/turtle"}), "text/turtle"
    )
    assert sorted(values(triples, f"{CKS}line")) == sorted(str(finding["line"]) for finding in told)
    assert set(values(triples, f"{CKS}document")) == {"post.yaml"}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("text/plain", "text/plain"),
        ("text/turtle;q=0.5, application/json", "application/problem+json"),
        ("text/turtle, */*;q=0.1", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("image/png", "application/problem+json"),
    ],
)
def test_the_preferred_format_is_sent(governed: httpx.Client, accept: str, media_type: str) -> None:
    response = governed.post("/sparql", content=REMOVED, headers=UPDATE | {"Accept": accept})
    assert response.status_code == 422
    assert response.headers["content-type"].partition(";")[0] == media_type


def test_text_names_statement_rule_and_cure(governed: httpx.Client) -> None:
    text = governed.post("/sparql", content=REMOVED, headers=UPDATE | {"Accept": "text/plain"}).text
    (line,) = [line for line in text.splitlines() if "would be removed" in line]
    assert "actor/council" in line
    assert "Keep it, or first change what refers to it" in line
    assert "[still-used]" in line


def test_a_write_reports_its_change_to_who_prefers_that(governed: httpx.Client) -> None:
    label = f"<{BASE}id/actor/council> <http://www.w3.org/2004/02/skos/core#hiddenLabel> 'HC'@en"
    update = f"INSERT DATA {{ GRAPH <{BASE}graph/invented> {{ {label} }} }}"
    headers = UPDATE | {"Prefer": "return=representation"}
    response = governed.post("/sparql", content=update, headers=headers)
    assert (response.status_code, response.headers["preference-applied"]) == (200, "return=representation")
    assert [graph["added"] for graph in response.json()["graphs"]] == [1]


@pytest.mark.slow
def test_every_graph_needs_a_precondition_where_the_setting_says_so(
    tmp_path: Path, token: str, serving: Callable[[Services], AbstractContextManager[str]]
) -> None:
    settings = Settings(data_dir=tmp_path, empty=True, workers=1, write_token=token, require_if_match=True)
    home = f"""<> a <{BASE}ontology#Reference> ; <http://purl.org/dc/terms/title> "A"@en ;
      <http://www.w3.org/2002/07/owl#versionInfo> "1" ; <{BASE}ontology#recordedBy> <{BASE}id/actor/conflict-kg> ;
      <http://purl.org/dc/terms/license> <https://creativecommons.org/licenses/by/4.0/> ."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/turtle"}
    with (
        serving(open_services(settings)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60, headers=headers) as client,
    ):
        assert client.put("/graph/a", content=home).status_code == 201
        assert [
            client.request(method, "/graph/a", content=home).status_code for method in ("PUT", "POST", "DELETE")
        ] == [
            428,
            428,
            428,
        ]
        assert client.put("/graph/a", content=home, headers={"If-Match": "*"}).status_code == 204
