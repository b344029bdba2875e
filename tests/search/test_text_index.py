"""The text index: what it finds, and that one that has followed commits finds what one does that is made anew."""

import sqlite3
import time
from collections.abc import Iterator, Set
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.access_rights import ACCESS_RIGHTS, RESTRICTED
from kg.namespaces import CK, OA, PREF_LABEL, SKOS, TYPE, value_of
from kg.search.text_index import Candidate, Match, TextIndex
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

BASE = "http://example.org/"
KINDS = ("place",)
GRAPH = ox.NamedNode(f"{BASE}graph/a")
CLOSED = ox.NamedNode(f"{BASE}graph/closed")
CLOSED_RIGHTS = ox.Quad(CLOSED, ACCESS_RIGHTS, RESTRICTED, CLOSED)
WORDS = ["East Ghouta", "east ghouta zone", "إدلب", "Idlib", "Idleb", "جَوْبَر", "mosque", "a mosque complex", "ghouta"]


def place(slug: str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}id/place/{slug}")


def quad(slug: str, predicate: str, value: ox.Literal | ox.NamedNode) -> ox.Quad:
    return ox.Quad(place(slug), ox.NamedNode(predicate), value, GRAPH)


def closed(slug: str, name: str) -> ox.Quad:
    return ox.Quad(place(slug), ox.NamedNode(PREF_LABEL), ox.Literal(name), CLOSED)


QUADS = st.builds(
    quad,
    st.sampled_from("abcd"),
    st.sampled_from([PREF_LABEL, f"{SKOS}hiddenLabel", f"{OA}exact", f"{CK}asGiven"]),
    st.builds(ox.Literal, st.sampled_from(WORDS), language=st.sampled_from(["en", "ar"])),
)


def renew(index: TextIndex, store: EmbeddedStore) -> None:
    index.renew(store)
    while not index.is_of(store):
        time.sleep(0.001)


class Bench:
    """A store whose commits an index follows."""

    def __init__(self, folder: Path, *, hides_restricted: bool = False) -> None:
        self.store = EmbeddedStore.in_memory()
        self.index = TextIndex(folder / "index.sqlite", BASE, KINDS, hides_restricted=hides_restricted)
        renew(self.index, self.store)

    def change(self, added: Set[ox.Quad] = frozenset(), removed: Set[ox.Quad] = frozenset()) -> None:
        change, before = Change.from_quads(removed, added), self.store.version
        self.store.apply(change)
        self.index.follow(change, before, self.store.version, self.store)

    def find(self, words: str) -> list[tuple[str, str]]:
        return [(item.subject.rsplit("/", 1)[-1], item.match.name) for item in self.index.search(words)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.index.close()


def renewed(store: EmbeddedStore, file: Path) -> TextIndex:
    index = TextIndex(file, BASE, KINDS)
    renew(index, store)
    return index


def found(index: TextIndex, words: str) -> set[Candidate]:
    return set(index.search(words))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(st.sets(QUADS, max_size=12), min_size=1, max_size=5))
def test_an_index_that_has_followed_commits_finds_what_one_made_anew_finds(
    states: list[set[ox.Quad]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("index")
    bench, before = Bench(folder), set[ox.Quad]()
    for after in states:
        bench.change(after - before, before - after)
        before = after
    anew = renewed(bench.store, folder / "anew.sqlite")
    for words in [*WORDS, "gho", "mos", "idlip", "zone ghouta"]:
        assert found(bench.index, words) == found(anew, words)
    for indexed in (quad for quad in before if quad.predicate.value != f"{CK}asGiven"):
        subject, text = value_of(indexed.subject), value_of(indexed.object)
        texts = {(item.subject, item.predicate, item.text) for item in bench.index.search(text)}
        assert (subject, indexed.predicate.value, text) in texts
    anew.close()
    bench.index.close()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Ein Tarma", [("ein-tarma", "SAME")]),
        ("ein", [("ein-tarma", "WORDS"), ("ein-tarma", "WORDS")]),
        ("tarma ein", [("ein-tarma", "WORDS"), ("ein-tarma", "WORDS")]),
        ("EIN-TARMA", [("ein-tarma", "SAME"), ("ein-tarma", "SAME")]),
        ("Ayn Tarma", [("ein-tarma", "TRANSLITERATED"), ("ein-tarma", "TRANSLITERATED")]),
        ("ein tarpa", [("ein-tarma", "NEAR"), ("ein-tarma", "NEAR")]),
        ("ein terma", [("ein-tarma", "CONSONANTS"), ("ein-tarma", "CONSONANTS")]),
        ("عين ترما", [("ein-tarma", "CONSONANTS"), ("ein-tarma", "CONSONANTS")]),
        ("Khan Sheikhoun", [("khan", "CONSONANTS")]),
        ("khan sheykhun", [("khan", "CONSONANTS")]),
        ("ein the tarma", [("ein-tarma", "MOST"), ("ein-tarma", "MOST")]),
        ("جوبر", [("jobar", "SAME")]),
        ("https://example.org/video?v=1", [("jobar", "SAME")]),
        ("Jabhat", []),
        ('" NEAR *', []),
        ("", []),
    ],
)
def test_what_is_found(bench: Bench, words: str, expected: list[tuple[str, str]]) -> None:
    bench.change(
        {
            quad("ein-tarma", PREF_LABEL, ox.Literal("Ein Tarma", language="en")),
            quad("ein-tarma", TYPE.value, ox.NamedNode(f"{CK}Place")),
            quad("jobar", PREF_LABEL, ox.Literal("جَوْبَر", language="ar")),
            quad("khan", PREF_LABEL, ox.Literal("خان شيخون", language="ar")),
            quad(
                "jobar", "http://www.w3.org/2000/01/rdf-schema#seeAlso", ox.NamedNode("https://example.org/video?v=1")
            ),
        }
    )
    assert [item for item in bench.find(words)][: len(expected)] == expected
    assert bool(bench.find(words)) == bool(expected)


