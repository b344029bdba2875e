"""The file of lists: that one that has followed commits has what one has that is made anew, and what it selects."""

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from shipped_data import ShippedData

from kg.lists.list_index import ListIndex
from kg.lists.list_tables import find_affected
from kg.lists.selection import STATEMENT, STATEMENT_ORDERS, THING_ORDERS, Facet, Selection
from kg.namespaces import CK, PREF_LABEL, TYPE
from kg.schema.class_index import ClassIndex
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

ID = f"{DEFAULT_BASE_IRI}id/"
TABLES = {
    "statement": "SELECT s.iri, act, v.iri, f.iri, h.iri, earliest, latest, is_dated, has_no_day, day, is_retracted,"
    " is_denied, is_disputed FROM statement s JOIN resource v ON v.id = speaker JOIN resource f ON f.id = source"
    " JOIN resource h ON h.id = hedge",
    "link": "SELECT role, t.iri, s.iri FROM link JOIN resource t ON t.id = thing JOIN resource s ON s.id = statement",
    "read": "SELECT r.iri, s.iri FROM read JOIN resource r ON r.id = resource JOIN resource s ON s.id = statement",
    "thing": "SELECT iri, kind, type, name, sort_key, slug, has_no_day, day FROM thing",
    "unit": "SELECT a.iri, p.iri FROM unit JOIN resource a ON a.id = above JOIN resource p ON p.id = place",
    "tally": "SELECT * FROM tally",
    "size": "SELECT * FROM size WHERE members",
}
CHANGES = 60
RELEVANT = (
    *(f"{CK}{name}" for name in ("speaker", "reportedIn", "hedge", "asserts", "denies", "disputes", "retracts")),
    *(f"{CK}{name}" for name in ("place", "location", "incident", "administrativeParent", "earliest", "latest")),
    TYPE.value,
    PREF_LABEL,
)


def iri(path: str) -> str:
    return f"{ID}{path}"


class Bench:
    """The shipped data, whose commits an index follows."""

    def __init__(self, store: EmbeddedStore, folder: Path, classes: ClassIndex) -> None:
        self.store, self.folder, self.classes = store, folder, classes
        self.index = self.renewed("followed.sqlite")

    def renewed(self, name: str) -> ListIndex:
        index = ListIndex(self.folder / name, self.classes)
        index.renew(self.store)
        while index.version != self.store.version:
            time.sleep(0.005)
        return index

    def change(self, removed: set[ox.Quad], added: set[ox.Quad]) -> None:
        change, before = Change.from_quads(removed, added), self.store.version
        self.store.apply(change)
        self.index.follow(change, before, self.store.version, self.store)
        assert self.index.version == self.store.version
        self.index.select(STATEMENT, Selection(), "id", 1, 0)  # who reads waits until it has been followed

    def add(self, turtle: str, graph: str = "graph/a") -> None:
        prefixes = f"@prefix ck: <{CK}> . @prefix id: <{ID}> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
        triples = ox.parse(f"{prefixes}\n{turtle}", format=ox.RdfFormat.TURTLE)
        name = ox.NamedNode(f"{DEFAULT_BASE_IRI}{graph}")
        self.change(set(), {ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in triples})

    def close(self) -> None:
        self.index.close()


@pytest.fixture(scope="module")
def shipped(shipped_data: ShippedData, tmp_path_factory: pytest.TempPathFactory, schema: Schema) -> Iterator["Bench"]:
    """Not to be changed."""
    bench = Bench(shipped_data.store(), tmp_path_factory.mktemp("lists"), ClassIndex(schema))
    yield bench
    bench.close()


@pytest.fixture
def bench(shipped_data: ShippedData, tmp_path: Path, schema: Schema) -> Iterator[Bench]:
    bench = Bench(shipped_data.store(), tmp_path, ClassIndex(schema))
    yield bench
    bench.close()


def tables(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(file)) as connection:
        return {table: sorted(connection.execute(query)) for table, query in TABLES.items()}


