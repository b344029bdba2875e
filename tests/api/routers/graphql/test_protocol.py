"""GraphQL over HTTP against a real server: the conventions (GQ-1 to GQ-9) and the audits of graphql-http."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import build_schema

from api.http.graphql_response import JSON, RESPONSE, select_status
from kg.graphql.interface import Outcome, Stage

REPOSITORY = Path(__file__).parents[4]
CLIENTS = REPOSITORY / "tests" / "graphql" / "clients"
TYPENAME = {"query": "{ __typename }"}

pytestmark = pytest.mark.slow
Post = Callable[..., httpx.Response]


@pytest.fixture
def post(client: httpx.Client) -> Post:
    def send(content: Any, accept: str | None = RESPONSE, content_type: str | None = JSON) -> httpx.Response:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"Content-Type": content_type} if content_type else {}
        if accept is not None:
            headers["Accept"] = accept
        request = client.build_request("POST", "/graphql", content=body, headers=headers)
        if accept is None:
            del request.headers["Accept"]
        return client.send(request)

    return send


def code_of(response: httpx.Response) -> str:
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


@pytest.mark.parametrize("accept", [JSON, RESPONSE, "*/*", "application/*", f"{RESPONSE}, {JSON};q=0.9", None])
def test_response_has_the_media_type_that_accept_prefers(accept: str | None, post: Post) -> None:
    response = post(TYPENAME, accept)
    expected = RESPONSE if accept and accept.startswith(RESPONSE) else JSON
    assert (response.status_code, response.headers["content-type"]) == (200, f"{expected}; charset=utf-8")
    assert response.json()["data"] == {"__typename": "Query"}
    assert "Accept" in response.headers["vary"]


def test_get_has_variables_and_operation_name(client: httpx.Client) -> None:
    parameters = {"query": "query Q($n: Int) { zones(first: $n) { nodes { id } } } query R { __typename }",
             "variables": '{"n": 1}', "operationName": "Q", "extensions": "{}"}  # fmt: skip
    response = client.get("/graphql", params=parameters, headers={"Accept": RESPONSE})
    assert response.status_code == 200
    assert len(response.json()["data"]["zones"]["nodes"]) == 1


def test_mutation_by_get_is_405(client: httpx.Client) -> None:
    for accept in (RESPONSE, JSON):
        response = client.get("/graphql", params={"query": "mutation { __typename }"}, headers={"Accept": accept})
        assert (response.status_code, response.headers.get("allow")) == (405, "POST")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_405_with_allow(method: str, client: httpx.Client) -> None:
    response = client.request(method, "/graphql")
    assert response.status_code == 405
    assert "POST" in response.headers["allow"]
    assert "POST" in client.options("/graphql").headers["allow"]
    assert client.head("/graphql", params=TYPENAME).status_code == 200
    assert client.get("/graphql/", params=TYPENAME).status_code == 200


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded",
                                          "multipart/form-data", "application/json; charset=latin-1"])  # fmt: skip
def test_body_of_another_media_type_is_415(content_type: str | None, post: Post) -> None:
    response = post(TYPENAME, content_type=content_type)
    assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_accept_without_json_is_406(post: Post) -> None:
    assert post(TYPENAME, "image/png").status_code == 406


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b'"text"', b"null", b"{}", b'{"query": 1}',
                                  b"[" * 100_000,
                                  b'{"query": "{__typename}", "variables": []}', b'{"query": null}',
                                  b'{"query": "{__typename}", "operationName": 1}'])  # fmt: skip
def test_malformed_request_is_400(body: bytes, post: Post) -> None:
    for accept in (JSON, RESPONSE):
        response = post(body, accept)
        assert response.status_code == 400
        assert response.json().keys() == {"errors"}


def test_batched_requests_are_refused(post: Post) -> None:
    assert code_of(post([TYPENAME, TYPENAME])) == "BATCHING_NOT_SUPPORTED"


def test_body_that_is_too_large_is_413(post: Post) -> None:
    assert post({"query": "#" * 2_000_000}).status_code == 413


@pytest.mark.parametrize(("request_", "code"), [
    ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{ nope }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "{ labellings { nodes { label } } }"}, "ATTRIBUTION_REQUIRED"),
    ({"query": "query A { __typename } query B { __typename }"}, "OPERATION_RESOLUTION_FAILURE"),
    ({"query": "query A { __typename }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
    ({"query": "query ($n: Int!) { zones(first: $n) { nodes { id } } }"}, "BAD_USER_INPUT"),
    ({"query": "mutation { __typename }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "{ " + "__typename " * 6_000 + "}"}, "TOKEN_LIMIT_EXCEEDED"),
])  # fmt: skip
def test_request_error_has_no_data(request_: dict[str, Any], code: str, post: Post) -> None:
    response = post(request_)
    assert (response.status_code, code_of(response)) == (400, code)
    assert "data" not in response.json()
    assert post(request_, JSON).status_code == 200, "the audits require 200"


def test_data_with_errors_is_294_under_the_graphql_media_type() -> None:
    outcome = Outcome(stage=Stage.EXECUTED, has_data=True, codes=("TIME_LIMIT_EXCEEDED",))
    statuses = {media_type: select_status(outcome, media_type, 294) for media_type in (JSON, RESPONSE)}
    assert statuses == {JSON: 200, RESPONSE: 294}
    assert select_status(outcome, RESPONSE, 200) == 200


@pytest.mark.parametrize("body", [rb'{"query": "{ zones(where: {prefLabel: {eq: \"\ud800\"}}) { totalCount } }"}',
                                  rb'{"query": "query ($n: ID!) {node(id: $n) {id}}", "variables": {"n": "\uDFFF"}}',
                                  rb'{"query": "{__typename}", "variables": {"\ud83d": 1}}',
                                  rb'{"query": "{__typename}", "operationName": "\udead"}'])  # fmt: skip
def test_half_of_a_surrogate_pair_is_400_and_named(body: bytes, post: Post, client: httpx.Client) -> None:
    response = post(body)
    assert (response.status_code, code_of(response)) == (400, "BAD_JSON")
    assert re.search(r"surrogate pair, \\ud[0-9a-f]{3}", response.json()["errors"][0]["message"])
    whole = rb'{"query": "query ($n: ID!) { node(id: $n) { id } }", "variables": {"n": "\ud83d\udd25"}}'
    assert post(whole).json()["data"] == {"node": None}
    by_get = client.get("/graphql", params={"query": "{__typename}", "variables": r'{"a": "\ud800"}'})
    assert (by_get.status_code, code_of(by_get)) == (400, "BAD_JSON")


def test_a_byte_order_mark_is_no_part_of_the_body(post: Post) -> None:
    assert post(b'\xef\xbb\xbf{"query": "{ __typename }"}').json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1" * 10_000])
def test_numbers_that_json_does_not_have_are_400(number: str, post: Post) -> None:
    assert post(f'{{"query": "{{__typename}}", "variables": {{"n": {number}}}}}'.encode()).status_code == 400


def test_unknown_argument_value_is_404(post: Post) -> None:
    response = post({"query": '{ answer { zoneCoverage(zone: "nope", place: "jobar") { verdict headline } } }'})
    assert (response.status_code, code_of(response), response.json()["data"]) == (404, "UNKNOWN", None)


def test_unknown_properties_are_ignored(post: Post) -> None:
    assert post({**TYPENAME, "more": 1, "extensions": {"other": {}}}).status_code == 200


def test_automatic_persisted_query(post: Post, client: httpx.Client) -> None:
    query = "query Persisted { zones(first: 1) { nodes { id } } }"
    sha256 = hashlib.sha256(query.encode()).hexdigest()
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256}}
    unknown = post({"extensions": extensions})
    assert (unknown.status_code, code_of(unknown)) == (404, "PERSISTED_QUERY_NOT_FOUND")
    assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    whole = post({"query": query, "extensions": extensions}).json()["data"]
    assert post({"extensions": extensions}).json()["data"] == whole
    by_get = client.get("/graphql", params={"extensions": json.dumps(extensions)}, headers={"Accept": JSON})
    assert by_get.json()["data"] == whole
    wrong = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    assert code_of(post({"query": query, "extensions": wrong})) == "PERSISTED_QUERY_MISMATCH"


def test_a_worker_that_has_not_seen_a_persisted_query_is_told(post: Post, client: httpx.Client) -> None:
    """The document is sent to whichever worker is free, and named to another one, here a new one."""
    query = "query Told { zones(first: 1) { nodes { prefLabel } } }"
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}}
    whole = post({"query": query, "extensions": extensions}).json()["data"]
    replace_worker(client)
    assert post({"extensions": extensions}).json()["data"] == whole
    replace_worker(client)
    assert post({"documentId": f"sha256:{extensions['persistedQuery']['sha256Hash']}"}).json()["data"] == whole


def replace_worker(client: httpx.Client) -> None:
    """Have the only worker killed at a deadline."""
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    assert client.get("/sparql", params={"query": endless, "timeout": "0.2"}).status_code == 504


def test_document_is_found_by_its_id(post: Post) -> None:
    parameters = {"documentId": "does-zone-cover-place", "variables": {"zone": "east-ghouta", "place": "ein-tarma"}}
    assert post(parameters).json()["data"]["answer"]["zoneCoverage"]["reason"] == "LEFT_OPEN"
    for unknown in ("nope", "../settings", "/etc/passwd", "a/b", ""):
        response = post({"documentId": unknown})
        assert response.status_code in (400, 404)
        assert "passwd:" not in response.text


def test_sparql_is_reported_if_explain_is_true(post: Post) -> None:
    explained = post({"query": "{ zones { nodes { id } } }", "extensions": {"explain": True}}).json()["extensions"]
    assert explained["queries"] == len(explained["explain"]) > 0
    assert explained["explain"][0]["sparql"].startswith(("PREFIX", "SELECT"))
    assert "explain" not in post({"query": "{ zones { nodes { id } } }"}).json()["extensions"]


def test_served_schema_is_the_committed_one(client: httpx.Client) -> None:
    response = client.get("/graphql/schema")
    assert response.headers["content-type"].startswith("text/plain")
    assert response.text == (REPOSITORY / "schema.graphql").read_text(encoding="utf-8")
    assert build_schema(response.text).query_type


def test_browser_gets_a_page_that_contacts_no_other_host(client: httpx.Client) -> None:
    response = client.get("/graphql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "WhoDeclaredWhichZone" in response.text


def test_any_origin_may_send_requests(post: Post, client: httpx.Client) -> None:
    asks = {"Origin": "http://app.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type"}  # fmt: skip
    assert client.options("/graphql", headers=asks).headers["access-control-allow-origin"] == "*"
    assert post(TYPENAME).headers["access-control-allow-origin"] == "*"


def run(script: str, *arguments: str) -> str:
    """The output of a JavaScript client; the test is skipped without Node or without the clients."""
    if shutil.which("node") is None or not (CLIENTS / "node_modules" / ".installed").exists():
        pytest.skip("*** NOT TESTED: clients in JavaScript need Node and `make install`")
    command = ["node", script, *arguments]
    done = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_audit_of_graphql_http_passes(address: str) -> None:
    report = json.loads(run("audits.js", f"{address}/graphql"))
    assert report["failed"] == []
    assert report["count"] >= 60


def test_apollo_client_works(address: str) -> None:
    report = json.loads(run("apollo.js", f"{address}/graphql"))
    assert report["plain"] == report["persisted"] == report["again"]
    assert report["plain"]["zone"]["labellings"]["nodes"]
    assert (report["places"], report["code"]) == (10, "ATTRIBUTION_REQUIRED")


def test_urql_works(address: str) -> None:
    report = json.loads(run("urql.js", f"{address}/graphql"))
    assert report["post"] == report["force"]
    assert (report["post"]["zone"]["prefLabel"][:5], report["code"]) == ("Idlib", "ATTRIBUTION_REQUIRED")


def test_types_are_generated_from_the_address(address: str) -> None:
    types = run("codegen.js", f"{address}/graphql", str(REPOSITORY / "kg" / "questions" / "*.graphql"))
    assert "export type WhoDeclaredWhichZoneQuery" in types


def test_graphiql_runs_in_a_browser_and_contacts_no_other_host(address: str) -> None:
    if shutil.which("chromium") is None:
        pytest.skip("*** NOT TESTED: GraphiQL needs Chromium")
    if not (REPOSITORY / "api" / "pages" / "assets" / "graphiql" / "graphiql.js").exists():
        pytest.skip("*** NOT TESTED: GraphiQL was not built, see `make install`")
    report = json.loads(run("graphiql.js", f"{address}/graphql", shutil.which("chromium") or ""))
    assert report["hosts"] == [address.removeprefix("http://")]
    assert report["problems"] == []
    assert '"zones"' in report["shown"]
