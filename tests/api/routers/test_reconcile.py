"""The reconciliation API over the shipped data: real clients, the forms of the specification, and who says it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import httpx
import pandas as pd
import pytest
from reconciler import reconcile
from shipped_data import ShippedData

from api.services import Services, open_services
from kg.settings import Settings

pytestmark = pytest.mark.slow

NAME = "Al Qa\u2019eda"
CONTESTED_PARTS = ("value", "act", "status")
ATTRIBUTION = ("act", "speaker", "source", "hedge", "statement")


@pytest.fixture(scope="module")
def client(
    serving: Callable[[Services], AbstractContextManager[str]],
    shipped_data: ShippedData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    settings = Settings(data_dir=shipped_data.copy(tmp_path_factory.mktemp("data")), workers=2)
    with (
        serving(open_services(settings)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60) as client,
    ):
        while client.get("/search", params={"q": "x"}).status_code == 503:
            pass
        yield client


def ask(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    response = client.post("/reconcile", data={"queries": json.dumps({"q": query})})
    assert response.status_code == 200, response.text
    result: list[dict[str, Any]] = response.json()["q"]["result"]
    return result


def extend(client: httpx.Client, ids: list[str], *properties: Any) -> dict[str, Any]:
    columns = [{"id": each} if isinstance(each, str) else each for each in properties]
    response = client.post("/reconcile", data={"extend": json.dumps({"ids": ids, "properties": columns})})
    assert response.status_code == 200, response.text
    members: dict[str, Any] = response.json()
    return members


def features_of(candidate: dict[str, Any]) -> dict[str, Any]:
    return {feature["id"]: feature["value"] for feature in candidate["features"]}


# The client warns of what its own libraries deprecate.
@pytest.mark.filterwarnings("ignore:.*inplace")
def test_the_client_reconciler_fills_a_column(client: httpx.Client) -> None:
    more = ("Aleppo Province", "Hama Province", "Latakia Province", "Khan Sheikhoun", "Damascus", "East Ghouta")
    names = ["Ein Tarma", "Idlib", "عين ترما", "Jobar", "place/jobar", *more]  # more than one batch of the client
    found = reconcile(
        pd.Series(names), type_id="Place", top_res=1, reconciliation_endpoint=f"{client.base_url}/reconcile"
    ).set_index("input_value")
    assert found.loc["Ein Tarma", "id"] == found.loc["عين ترما", "id"] == "place/ein-tarma"
    assert found.loc["place/jobar", "id"] == found.loc["Jobar", "id"] == "place/jobar"
    assert found.loc[["Ein Tarma", "عين ترما", "Jobar"], "match"].all()
    assert found.loc["Idlib", "id"] == "place/idlib-province"
    assert not found.loc["Idlib", "match"]


def test_manifest_has_what_the_specification_requires(client: httpx.Client) -> None:
    manifest = client.get("/reconcile").json()
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == "https://w3id.org/conflict-kg/id/"
    (place,) = [each for each in manifest["defaultTypes"] if each["id"] == "Place"]
    assert place["name"]
    view = manifest["view"]["url"].replace("{{id}}", quote("place/ein-tarma", safe=""))
    assert client.get(view, follow_redirects=True).is_success
    preview = client.get(manifest["preview"]["url"].replace("{{id}}", quote("place/ein-tarma", safe="")))
    assert preview.is_success
    for kind in ("entity", "type", "property"):
        service = manifest["suggest"][kind]
        (first, *_) = client.get(service["service_url"] + service["service_path"], params={"prefix": "a"}).json()[
            "result"
        ]
        assert first["id"]
        assert first["name"]
    propose = manifest["extend"]["propose_properties"]
    proposed = client.get(propose["service_url"] + propose["service_path"], params={"type": "Place", "limit": 3}).json()
    assert (proposed["type"], proposed["limit"], len(proposed["properties"])) == ("Place", 3, 3)


def test_get_and_post_give_the_same(client: httpx.Client) -> None:
    queries = json.dumps({"a": {"query": "Idlib"}, "b": {"query": "nothing is called so at all"}})
    posted, got = (
        client.post("/reconcile", data={"queries": queries}),
        client.get("/reconcile/", params={"queries": queries}),
    )
    assert posted.json() == got.json()
    assert posted.json()["b"] == {"result": []}
    scores = [each["score"] for each in posted.json()["a"]["result"]]
    assert scores == sorted(scores, reverse=True)


def test_name_that_statements_use_is_attributed_and_never_a_match(client: httpx.Client) -> None:
    found = {each["id"]: each for each in ask(client, query=NAME)}
    assert not any(each["match"] for each in found.values())
    called = found["actor/idlib-opposition"]
    assert features_of(called)["name_identifies"] is False
    for words in (
        f"called \u201c{NAME}\u201d",
        "said by United States of America",
        "denied by EA WorldView",
        "hedge: scare quotes",
    ):
        assert words in called["description"]
    assert found["actor/al-qaeda"]["score"] > called["score"]


@pytest.mark.parametrize(
    ("query", "match"),
    [
        ({"query": "Ein Tarma"}, "place/ein-tarma"),
        ({"query": "zone/idlib"}, "zone/idlib"),
        ({"query": "https://w3id.org/conflict-kg/id/zone/idlib"}, "zone/idlib"),
        ({"query": "Damascus"}, None),  # there is a governorate as well
        ({"query": "Idlib"}, None),  # the last part of the id of a zone
        ({"query": "Ein Tarma", "type": "Actor"}, None),
        ({"query": "Ein Tarma", "properties": [{"pid": "administrativeParent", "v": "Idlib Province"}]}, None),
        ({"query": "Ein Tarma", "properties": [{"pid": "placeKind", "v": "town"}]}, "place/ein-tarma"),
    ],
)
def test_match_only_where_nobody_could_mean_another(
    client: httpx.Client, query: dict[str, Any], match: str | None
) -> None:
    assert [each["id"] for each in ask(client, **query) if each["match"]] == ([match] if match else [])


def test_what_no_source_names_is_never_a_match(client: httpx.Client) -> None:
    (name,) = extend(client, ["place/aj-2017-04-19-building"], "prefLabel")["rows"].values()
    assert name["prefLabel"]
    unnamed = ask(client, query="those killed", type="UnnamedActor")
    assert unnamed
    assert not any(each["match"] for each in ask(client, query=unnamed[0]["name"]))


def test_types_are_strict_or_only_preferred(client: httpx.Client) -> None:
    only = ask(client, query="Idlib", type=["Place"])
    assert {each["type"][0]["id"] for each in only} == {"Place"}
    preferred = {each["id"]: each for each in ask(client, query="Idlib", type=["Zone"], type_strict="should")}
    assert features_of(preferred["zone/idlib"])["type_match"]
    assert not features_of(preferred["place/idlib-province"])["type_match"]
    assert ask(client, query="opposition", type=["Actor", "Coalition"], type_strict="all")


def test_condition_on_a_claim_is_met_by_one_statement_with_its_speaker(client: httpx.Client) -> None:
    def by(speaker: str) -> dict[str, Any]:
        conditions = [{"pid": "Labelling", "v": NAME}, {"pid": "Labelling.speaker", "v": {"id": speaker}}]
        (found,) = [
            each
            for each in ask(client, query="opposition in Idlib", properties=conditions)
            if each["id"] == "actor/idlib-opposition"
        ]
        return found

    met = by("actor/united-states")
    assert features_of(met)["Labelling"]
    assert features_of(met)["Labelling.speaker"]
    for words in ("said by United States of America", "hedge: scare quotes", "denied by EA WorldView"):
        assert words in met["description"]
    # It denies the name, and calls the opposition something else.
    assert not features_of(by("actor/ea-worldview"))["Labelling"]


def test_query_may_have_conditions_only(client: httpx.Client) -> None:
    found = ask(client, properties=[{"pid": "Labelling", "v": NAME}])
    assert [each["id"] for each in found] == ["actor/idlib-opposition"]
    assert "said by United States of America" in found[0]["description"]
    assert ask(client, properties=[{"pid": "administrativeParent", "v": {"id": "place/idlib-province"}}])


def test_every_contested_column_is_attributed(client: httpx.Client) -> None:
    proposed = [each["id"] for each in client.get("/reconcile/extend/propose").json()["properties"]]
    ids = [
        "zone/east-ghouta",
        "actor/idlib-opposition",
        "place/aj-2017-04-19-building",
        "incident/aj-2017-04-19-strike",
    ]
    claims = sorted({each.partition(".")[0] for each in proposed if each.endswith(".value")})
    said = 0
    for claim in claims:
        parts = ["value", *ATTRIBUTION, "status"]
        asked = [{"id": each, "settings": {"limit": 200}} for each in (claim, *(f"{claim}.{part}" for part in parts))]
        rows = extend(client, ids, *asked)["rows"]
        for row in rows.values():
            columns = [row[claim], *(row[f"{claim}.{part}"] for part in parts)]
            assert len({len(column) for column in columns}) == 1, "the columns are beside each other"
            for whole, value, *attribution, _status in zip(*columns, strict=True):
                texts = [cell.get("name") or cell["str"] for cell in attribution]
                assert all(texts), row
                act, speaker, source, hedge, statement = texts
                for text in (act, speaker, source, f"hedge: {hedge}", f"statement {statement}"):
                    assert text in whole["str"].translate({0x2068: None, 0x2069: None})
                assert value["str"]
                said += 1
    assert said > 30


@pytest.mark.parametrize("part", CONTESTED_PARTS)
def test_contested_column_without_its_speaker_is_refused(client: httpx.Client, part: str) -> None:
    columns = [{"id": f"Labelling.{part}"}, {"id": "Labelling.hedge"}]
    response = client.post("/reconcile", data={"extend": json.dumps({"ids": ["zone/idlib"], "properties": columns})})
    assert response.status_code == 400
    assert "Labelling.speaker" in response.json()["detail"]


def test_content_of_an_aim_is_not_told_as_said(client: httpx.Client) -> None:
    rows = extend(client, ["actor/idlib-opposition"], "IncidentAccount")["rows"]["actor/idlib-opposition"][
        "IncidentAccount"
    ]
    (aim, *_) = [row["str"] for row in rows if "f63" in row["str"]]
    assert "not this, but what it is the content of" in aim


def test_own_fields_settings_and_what_is_not_there(client: httpx.Client) -> None:
    rows = extend(
        client,
        ["place/ein-tarma", "zone/idlib", "no/thing", "not an id"],
        "prefLabel",
        "administrativeParent",
        "homeGraph",
        {"id": "ZoneCoverage", "settings": {"limit": 1}},
    )["rows"]
    place, zone = rows["place/ein-tarma"], rows["zone/idlib"]
    assert {"str": "عين ترما"} in place["prefLabel"]
    assert place["administrativeParent"] == [{"id": "place/kafr-batna-subdistrict", "name": "Kafr Batna Subdistrict"}]
    assert place["homeGraph"] == [{"str": "Reference graph of places"}]
    assert len(zone["ZoneCoverage"]) == 2
    assert "not all" in zone["ZoneCoverage"][1]["str"]
    assert rows["no/thing"]["prefLabel"] == rows["not an id"]["prefLabel"] == []
    russian = {"id": "Labelling", "settings": {"speaker": "Russia"}}
    (only,) = extend(client, ["zone/idlib"], russian)["rows"]["zone/idlib"]["Labelling"]
    assert "by Russia" in only["str"]


def test_suggestions_are_paged_and_attributed(client: httpx.Client) -> None:
    first = client.get("/reconcile/suggest/entity", params={"prefix": "s"}).json()["result"]
    second = client.get("/reconcile/suggest/entity", params={"prefix": "s", "cursor": len(first)}).json()["result"]
    assert len(first) == 20
    assert second
    assert not {each["id"] for each in first} & {each["id"] for each in second}
    called = client.get("/reconcile/suggest/entity", params={"prefix": NAME[:-1]}).json()["result"]
    (opposition,) = [each for each in called if each["id"] == "actor/idlib-opposition"]
    assert "denied by EA WorldView" in opposition["description"]
    by_id = client.get("/reconcile/suggest/entity", params={"prefix": "place/jobar"}).json()["result"]
    assert [each["id"] for each in by_id] == ["place/jobar"]


class Tags(HTMLParser):
    """The tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)
        self.found.append(tag)


