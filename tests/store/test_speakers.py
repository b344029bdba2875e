"""Whose it is what a resource holds, for offers of its id."""

import pyoxigraph as ox
import pytest

from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.speakers import attribute_ids, fetch_speakers

HOME = "https://example.org/id/"
DATA = """
PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX : <https://example.org/id/>

:graph {
  :ministry skos:prefLabel "Ministry"@en .
  :deed a ck:IncidentAccount ; ck:count :number ; ck:perpetrator :ministry .
  :aim a ck:Position ; ck:content :plan .
  :s1 ck:asserts :deed ; ck:speaker :ministry ; ck:quote :words .
  :s2 ck:denies :deed ; ck:speaker :front .
  :s3 ck:asserts :aim ; ck:speaker :front .
  :s4 ck:disputes :s3 ; ck:speaker :ministry .
  :s5 ck:disputes :s1 ; ck:speaker :front .
  :s6 ck:retracts :s5 ; ck:speaker :front .
  :s7 ck:relays :s3 ; ck:speaker :ministry .
  :s8 ck:supposes :deed ; ck:speaker :post .
  :s9 ck:retracts :s8 ; ck:speaker :post .
}
"""


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(ox.parse(DATA, format=ox.RdfFormat.TRIG))))
    return store


@pytest.mark.parametrize(
    ("slug", "speakers"),
    {
        "deed": f"in a statement of Ministry; denied by {HOME}front; taken back by {HOME}post",
        "number": f"in a statement of Ministry; denied by {HOME}front; taken back by {HOME}post",
        "plan": f"in a statement of {HOME}front; disputed by Ministry",
        "words": "in a statement of Ministry",
        "s1": "in a statement of Ministry",
        "s3": f"in a statement of {HOME}front; disputed by Ministry",
        "s7": "in a statement of Ministry",
        "s8": f"taken back by {HOME}post",
    }.items(),
)
def test_what_is_said_has_its_speakers_and_who_denies_or_disputes_it(
    slug: str, speakers: str, store: EmbeddedStore
) -> None:
    assert fetch_speakers(store, [HOME + slug]) == {HOME + slug: speakers}


def test_who_speaks_and_what_is_spoken_of_are_nobodys(store: EmbeddedStore) -> None:
    ids = {HOME + slug: slug for slug in ("ministry", "s7", "nothing")}
    assert attribute_ids(store, ids) == ["ministry", "s7 (in a statement of Ministry)", "nothing"]
