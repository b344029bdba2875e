"""The first source: every quote of the shipped dossier is in its text, and every fact of the list is recorded."""

import csv
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from shipped_source import Quads, ShippedSource

from kg import namespaces
from kg.errors import InputRejectedError
from kg.ingest.ingestor import Ingestor
from kg.ingest.quotes import MAX_QUOTED_SHARE, Passage, quoted_share
from kg.ingest.verification import verify_text
from kg.knowledge_graph import list_shipped_documents
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.source_archive import SourceArchive
from kg.store.embedded import EmbeddedStore
from kg.validation.validator import Validator

SHIPPED = ShippedSource("syria-daily-2017-08-07", "seed.txt")
FACTS = 75


@pytest.fixture(scope="module")
def quads() -> Quads:
    """The quads of the shipped dossier."""
    return SHIPPED.read_dossier()


@pytest.fixture(scope="module")
def quoted(quads: Quads) -> list[Passage]:
    """The passages of the source."""
    return SHIPPED.select_passages(quads)


@pytest.fixture(scope="module")
def text_file(repository: Path, quads: Quads) -> Path:
    """The archived text, which is not in this repository; without it the tests are skipped loudly."""
    return SHIPPED.find_text(repository, quads)


@pytest.fixture(scope="module")
def facts(text_file: Path) -> list[dict[str, str]]:
    """The list of facts beside the text."""
    path = text_file.with_name("facts.tsv")
    if not path.is_file():
        pytest.skip(f"THE LIST OF FACTS IS MISSING, so it is not checked that each is recorded: lay it at {path}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_each_fact_has_a_passage(quoted: list[Passage]) -> None:
    named = {match[1] for passage in quoted if (match := re.search(r"/passage/sd-2017-08-07-(f\d\d)$", passage.iri))}
    assert named == {f"f{number:02}" for number in range(1, FACTS + 1)}
    assert len(quoted) == FACTS


def test_each_fact_but_the_two_citations_has_a_statement(quads: Quads) -> None:
    named = {
        match[1]
        for quad in quads
        if quad.predicate == namespaces.QUOTE
        and (match := re.search(r"/statement/sd-2017-08-07-(f\d\d)", str(quad.subject)))
    }
    assert named == {f"f{number:02}" for number in range(1, FACTS + 1)} - {"f16", "f73"}


def test_citations_are_no_judgements(quads: Quads) -> None:
    cited = {quad.subject for quad in quads if quad.predicate == ox.NamedNode(f"{namespaces.CK}cites")}
    assert {namespaces.value_of(passage).rpartition("-")[2] for passage in cited} == {"f16", "f33", "f73"}
    judged = {quad.object for quad in quads if quad.predicate == ox.NamedNode(namespaces.ABOUT)}
    sources = {quad.subject for quad in quads if quad.object == ox.NamedNode(namespaces.SOURCE)}
    assert not judged & sources


def test_quotes_repeat_no_more_than_the_permitted_share_of_the_text(quads: Quads, quoted: list[Passage]) -> None:
    (length,) = [
        int(quad.object.value)
        for quad in quads
        if quad.predicate == namespaces.CHARACTERS
        and quad.subject == ox.NamedNode(SHIPPED.iri)
        and isinstance(quad.object, ox.Literal)
    ]
    assert 0 < quoted_share(quoted, length) <= MAX_QUOTED_SHARE
    assert all(0 <= passage.start < passage.end <= length for passage in quoted)
    assert all(len(passage.exact) <= passage.end - passage.start for passage in quoted)


def test_every_quote_is_in_the_archived_text(quads: Quads, text_file: Path) -> None:
    report = verify_text(quads, text_file.read_bytes())
    assert report.findings == ()
    assert (report.verified, report.total) == (FACTS, FACTS)


def test_one_changed_letter_is_reported_with_the_quotes_around_it(
    quads: Quads,
    quoted: list[Passage],
    text_file: Path,
) -> None:
    text = text_file.read_text(encoding="utf-8")
    at = text.index("declared a de-escalation zone")
    changed = f"{text[:at]}D{text[at + 1 :]}"
    report = verify_text(quads, changed.encode())
    around = {passage.iri for passage in quoted if passage.start <= at < passage.end}
    assert around
    assert {finding.subject for finding in report.findings} == {SHIPPED.iri, *around}
    assert report.verified == FACTS - len(around)
    assert not report.is_verified


def test_each_fact_has_a_passage_with_its_offsets_and_a_statement(
    quads: Quads,
    quoted: list[Passage],
    facts: list[dict[str, str]],
) -> None:
    assert len(facts) == FACTS
    offsets = {passage.iri.rpartition("-")[2]: (passage.start, passage.end) for passage in quoted}
    assert {fact["id"].lower(): (int(fact["start"]), int(fact["end"])) for fact in facts} == offsets
    used = {namespaces.value_of(quad.object) for quad in quads if quad.predicate == namespaces.QUOTE}
    assert {passage.iri for passage in quoted} <= used


def test_dossier_with_words_that_are_not_in_the_archived_text_is_rejected(schema: Schema, text_file: Path) -> None:
    ingestor = Ingestor(schema, Validator(schema.shapes), SourceArchive(text_file.parent), DEFAULT_BASE_IRI)
    text = SHIPPED.dossier.read_text(encoding="utf-8").replace("{exact: northeast of}", "{exact: northwest of}", 1)
    document = ingestor.read(text.encode(), "dossier.yaml")
    others = [
        ingestor.read(path.read_bytes(), path.name) for path in list_shipped_documents() if path != SHIPPED.dossier
    ]
    with pytest.raises(InputRejectedError) as rejection:
        ingestor.plan([*others, document], EmbeddedStore.in_memory())
    (finding,) = rejection.value.findings
    assert finding.message == "the words 'northwest of' are not in the span"
    assert "the words" in finding.cure or "the nearest text" in finding.cure
