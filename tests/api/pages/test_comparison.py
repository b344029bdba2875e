"""Sources side by side: who says what, where they agree or contradict each other, and that silence is no answer."""

import csv
import io
import json
import re
from collections.abc import Iterable
from typing import Any

import pytest
from shipped_data import ShippedData
from small_world import ATTACK, SmallWorld, account, said

from api.pages.compare_page import COMPARE, CompareProcedures
from api.pages.sources import PageSources
from kg.errors import BadParameterError, UnknownNameError
from kg.schema.model import Schema
from kg.settings import Settings
from kg.spreadsheet_csv import write_spreadsheet
from kg.store.embedded import EmbeddedStore
from kg.views.reader import Bounds

OTHER = (
    "source:other a ck:Source ; ck:sourceKind kind:article ; dcterms:publisher actor:archive ;"
    ' skos:prefLabel "Other article"@en .\n'
)
IN_OTHER = "ck:reportedIn source:other"
OF_RAID = "ck:incident incident:a"
RAID = account("p", f"{ATTACK} ; {OF_RAID}")
SAME_RAID = account("same", f"{ATTACK} ; {OF_RAID}")
RAID_ON_TOWN = account("more", f"{ATTACK} ; {OF_RAID} ; ck:target place:town")
SAYS = said("s1", "paper", "asserts", "prop:p")
DENIES = said("s2", "archive", "denies", "prop:p", more=IN_OTHER)

