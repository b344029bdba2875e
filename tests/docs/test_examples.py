"""The example queries of docs and of the ontology page: each row once, whatever languages labels have, no warning."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from shipped_data import ShippedData

from api.pages.render import QUERIES
from api.pages.vocabulary_page import EXAMPLES
from kg.query_lint.linter import QueryLint
from kg.schema.model import Schema
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.query_template import SolutionSequence

ROOT = Path(__file__).parents[2]
PATHS = [*sorted((ROOT / "docs" / "examples").glob("*.rq")), *(QUERIES / f"{name}.rq" for name in EXAMPLES)]

# Every labelled thing also has labels in Arabic and French, and every dispute is made twice by its speaker.
MORE = """
PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

CONSTRUCT {
  ?thing skos:prefLabel ?arabic , ?french .
  ?again ck:disputes ?disputed ; ck:speaker ?who ; ck:disputedAspect ?of .
}
WHERE {
  {
    ?thing skos:prefLabel ?label .
    BIND (STRLANG(STR(?label), "ar") AS ?arabic)
    BIND (STRLANG(STR(?label), "fr") AS ?french)
  }
  UNION
  {
    ?dispute ck:disputes ?disputed ; ck:speaker ?who ; ck:disputedAspect ?of .
    BIND (IRI(CONCAT(STR(?dispute), "-2")) AS ?again)
  }
}
"""


@pytest.fixture(scope="module")
def shipped(shipped_data: ShippedData) -> Iterator[EmbeddedStore]:
    with closing(shipped_data.store()) as store:
        yield store


@pytest.fixture(scope="module")
def multilingual(shipped: EmbeddedStore) -> Iterator[EmbeddedStore]:
    triples = shipped.query(MORE)
    assert isinstance(triples, ox.QueryTriples)
    graph = ox.NamedNode("urn:more")
    added = frozenset(ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)
    assert len(added) > 100
    with closing(EmbeddedStore.in_memory()) as store:
        store.apply(Change.from_quads(added=added | frozenset(shipped.quads())))
        yield store


def rows(store: EmbeddedStore, text: str) -> list[str]:
    found = SolutionSequence.select(store, text)
    return [" ".join(str(row[column]) for column in found.columns) for row in found.rows]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_an_example_has_each_row_once_and_labels_in_other_languages_add_none(
    path: Path, shipped: EmbeddedStore, multilingual: EmbeddedStore
) -> None:
    text = path.read_text(encoding="utf-8")
    before, after = rows(shipped, text), rows(multilingual, text)
    assert len(before) > 0
    assert len(set(after)) == len(after)
    assert after == before


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_an_example_gets_no_warning(path: Path, shipped: EmbeddedStore, schema: Schema) -> None:
    assert QueryLint.create(schema, Settings()).check(shipped, path.read_text(encoding="utf-8")) == []
