"""The full span around a quote is read from the archive, only if its SHA-256 matches."""

import hashlib
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.questions.spans import read_spans
from kg.source_archive import SourceArchive
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

TEXT = "The ministry said that it shelled the depot. Nobody was asked."
SPAN = TEXT[:44]
STATEMENT = "https://example.org/statement"


def create_store(digest: str) -> EmbeddedStore:
    text_digest = hashlib.sha256(TEXT.encode()).hexdigest()
    turtle = f"""
        @prefix ck: <https://w3id.org/conflict-kg/ontology#> . @prefix oa: <http://www.w3.org/ns/oa#> .
        @prefix x: <https://example.org/> .
        x:statement ck:quote x:passage . x:post ck:sha256 "{text_digest}" .
        x:passage oa:hasSource x:post ; oa:hasSelector x:position .
        x:position oa:start 0 ; oa:end 44 ; ck:sha256 "{digest}" ."""
    found = EmbeddedStore.in_memory()
    graph = ox.NamedNode("https://example.org/graph")
    quads = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
    found.apply(Change.from_quads(added=frozenset(ox.Quad(q.subject, q.predicate, q.object, graph) for q in quads)))
    return found


@pytest.fixture
def archive(tmp_path: Path) -> SourceArchive:
    (tmp_path / "post.txt").write_text(TEXT, encoding="utf-8")
    return SourceArchive(tmp_path)


def test_a_span_is_cut_from_the_archived_text(archive: SourceArchive) -> None:
    digest = hashlib.sha256(SPAN.encode()).hexdigest()
    assert read_spans([STATEMENT], create_store(digest), archive) == {STATEMENT: (SPAN,)}


def test_a_span_with_another_hash_is_not_shown(archive: SourceArchive) -> None:
    assert read_spans([STATEMENT], create_store("0" * 64), archive) == {}


def test_without_an_archive_there_is_no_span() -> None:
    digest = hashlib.sha256(SPAN.encode()).hexdigest()
    assert read_spans([STATEMENT], create_store(digest), SourceArchive(None)) == {}