def test_a_name_comes_before_a_quote_and_the_same_before_a_part(bench: Bench) -> None:
    bench.change(
        {
            quad("quoted", f"{OA}exact", ox.Literal("mosque")),
            quad("called", f"{CK}label", ox.Literal("mosque")),
            quad("part", f"{CK}label", ox.Literal("a mosque complex")),
        }
    )
    assert bench.find("mosque") == [("called", "SAME"), ("quoted", "SAME"), ("part", "WORDS")]


def test_commits_during_a_rebuild_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path)
    bench.store.apply(Change.from_quads(added=[quad("a", PREF_LABEL, ox.Literal("first"))]))
    match = bench.store.match
    later = [
        Change.from_quads(added=[quad("b", PREF_LABEL, ox.Literal("second"))]),
        Change.from_quads(removed=[quad("a", PREF_LABEL, ox.Literal("first"))]),
    ]

    def match_slowly(*pattern: object) -> Iterator[ox.Quad]:
        found = list(match(*pattern))  # type: ignore[arg-type]
        if later:
            change, before = later.pop(), bench.store.version
            bench.store.apply(change)
            bench.index.follow(change, before, bench.store.version, bench.store)
        return iter(found)

    monkeypatch.setattr(bench.store, "match", match_slowly)
    bench.index.renew(bench.store)
    bench.index.close()
    again = TextIndex(tmp_path / "index.sqlite", BASE, KINDS)
    assert again.version == bench.store.version
    assert [item.subject for item in again.search("second")] == [place("b").value]
    assert again.search("first") == []
    again.close()


def test_what_a_restricted_graph_says_is_not_indexed(tmp_path: Path) -> None:
    bench = Bench(tmp_path, hides_restricted=True)
    bench.change({quad("a", PREF_LABEL, ox.Literal("name")), CLOSED_RIGHTS, closed("a", "name"), closed("b", "hidden")})
    assert (bench.find("name"), bench.index.version) == ([], "")  # other graphs are left out
    renew(bench.index, bench.store)
    bench.change({closed("c", "name"), closed("c", "added")}, {closed("a", "name"), closed("b", "hidden")})
    assert bench.find("name") == [("a", "SAME")]
    assert bench.find("added") == bench.find("hidden") == []
    assert bench.index.is_of(bench.store)
    bench.change(removed={CLOSED_RIGHTS})
    assert not bench.index.is_of(bench.store)
    renew(bench.index, bench.store)
    assert bench.find("name") == [("a", "SAME"), ("c", "SAME")]
    bench.index.close()


def test_a_file_for_another_reader_is_made_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.change({CLOSED_RIGHTS, closed("a", "hidden")})
    for hides_restricted, found in ((False, ["a"]), (True, []), (True, []), (False, ["a"])):
        bench.index.close()
        bench.index = TextIndex(tmp_path / "index.sqlite", BASE, KINDS, hides_restricted=hides_restricted)
        renew(bench.index, bench.store)
        assert [slug for slug, _ in bench.find("hidden")] == found
    bench.index.close()


def test_a_graph_that_is_restricted_during_a_rebuild_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path, hides_restricted=True)
    bench.store.apply(Change.from_quads(added=[closed("a", "hidden")]))
    match, later = bench.store.match, [Change.from_quads(added=[CLOSED_RIGHTS])]

    def match_slowly(*pattern: object) -> Iterator[ox.Quad]:
        found = list(match(*pattern))  # type: ignore[arg-type]
        if later and found:
            change, before = later.pop(), bench.store.version
            bench.store.apply(change)
            bench.index.follow(change, before, bench.store.version, bench.store)
        return iter(found)

    monkeypatch.setattr(bench.store, "match", match_slowly)
    bench.index.update(bench.store)
    assert (later, bench.index.is_of(bench.store)) == ([], False)
    bench.find("hidden")  # waits until the commit has been followed
    assert bench.index.version == ""
    renew(bench.index, bench.store)
    assert bench.find("hidden") == []
    bench.index.close()


def test_an_index_that_has_missed_a_commit_does_not_pass_for_a_current_one(bench: Bench) -> None:
    bench.store.apply(Change.from_quads(added=[quad("missed", PREF_LABEL, ox.Literal("missed"))]))
    bench.change({quad("a", PREF_LABEL, ox.Literal("followed"))})
    assert bench.index.version != bench.store.version
    renew(bench.index, bench.store)
    assert bench.find("missed") == [("missed", "SAME")]
    assert bench.find("followed") == [("a", "SAME")]


def test_a_file_in_which_words_are_folded_in_another_way_is_made_again(bench: Bench, tmp_path: Path) -> None:
    bench.change({quad("a", PREF_LABEL, ox.Literal("name"))})
    bench.index.close()
    with closing(sqlite3.connect(tmp_path / "index.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 1000")
    again = TextIndex(tmp_path / "index.sqlite", BASE, KINDS)
    assert (again.version, again.search("name")) == ("", [])
    again.close()


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    file = tmp_path / "index.sqlite"
    file.write_bytes(b"no database, but long enough to be taken for one" * 100)
    index = TextIndex(file, BASE, KINDS)
    assert (index.version, index.search("x")) == ("", [])
    index.close()


def test_what_is_found_is_ordered_by_how_it_matches(bench: Bench) -> None:
    bench.change({quad(slug, PREF_LABEL, ox.Literal(text)) for slug, text in [("b", "Ghouta"), ("a", "East Ghouta")]})
    assert [item.match for item in bench.index.search("ghouta")] == [Match.SAME, Match.WORDS]