def test_preview_may_be_embedded_and_says_who_says_it(client: httpx.Client) -> None:
    response = client.get("/reconcile/preview", params={"id": "actor/idlib-opposition"})
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    tags = Tags()
    tags.feed(response.text)
    assert not {"script", "style", "iframe", "form"} & set(tags.found)
    assert NAME in response.text
    for words in ("said by", "United States of America", "denied by", "EA WorldView", "hedge: scare quotes"):
        assert words in response.text
    assert "not this, but what it is the content of" in response.text
    for other in ("actor/nobody", "proposition/sd-2017-08-07-f25", "statement/sd-2017-08-07-f25"):
        assert client.get("/reconcile/preview", params={"id": other}).status_code == 404


def test_text_with_a_slash_is_a_name_unless_something_has_that_id(client: httpx.Client) -> None:
    assert not any(features_of(each).get("name_similarity") == 100 for each in ask(client, query="Idlib/Hama"))
    (found, *_) = ask(client, query="place/ein-tarma")
    assert (found["id"], found["match"]) == ("place/ein-tarma", True)


def test_all_conditions_on_a_field_have_to_be_met(client: httpx.Client) -> None:
    town, city = ({"pid": "placeKind", "v": kind} for kind in ("town", "city"))
    for conditions, is_met in (([town], True), ([city, town], False), ([town, city], False)):
        (found, *_) = ask(client, query="Ein Tarma", properties=conditions)
        assert features_of(found)["placeKind"] is is_met


