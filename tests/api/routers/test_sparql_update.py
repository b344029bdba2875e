"""SPARQL Update in plain mode: with the token, at once, all of it or none."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest

from api.services import Services, open_services
from kg.settings import Settings

UPDATE = {"Content-Type": "application/sparql-update"}
INSERT = 'INSERT DATA { <http://example.org/a> <http://example.org/p> "1" }'
COUNT = {"query": "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", "format": "csv"}


def count(client: httpx.Client) -> int:
    return int(client.get("/sparql", params=COUNT).text.split()[1])


def test_read_after_the_response_sees_the_update(plain: httpx.Client) -> None:
    for number in range(5):
        text = INSERT.replace('"1"', f'"{number}"')
        response = plain.post("/sparql", content=text, headers=UPDATE)
        assert (response.status_code, response.content) == (204, b"")
        assert count(plain) == number + 1
    assert plain.post("/sparql/", data={"update": "CLEAR ALL"}).status_code == 204
    assert count(plain) == 0


def test_etag_changes_with_each_update(plain: httpx.Client) -> None:
    tags = set()
    for text in (INSERT, "CLEAR ALL", INSERT):
        plain.post("/sparql", content=text, headers=UPDATE)
        tags.add(plain.get("/sparql", params=COUNT).headers["etag"])
    assert len(tags) == 3


def test_update_needs_the_write_token(plain: httpx.Client, plain_address: str) -> None:
    for headers, challenge in (
        ({}, 'Bearer realm="conflict-kg"'),
        ({"Authorization": "Bearer wrong-token-wrong"}, 'Bearer realm="conflict-kg", error="invalid_token"'),
        ({"Authorization": "Basic YTpi"}, 'Bearer realm="conflict-kg"'),
    ):
        response = httpx.post(f"{plain_address}/sparql", content=INSERT, headers=UPDATE | headers, trust_env=False)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, challenge)
        assert response.headers["content-type"] == "application/problem+json"
    assert count(plain) == 0


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, "INSERT DATA { <http://example.org/a> "),
        (400, INSERT + " ; INSERT { ?s ?p ?x } WHERE { ?s ?p ?o BIND(<http://example.org/f>(1) AS ?x) }"),
        (403, INSERT + " ; LOAD <http://127.0.0.1:9/>"),
        (403, INSERT + " ; load <http://127.0.0.1:9/> INTO GRAPH <http://example.org/g>"),
        (403, "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"),
        (403, "INSERT { ?s ?p ?o } WHERE { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }"),
        (403, "INSERT { ?s ?p ?o } WHERE { SERVICEex:x { ?s ?p ?o } }"),
        (403, "INSERT { ?s ?p ?o } WHERE { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"),
        (409, INSERT + " ; DROP GRAPH <http://example.org/none>"),
        (409, "CREATE GRAPH <http://example.org/g> ; CREATE GRAPH <http://example.org/g>"),
        (400, "INSERT { ?s ?p ?o } WHERE " + "{" * 300 + "}" * 300),
        (413, "INSERT DATA { <a:b> <a:c> '" + "x" * 2_000_000 + "' }"),
    ],
)
def test_failed_update_changes_nothing(plain: httpx.Client, status: int, text: str) -> None:
    response = plain.post("/sparql", content=text, headers=UPDATE)
    assert response.status_code == status
    assert response.json()["detail"]
    assert count(plain) == 0


def test_silent_load_is_skipped_and_the_rest_runs(plain: httpx.Client) -> None:
    text = f"LOAD SILENT <http://127.0.0.1:9/x> INTO GRAPH <http://example.org/g> ; {INSERT} ; LOAD SILENT <http://127.0.0.1:9/>"
    assert plain.post("/sparql", content=text, headers=UPDATE).status_code == 204
    assert count(plain) == 1


def test_syntax_error_has_a_line(plain: httpx.Client) -> None:
    problem = plain.post("/sparql", content="INSERT DATA {\n <a:b> }", headers=UPDATE).json()
    assert problem["line"] == 2


@pytest.fixture
def two_graphs(plain: httpx.Client) -> httpx.Client:
    text = "INSERT DATA { GRAPH <x:g1> { <x:a> <x:p> 1 } GRAPH <x:g2> { <x:b> <x:p> 2 } }"
    assert plain.post("/sparql", content=text, headers=UPDATE).status_code == 204
    return plain


@pytest.mark.parametrize(
    ("parameters", "text", "left"),
    [
        ({"using-graph-uri": "x:g1"}, "INSERT { <x:made> <x:of> ?s } WHERE { ?s <x:p> ?o }", 3),
        ({"using-graph-uri": ["x:g1", "x:g2"]}, "INSERT { <x:made> <x:of> ?s } WHERE { ?s <x:p> ?o }", 4),
        ({"using-named-graph-uri": "x:g1"}, "INSERT { <x:made> <x:of> ?s } WHERE { GRAPH ?g { ?s <x:p> ?o } }", 3),
        ({"using-graph-uri": "x:g1"}, "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", 2),
        ({"using-named-graph-uri": "x:g2"}, "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", 1),
    ],
)
def test_dataset_of_an_update(
    two_graphs: httpx.Client, parameters: dict[str, str | list[str]], text: str, left: int
) -> None:
    assert two_graphs.post("/sparql", params=parameters, content=text, headers=UPDATE).status_code == 204
    assert count(two_graphs) == left


@pytest.mark.parametrize("text", ["WITH <x:g1> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
                                  "DELETE { ?s ?p ?o } USING <x:g1> WHERE { ?s ?p ?o }"])  # fmt: skip
def test_dataset_in_two_places_is_an_error(two_graphs: httpx.Client, text: str) -> None:
    response = two_graphs.post("/sparql", params={"using-graph-uri": "x:g1"}, content=text, headers=UPDATE)
    assert (response.status_code, response.json()["name"]) == (400, "using-graph-uri")
    assert count(two_graphs) == 2


def test_dataset_version_survives_a_restart(
    tmp_path_factory: pytest.TempPathFactory, serving: Callable[[Services], AbstractContextManager[str]], token: str
) -> None:
    settings = Settings(data_dir=tmp_path_factory.mktemp("again"), plain=True, empty=True, workers=1, write_token=token)
    tags = []
    for content in (INSERT, None):
        with serving(open_services(settings)) as address:
            headers = UPDATE | {"Authorization": f"Bearer {token}"}
            if content:
                assert httpx.post(f"{address}/sparql", content=content, headers=headers, trust_env=False).is_success
            response = httpx.get(f"{address}/sparql", params=COUNT, trust_env=False)
            tags.append((response.headers["etag"], response.text))
    assert len(set(tags)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "INSERT { <http://example.org/a> <http://example.org/p> ?x } WHERE { BIND(1" + "-1" * 200_000 + " AS ?x) }",
        "INSERT { ?a ?b ?c } WHERE { " + "?a ?b ?c . " * 60_000 + "}",
        "INSERT { ?a ?b ?c } WHERE { ?s ?p ?o . FILTER(<< " + "<< " * 60_000 + "> 1) }",
    ],
)
def test_an_update_that_ends_the_engine_ends_only_the_worker(plain: httpx.Client, text: str) -> None:
    response = plain.post("/sparql", content=text, headers=UPDATE)
    assert response.status_code in (400, 422)
    assert response.json()["detail"]
    assert plain.post("/sparql", content=INSERT, headers=UPDATE).status_code == 204
    assert count(plain) == 1


def test_a_change_of_too_many_quads_is_413_and_names_the_setting(
    tmp_path_factory: pytest.TempPathFactory, serving: Callable[[Services], AbstractContextManager[str]], token: str
) -> None:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("few"),
        plain=True,
        empty=True,
        workers=1,
        write_token=token,
        change_max_quads=3,
    )
    data = " . ".join(f"<http://example.org/{number}> <http://example.org/p> 1" for number in range(4))
    authorization = {"Authorization": f"Bearer {token}"}
    with serving(open_services(settings)) as address:
        for method, path, content, media_type in (
            ("POST", "/sparql", f"INSERT DATA {{ {data} }}", "application/sparql-update"),
            ("PUT", "/graphs?default", f"{data} .", "text/turtle"),
        ):
            headers = authorization | {"Content-Type": media_type}
            response = httpx.request(method, f"{address}{path}", content=content, headers=headers, trust_env=False)
            assert (response.status_code, response.json()["limit"]) == (413, 3)
            assert "KG_CHANGE_MAX_QUADS" in response.json()["detail"]
