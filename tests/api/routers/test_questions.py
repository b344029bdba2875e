"""The same answers over HTTP: as JSON, as CSV, and as a page for people."""

import csv
import io
import re
from concurrent.futures import Future

import pytest
from shipped_data import ShippedData
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.graphiql import list_questions
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
    (row,) = [row for row in cells_of(page) if "it decides" in row]
    assert row == ["it decides", "EA WorldView said (hedge: none)", "“covered”", "Syria Daily, about 7 August 2017"]
    assert "Reference graph of places" in page


def test_page_has_the_answer_before_the_form_with_the_parameters_that_were_given(client: TestClient) -> None:
    page = client.get(COVERAGE, params=IDLIB, headers=BROWSER).text
    headings = re.findall(r"<h([1-6])[^>]*>(.*?)</h", page)
    assert [text for level, text in headings if level == "2"] == [
        "Answer", "Ask with other values", "How it is answered",
    ]  # fmt: skip
    form = page.index('class="question"')
    assert page.index('<dl class="asked">') < page.index('id="answer"') < page.index('class="again"') < form
    assert "Khan Sheikhoun [place/khan-sheikhoun]" in page[form:]
    assert re.search('href="/id/place/khan-sheikhoun"><bdi>Khan Sheikhoun</bdi>', page[: page.index('id="answer"')])


def test_page_names_a_publisher_beside_each_source_but_for_its_own_words(client: TestClient) -> None:
    deed = {"actor": "united-states", "type": "airstrike"}
    page = client.get("/questions/did-actor-do", params=deed, headers=BROWSER).text
    assert all(row[-1].count("published by Syrian Archive") == 1 for row in cells_of(page))


def test_page_says_the_verdict_once_and_with_who_says_so(client: TestClient) -> None:
    page = client.get(COVERAGE, params=IDLIB, headers=BROWSER).text
    (truth,) = re.findall('<p class="truth">(.*?)</p>', page)
    assert truth.startswith("YES")
    assert "EA WorldView" in truth


@pytest.mark.parametrize("name", list(Catalogue.load().questions))
def test_page_has_words_in_its_head_and_who_says_so_in_each_row(
    name: str, client: TestClient, catalogue: Catalogue
) -> None:
    page = client.get(f"/questions/{name}", params=dict(catalogue.question(name).example), headers=BROWSER).text
    assert len(page.encode()) < 100_000
    head = re.findall(r'<th scope="col">(.*?)</th>', page)
    assert head[-3:] == ["Who says so", "In the words", "Source"]
    assert not [words for words in head if re.search("[a-z][A-Z]", words)]
    rows = cells_of(page)
    assert rows
    for row in rows:
        is_register = "reference graph" in row[-3] or name in WITHOUT_STATEMENTS
        assert is_register or "(hedge: " in row[-3], row
        assert is_register or row[-1], row


WITHOUT_STATEMENTS = ("who-republished-what",)
"""Asked of documents, not of what these say."""


