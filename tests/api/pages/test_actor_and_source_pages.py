"""The pages of actors and sources: they agree with the catalogue, and nothing stands without who says it."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from shipped_data import ShippedData

from api.pages.actor_page import Listing, NameRow, actor_values
from api.pages.claim import Voice
from api.pages.render import PageRenderer
from api.pages.resource_page import common_values
from api.pages.saying import Saying
from api.pages.source_page import MAX_BYTES, source_values
from kg.namespaces import SOURCE
from kg.questions.answer import TableAnswer
from kg.questions.catalogue import Catalogue
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.source_archive import SourceArchive, sha256_hex
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.query_template import text_of
from kg.views.description import describe
from kg.views.reader import Bounds
from kg.views.resource_view import ViewBuilder, view_builder

ACTORS = ["russia", "idlib-opposition", "tablighi-jamaat", "bellingcat", "syrian-government", "united-states"]
ARTICLE = "al-jinah-2017-04-19"
SOURCES = [ARTICLE, "syria-daily-2017-08-07", "aj-2017-04-19-hrw", "ucdp-ged"]


@pytest.fixture(scope="module")
def store(shipped_data: ShippedData) -> EmbeddedStore:
    return shipped_data.store()


def build(store: EmbeddedStore, schema: Schema, path: str, archive: SourceArchive | None = None) -> ViewBuilder:
    index = ClassIndex(schema)
    about = describe(store, index, f"{DEFAULT_BASE_IRI}id/{path}", Bounds())
    assert about
    return view_builder(store, index, archive or SourceArchive(None), about)


def ask(store: EmbeddedStore, question: str, **parameters: str) -> list[dict[str, str]]:
    answer = Catalogue.load().ask(question, parameters, store, DEFAULT_BASE_IRI)
    assert isinstance(answer, TableAnswer)
    return [{name: text_of(term) for name, term in row.items()} for row in answer.rows]


def standing(voices: Iterable[Voice]) -> set[str]:
    """The statements that nobody took back, and that do not tell another again: what the catalogue lists."""
    return {voice.statement for voice in voices if not voice.is_retracted and not voice.is_restatement}


@pytest.mark.parametrize("slug", ACTORS)
def test_names_are_those_of_the_questions(store: EmbeddedStore, schema: Schema, slug: str) -> None:
    names: Listing[NameRow] = actor_values(build(store, schema, f"actor/{slug}"))["names"]
    used = {(row["label"], row["statement"]) for row in ask(store, "who-calls-whom-what", labelled=f"actor:{slug}")}
    shown = {
        (label.text, statement)
        for name in names.rows
        for label in name.labels
        for statement in standing((*name.claim.says, *name.claim.leaves_open))
    }
    assert used <= shown
    disputes = {row["dispute"] for row in ask(store, "who-disputes-which-label", labelled=f"actor:{slug}")}
    assert disputes == {each for name in names.rows for each in standing(name.claim.rejects)}


@pytest.mark.parametrize("slug", ACTORS)
def test_relations_are_those_of_the_question(store: EmbeddedStore, schema: Schema, slug: str) -> None:
    relations = actor_values(build(store, schema, f"actor/{slug}"))["relations"]
    rows = [
        *ask(store, "how-are-actors-related", actor=slug),
        *ask(store, "how-are-actors-related", other=f"actor:{slug}"),
    ]
    asked = {row["statement"] for row in rows if not row["namedAs"]}
    shown = {each for row in relations.rows for each in standing(row.claim.voices)}
    assert asked <= shown


def test_what_russia_declared_is_on_its_page(store: EmbeddedStore, schema: Schema) -> None:
    declarations = actor_values(build(store, schema, "actor/russia"))["declarations"]
    asked = {(row["declaration"], row["zone"]) for row in ask(store, "who-declared-which-zone", declarer="russia")}
    shown = {(saying.statement, saying.content.iri) for each in declarations for saying in each.sayings}
    assert len(asked) >= 5
    assert asked == shown
    assert {label.text for each in declarations for _, labels, _ in each.names for label in labels} == {
        "de-escalation zone"
    }


def test_who_disputes_a_name_is_said_first(store: EmbeddedStore, schema: Schema) -> None:
    page = render(build(store, schema, "actor/idlib-opposition"), "actor.html", actor_values)
    first, _ = page.split("What it is called", 1)
    assert "rejected by" in first
    assert "EA WorldView" in first


@pytest.mark.parametrize("slug", ACTORS)
def test_nothing_on_an_actor_stands_without_who_says_it(store: EmbeddedStore, schema: Schema, slug: str) -> None:
    values = actor_values(build(store, schema, f"actor/{slug}"))
    claims = [row.claim for name in ("names", "relations", "claims") for row in values[name].rows]
    assert claims
    for claim in claims:
        assert claim.voices
        assert all(is_attributed(voice) for voice in claim.voices)
    assert all(is_attributed(saying) for name in ("made", "heard") for saying in values[name].rows)


@pytest.mark.parametrize("slug", SOURCES)
def test_citations_are_those_of_the_question(store: EmbeddedStore, schema: Schema, slug: str) -> None:
    citations = source_values(build(store, schema, f"source/{slug}"))["citations"]
    asked = {row["cited"] for row in ask(store, "which-documents-does-a-source-cite", source=slug)}
    assert {citation.cited.iri for citation in citations} == asked


def test_who_republished_it_is_on_both_pages(store: EmbeddedStore, schema: Schema) -> None:
    (row,) = ask(store, "who-republished-what", source=ARTICLE)
    copy = source_values(build(store, schema, f"source/{ARTICLE}"))
    assert [each.iri for each in copy["byline"].republishes] == [row["original"]]
    assert [each.iri for each in copy["byline"].creators] == [row["author"]]
    assert copy["byline"].is_creator_inferred
    original = source_values(build(store, schema, row["original"].removeprefix(f"{DEFAULT_BASE_IRI}id/")))
    assert [each.iri for each in original["republished_by"]] == [row["source"]]


def test_without_the_text_each_statement_stands_in_order_with_its_words(store: EmbeddedStore, schema: Schema) -> None:
    builder = build(store, schema, f"source/{ARTICLE}")
    values = source_values(builder)
    statements = list(dict.fromkeys(saying.statement for saying in values["sayings"]))
    assert statements == sorted(statements, key=builder.text_position)
    assert len(statements) == values["statement_count"] == values["shown_count"]
    assert all(is_attributed(saying) for saying in values["sayings"])


def test_a_text_stands_beside_the_statements_that_quote_it(tmp_path: Path, schema: Schema) -> None:
    text = "Zeroth line.\n\nA said <b>no</b>, and B said nothing.\nLast line."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    builder = build(quoted_store(text, "A said <b>no</b>", "<b>no</b>"), schema, "source/s", SourceArchive(tmp_path))
    values = source_values(builder)
    first, second, third = values["paragraphs"]
    assert ["".join(segment.text for segment in each.segments) for each in (first, second, third)] == [
        line for line in text.split("\n") if line
    ]
    assert [segment.text for segment in second.segments if segment.statement] == ["<b>no</b>"]
    assert [saying.speaker.text for saying in second.sayings] == ["A"]
    assert not [*first.sayings, *third.sayings, *values["sayings"]]
    assert "<b>" not in render(builder, "source.html", source_values)


def test_an_altered_text_is_marked_nowhere(tmp_path: Path, schema: Schema) -> None:
    text = "A said no."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    other = "A said yo."  # as long, with the words elsewhere in place
    store = quoted_store(text, other, "said")
    values = source_values(build(store, schema, "source/s", SourceArchive(tmp_path)))
    assert not [segment for each in values["paragraphs"] for segment in each.segments if segment.statement]
    assert [saying.speaker.text for saying in values["sayings"]] == ["A"]


@pytest.mark.parametrize("path", [f"source/{ARTICLE}", "source/syria-daily-2017-08-07", "actor/bellingcat"])
def test_pages_are_small(store: EmbeddedStore, schema: Schema, path: str) -> None:
    kind = path.split("/", 1)[0]
    page = render(build(store, schema, path), f"{kind}.html", {"source": source_values, "actor": actor_values}[kind])
    assert len(page.encode()) < 100_000


def test_a_source_of_many_long_statements_is_cut_and_says_so(schema: Schema) -> None:
    words = "w" * 900
    store = quoted_store(words, words, words, copies=200)
    builder = build(store, schema, "source/s")
    values = source_values(builder)
    assert 0 < values["shown_count"] < 200
    assert values["shown_count"] * 900 < MAX_BYTES
    page = render(builder, "source.html", source_values)
    assert len(page.encode()) < 100_000
    assert f"The first {values['shown_count']} of 200 statements" in page


def test_what_is_cut_is_not_counted_as_a_whole(schema: Schema) -> None:
    store, index = quoted_store("said", "said", "said", copies=30), ClassIndex(schema)
    for kind, slug, values_of in (("actor", "a", actor_values), ("source", "s", source_values)):
        about = describe(
            store, index, f"{DEFAULT_BASE_IRI}id/{kind}/{slug}", Bounds(listed=5, quads=400, references=30)
        )
        assert about
        page = render(view_builder(store, index, SourceArchive(None), about), f"{kind}.html", values_of)
        assert ("At least 5 statements" if kind == "source" else 'The first 5; <a href="/statements?') in page


def test_sources_of_every_kind_have_a_page(store: EmbeddedStore, schema: Schema) -> None:
    rows = store.query(f"SELECT DISTINCT ?source {{ ?source a <{SOURCE}> }}")
    assert isinstance(rows, ox.QuerySolutions)
    for row in list(rows)[::4]:
        path = text_of(row["source"]).removeprefix(f"{DEFAULT_BASE_IRI}id/")
        page = render(build(store, schema, path), "source.html", source_values)
        assert not re.search(r"<q[^>]*></q>", page)


def render(builder: ViewBuilder, template: str, values_of: Any) -> str:
    values = values_of(builder) | common_values(builder, builder.description.focus)
    return PageRenderer(Settings()).render(template, data_paths={}, format_labels={}, **values).decode()


def is_attributed(item: Voice | Saying) -> bool:
    return bool(item.speaker.iri and item.hedge.iri and item.sources and "/id/statement/" in item.statement)


def quoted_store(text: str, span: str, exact: str, copies: int = 1) -> EmbeddedStore:
    """A source with statements of actor A that quote a span of its text."""
    start = max(0, text.find(span))
    statements = "".join(
        f"""
        <{DEFAULT_BASE_IRI}id/statement/t{number}> a ck:Statement ; ck:speaker <{DEFAULT_BASE_IRI}id/actor/a> ;
          ck:hedge <https://w3id.org/conflict-kg/vocab/hedge/none> ; ck:reportedIn <{DEFAULT_BASE_IRI}id/source/s> ;
          ck:asserts <{DEFAULT_BASE_IRI}id/proposition/p> ; ck:quote <{DEFAULT_BASE_IRI}id/passage/q{number}> .
        <{DEFAULT_BASE_IRI}id/passage/q{number}> a ck:Passage ; oa:hasSource <{DEFAULT_BASE_IRI}id/source/s> ;
          oa:hasSelector <{DEFAULT_BASE_IRI}id/selector/q{number}> , <{DEFAULT_BASE_IRI}id/selector/p{number}> .
        <{DEFAULT_BASE_IRI}id/selector/q{number}> a oa:TextQuoteSelector ; oa:exact {ox.Literal(exact)} .
        <{DEFAULT_BASE_IRI}id/selector/p{number}> a oa:TextPositionSelector ; oa:start {start} ;
          oa:end {start + len(span)} ; ck:sha256 "{sha256_hex(span)}" .
        """
        for number in range(copies)
    )
    turtle = f"""
        @prefix ck: <https://w3id.org/conflict-kg/ontology#> . @prefix oa: <http://www.w3.org/ns/oa#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <{DEFAULT_BASE_IRI}graph/g> {{
        <{DEFAULT_BASE_IRI}graph/g> a ck:Dossier .
        <{DEFAULT_BASE_IRI}id/source/s> a ck:Source ; ck:sha256 "{sha256_hex(text)}" .
        <{DEFAULT_BASE_IRI}id/actor/a> a ck:Person ; skos:prefLabel "A"@en .
        <{DEFAULT_BASE_IRI}id/proposition/p> a ck:Labelling ; ck:label "x" .
        {statements}
        }}
    """
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(ox.parse(turtle, ox.RdfFormat.TRIG))))
    return store