RELATIONS = {
    "both say so in their own voice": (
        SAYS + said("s2", "archive", "asserts", "prop:p", more=IN_OTHER), "agree", "They agree: ",
    ),
    "propositions with equal roles are one": (
        SAYS + SAME_RAID + said("s2", "archive", "asserts", "prop:same", more=IN_OTHER), "agree", "They agree: ",
    ),
    "who says more says so": (
        SAYS + RAID_ON_TOWN + said("s2", "archive", "asserts", "prop:more", more=IN_OTHER), "agree", "They agree: ",
    ),
    "one says so and the other says no": (SAYS + DENIES, "contradict", "They contradict each other: "),
    "what others say in them is not what they say": (
        SAYS + said("s2", "army", "denies", "prop:p", "attributed", more=IN_OTHER),
        "contradict", "Opposite things are said in them: ",
    ),
    "a dispute in the other source rejects it": (
        SAYS + said("s2", "archive", "asserts", "prop:x", more=f"ck:disputes st:s1 ; {IN_OTHER}")
        + 'prop:x a ck:Assessment ; ck:gist "it was not so"@en .\n',
        "contradict", "They contradict each other: ",
    ),
    "to leave it open is no contradiction": (
        SAYS + said("s2", "archive", "leavesOpen", "prop:p", "unclear", more=IN_OTHER),
        "differ", "They differ, without a contradiction: ",
    ),
    "what was taken back contradicts nothing": (
        SAYS + DENIES + said("s3", "archive", "retracts", "st:s2", more=IN_OTHER),
        "differ", "They differ, without a contradiction: ",
    ),
    "it is disputed within one of them": (
        SAYS + said("s2", "archive", "asserts", "prop:p", more=IN_OTHER)
        + said("s3", "army", "denies", "prop:p", "attributed", more=IN_OTHER),
        "disputed within", "Disputed within one of them: ",
    ),
    "both say no": (said("s1", "paper", "denies", "prop:p") + DENIES, "reject alike", "They agree that it is not so: "),
    "one is silent": (SAYS, "alone", "Only Article speaks of it."),
    "a denial of more is no denial": (
        SAYS + RAID_ON_TOWN + said("s2", "archive", "denies", "prop:more", more=IN_OTHER),
        "alone", "Only Article speaks of it.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> SmallWorld:
    return SmallWorld.create()


@pytest.fixture(scope="module")
def procedures(schema: Schema) -> CompareProcedures:
    return CompareProcedures(PageSources.create(Settings(), schema))


def compare(
    procedures: CompareProcedures,
    store: EmbeddedStore,
    thing: str,
    media_type: str = "application/json",
    sources: Iterable[str] = (),
    speakers: Iterable[str] = (),
) -> bytes:
    arguments = {"thing": thing, "sources": [*sources], "speakers": [*speakers], "media_type": media_type}
    reply = procedures.table()[COMPARE](store, arguments, b"")
    return b"".join(reply.body)


def row_of(content: bytes, proposition: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = json.loads(content)["rows"]
    (row,) = (row for row in rows if row["claim"]["iri"].endswith(f"/{proposition}"))
    return row


@pytest.mark.parametrize("name", RELATIONS)
def test_where_they_agree_is_decided_as_verdicts_are(
    name: str, world: SmallWorld, procedures: CompareProcedures
) -> None:
    turtle, relation, words = RELATIONS[name]
    store = world.store(OTHER + RAID + turtle)
    row = row_of(compare(procedures, store, "incident/a", sources=["article", "other"]), "p")
    assert row["comparison"]["relation"] == relation
    assert row["comparison"]["words"].startswith(words)
    assert [cell["column"].rsplit("/", 1)[-1] for cell in row["cells"]] == ["article", "other"]


def test_a_cell_without_a_statement_does_not_say(world: SmallWorld, procedures: CompareProcedures) -> None:
    store = world.store(OTHER + RAID + SAYS)
    content = compare(procedures, store, "incident/a", sources=["article", "other"])
    spoken, silent = row_of(content, "p")["cells"]
    assert (spoken["stance"], silent["stance"], silent["said"]) == ("affirms", "does not say", [])
    page = compare(procedures, store, "incident/a", "text/html", ["article", "other"]).decode()
    assert page.count("does not say</span>") == 1
    assert "They contradict" not in page


def test_who_says_more_is_shown_with_what_is_said(world: SmallWorld, procedures: CompareProcedures) -> None:
    turtle, _, _ = RELATIONS["who says more says so"]
    content = compare(procedures, world.store(OTHER + RAID + turtle), "incident/a", sources=["article", "other"])
    _, cell = row_of(content, "p")["cells"]
    (item,) = cell["said"]
    assert (item["statement"].rsplit("/", 1)[-1], item["note"]) == ("s2", "saying more:")
    assert item["of"]["iri"].endswith("/more")


def test_a_declaration_that_was_taken_back_disputes_none_that_stands(
    world: SmallWorld, procedures: CompareProcedures
) -> None:
    store = world.store(
        OTHER + said("s1", "army", "declares", "zone:z", "attributed") + said("s2", "ally", "declares", "zone:z")
        + said("s3", "ally", "retracts", "st:s2") + said("s4", "army", "declares", "zone:z", more=IN_OTHER)
    )  # fmt: skip
    (row, *_) = json.loads(compare(procedures, store, "zone/z", sources=["article", "other"]))["rows"]
    assert [cell["stance"] for cell in row["cells"]] == ["affirms", "affirms"]
    assert row["comparison"]["relation"] == "agree"


def test_speakers_of_one_source_are_compared(world: SmallWorld, procedures: CompareProcedures) -> None:
    store = world.store(RAID + SAYS + said("s2", "army", "denies", "prop:p", "attributed"))
    row = row_of(compare(procedures, store, "incident/a", speakers=["paper", "army"]), "p")
    assert row["comparison"]["relation"] == "contradict"
    unnamed = row_of(compare(procedures, store, "incident/a"), "p")
    assert sorted(cell["column"] for cell in unnamed["cells"]) == sorted(cell["column"] for cell in row["cells"])


def test_what_was_declared_is_compared(world: SmallWorld, procedures: CompareProcedures) -> None:
    store = world.store(
        OTHER + said("s1", "army", "declares", "zone:z", "attributed")
        + said("s2", "army", "declares", "zone:z", "attributed", more=IN_OTHER)
    )  # fmt: skip
    (row,) = json.loads(compare(procedures, store, "zone/z", sources=["article", "other"]))["rows"]
    assert (row["about"], row["comparison"]["words"]) == ("Who declared it", "The same is said in them.")
    assert all(cell["said"][0]["speaker"]["name"] == "Army" for cell in row["cells"])


def test_parts_of_a_number_follow_the_whole(store: EmbeddedStore, procedures: CompareProcedures) -> None:
    content = json.loads(
        compare(procedures, store, "incident/aj-2017-04-19-strike", speakers=["bellingcat", "syria-civil-defence"])
    )
    numbers = [row for row in content["rows"] if row["about"] == "Numbers"]
    assert any(row["partOf"] for row in numbers)
    for position, row in enumerate(numbers):
        if row["partOf"]:
            earlier = [other["claim"]["name"] for other in numbers[:position]]
            assert any(f"\u201c{row['partOf']}\u201d" in name for name in earlier), row["claim"]


@pytest.fixture(scope="module")
def store(shipped_data: ShippedData) -> EmbeddedStore:
    return shipped_data.store()


@pytest.mark.parametrize(
    "thing",
    ["incident/aj-2017-04-19-strike", "place/idlib-province", "zone/idlib", "place/ein-tarma", "zone/east-ghouta"],
)
def test_every_cell_is_attributed_in_every_format(
    thing: str, store: EmbeddedStore, procedures: CompareProcedures
) -> None:
    content = json.loads(compare(procedures, store, thing))
    assert content["rows"]
    said_in = [item for row in content["rows"] for cell in row["cells"] for item in cell["said"]]
    assert all(item["speaker"]["iri"] and item["hedge"]["name"] and item["sources"] for item in said_in)
    text = compare(procedures, store, thing, "text/csv").decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [line["statement IRI"] for line in lines] == [item["statement"] for item in said_in]
    assert {line["complete"] for line in lines} == {"yes"}
    assert content["complete"] is True
    assert all(line["speaker"] and line["hedge"] and line["source"] for line in lines)
    page = compare(procedures, store, thing, "text/html")
    assert len(page) < 100_000
    linked = set(re.findall(rb'href="(?:/id|[^"]*/conflict-kg/id)/statement/([^"]+)"', page))
    assert {item["statement"].rsplit("/", 1)[-1].encode() for item in said_in} <= linked


def test_a_file_says_that_it_has_not_all(
    store: EmbeddedStore, procedures: CompareProcedures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.pages.compare_page._BOUNDS", Bounds(listed=200, references=150))
    thing = "incident/aj-2017-04-19-strike"
    text = compare(procedures, store, thing, "text/csv").decode("utf-8-sig")
    assert {line["complete"] for line in csv.DictReader(io.StringIO(text, newline=""))} == {
        "no: the first of what is recorded"
    }


def test_a_row_has_each_number_once(store: EmbeddedStore, procedures: CompareProcedures) -> None:
    content = json.loads(compare(procedures, store, "incident/aj-2017-04-19-strike"))
    names = [row["claim"]["name"] for row in content["rows"] if row["about"] == "Numbers"]
    assert names
    assert all(name.startswith("\u201c") for name in names)
    assert not [name for name in names if "number: " in name]


def test_a_page_of_much_text_is_bounded(world: SmallWorld, procedures: CompareProcedures) -> None:
    turtle = "".join(
        account(f"p{n}", f'{OF_RAID} ; ck:gist "{n} {"long " * 200}"@en')
        + said(f"s{n}", "paper", "asserts", f"prop:p{n}")
        for n in range(190)
    )
    arguments = ("incident/a", "text/html", ["article", "press"])
    page = compare(procedures, world.store(turtle), *arguments)
    assert len(page) < 100_000
    assert b"of 190 claims" in page


def test_what_cannot_be_compared_is_refused(store: EmbeddedStore, procedures: CompareProcedures) -> None:
    with pytest.raises(BadParameterError, match="an incident, a place or a zone"):
        compare(procedures, store, "actor/russia")
    with pytest.raises(UnknownNameError):
        compare(procedures, store, "zone/nowhere")
    with pytest.raises(UnknownNameError):
        compare(procedures, store, "zone/idlib", sources=["nothing"])
    with pytest.raises(BadParameterError, match="at most 5"):
        compare(procedures, store, "zone/idlib", sources=["syria-daily-2017-08-07"], speakers=[
            "russia", "united-states", "human-rights-watch", "ea-worldview", "bellingcat",
        ])  # fmt: skip


def test_cells_of_a_table_are_harmless_and_readable() -> None:
    written = write_spreadsheet(["words"], [["=1+1"], [" @SUM(A1)"], ["عين ترما"], ["a\r\nb"], ["-5"]])
    assert written.startswith(b"\xef\xbb\xbf")
    cells = [row[0] for row in csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))]
    assert cells == ["words", "'=1+1", "' @SUM(A1)", "عين ترما", "a\r\nb", "'-5"]
