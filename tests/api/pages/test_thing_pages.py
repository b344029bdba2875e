"""Pages of places and zones: as the catalogue answers, each claim with who says, denies or leaves it open."""

from typing import Any

import pyoxigraph as ox
import pytest
from shipped_data import ShippedData

from api.pages.coordinates import Point, parse_point
from api.pages.place_page import place_values
from api.pages.render import PageRenderer
from api.pages.resource_page import common_values, select_template
from kg.namespaces import CK, PLACE_CLASS
from kg.questions.answer import TableAnswer, YesNoAnswer
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

CATALOGUE = Catalogue.load()
PLACES = ["ein-tarma", "khan-sheikhoun", "al-jinah", "aj-2017-04-19-building", "jobar"]


@pytest.fixture(scope="module")
def store(shipped_data: ShippedData) -> EmbeddedStore:
    return shipped_data.store()


def build(store: EmbeddedStore, schema: Schema, slug: str) -> ViewBuilder:
    index = ClassIndex(schema)
    about = describe(store, index, iri_of(slug), Bounds())
    assert about
    return view_builder(store, index, SourceArchive(None), about)


def iri_of(slug: str) -> str:
    return f"{DEFAULT_BASE_IRI}id/place/{slug}"


def values_of(store: EmbeddedStore, schema: Schema, slug: str) -> dict[str, Any]:
    return place_values(build(store, schema, slug), store, CATALOGUE, DEFAULT_BASE_IRI)


@pytest.mark.parametrize("slug", PLACES)
def test_zones_are_answered_as_the_question_is(store: EmbeddedStore, schema: Schema, slug: str) -> None:
    shown = {
        row.zone.iri: "".join(phrase.text for phrase in row.sentence) for row in values_of(store, schema, slug)["zones"]
    }
    assert all(row.zone.text for row in values_of(store, schema, slug)["zones"])
    for quad in store.match(
        None, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode(f"{CK}Zone")
    ):
        zone = text_of(quad.subject) if isinstance(quad.subject, ox.NamedNode) else ""
        answer = CATALOGUE.ask("does-zone-cover-place", {"zone": zone, "place": iri_of(slug)}, store, DEFAULT_BASE_IRI)
        assert isinstance(answer, YesNoAnswer)
        assert shown.get(zone, "") == (answer.headline if answer.grounds else "")


def test_it_is_not_settled_whether_ein_tarma_is_in_a_zone(store: EmbeddedStore, schema: Schema) -> None:
    (row,) = values_of(store, schema, "ein-tarma")["zones"]
    sentence = "".join(phrase.text for phrase in row.sentence)
    assert sentence.startswith("UNDETERMINED")
    assert "EA WorldView" in sentence
    assert any(phrase.statement for phrase in row.sentence)


@pytest.mark.parametrize("slug", PLACES)
def test_coordinates_are_those_of_the_question_with_who_gives_them(
    store: EmbeddedStore, schema: Schema, slug: str
) -> None:
    answer = CATALOGUE.ask("at-which-coordinates-does-a-place-lie", {"place": iri_of(slug)}, store, DEFAULT_BASE_IRI)
    assert isinstance(answer, TableAnswer)
    asked = {(text_of(row["wkt"]), text_of(row["statement"])) for row in answer.rows}
    rows = values_of(store, schema, slug)["coordinates"]
    assert {(row.wkt, row.statement) for row in rows} == asked
    for row in rows:
        assert row.given_by.text
        if row.statement:
            assert row.hedge
            assert row.source
        assert row.point
        assert row.wkt.index(row.point.longitude) < row.wkt.index(row.point.latitude), "WKT has the longitude first"


@pytest.mark.parametrize("slug", PLACES)
def test_every_account_has_who_says_or_denies_it(store: EmbeddedStore, schema: Schema, slug: str) -> None:
    accounts = values_of(store, schema, slug)["accounts"]
    assert accounts or slug == "jobar"
    for row in accounts:
        assert row.claim.voices
        for voice in row.claim.voices:
            assert all((voice.speaker.text, voice.hedge.text, voice.statement, voice.sources))


