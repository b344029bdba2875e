"""The same answers over HTTP: as JSON, as CSV, and as a page for people."""

import csv
import io
from concurrent.futures import Future

import pytest
from shipped_data import ShippedData
from starlette.testclient import TestClient

from api.app import create_app
from api.procedures import create_procedures
from api.services import Services
from kg.execution.passthrough import PassthroughExecutor
from kg.questions.catalogue import Catalogue
from kg.questions.formats import to_csv, to_json
from kg.settings import DEFAULT_BASE_IRI
from kg.writer import Writer

COVERAGE = "/questions/does-zone-cover-place"
IDLIB = {"zone": "idlib", "place": "khan-sheikhoun"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def services(catalogue: Catalogue, shipped_data: ShippedData) -> Services:
    graph = shipped_data.graph()
    executor = PassthroughExecutor(graph.store, procedures=create_procedures(graph.settings))
    writer = Writer(graph.settings, graph.store, executor)
    return Services(graph.settings, graph.knowledge_graph, executor, writer, catalogue, "")


@pytest.fixture(scope="module")
def client(services: Services) -> TestClient:
    app, done = create_app(services), Future[None]()
    done.set_result(None)
    app.state.conflict_kg.readiness.track(done)
    return TestClient(app, headers={"Accept": "*/*"})


def test_catalogue_is_listed(client: TestClient, catalogue: Catalogue) -> None:
    listed = client.get("/questions").json()
    assert [question["name"] for question in listed] == list(catalogue.questions)
    assert all(question["summary"] and question["example"] is not None for question in listed)


@pytest.mark.parametrize("name", list(Catalogue.load().questions))
def test_answer_is_that_of_the_catalogue_in_every_format(
    name: str, client: TestClient, catalogue: Catalogue, services: Services
) -> None:
    example = dict(catalogue.question(name).example)
    answer = catalogue.ask(name, example, services.knowledge_graph.store, DEFAULT_BASE_IRI)
    assert client.get(f"/questions/{name}", params=example).json() == to_json(answer)
    as_csv = client.get(f"/questions/{name}", params=example, headers={"Accept": "text/csv"})
    assert as_csv.content.decode() == to_csv(answer)
    page = client.get(f"/questions/{name}", params=example, headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_format_parameter_overrides_accept(client: TestClient) -> None:
    response = client.get(COVERAGE, params={**IDLIB, "format": "csv"})
    assert next(csv.DictReader(io.StringIO(response.text)))["verdict"] == "yes"
    assert client.get(COVERAGE, params=IDLIB, headers={"Accept": "image/png"}).status_code == 406


def test_page_shows_quote_speaker_source_and_reference_graph(client: TestClient) -> None:
    page = client.get(COVERAGE, params=IDLIB, headers=BROWSER).text
    for text in ("<blockquote", "“covered”", "EA WorldView asserts", "reported by", "Reference graph of places"):
        assert text in page


def test_page_without_parameters_has_only_the_form(client: TestClient) -> None:
    page = client.get(COVERAGE, headers=BROWSER)
    assert page.status_code == 200
    assert 'name="zone"' in page.text
    assert "Answer" not in page.text


def test_page_shows_the_failure_escaped(client: TestClient) -> None:
    page = client.get(COVERAGE, params={"zone": "<b>", "place": "jobar"}, headers=BROWSER)
    assert page.status_code == 400
    assert "<b>" not in page.text
    assert "&lt;b&gt;" in page.text


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [
        ("/questions/does-zone-cover-plase", 404, "does-zone-cover-place"),
        (f"{COVERAGE}?zone=east-gouta&place=jobar", 404, "east-ghouta"),
        (f"{COVERAGE}?zone=idlib", 400, "place"),
        (f"{COVERAGE}?zone=idlib&place=jobar&town=x", 400, "zone, place"),
        (f"{COVERAGE}?zone=idlib&zone=east-ghouta&place=jobar", 400, "more than once"),
    ],
)
def test_bad_request_is_a_problem_that_names_the_cure(path: str, status: int, named: str, client: TestClient) -> None:
    problem = client.get(path)
    assert (problem.status_code, problem.headers["content-type"]) == (status, "application/problem+json")
    assert named in problem.json()["detail"]


def test_head_has_no_body(client: TestClient) -> None:
    for path in ("/questions", "/questions/who-declared-which-zone"):
        head = client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["vary"] == "Accept"
