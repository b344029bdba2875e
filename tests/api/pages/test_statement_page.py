"""The page of a statement: its words, what answers it, its hands; and citations, as other tools read them."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from citeproc import Citation as CitedInText
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.bibtex import BibTeX
from citeproc.source.json import CiteProcJSON
from shipped_data import ShippedData

from api.pages.statement_page import Related, statement_values
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.source_archive import SourceArchive
from kg.store.embedded import EmbeddedStore
from kg.views.citation import Citation, cite, write_bibtex, write_csl, write_text
from kg.views.description import describe_for_page
from kg.views.reader import Bounds
from kg.views.resource_view import ViewBuilder, view_builder

NAME, DENIAL, MEETING = "sd-2017-08-07-f64", "sd-2017-08-07-f65", "aj-2017-04-19-s54"
VERSION, DAY = "7-abc", "2026-11-27"
STYLE = """<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
<info><title>t</title><id>t</id><updated>2026-01-01T00:00:00+00:00</updated></info>
<citation><layout><text variable="title"/></layout></citation>
<bibliography><layout><group delimiter="|"><names variable="author"><name/></names><text variable="title"/>
<text variable="container-title"/><text variable="URL"/><text variable="note"/>
<date variable="issued"><date-part name="year"/></date></group></layout></bibliography></style>"""


@pytest.fixture(scope="module")
def store(shipped_data: ShippedData) -> EmbeddedStore:
    return shipped_data.store()


def build(store: EmbeddedStore, schema: Schema, slug: str) -> ViewBuilder:
    index = ClassIndex(schema)
    about = describe_for_page(store, index, f"{DEFAULT_BASE_IRI}id/statement/{slug}", Bounds())
    assert about
    return view_builder(store, index, SourceArchive(None), about)


def names_of(rows: list[Related]) -> dict[str, set[str]]:
    return {row.heading: {saying.statement.rsplit("/", 1)[-1] for saying in row.sayings} for row in rows}


def test_a_disputed_statement_has_what_disputes_it_and_the_evidence(store: EmbeddedStore, schema: Schema) -> None:
    values = statement_values(build(store, schema, NAME))
    answering = names_of(values["answering"])
    assert answering["Disputed by"] == {DENIAL}
    assert "sd-2017-08-07-f70" in answering["Evidence for its denial"]
    assert values["answered"] == []


def test_a_denial_has_what_it_denies(store: EmbeddedStore, schema: Schema) -> None:
    values = statement_values(build(store, schema, MEETING))
    answered = names_of(values["answered"])
    assert set(answered) == {"It disputes"}
    speakers = {saying.speaker.text for row in values["answered"] for saying in row.sayings}
    assert speakers == {"United States Department of Defense"}
    assert {"Human Rights Watch"} == {saying.speaker.text for row in values["answering"] for saying in row.sayings}


@pytest.mark.parametrize("slug", [NAME, DENIAL, MEETING, "sd-2017-08-07-f47", "aj-2017-04-19-s12", "sd-2017-08-07-f33"])
def test_each_answer_has_speaker_hedge_and_source(store: EmbeddedStore, schema: Schema, slug: str) -> None:
    values = statement_values(build(store, schema, slug))
    rows = [*values["answered"], *values["answering"], *values["others"]]
    for saying in (saying for row in rows for saying in row.sayings):
        assert saying.speaker.text
        assert saying.hedge.text
        assert saying.sources
        assert saying.content.text
        assert not re.fullmatch(r"[a-z]+-\d{4}-\d\d-\d\d-\w+", saying.content.text), "no slugs"
    roles = [hand.role for hand in values["hands"]]
    assert roles[0] == "Said by"
    assert "Recorded here by" in roles


def test_what_is_passed_on_has_who_passed_it_on(store: EmbeddedStore, schema: Schema) -> None:
    hands = statement_values(build(store, schema, "sd-2017-08-07-f33-claim"))["hands"]
    assert [hand.who[0].text for hand in hands if hand.role == "Passed on by"] == ["Bellingcat"]


def test_without_the_text_only_the_recorded_words_are_shown(store: EmbeddedStore, schema: Schema) -> None:
    (words,) = statement_values(build(store, schema, NAME))["statement_view"].quotes
    assert words.around == ("", words.exact, "")


def render(source: Any) -> str:
    """The one entry of a bibliography, as an outside processor writes it."""
    style = CitationStylesStyle(BytesIO(STYLE.encode()), validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    bibliography.register(CitedInText([CitationItem(next(iter(source)))]))
    (entry,) = bibliography.bibliography()
    return str(entry)


def test_an_outside_processor_reads_the_csl(store: EmbeddedStore, schema: Schema) -> None:
    citation = cite(build(store, schema, NAME), VERSION, DAY)
    items = json.loads(write_csl(citation))
    entry = render(CiteProcJSON(items))
    for part in ("American officials and commentators", "Syria Daily", citation.iri, VERSION, "scare quotes", "2017"):
        assert part in entry
    assert items[0]["accessed"] == {"date-parts": [[2026, 11, 27]]}
    assert items[0]["issued"] == {"date-parts": [[2017, 8, 7]], "circa": True}
    assert items[0]["container-author"] == [{"literal": "EA WorldView"}]


AWKWARD = Citation(
    "https://example.org/id/statement/a_b%C3%A9", "50% & more {of} it_ #1 $2", ("A {B} & C",), "S_1",
    ("Ölm",), "2017-21", ("“x”",), VERSION, DAY,
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:Unsupported BibTeX field")  # version, urldate: of biblatex
@pytest.mark.parametrize("slug", [NAME, "sd-2017-08-07-f47", ""])
def test_an_outside_parser_reads_the_bibtex(store: EmbeddedStore, schema: Schema, slug: str, tmp_path: Path) -> None:
    citation = cite(build(store, schema, slug), VERSION, DAY) if slug else AWKWARD
    path = tmp_path / "cited.bib"
    path.write_text(write_bibtex(citation), encoding="utf-8")
    source = BibTeX(str(path), encoding="utf-8")
    assert list(source) == [citation.key.lower()]
    entry = render(source)
    assert citation.title.split()[0] in entry
    assert citation.authors[0].split()[0] in entry
    if slug:
        assert citation.iri in path.read_text()


def test_the_text_names_speaker_source_address_version_and_day(store: EmbeddedStore, schema: Schema) -> None:
    text = write_text(cite(build(store, schema, "sd-2017-08-07-f47"), VERSION, DAY))
    for part in (
        "EA WorldView said",
        "Syria Daily",
        "7 August 2017",
        "f47",
        VERSION,
        "27 November 2026",
        "worded as: none",
    ):
        assert part in text
