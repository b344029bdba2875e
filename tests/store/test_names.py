"""What resources are called: by the graph, and by the speakers of statements; and which are near an id of none."""

import pyoxigraph as ox
import pytest

from kg.name_index import Mention, NameUse
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.names import find_nearest, read_names, read_used_names

ACTOR = "https://example.org/id/actor/"
DATA = """
PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX actor: <https://example.org/id/actor/>
PREFIX : <https://example.org/id/>

:reference {
  actor:ministry a ck:Organization ; skos:prefLabel "Ministry of Defence"@en ; skos:hiddenLabel "The Fort"@en .
  actor:front a ck:ArmedGroup ; skos:prefLabel "Front"@en .
  actor:post a ck:Organization ; skos:prefLabel "Post"@en .
  :may a ck:Source ; skos:prefLabel "the Post of May"@en .
  :notes ck:sourceKind <https://w3id.org/conflict-kg/vocab/source-kind/recorders-notes> .
}
:dossier {
  actor:unnamed-1 a ck:UnnamedActor ; skos:prefLabel "those whom the fort speaks of"@en .
  :bandits a ck:Labelling ; ck:labelled actor:front ; ck:label "hill bandits"@en .
  :heroes a ck:Labelling ; ck:labelled actor:front ; ck:label "heroes"@en .
  :taken-back a ck:Labelling ; ck:labelled actor:front ; ck:label "cowards"@en .
  :s1 ck:asserts :bandits ; ck:speaker actor:ministry ; ck:reportedIn :may .
  :s2 ck:denies :bandits ; ck:speaker actor:front ; ck:reportedIn :may .
  :s3 ck:asserts :heroes ; ck:speaker actor:front , actor:unnamed-1 ; ck:reportedIn :notes .
  :s4 ck:disputes :s3 ; ck:speaker actor:post .
  :s5 ck:asserts :taken-back ; ck:speaker actor:ministry .
  :s6 ck:retracts :s5 ; ck:speaker actor:ministry .
}
"""


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(ox.parse(DATA, format=ox.RdfFormat.TRIG))))
    return store


def test_a_name_that_statements_use_has_its_speakers_and_those_who_reject_it(store: EmbeddedStore) -> None:
    names = read_used_names(store, ACTOR).names
    assert [(name.iri.removeprefix(ACTOR), name.text, name.use) for name in names if name.use] == [
        ("front", "heroes", NameUse(("Front", "those whom the fort speaks of"))),
        ("front", "heroes", NameUse(("Post",), is_rejected=True)),
        ("front", "hill bandits", NameUse(("Ministry of Defence",))),
        ("front", "hill bandits", NameUse(("Front",), is_rejected=True)),
    ]
    assert not [name for name in read_used_names(store, "https://example.org/id/place/").names if name.use]


def test_a_name_that_statements_use_identifies_nothing(store: EmbeddedStore) -> None:
    assert read_used_names(store, ACTOR).find("hill bandits") == ()
    assert not [name for name in read_names(store, ACTOR).names if name.use]


def test_a_mention_has_the_sources_of_its_home_graph_but_not_the_notes_of_a_recorder(store: EmbeddedStore) -> None:
    unnamed = f"{ACTOR}unnamed-1"
    assert read_used_names(store, ACTOR).mentions == {unnamed: Mention(unnamed, ("the Post of May",))}


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("fort", ("ministry",)),
        ("those whom", ("unnamed-1",)),
        ("the-fort", ("ministry",)),
        ("hill-bandits", ()),
        ("fronnt", ("front",)),
        ("zzz", ()),
    ],
)
def test_the_nearest_are_those_that_are_called_so_then_those_with_a_similar_id(
    name: str, nearest: tuple[str, ...], store: EmbeddedStore
) -> None:
    iris = [f"{ACTOR}{slug}" for slug in ("front", "ministry", "post", "unnamed-1")]
    assert find_nearest(store, iris, name) == tuple(f"{ACTOR}{slug}" for slug in nearest)
    assert find_nearest(store, iris, name, 1) == tuple(f"{ACTOR}{slug}" for slug in nearest[:1])
    assert find_nearest(store, [], name) == ()
