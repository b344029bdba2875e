"""The page of an incident: every claim with who says it, by which statement; it agrees with the catalogue."""

import re
from collections import Counter

import pyoxigraph as ox
import pytest
from shipped_data import ShippedData

from api.pages.claim import ClaimRow, Voice
from api.pages.incident_page import incident_values
from api.pages.render import PageRenderer
from api.pages.resource_page import common_values
from kg.namespaces import INCIDENT_CLASS
from kg.questions.answer import TableAnswer
from kg.questions.catalogue import Catalogue
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.source_archive import SourceArchive
from kg.store.embedded import EmbeddedStore
from kg.store.query_template import text_of
from kg.views.description import describe
from kg.views.reader import Bounds
from kg.views.resource_view import ViewBuilder, view_builder

STRIKE = "aj-2017-04-19-strike"
INCIDENTS = [STRIKE, "aj-2017-04-19-s54", "sd-2017-08-07-f33", "sd-2017-08-07-f12"]


@pytest.fixture(scope="module")
def store(shipped_data: ShippedData) -> EmbeddedStore:
    return shipped_data.store()


def build(store: EmbeddedStore, schema: Schema, slug: str) -> ViewBuilder:
    index = ClassIndex(schema)
    about = describe(store, index, f"{DEFAULT_BASE_IRI}id/incident/{slug}", Bounds())
    assert about
    return view_builder(store, index, SourceArchive(None), about)


def ask(store: EmbeddedStore, question: str) -> TableAnswer:
    answer = Catalogue.load().ask(question, {"incident": STRIKE}, store, DEFAULT_BASE_IRI)
    assert isinstance(answer, TableAnswer)
    return answer


def test_numbers_are_those_of_the_question(store: EmbeddedStore, schema: Schema) -> None:
    rows = ask(store, "how-many-died-according-to-whom").rows
    asked = {(text_of(row["statement"]), text_of(row["number"])) for row in rows}
    numbers = incident_values(build(store, schema, STRIKE))["numbers"]
    shown = {(voice.statement, row.number) for row in numbers if row.is_of_dead for voice in row.claim.voices}
    assert shown
    assert {pair for pair in asked if pair[1] != "not stated"} == shown


def test_targets_are_those_of_the_question(store: EmbeddedStore, schema: Schema) -> None:
    asked = {text_of(row["statement"]) for row in ask(store, "what-is-each-said-to-have-targeted").rows}
    targets = incident_values(build(store, schema, STRIKE))["targets"]
    shown = {voice.statement for row in targets for voice in row.claim.voices if not voice.is_retracted}
    assert asked <= shown


def test_who_says_that_it_was_a_mosque_is_on_the_page(store: EmbeddedStore, schema: Schema) -> None:
    names = incident_values(build(store, schema, STRIKE))["names"]
    (mosque,) = (row.claim for row in names if row.claim.proposition.text == "mosque")
    assert {"Bellingcat", "Human Rights Watch"} <= {voice.speaker.text for voice in mosque.says}
    (hall,) = (row.claim for row in names if "community hall" in row.claim.proposition.text)
    assert {voice.speaker.text for voice in hall.rejects} == {"Bellingcat"}


@pytest.mark.parametrize("slug", INCIDENTS)
def test_every_claim_has_speaker_hedge_and_source(store: EmbeddedStore, schema: Schema, slug: str) -> None:
    values = incident_values(build(store, schema, slug))
    rows: list[ClaimRow] = [*values["claims"], *(row.claim for row in values["names"])]
    assert rows
    for claim in rows:
        assert claim.voices, claim.proposition
        assert all(_is_attributed(voice) for voice in claim.voices)


def test_cells_agree_with_the_badge(store: EmbeddedStore, schema: Schema) -> None:
    """The side and the verb of each voice are those by which the status was decided."""
    claims = [
        claim for slug in _all_incidents(store) for claim in incident_values(build(store, schema, slug))["claims"]
    ]
    seen = Counter(_check_badge(claim) for claim in claims if claim.standing)
    assert {"only possible", "the words of others", "claimed", "denied"} <= {*seen}


def _all_incidents(store: EmbeddedStore) -> list[str]:
    rows = store.query(f"SELECT DISTINCT ?incident {{ ?incident a <{INCIDENT_CLASS}> }}")
    assert isinstance(rows, ox.QuerySolutions)
    return sorted(text_of(row["incident"]).rsplit("/", 1)[-1] for row in rows)


def _check_badge(claim: ClaimRow) -> str:
    assert claim.standing
    badge = claim.standing.badge
    if badge == "only possible":
        assert not [voice for voice in (*claim.says, *claim.rejects) if not voice.is_retracted]
        assert claim.leaves_open
    elif badge == "the words of others":
        assert all(voice.done == "told as the words of others" for voice in claim.says)
    elif badge.startswith(("claimed by", "denied by")):
        said, _ = badge.split(" by ", 1)
        assert said in {voice.done for voice in claim.voices}, (badge, claim.voices)
        return said
    return badge


def _is_attributed(voice: Voice) -> bool:
    return bool(voice.speaker.iri and voice.hedge.iri and voice.sources and "/id/statement/" in voice.statement)


def test_the_page_is_small_and_links_each_cell_to_its_statement(store: EmbeddedStore, schema: Schema) -> None:
    builder = build(store, schema, STRIKE)
    values = incident_values(builder)
    page = PageRenderer(Settings()).render(
        "incident.html", data_paths={}, format_labels={}, **values, **common_values(builder, builder.description.focus)
    )
    assert len(page) < 100_000
    linked = set(re.findall(r'href="(?:https?://[^/]*/conflict-kg)?/id/statement/([^"]+)"', page.decode()))
    assert {voice.statement.rsplit("/", 1)[-1] for claim in values["claims"] for voice in claim.voices} <= linked
