"""The same answers over HTTP: as JSON, as CSV, and as a page for people."""

import csv
import io
import re
from concurrent.futures import Future

import pytest
from shipped_data import ShippedData
from starlette.testclient import TestClient

from api.app import create_app
from api.procedures import create_procedures
from api.services import Services
from kg.access.access_control import AccessControl
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
    return Services(
        graph.settings, graph.knowledge_graph, executor, writer, catalogue, AccessControl.open(graph.settings)
    )


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
    assert client.get(f"/questions/{name}", params=example).json() == {
        **to_json(answer),
        "datasetVersion": services.knowledge_graph.store.version,
    }
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
    for text in ("<blockquote", "“covered”", "EA WorldView asserted", "in Syria Daily", "Reference graph of places"):
        assert text in page


def test_page_has_the_answer_before_the_form_with_the_parameters_that_were_given(client: TestClient) -> None:
    page = client.get(COVERAGE, params=IDLIB, headers=BROWSER).text
    headings = re.findall(r"<h([1-6])[^>]*>(.*?)</h", page)
    assert [text for level, text in headings if level == "2"] == [
        "Answer", "Ask with other parameters", "How it is answered",
    ]  # fmt: skip
    assert page.index('<dl class="asked">') < page.index('id="answer"') < page.index("<details") < page.index("<form")
    assert all(f"<dt>{name}</dt>" in page and f">{value}</dd>" in page for name, value in IDLIB.items())


def test_page_names_a_reporter_once(client: TestClient) -> None:
    deed = {"actor": "united-states", "type": "airstrike"}
    page = client.get("/questions/did-actor-do", params=deed, headers=BROWSER).text
    footers = re.findall("<footer>(.*?)</footer>", page, re.DOTALL)
    assert footers
    assert all(footer.count("Syrian Archive") == 1 for footer in footers)


def test_page_says_the_verdict_once_and_with_who_says_so(client: TestClient) -> None:
    page = client.get(COVERAGE, params=IDLIB, headers=BROWSER).text
    (truth,) = re.findall('<p class="truth">(.*?)</p>', page)
    assert truth.startswith("YES")
    assert "EA WorldView" in truth


def test_page_leaves_unbound_columns_out_of_wide_rows(client: TestClient) -> None:
    attacks = {"type": "chemical-attack", "place": "ein-tarma"}
    page = client.get("/questions/what-is-said-of-incidents", params=attacks, headers=BROWSER).text
    assert '<dl class="record">' in page
    assert 'class="unbound"' not in page


def test_page_without_parameters_has_only_the_form(client: TestClient) -> None:
    page = client.get(COVERAGE, headers=BROWSER)
    assert page.status_code == 200
    assert 'name="zone"' in page.text
    assert "<details" not in page.text
    assert 'id="answer"' not in page.text


def test_page_shows_the_failure_escaped(client: TestClient) -> None:
    page = client.get(COVERAGE, params={"zone": "<b>", "place": "jobar"}, headers=BROWSER)
    assert page.status_code == 400
    assert "<b>" not in page.text
    assert "&lt;b&gt;" in page.text
    assert page.text.index('role="alert"') < page.text.index("<form")


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
