"""What the web process does itself of a page: validators, statuses, and what is sent when a worker was stopped."""

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

import pytest
from in_process import InProcessGraph
from shipped_data import ShippedData
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.home_page import HOME_PAGE
from api.pages.question_page import ANSWER
from api.pages.resource_procedures import GRAPH_DATA, RESOURCE_DATA, RESOURCE_PAGE, UNKNOWN_RESOURCE
from api.pages.sparql_page import RESULT_PAGE
from api.procedures import create_procedures
from api.services import Services
from kg.access.access_control import AccessControl
from kg.errors import QueryDeadlineError
from kg.execution.passthrough import PassthroughExecutor
from kg.execution.procedure import Procedure, Reply
from kg.questions.catalogue import Catalogue
from kg.store.interface import Store
from kg.writer import Writer

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PATHS = ("/page/zone/east-ghouta", "/data/zone/east-ghouta.ttl", "/graph/places", "/graph/places?format=nq")


def stopped(_store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
    raise QueryDeadlineError(10)


@pytest.fixture(scope="module")
def graph(shipped_data: ShippedData) -> InProcessGraph:
    return shipped_data.graph()


@pytest.fixture(scope="module")
def own_procedures(graph: InProcessGraph) -> Mapping[str, Procedure]:
    """The procedures of the app."""
    return create_procedures(graph.settings)


@pytest.fixture
def procedures(own_procedures: Mapping[str, Procedure]) -> dict[str, Procedure]:
    """The table that the app calls; tests replace procedures in it."""
    return dict(own_procedures)


@pytest.fixture
def client(graph: InProcessGraph, procedures: dict[str, Procedure], catalogue: Catalogue) -> TestClient:
    executor = PassthroughExecutor(graph.store, procedures=procedures)
    writer = Writer(graph.settings, graph.store, executor)
    app = create_app(
        Services(graph.settings, graph.knowledge_graph, executor, writer, catalogue, AccessControl.open(graph.settings))
    )
    done = Future[None]()
    done.set_result(None)
    app.state.conflict_kg.readiness.track(done)
    return TestClient(app, headers={"Accept": "*/*"})


@pytest.mark.parametrize("path", PATHS)
def test_a_client_that_has_the_document_costs_no_worker(
    path: str, client: TestClient, procedures: dict[str, Procedure]
) -> None:
    first = client.get(path, headers=BROWSER)
    assert first.status_code == 200
    procedures.clear()
    again = client.get(path, headers=BROWSER | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("vary", "link", "content-security-policy"):
        assert again.headers.get(name) == first.headers.get(name)


@pytest.mark.parametrize("path", [*PATHS, "/", "/ontology", "/questions", "/problems", "/sparql"])
def test_head_has_the_headers_of_get(path: str, client: TestClient) -> None:
    get, head = client.get(path, headers=BROWSER), client.head(path, headers=BROWSER)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "etag", "vary", "content-security-policy"):
        assert head.headers.get(name) == get.headers.get(name)


@pytest.mark.parametrize(
    ("path", "procedure"),
    [(PATHS[0], RESOURCE_PAGE), (PATHS[1], RESOURCE_DATA), (PATHS[3], GRAPH_DATA)],
)
def test_what_is_stopped_is_504_and_says_where_the_data_is(
    path: str, procedure: str, client: TestClient, procedures: dict[str, Procedure]
) -> None:
    procedures[procedure] = stopped
    response = client.get(path)
    assert response.status_code == 504
    assert "kg export" in response.json()["detail"]


def test_pages_that_need_no_data_are_sent_without_it(client: TestClient, procedures: dict[str, Procedure]) -> None:
    procedures |= dict.fromkeys((HOME_PAGE, RESULT_PAGE, ANSWER), stopped)
    assert "counts are not available" in client.get("/").text
    for path in ("/sparql?query=ASK{}", "/questions/does-zone-cover-place?zone=idlib&place=khan-sheikhoun"):
        response = client.get(path, headers=BROWSER)
        assert response.status_code == 504
        assert 'role="alert"' in response.text


def test_a_name_is_unknown_even_where_the_search_for_the_nearest_is_stopped(
    client: TestClient, procedures: dict[str, Procedure]
) -> None:
    procedures[UNKNOWN_RESOURCE] = stopped
    for path in ("/id/zone/nothing", "/page/zone/nothing", "/data/zone/nothing.ttl"):
        response = client.get(path)
        assert response.status_code == 404
        assert "known" not in response.json()


def test_an_answer_has_a_validator(client: TestClient) -> None:
    path = "/questions/does-zone-cover-place?zone=idlib&place=khan-sheikhoun"
    first = client.get(path)
    assert client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
