"""Statements are found by the words that they quote."""

import pyoxigraph as ox
import pytest

from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.quoted_words import QuotedStatement, find_quotes

DATA = """
PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX : <https://example.org/id/>

:dossier {
  :post skos:prefLabel "Post"@en .
  :council skos:prefLabel "Council"@en .
  :p oa:hasSelector [ oa:exact "had shelled the old-mill" ] .
  :s1 ck:quote :p ; ck:speaker :post .
  :s2 ck:quote :p ; ck:speaker :council , :unnamed-1 .
}
"""


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(ox.parse(DATA, format=ox.RdfFormat.TRIG))))
    return store


def test_whole_words_are_found_with_all_speakers(store: EmbeddedStore) -> None:
    first = QuotedStatement("https://example.org/id/s1", "had shelled the old-mill", ("Post",))
    second = QuotedStatement("https://example.org/id/s2", "had shelled the old-mill", ("Council", "unnamed-1"))
    assert find_quotes(store, "the OLD mill", 5) == (first, second)
    assert find_quotes(store, "the OLD mill", 1) == (first,)


@pytest.mark.parametrize("words", ["he old", "mill the", "", "'"])
def test_letters_within_words_are_not_found(words: str, store: EmbeddedStore) -> None:
    assert find_quotes(store, words, 5) == ()


def test_the_proposition_is_named_that_the_words_are_quoted_for() -> None:
    store = EmbeddedStore.in_memory()
    data = DATA.replace(":s1 ck:quote", ":s1 ck:denies :mill-shelled ; ck:quote")
    store.apply(Change.from_quads(added=frozenset(ox.parse(data, format=ox.RdfFormat.TRIG))))
    assert [found.proposition for found in find_quotes(store, "old mill", 5)] == [
        "https://example.org/id/mill-shelled",
        "",
    ]


@pytest.mark.parametrize("words", ["Jobar", "jōbar", "residents\u2019 council", "residents council"])
def test_words_are_the_same_without_marks_and_apostrophes(words: str) -> None:
    quoted = '"the resident\'s council of Jōbar, the residents\u2019 council, the residents` council"'
    data = DATA.replace('"had shelled the old-mill"', quoted)
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(ox.parse(data, format=ox.RdfFormat.TRIG))))
    assert len(find_quotes(store, words, 5)) == 2


def test_an_apostrophe_within_a_word_is_no_difference() -> None:
    data = DATA.replace("the old-mill", "the miller's yard")
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(ox.parse(data, format=ox.RdfFormat.TRIG))))
    assert len(find_quotes(store, "MILLERS", 5)) == len(find_quotes(store, "miller\u2019s", 5)) == 2


def test_only_quotes_with_one_of_the_words_are_read(store: EmbeddedStore) -> None:
    read: list[str] = []

    class Recording:
        def query(self, text: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
            read.append(text)
            return store.query(text)

    assert find_quotes(Recording(), "shelled near", 5) == ()
    assert '("shelled")' in read[0]