def test_an_index_that_has_followed_commits_has_what_one_made_anew_has(bench: Bench) -> None:
    chance = random.Random(7)
    present = {quad for quad in bench.store.quads() if quad.predicate.value.startswith(CK) or quad.predicate == TYPE}
    present |= set(bench.store.match(None, ox.NamedNode(PREF_LABEL), None))
    gone: set[ox.Quad] = set()
    statements = sorted({quad.subject for quad in present if quad.predicate.value == f"{CK}speaker"}, key=str)
    for _ in range(CHANGES):
        likely = sorted((quad for quad in present if quad.predicate.value in RELEVANT), key=str)
        removed = set(chance.sample(likely, chance.choice([0, 1, 3, 12])))
        back = set(chance.sample(sorted(gone, key=str), min(len(gone), chance.choice([0, 1, 5]))))
        # What points at one thing points at another: a hedge, a place, a proposition, a statement that is disputed.
        moved = {
            ox.Quad(chance.choice(statements), quad.predicate, quad.object, quad.graph_name)
            for quad in chance.sample(likely, chance.choice([0, 0, 2]))
            if isinstance(quad.object, ox.NamedNode) and quad.predicate != TYPE
        } - present
        added = (back | moved) - removed
        bench.change(removed, added)
        present = present - removed | added
        gone = (gone | removed) - added
    bench.renewed("anew.sqlite").close()
    followed, anew = tables(bench.folder / "followed.sqlite"), tables(bench.folder / "anew.sqlite")
    for table in TABLES:
        assert followed[table] == anew[table], table
    assert len(followed["statement"]) > 100


@pytest.mark.parametrize("kind", [STATEMENT, "incident", "actor", "place", "zone", "source"])
def test_pages_of_a_list_have_each_member_once_in_every_order(shipped: Bench, kind: str) -> None:
    orders = STATEMENT_ORDERS if kind == STATEMENT else THING_ORDERS
    whole = set(shipped.index.select(kind, Selection(), next(iter(orders)), 100_000, 0).members)
    for order in orders:
        total = shipped.index.select(kind, Selection(), order, 1, 0).total
        seen: list[str] = []
        for offset in range(0, total, 7):
            seen += shipped.index.select(kind, Selection(), order, 7, offset).members
        assert len(seen) == total == len(whole)
        assert set(seen) == whole


def test_a_place_has_what_is_said_of_what_lies_in_it(shipped: Bench) -> None:
    def about(place: str) -> set[str]:
        return set(shipped.index.select(STATEMENT, Selection(place=iri(f"place/{place}")), "id", 1_000, 0).members)

    assert about("khan-sheikhoun")
    assert about("khan-sheikhoun") < about("idlib-province") < about("syria")
    assert not about("ein-tarma") & about("idlib-province")
    inside = shipped.index.select("place", Selection(place=iri("place/idlib-province")), "name", 100, 0)
    assert {iri("place/khan-sheikhoun"), iri("place/idlib-province")} <= set(inside.members)
    assert iri("place/aleppo-province") not in inside.members
    assert inside.total == len(inside.members)


def test_a_unit_that_moves_moves_what_lies_in_it(bench: Bench) -> None:
    parent = ox.NamedNode(f"{CK}administrativeParent")
    idlib = next(bench.store.match(ox.NamedNode(iri("place/maarrat-al-numan-district")), parent, None))
    of_idlib, of_aleppo = (Selection(place=iri(f"place/{name}-province")) for name in ("idlib", "aleppo"))
    before = bench.index.select(STATEMENT, of_aleppo, "id", 1_000, 0)
    moved = ox.Quad(idlib.subject, parent, ox.NamedNode(iri("place/aleppo-province")), idlib.graph_name)
    in_unit = bench.index.select(STATEMENT, Selection(place=iri("place/khan-sheikhoun")), "id", 1_000, 0)
    bench.change({idlib}, {moved})
    after = bench.index.select(STATEMENT, of_aleppo, "id", 1_000, 0)
    assert set(after.members) - set(before.members) >= set(in_unit.members)
    places = bench.index.select("place", of_aleppo, "name", 100, 0).members
    assert {iri("place/khan-sheikhoun"), iri("place/maarrat-al-numan-district")} <= set(places)
    assert not set(in_unit.members) & set(bench.index.select(STATEMENT, of_idlib, "id", 1_000, 0).members)


