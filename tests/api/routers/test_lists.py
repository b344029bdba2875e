"""Lists over the shipped data: pages that lead to each other, facets, and files in which each row says who says it."""

import csv
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import openpyxl
import pandas as pd
import pytest
from shipped_data import ShippedData

from api.pages.list_files import FileHead, FileRow, write_file
from api.services import Services, open_services
from kg.settings import Settings

BROWSER = {"Accept": "text/html,*/*;q=0.8"}
LISTS = ("incidents", "actors", "places", "zones", "sources", "statements")
LINK = re.compile(r'<([^>]*)>; rel="(\w+)"')
ID = "https://w3id.org/conflict-kg/id/"


@pytest.fixture(scope="module")
def client(
    serving: Callable[[Services], AbstractContextManager[str]],
    shipped_data: ShippedData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    settings = Settings(data_dir=shipped_data.copy(tmp_path_factory.mktemp("data")), workers=2)
    with (
        serving(open_services(settings)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60, headers=BROWSER) as client,
    ):
        wait_for_lists(client)
        yield client


def wait_for_lists(client: httpx.Client) -> None:
    while client.get("/zones").status_code == 503:
        time.sleep(0.02)


def rows_of(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def listed(client: httpx.Client, list_: str, **parameters: str) -> list[dict[str, str]]:
    return rows_of(client.get(f"/{list_}.csv", params=parameters))


def problem(client: httpx.Client, path: str) -> str:
    response = client.get(path, headers={"Accept": "application/json"})
    assert response.status_code == 400
    return str(response.json()["detail"])


@pytest.mark.parametrize("list_", LISTS)
@pytest.mark.parametrize("narrowed", ["", "&speaker=ea-worldview", "&place=idlib-province&sort={order}"])
def test_next_leads_to_the_end_and_to_each_member_once(client: httpx.Client, list_: str, narrowed: str) -> None:
    order = "-date" if list_ in ("incidents", "statements") else "-name"
    address: str | None = f"/{list_}?first=9{narrowed.format(order=order)}"
    pages, members = 0, list[str]()
    while address:
        response = client.get(address)
        links = {relation: target for target, relation in LINK.findall(response.headers["link"])}
        link = '<a class="claim"' if list_ == "statements" else '<li>\n<p class="said"><a'
        members += re.findall(f'{link} href="([^"]*)"', response.text)
        pages, address = pages + 1, links.get("next")
        assert len(response.content) < 100_000
        assert client.head(links["last"]).status_code == 200
    shown = re.search(r"<p>([\d,]+) ", response.text)
    assert shown
    assert len(members) == len(set(members)) == int(shown[1].replace(",", ""))
    assert links["last"].endswith(f"page={pages}") or pages == 1


@pytest.mark.parametrize("list_", LISTS)
def test_no_row_of_a_file_has_what_is_said_without_who_says_it(client: httpx.Client, list_: str) -> None:
    rows = listed(client, list_)
    contested = ("claim", "incident type", "said to be by", "place", "when", "number", "name used", "quote")
    assert len(rows) > 10
    for row in rows:
        statement = row["IRI"] if list_ == "statements" else row["statement"]
        assert row["speaker"]
        assert row["source"]
        assert row["hedge"]
        if any(row[column] for column in contested):
            assert statement.startswith(f"{ID}statement/")
            assert row["what the speaker did"] != "identifies it"
            assert row["speaker IRI"].startswith(ID)
    if list_ != "statements":
        named = {row["IRI"] for row in rows if not row["statement"]}
        assert named == {row["IRI"] for row in rows}


def test_formats_have_the_same_rows(client: httpx.Client) -> None:
    for list_ in LISTS:
        rows = listed(client, list_)
        assert client.get(f"/{list_}.json").json()["rows"] == rows or list_ == "statements"
        features = client.get(f"/{list_}.geojson").json()["features"]
        assert [feature["properties"]["IRI"] for feature in features] == [row["IRI"] for row in rows]
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/{list_}.xlsx").content))
        sheet = [[cell or "" for cell in line] for line in book["list"].iter_rows(values_only=True)]
        assert sheet[0] == list(rows[0])
        assert [dict(zip(sheet[0], line, strict=True)) for line in sheet[1:]] == rows
        assert {cell.data_type for line in book["list"].iter_rows() for cell in line} <= {"s", "n"}
        frame = pd.read_csv(io.BytesIO(client.get(f"/{list_}.csv").content), dtype=str, keep_default_na=False)
        assert frame.to_dict("records") == rows


def test_the_answer_to_how_many_died_is_a_row_for_each_who_says_so(client: httpx.Client) -> None:
    rows = listed(client, "incidents")
    dead = [row for row in rows if "killed" in row["number"]]
    assert len({(row["number"], row["speaker"]) for row in dead}) > 2


def test_a_denial_is_told_as_one(client: httpx.Client) -> None:
    rows = listed(client, "statements", act="denies")
    assert {row["what the speaker did"] for row in rows} == {"denied", "held unlikely"}
    objected = [row for row in listed(client, "statements") if row["denied"]]
    assert objected
    for row in objected:
        assert re.search(r"denied by .+ \(hedge: .+\), in .+: https://", row["denied"])
    unopposed = {row["IRI"] for row in listed(client, "statements", status="unopposed")}
    assert not unopposed & {row["IRI"] for row in objected}


def test_a_point_of_an_area_is_no_place_of_anything(client: httpx.Client) -> None:
    features = client.get("/places.geojson").json()["features"]
    status = {
        feature["properties"]["IRI"].removeprefix(f"{ID}place/"): (
            feature["geometry"],
            feature["properties"]["geometry"],
        )
        for feature in features
        if not feature["properties"]["statement"]
    }
    assert status["khan-sheikhoun"] == (
        {"type": "Point", "coordinates": [36.65095, 35.44208]},
        status["khan-sheikhoun"][1],
    )
    assert status["khan-sheikhoun"][1].startswith("by ")
    geometry, told = status["idlib-province"]
    assert geometry is None
    assert "stands for the whole area" in told
    for list_ in LISTS:
        for feature in client.get(f"/{list_}.geojson").json()["features"]:
            properties = feature["properties"]
            assert properties["geometry"]
            assert (feature["geometry"] is None) == properties["geometry"].startswith("none: ")
            if properties["what the speaker did"] == "denied":
                assert feature["geometry"] is None


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/statements?speaker=rusia", "parameter 'speaker': there is no actor called 'rusia'; the nearest are russia"),
        ("/statements?place=ein-tarme", "ein-tarma"),
        ("/statements?about=idlib", "write the kind before 'idlib', such as zone:idlib"),
        ("/statements?about=zone:idlip", "the nearest are idlib"),
        ("/statements?act=assertz", "asserts"),
        ("/statements?hedge=reportedely", "reportedly"),
        ("/statements?status=denid", "denied"),
        ("/statements?type=Place", "statements have no type"),
        ("/places?type=Plac", "Place"),
        ("/statements?from=April 2017", "write \"2017-04\""),
        ("/statements?to=2017-13", "parameter 'to'"),
        ("/statements?sort=name", "write one of source, speaker, date, -date, id"),
        ("/actors?sort=date", "write one of name, -name"),
        ("/statements?page=0", "no whole number"),
        ("/statements?page=999", "the last is page="),
        ("/statements?first=5001", "from 1 to 5,000"),
        ("/statements?first=51&format=html", "from 1 to 50"),
        ("/statements?speeker=russia", "there is speaker"),
        ("/statements?speaker=russia&speaker=iran", "more than once"),
        ("/statements.csv?page=9", "the last is page=1"),
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_used_is_named_with_its_cure(client: httpx.Client, path: str, told: str) -> None:
    assert told in problem(client, path)


def test_values_are_given_as_people_type_them(client: httpx.Client) -> None:
    expected = listed(client, "statements", place="ein-tarma")
    assert expected
    for text in ("Ein Tarma", "EIN-TARMA", f"{ID}place/ein-tarma", "place:ein-tarma"):
        assert listed(client, "statements", place=text) == expected


def test_a_file_is_whole_or_refused_before_it_begins(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = listed(client, "statements", sort="id")
    monkeypatch.setattr("api.routers.lists.FILE_MAX", 100)
    detail = problem(client, "/statements.csv?sort=id")
    last = int(re.search(r"page=1 to page=(\d+)", detail)[1])  # type: ignore[index]
    assert f"{len(whole)} rows" in detail
    parts = [listed(client, "statements", sort="id", first="100", page=str(page)) for page in range(1, last + 1)]
    assert [row for part in parts for row in part] == whole


def test_formats_are_negotiated(client: httpx.Client) -> None:
    for accept, media_type in (
        ("text/csv", "text/csv"),
        ("application/geo+json", "application/geo+json"),
        ("application/json", "application/json"),
        ("text/html", "text/html"),
    ):
        response = client.get("/zones", headers={"Accept": accept})
        assert response.headers["content-type"].startswith(media_type)
        assert response.headers["vary"] == "Accept"
    assert client.get("/zones", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/zones.pdf").status_code == 404
    page = client.get("/zones")
    assert client.get("/zones", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    for suffix in ("csv", "xlsx", "geojson", "json"):
        assert f'"/zones.{suffix}"' in page.text
        assert client.get(f"/zones.{suffix}").headers["content-disposition"] == f'attachment; filename="zones.{suffix}"'


def test_facets_lead_to_lists_of_so_many(client: httpx.Client) -> None:
    page = client.get("/statements?source=syria-daily-2017-08-07").text
    facets = re.findall(r'<li><a href="([^"]+)" rel="nofollow"><bdi>[^<]+</bdi></a> <span class="meta">(\d+)', page)
    assert len(facets) > 20
    for address, number in facets[::5]:
        found = re.search(r"<p>(\d+) statement", client.get(address.replace("&amp;", "&")).text)
        assert found
        assert found[1] == number


def test_plain_mode_says_that_it_has_no_lists(plain: httpx.Client) -> None:
    response = plain.get("/statements", headers={"Accept": "application/json"})
    assert response.status_code == 503
    assert "not in plain mode" in response.json()["detail"]


def test_a_change_is_in_the_lists_at_once(governed: httpx.Client) -> None:
    wait_for_lists(governed)
    before = listed(governed, "statements")
    statement = next(row["IRI"] for row in before if row["hedge"] == "none" and not row["taken back"])
    change = (
        f"PREFIX ck: <https://w3id.org/conflict-kg/ontology#> DELETE {{ <{statement}> ck:hedge ?old }}"
        f" INSERT {{ <{statement}> ck:hedge <https://w3id.org/conflict-kg/vocab/hedge/reportedly> }}"
        f" WHERE {{ <{statement}> ck:hedge ?old }}"
    )
    response = governed.patch(
        "/graph/post", content=change, headers={"Content-Type": "application/sparql-update", "If-Match": "*"}
    )
    assert response.is_success, response.text
    after = {row["IRI"]: row["hedge"] for row in listed(governed, "statements")}
    assert after[statement] == "reportedly"
    assert statement in {row["IRI"] for row in listed(governed, "statements", hedge="reportedly")}
    assert statement not in {row["IRI"] for row in listed(governed, "statements", hedge="none")}


def test_cells_of_files_are_harmless_in_spreadsheets_and_keep_arabic() -> None:
    texts = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1", "\N{FULLWIDTH EQUALS SIGN}1", "عين ترما", 'a,b\n"c"']
    rows = [FileRow({"text": text}, None) for text in texts]
    written = {
        suffix: b"".join(write_file(media_type, FileHead("x", ["text"], {"=a": "=b"}), rows))
        for suffix, media_type in (
            ("csv", "text/csv"),
            ("json", "application/json"),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )
    }
    assert written["csv"].startswith(b"\xef\xbb\xbf")
    cells = [line[0] for line in csv.reader(io.StringIO(written["csv"].decode("utf-8-sig"), newline=""))][1:]
    assert cells == [*(f"'{text}" for text in texts[:8]), *texts[8:]]
    book = openpyxl.load_workbook(io.BytesIO(written["xlsx"]))
    assert [row[0].value for row in book["list"].iter_rows(min_row=2)][:4] == ["'=1+1", "'+1", "'-1", "'@x"]
    assert "عين ترما" in {row[0].value for row in book["list"].iter_rows()}
    found: list[dict[str, Any]] = json.loads(written["json"])["rows"]
    assert [row["text"] for row in found] == texts