def cells_of(page: str) -> list[list[str]]:
    """The texts of the cells of the answer, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", page[page.index('<table class="answer">') :], re.DOTALL)[1:]
    return [
        [" ".join(re.sub("<[^>]*>", "", cell).split()) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)]
        for row in rows
    ]


def test_how_it_is_answered_speaks_of_columns_by_their_headings(client: TestClient) -> None:
    page = client.get("/questions/what-is-said-of-incidents", headers=BROWSER).text
    how = page[page.index('id="how"') :]
    assert "“who dates it” says who does" in how
    assert "datedBy" not in how


def test_page_shows_a_number_in_its_words_beside_who_says_it(client: TestClient) -> None:
    strike = {"incident": "aj-2017-04-19-strike"}
    page = client.get("/questions/how-many-died-according-to-whom", params=strike, headers=BROWSER).text
    (row,) = [row for row in cells_of(page) if "Mohammad Halak" in row[-3]]
    assert "twenty to thirty" in " ".join(row[:-2])
    assert "Forensic Architecture" in row[-3]
    (sentence,) = re.findall('<p class="truth told">(.*?)</p>', page, re.DOTALL)
    told = re.sub("<[^>]*>", "", sentence)
    assert told.startswith(
        "9 statements in 1 source. Syria Civil Defence said: five bodies (children); Thirty-eight bodies"
    )
    assert "contractor and caretaker (not named) claimed: killed." in told
    assert '<a href="/id/statement/aj-2017-04-19-s07-children">five bodies (children)</a>' in sentence


def test_the_sentence_above_a_table_has_the_hedge_where_the_verb_has_not(client: TestClient) -> None:
    page = client.get("/questions/who-calls-whom-what", params={"labelled": "actor:idlib-opposition"}, headers=BROWSER)
    (sentence,) = re.findall('<p class="truth told">(.*?)</p>', page.text, re.DOTALL)
    assert "eda” (worded as: scare quotes)" in re.sub("<[^>]*>", "", sentence)


def test_a_long_answer_has_pages_that_together_are_all_of_it(client: TestClient) -> None:
    said = {"speaker": "ea-worldview"}
    address = "/questions/what-is-said-of-incidents"
    total = len(client.get(address, params=said).json()["rows"])
    rows: list[list[str]] = []
    page, number = client.get(address, params=said, headers=BROWSER).text, 1
    while following := re.search('rel="next" href="([^"]*)"', page):
        assert len(page.encode()) < 100_000
        rows, number = rows + cells_of(page), number + 1
        page = client.get(following[1].replace("&amp;", "&"), headers=BROWSER).text
    assert number > 1
    assert len(rows + cells_of(page)) == total
    assert client.get(address, params=said | {"page": "99"}, headers=BROWSER).status_code == 400
    assert client.get(address, params=said | {"page": "x"}, headers=BROWSER).status_code == 400


def test_downloads_of_the_rows_are_sparql_results_to_the_letter(client: TestClient) -> None:
    question, form = "/questions/who-calls-whom-what", {"label": "al qaeda"}
    query = client.get(question, params={**form, "format": "rq"})
    assert query.headers["content-type"] == "application/sparql-query"
    for name, media_type in SPARQL_TYPES.items():
        answer = client.get(question, params={**form, "format": name})
        direct = client.post("/sparql", data={"query": query.text}, headers={"Accept": media_type})
        assert answer.headers["content-type"].partition(";")[0] == media_type
        assert answer.content == direct.content
        assert client.get(question, params=form, headers={"Accept": media_type}).content == direct.content
    as_csv = client.get(question, params={**form, "format": "csv"})
    direct = client.post("/sparql", data={"query": query.text}, headers={"Accept": "text/csv"})
    assert as_csv.content == direct.content


SPARQL_TYPES = {
    "srj": "application/sparql-results+json",
    "srx": "application/sparql-results+xml",
    "tsv": "text/tab-separated-values",
}


@pytest.mark.parametrize("name", list(Catalogue.load().questions))
def test_spreadsheet_opens_right_and_tells_who_says_each_row(
    name: str, client: TestClient, catalogue: Catalogue
) -> None:
    example = dict(catalogue.question(name).example)
    sheet = client.get(f"/questions/{name}", params=example | {"format": "spreadsheet"})
    assert sheet.headers["content-type"].startswith("text/csv")
    assert sheet.headers["content-disposition"].startswith("attachment")
    assert sheet.content.startswith("\ufeff".encode())
    head, *rows = csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"), newline=""))
    assert not [words for words in head if re.search("[a-z][A-Z]", words)]
    answer = client.get(f"/questions/{name}", params=example).json()
    shown = answer.get("rows") or [*answer["statements"], *answer["bearing"], *answer["searched"]]
    assert len(rows) == len(shown)
    for row in (dict(zip(head, row, strict=True)) for row in rows):
        if row["statement"]:
            assert all(row[words] for words in ("who says so", "how certain the wording is", "source")), row
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_a_form_offers_concepts_with_labels_and_definitions(client: TestClient) -> None:
    page = client.get("/questions/did-actor-do", headers=BROWSER).text
    (types,) = re.findall(r'<select id="p-type".*?</select>', page, re.DOTALL)
    assert re.search(r'<option value="airstrike">airstrike: \w+', types)
    assert 'data-kind="actor"' in page
    assert "2017-08-07" in page


def test_page_without_parameters_has_only_the_form(client: TestClient) -> None:
    page = client.get(COVERAGE, headers=BROWSER)
    assert page.status_code == 200
    assert 'name="zone"' in page.text
    assert 'class="again"' not in page.text
    assert 'id="answer"' not in page.text


def test_page_shows_the_failure_escaped(client: TestClient) -> None:
    page = client.get(COVERAGE, params={"zone": "<b>", "place": "jobar"}, headers=BROWSER)
    assert page.status_code == 400
    assert "<b>" not in page.text
    assert "&lt;b&gt;" in page.text
    assert page.text.index('role="alert"') < page.text.index('class="question"')


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


@pytest.mark.parametrize("document", list(list_questions(Catalogue.load())), ids=lambda document: str(document["name"]))
def test_each_question_runs_in_the_graphql_editor(document: dict[str, object], client: TestClient) -> None:
    request = {"query": document["query"], "variables": document["variables"]}
    answer = client.post("/graphql", json=request).json()
    assert "errors" not in answer
    found = answer["data"]["question"]
    assert found["answer"]["headline"] if "answer" in found else found["table"]["rows"]


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 5_000])
def test_a_page_is_a_number(client: TestClient, page: str) -> None:
    response = client.get("/questions/who-denies-what", params={"page": page}, headers={"Accept": "text/html"})
    assert response.status_code == 400