STATEMENTS = """
    <{0}statement/x1> a ck:Statement ; ck:speaker <{0}actor/russia> ; ck:asserts <{0}proposition/x> ;
        ck:reportedIn <{0}source/syria-daily-2017-08-07> .
    <{0}proposition/x> a ck:IncidentAccount ; ck:incident <{0}incident/x> ; ck:earliest "{1}"^^xsd:date .
    <{0}incident/x> a ck:Incident .
"""


def statuses(bench: Bench, statement: str) -> set[str]:
    return {
        status
        for status in ("unopposed", "denied", "disputed", "retracted")
        if iri(statement) in bench.index.select(STATEMENT, Selection(status=status), "id", 1_000, 0).members
    }


def test_what_becomes_of_a_statement_follows_those_who_object(bench: Bench) -> None:
    bench.add(STATEMENTS.format(ID, "2017-05-01"))
    assert statuses(bench, "statement/x1") == {"unopposed"}
    bench.add(f"<{ID}statement/x2> a ck:Statement ; ck:speaker <{ID}actor/iran> ; ck:denies <{ID}proposition/x> .")
    assert statuses(bench, "statement/x1") == {"denied"}
    bench.add(f"<{ID}statement/x3> a ck:Statement ; ck:speaker <{ID}actor/iran> ; ck:retracts <{ID}statement/x2> .")
    assert statuses(bench, "statement/x1") == {"unopposed"}
    assert statuses(bench, "statement/x2") == {"retracted"}
    # Nobody disputes himself: that is a retraction.
    bench.add(f"<{ID}statement/x4> a ck:Statement ; ck:speaker <{ID}actor/russia> ; ck:disputes <{ID}statement/x1> .")
    assert statuses(bench, "statement/x1") == {"unopposed"}
    bench.add(f"<{ID}statement/x5> a ck:Statement ; ck:speaker <{ID}actor/iran> ; ck:disputes <{ID}statement/x1> .")
    assert statuses(bench, "statement/x1") == {"disputed"}


@pytest.mark.parametrize(
    ("first", "last", "is_selected"),
    [("2017-05-01", "", True), ("2017-06-01", "", True), ("", "2017-04-30", False), ("", "2017-05-01", True)],
)
def test_an_open_end_reaches_as_far_as_it_may(bench: Bench, first: str, last: str, is_selected: bool) -> None:
    bench.add(STATEMENTS.format(ID, "2017-05-01"))
    selection = Selection(first_day=first, last_day=last)
    assert (iri("statement/x1") in bench.index.select(STATEMENT, selection, "date", 1_000, 0).members) == is_selected
    assert (iri("incident/x") in bench.index.select("incident", selection, "date", 1_000, 0).members) == is_selected


def test_counts_of_facets_are_those_of_the_lists_that_they_lead_to(shipped: Bench) -> None:
    for narrowed in (Selection(), Selection(source=iri("source/syria-daily-2017-08-07"))):
        for facet, values in shipped.index.count_facets(STATEMENT, narrowed).values.items():
            assert values
            for value in values:
                selection = Selection(**{"source": narrowed.source, facet.value: value.value})
                if facet is not Facet.SOURCE or not narrowed.source:
                    assert shipped.index.select(STATEMENT, selection, "id", 1, 0).total == value.statements


