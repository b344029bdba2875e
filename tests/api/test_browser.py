"""In a browser, over the shipped data: what stands in the way of people who use pages otherwise, and both editors."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from browser import run_in_browser
from shipped_data import ShippedData

from api.services import Services, open_services
from kg.settings import Settings

PAGES = (
    "/",
    "/search?q=mosque",
    "/page/place/ein-tarma",
    "/page/zone/east-ghouta",
    "/page/incident/aj-2017-04-19-strike",
    "/page/actor/bellingcat",
    "/page/source/al-jinah-2017-04-19",
    "/page/statement/sd-2017-08-07-f25",
    "/page/proposition/sd-2017-08-07-f25",
    "/questions",
    "/questions/did-actor-do",
    "/questions/does-zone-cover-place?zone=east-ghouta&place=ein-tarma",
    "/questions/does-zone-cover-place?zone=east-ghouta&place=ghouta",
    "/questions/how-many-died-according-to-whom?incident=aj-2017-04-19-strike",
    "/catalog",
    "/compare",
    "/ontology",
    "/incidents",
    "/statements",
    "/page/place/nowhere",
    "/sparql",
    "/graphql",
)


@pytest.fixture(scope="module")
def shipped_address(
    serving: Callable[[Services], AbstractContextManager[str]],
    shipped_data: ShippedData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    settings = Settings(data_dir=shipped_data.copy(tmp_path_factory.mktemp("data")), workers=2)
    with serving(open_services(settings)) as address:
        yield address


@pytest.mark.slow
def test_nothing_serious_stands_in_the_way_of_anybody_in_light_or_dark_or_on_a_phone(shipped_address: str) -> None:
    seen = run_in_browser("axe.js", shipped_address, *PAGES)
    assert {"color-contrast", "image-alt"} <= set(seen["control"])
    assert seen["violations"] == []
    assert seen["sideways"] == []
    assert len(seen["seconds"]) == 2 * len(PAGES)


@pytest.mark.slow
def test_both_editors_run_a_question_of_the_catalogue(shipped_address: str) -> None:
    seen = run_in_browser("editors.js", shipped_address)
    assert seen["tab"].startswith("Who declared which zone")
    links = {title: (text, href) for text, href, title in seen["links"]}
    assert links["https://w3id.org/conflict-kg/id/actor/russia"] == ("Russia", "/id/actor/russia")
    assert links["https://w3id.org/conflict-kg/vocab/hedge/scare-quotes"] == (
        "scare quotes",
        "/vocab/hedge/scare-quotes",
    )
    said, href = links["https://w3id.org/conflict-kg/id/statement/sd-2017-08-07-f61"]
    assert (said, href) == ("statement/sd-2017-08-07-f61", "/id/statement/sd-2017-08-07-f61")
    answer = seen["linked"]["data"]["question"]["answer"]
    assert (answer["verdict"], answer["reason"]) == ("UNDETERMINED", "LEFT_OPEN")
    assert "Does a zone cover a place?" in seen["offered"]
    assert seen["chosen"].get("data"), seen["chosen"]
    assert seen["chosen"]["data"]["question"]["table"]["rows"]
    names = [request for request in seen["requests"] if request == f"POST {shipped_address}/sparql"]
    assert len(names) == 2  # the query, and one for all names


@pytest.mark.slow
def test_a_question_is_asked_by_typing_names_and_choosing_with_the_keyboard(shipped_address: str) -> None:
    fields = ("zone=east gh", "place=عين تر")
    seen = run_in_browser("ask.js", shipped_address, "/questions/does-zone-cover-place", *fields)
    assert seen["chosen"]["place"] == ["Ein Tarma [place/ein-tarma]", "false"]
    assert seen["chosen"]["zone"][0].endswith("[zone/east-ghouta]")
    assert seen["answer"] == "UNDETERMINED, left open: EA WorldView says that it is not settled."


@pytest.mark.slow
def test_a_person_finds_a_place_who_leaves_it_open_and_what_each_says_of_an_incident(shipped_address: str) -> None:
    seen = run_in_browser("walk.js", shipped_address, "عين تر", "strike")
    assert "Ein Tarma" in seen["offered"][0]
    assert seen["path"] == "/page/place/ein-tarma"
    assert "عين ترما" in seen["place"]
    assert "UNDETERMINED, left open: EA WorldView says that it is not settled." in seen["answer"]
    assert "unclear whether" in seen["statement"]
    assert "Syria Daily" in seen["statement"]
    assert len(seen["columns"]) > 2
    assert "does not say" in seen["comparison"]
    rows = list(csv.DictReader(io.StringIO(seen["table"].removeprefix("\ufeff"))))
    assert {row["in the column of"] for row in rows} == set(seen["columns"][1:])
    assert all(row[name] for row in rows for name in ("claim", "speaker", "did", "hedge", "source", "statement IRI"))