def test_half_of_a_surrogate_pair_is_answered(client: httpx.Client) -> None:
    response = client.post("/reconcile", data={"queries": '{"\\ud800": {"query": "Idlib"}}'})
    assert response.status_code == 200
    assert list(response.json()) == ["\ud800"]


def test_callback_is_the_name_of_a_function(client: httpx.Client) -> None:
    response = client.get("/reconcile/suggest/type", params={"prefix": "pla", "callback": "app.show_1"})
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.text.startswith("/**/app.show_1({")
    for callback in ("alert(1)", "a;b", "a.", "", "<x>", "a" * 201, "é"):
        refused = client.get("/reconcile", params={"callback": callback})
        assert refused.status_code in (400, 422), callback


@pytest.mark.parametrize(
    ("form", "status", "cure"),
    [
        ({"query": "Idlib"}, 400, "queries or extend"),
        ({"queries": "{"}, 400, "JSON"),
        ({"queries": json.dumps({str(n): {"query": "x"} for n in range(26)})}, 413, "25"),
        ({"queries": json.dumps({"a": {"query": "x", "type": "Plaice"}})}, 400, "Place"),
        (
            {"queries": json.dumps({"a": {"query": "x", "properties": [{"pid": "Labelling.hedge", "v": "none"}]}})},
            400,
            "Labelling",
        ),
        ({"extend": json.dumps({"ids": [f"place/{n}" for n in range(51)], "properties": []})}, 413, "50"),
        ({"extend": json.dumps({"ids": [], "properties": [{"id": "nothing"}]})}, 400, "no property"),
        ({"extend": '{"ids": [], "properties": [{"id": "Labelling", "settings": {"limit": 1e999}}]}'}, 400, "limit"),
        ({"queries": "{}", "extend": "{}"}, 400, "requests of their own"),
        ({"queries": "x" * 400_000}, 413, ""),
    ],
)
def test_errors_have_a_status_and_a_cure(client: httpx.Client, form: dict[str, str], status: int, cure: str) -> None:
    response = client.post("/reconcile", data=form)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert cure in response.json()["detail"]


def test_other_requests_are_told_what_is_accepted(client: httpx.Client) -> None:
    assert client.request("OPTIONS", "/reconcile").headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert client.put("/reconcile").status_code == 405
    assert client.post("/reconcile", json={"queries": {}}).status_code == 415
    assert client.head("/reconcile").status_code == 200


def test_a_query_whose_properties_are_null_has_none(client: httpx.Client) -> None:
    query = {"query": "Idlib Province", "limit": 1}
    answers = [
        client.post("/reconcile", data={"queries": json.dumps({"q": sent})}).raise_for_status().json()
        for sent in (query, {**query, "properties": None})
    ]
    assert answers[0] == answers[1]