def test_a_commit_does_not_wait_for_the_lists_and_who_reads_them_waits_for_the_commit(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_go_on, match = threading.Event(), threading.Event(), bench.store.match
    total = bench.index.select(STATEMENT, Selection(), "id", 1, 0).total
    removed = [
        Change.from_quads(set(match(ox.NamedNode(iri(f"statement/sd-2017-08-07-{name}")), None, None)))
        for name in ("f25", "f26", "f61")
    ]

    def match_late(*pattern: ox.NamedNode | None) -> Iterator[ox.Quad]:
        begun.set()
        assert may_go_on.wait(30)
        return match(*pattern)

    monkeypatch.setattr(bench.store, "match", match_late)
    with ThreadPoolExecutor() as readers:
        for change in removed:
            before = bench.store.version
            bench.store.apply(change)
            bench.index.follow(change, before, bench.store.version, bench.store)
        assert begun.wait(30)
        reading = readers.submit(bench.index.select, STATEMENT, Selection(), "id", 1, 0)
        time.sleep(0.05)
        is_early = reading.done()
        may_go_on.set()
        assert reading.result(30).total == total - len(removed)
    assert not is_early
    assert bench.index.version == bench.store.version


@pytest.mark.parametrize(("group_quads", "times"), [(5_000, 1), (1, 3)])
def test_commits_are_followed_together_when_somebody_reads_in_groups_that_are_not_too_large(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, group_quads: int, times: int
) -> None:
    followed = []

    def count(connection: sqlite3.Connection, change: Change, classes: ClassIndex) -> tuple[set[str], set[str]]:
        followed.append(change)
        return find_affected(connection, change, classes)

    monkeypatch.setattr("kg.lists.list_index.find_affected", count)
    monkeypatch.setattr("kg.commit_follower.GROUP_QUADS", group_quads)
    monkeypatch.setattr("kg.commit_follower.DELAY_S", 30)
    for name in ("f25", "f26", "f61"):
        statement = ox.NamedNode(iri(f"statement/sd-2017-08-07-{name}"))
        change = Change.from_quads(set(bench.store.match(statement, None, None)))
        before = bench.store.version
        bench.store.apply(change)
        bench.index.follow(change, before, bench.store.version, bench.store)
    members = bench.index.select(STATEMENT, Selection(), "id", 1_000, 0).members
    assert len(followed) == times
    assert members == bench.renewed("anew.sqlite").select(STATEMENT, Selection(), "id", 1_000, 0).members


def test_a_commit_is_followed_though_nobody_reads(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.commit_follower.DELAY_S", 0.01)
    followed = threading.Event()

    def note(*_: object) -> tuple[set[str], set[str]]:
        followed.set()
        return set(), set()

    monkeypatch.setattr("kg.lists.list_index.find_affected", note)
    change = Change.from_quads(set(bench.store.match(ox.NamedNode(iri("statement/sd-2017-08-07-f25")), None, None)))
    before = bench.store.version
    bench.store.apply(change)
    bench.index.follow(change, before, bench.store.version, bench.store)
    assert followed.wait(30)


def test_a_commit_that_a_closed_index_cannot_follow_is_made_and_the_index_made_again(bench: Bench) -> None:
    bench.index.close()
    change = Change.from_quads(set(bench.store.match(ox.NamedNode(iri("statement/sd-2017-08-07-f25")), None, None)))
    before = bench.store.version
    bench.store.apply(change)
    bench.index.follow(change, before, bench.store.version, bench.store)
    bench.index = ListIndex(bench.folder / "followed.sqlite", bench.classes)
    assert bench.index.version == before


def test_a_bug_in_following_is_logged_and_the_index_made_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    change = Change.from_quads(set(bench.store.match(ox.NamedNode(iri("statement/sd-2017-08-07-f25")), None, None)))
    before = bench.store.version
    bench.store.apply(change)
    monkeypatch.setattr("kg.lists.list_index.find_affected", fail)
    bench.index.follow(change, before, bench.store.version, bench.store)
    bench.index.select(STATEMENT, Selection(), "id", 1, 0)
    assert bench.index.version == ""
    assert "followed.sqlite cannot follow" in caplog.text


def test_a_change_that_affects_too_much_has_the_lists_made_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.lists.list_index._MAX_AFFECTED", 0)
    change = Change.from_quads(set(bench.store.match(ox.NamedNode(iri("proposition/sd-2017-08-07-f25")), None, None)))
    before = bench.store.version
    bench.store.apply(change)
    bench.index.follow(change, before, bench.store.version, bench.store)
    bench.index.select(STATEMENT, Selection(), "id", 1, 0)
    assert bench.index.version == ""
    bench.index.renew(bench.store)
    while bench.index.version != bench.store.version:
        time.sleep(0.005)
    followed = tables(bench.folder / "followed.sqlite")
    bench.renewed("anew.sqlite").close()
    assert followed == tables(bench.folder / "anew.sqlite")
