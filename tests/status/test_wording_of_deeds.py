"""What a speaker did is worded alike on pages, in answers and in hits of a search."""

import pyoxigraph as ox
import pytest
from shipped_data import ShippedData

from kg.namespaces import SPEAKER, value_of
from kg.questions.statement_lookup import summarize_statements
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema
from kg.search.hits import fetch_sayings
from kg.source_archive import SourceArchive
from kg.status.wording import split_words, word_deed
from kg.views.description import describe_for_page
from kg.views.reader import Bounds
from kg.views.resource_view import view_builder


@pytest.mark.parametrize(
    ("act", "hedge", "is_author", "words"),
    [
        ("asserts", "none", False, "said"),
        ("asserts", "claims-of", False, "claimed"),
        ("asserts", "claims-of", True, "told as a claim"),
        ("asserts", "claims-of", None, "told as a claim"),
        ("asserts", "scare-quotes", True, "told as the words of others"),
        ("asserts", "scare-quotes", None, "said"),
        ("denies", "unlikely", False, "held unlikely"),
        ("leaves open", "no-evidence", False, "found no evidence"),
        ("leaves open", "unclear", False, "left open"),
        ("relays", "none", True, "passed on"),
    ],
)
def test_a_deed_is_worded_by_act_and_hedge(act: str, hedge: str, is_author: bool | None, words: str) -> None:
    assert word_deed(act, hedge, is_author=is_author) == words


def test_names_are_split_into_words() -> None:
    assert [split_words(name) for name in ("leavesOpen", "saidTo", "place")] == ["leaves open", "said to", "place"]


def test_a_deed_has_one_wording(shipped_data: ShippedData, schema: Schema) -> None:
    store = shipped_data.store()
    statements = sorted({value_of(quad.subject) for quad in store.match(None, ox.NamedNode(SPEAKER), None)})
    summaries = summarize_statements(statements, store).summaries
    sayings = fetch_sayings(store, statements)
    index = ClassIndex(schema)
    differing = set()
    for iri in statements[::5]:
        about = describe_for_page(store, index, iri, Bounds())
        assert about
        view = view_builder(store, index, SourceArchive(None), about).build_statement(iri)
        for words in {*view.deeds.values()}:
            if {words, summaries[iri].deed, sayings[iri].act} != {words} and len(view.deeds) == 1:
                differing.add((words, summaries[iri].deed, sayings[iri].act, view.hedge.text))
    store.close()
    assert differing == set()
