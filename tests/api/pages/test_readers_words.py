"""Pages are in a reader's words: dates, numbers of rows, summaries and the names of columns."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html import unescape

import httpx
import pytest
from shipped_data import ShippedData

from api.services import Services, open_services
from kg.settings import Settings

PAGES = (
    "/",
    "/incidents",
    "/zones",
    "/statements",
    "/questions",
    "/questions/who-declared-which-zone?zone=idlib",
    "/questions/does-zone-cover-place?zone=east-ghouta&place=ein-tarma",
    "/questions/how-many-died-according-to-whom?incident=aj-2017-04-19-strike",
    "/questions/how-many-died-according-to-whom",
    "/page/statement/sd-2017-08-07-f25",
    "/page/proposition/sd-2017-08-07-f25",
    "/page/zone/east-ghouta",
    "/page/incident/aj-2017-04-19-strike",
    "/page/source/al-jinah-2017-04-19",
    "/graph/syria-daily-2017-08-07",
)
NOT_READ = re.compile(r"(?s)<(script|pre|code|style|dfn|form)\b.*?</\1>|<q\b.*?</q>|<a class=\"iri\".*?</a>")
EDTF = re.compile(r"\b\d{4}-\d\d(?:-\d\d)?(?:[~?%]|/\d)|\.\./\d{4}")


@pytest.fixture(scope="module")
def pages(
    serving: Callable[[Services], AbstractContextManager[str]],
    shipped_data: ShippedData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, str]]:
    """The HTML of each page."""
    settings = Settings(data_dir=shipped_data.copy(tmp_path_factory.mktemp("data")), workers=1)
    with (
        serving(open_services(settings)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60, headers={"Accept": "text/html"}) as client,
    ):
        while 503 in [client.get(path).status_code for path in ("/search?q=x", "/zones")]:
            pass
        yield {path: client.get(path, follow_redirects=True).raise_for_status().text for path in PAGES}


def read_text(page: str) -> str:
    """What a reader sees, without code and quotes."""
    return " ".join(unescape(re.sub("<[^>]*>", "", NOT_READ.sub("", page))).split())


def test_dates_are_in_words(pages: dict[str, str]) -> None:
    found = {path: EDTF.findall(read_text(page)) for path, page in pages.items()}
    assert found == {path: [] for path in PAGES}
    assert "said about 7 August 2017" in read_text(pages["/page/statement/sd-2017-08-07-f25"])


def test_punctuation_and_spaces_are_those_of_sentences(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        assert not re.findall(r".{20}: :.{20}|.{20}[a-z]\(hedge.{20}", read_text(page)), path


def test_questions_name_columns_as_their_tables_do(pages: dict[str, str]) -> None:
    assert not re.findall(r"[\"“][a-z]+[A-Z]\w*[\"”]", read_text(pages["/questions"]))


def test_questions_name_incidents_as_their_pages_do(pages: dict[str, str]) -> None:
    (name,) = re.findall("<h1.*?>(.*?)</h1>", pages["/page/incident/aj-2017-04-19-strike"])
    asked = re.findall(
        r"(?s)<dl class=\"asked\">(.*?)</dl>",
        pages["/questions/how-many-died-according-to-whom?incident=aj-2017-04-19-strike"],
    )
    assert read_text(name) in read_text(asked[0])
    rows = re.findall(r"data-head=\"Incident\">(.*?)</td>", pages["/questions/how-many-died-according-to-whom"])
    assert read_text(name) in {read_text(row) for row in rows}


def test_a_link_between_statements_names_what_both_say(pages: dict[str, str]) -> None:
    assert not re.findall(r"(?:said|told as a claim) \u2013 ", read_text(pages["/graph/syria-daily-2017-08-07"]))