@pytest.mark.parametrize("slug", ["idlib", "east-ghouta"])
def test_the_page_of_a_zone_begins_with_who_declared_it_and_has_every_claim(
    store: EmbeddedStore, schema: Schema, slug: str
) -> None:
    zone, index = f"{DEFAULT_BASE_IRI}id/zone/{slug}", ClassIndex(schema)
    about = describe(store, index, zone, Bounds())
    assert about
    builder = view_builder(store, index, SourceArchive(None), about)
    template, values = select_template(builder, store, CATALOGUE, DEFAULT_BASE_IRI)
    assert template == "zone.html"
    answer = CATALOGUE.ask("who-declared-which-zone", {"zone": zone}, store, DEFAULT_BASE_IRI)
    assert isinstance(answer, TableAnswer)
    asked = {text_of(row["declaration"]) for row in answer.rows}
    assert asked
    assert asked <= {statement.iri for statement in values["declarations"]}
    claims = [claim for section in values["sections"] for claim in section.claims]
    labels = {text_of(row["label"]) for row in answer.rows if text_of(row["labelled"]) == zone}
    assert {f"\u201c{label}\u201d" for label in labels} <= {claim.proposition.text for claim in claims}
    covered = CATALOGUE.ask("which-places-does-a-zone-cover", {"zone": zone}, store, DEFAULT_BASE_IRI)
    assert isinstance(covered, TableAnswer)
    shown = {voice.statement for claim in claims for voice in claim.voices}
    assert {text_of(row["statement"]) for row in covered.rows} <= shown
    for claim in claims:
        for voice in claim.voices:
            assert all((voice.speaker.text, voice.hedge.text, voice.statement, voice.sources))


def test_every_place_has_a_page(store: EmbeddedStore, schema: Schema) -> None:
    renderer = PageRenderer(Settings())
    index = ClassIndex(schema)
    kinds = schema.subclasses(PLACE_CLASS)
    places = {
        quad.subject.value
        for kind in kinds
        for quad in store.match(None, None, ox.NamedNode(kind))
        if isinstance(quad.subject, ox.NamedNode) and "/id/" in quad.subject.value
    }
    assert len(places) > 20
    for place in sorted(places)[::4]:
        about = describe(store, index, place, Bounds())
        assert about
        builder = view_builder(store, index, SourceArchive(None), about)
        template, values = select_template(builder, store, CATALOGUE, DEFAULT_BASE_IRI)
        assert template == "place.html"
        page = renderer.render(template, data_paths={}, format_labels={}, **values, **common_values(builder, place))
        assert b"<h1" in page


def test_what_is_no_point_on_earth_is_not_mapped() -> None:
    assert parse_point("POINT(36.35 33.51)") == Point("33.51", "36.35")
    for wkt in ("POLYGON((1 1, 2 2, 3 1, 1 1))", "POINT(33.5 136.3)", "POINT(- .)", "POINT EMPTY", "POINT(1 2 3)"):
        assert parse_point(wkt) is None


def test_places_beside_a_place_are_the_nearest_with_who_gives_their_coordinates(
    store: EmbeddedStore, schema: Schema
) -> None:
    beside = values_of(store, schema, "ein-tarma")["beside"]
    assert {"Jobar", "East Ghouta"} <= {row.place.text for row in beside}
    assert not [row for row in beside if row.place.iri == iri_of("ein-tarma")]
    assert all(row.given_by.text and row.point for row in beside)
    assert beside[0].place.text in ("Jobar", "East Ghouta", "Kafr Batna Sub-district")
    assert not values_of(store, schema, "manila")["beside"]


def test_places_on_the_map_of_a_zone_have_who_says_what_of_them(store: EmbeddedStore, schema: Schema) -> None:
    index = ClassIndex(schema)
    about = describe(store, index, f"{DEFAULT_BASE_IRI}id/zone/east-ghouta", Bounds())
    assert about
    builder = view_builder(store, index, SourceArchive(None), about)
    template, values = select_template(builder, store, CATALOGUE, DEFAULT_BASE_IRI)
    assert {"Ein Tarma", "East Ghouta"} <= {row.place.text for row in values["located"]}
    assert all(claim.voices for row in values["located"] for claim in values["naming"][row.place.iri].first)
    shown = {"data_paths": {}, "format_labels": {}} | common_values(builder, about.focus)
    for has_map in (True, False):
        page = PageRenderer(Settings()).render(template, **values | {"has_map": has_map}, **shown).decode()
        assert page.count("data-point=") == len(values["located"])
        assert ("leaflet" in page) is has_map
        assert "zone itself is not drawn" in page
