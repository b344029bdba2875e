"""Pages of large resources: what is left out is known, and no status is decided on what is left."""

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from api.pages.resource_page import common_values, list_contents, select_template
from kg import namespaces
from kg.errors import QueryLimitError
from kg.knowledge_graph import load_shipped_schema
from kg.questions.catalogue import Catalogue
from kg.schema.class_index import ClassIndex
from kg.settings import DEFAULT_BASE_IRI
from kg.source_archive import SourceArchive
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.views import home_graph, reader, standings
from kg.views.description import collect_quads, describe, describe_for_page
from kg.views.home_graph import describe_graph
from kg.views.reader import Bounds
from kg.views.resource_view import ViewBuilder, view_builder

GRAPH = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/g")
PLACE = f"{DEFAULT_BASE_IRI}id/place/p"
PROPOSITION = f"{DEFAULT_BASE_IRI}id/proposition/p"
BOUNDS = Bounds(listed=5, quads=400, references=60)
ASSERTED, DENIED = 40, 1


def node(kind: str, slug: str) -> ox.NamedNode:
    return ox.NamedNode(f"{DEFAULT_BASE_IRI}id/{kind}/{slug}")


def term(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{namespaces.CK}{name}")


def statement(slug: str, act: str, target: ox.NamedNode, speaker: str) -> Iterator[ox.Quad]:
    subject = node("statement", slug)
    hedge = ox.NamedNode(f"{namespaces.VOCAB}hedge/none")
    yield ox.Quad(subject, namespaces.TYPE, term("Statement"), GRAPH)
    for predicate, value in (("speaker", node("actor", speaker)), (act, target), ("hedge", hedge)):
        yield ox.Quad(subject, term(predicate), value, GRAPH)


def quads() -> Iterator[ox.Quad]:
    proposition, place = ox.NamedNode(PROPOSITION), ox.NamedNode(PLACE)
    yield ox.Quad(GRAPH, namespaces.TYPE, term("Dossier"), GRAPH)
    yield ox.Quad(place, namespaces.TYPE, term("Place"), GRAPH)
    yield ox.Quad(proposition, namespaces.TYPE, term("ZoneCoverage"), GRAPH)
    for number in range(ASSERTED):
        yield from statement(f"a{number:02}", "asserts", proposition, "north")
    yield from statement("z", "denies", proposition, "south")  # the last by its IRI
    for number in range(30):
        other = node("proposition", f"other-{number:02}")
        yield ox.Quad(other, namespaces.TYPE, term("ZoneCoverage"), GRAPH)
        yield ox.Quad(other, term("place"), place, GRAPH)
        yield from statement(f"o{number:02}", "asserts", other, "north")
    for number in range(50):
        yield ox.Quad(place, ox.NamedNode(f"{namespaces.SKOS}altLabel"), ox.Literal(f"n{number}"), GRAPH)


@pytest.fixture(scope="module")
def index() -> ClassIndex:
    return ClassIndex(load_shipped_schema(DEFAULT_BASE_IRI))


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(quads())))
    return store


def build(store: EmbeddedStore, index: ClassIndex, iri: str, bounds: Bounds | None = BOUNDS) -> ViewBuilder:
    about = describe(store, index, iri, bounds)
    assert about is not None
    return view_builder(store, index, SourceArchive(None), about)


def test_the_status_of_a_cut_proposition_is_decided_on_all_statements(store: EmbeddedStore, index: ClassIndex) -> None:
    builder = build(store, index, PROPOSITION)
    view = builder.build_proposition(PROPOSITION)
    assert len(view.statements) == BOUNDS.listed
    assert all(acts.label != "denies" for item in view.statements for acts in item.acts)
    assert view.standing is not None
    assert (view.standing.status, view.statement_count) == ("disputed", ASSERTED + DENIED)
    assert view.standing == build(store, index, PROPOSITION, None).build_proposition(PROPOSITION).standing


def test_no_status_is_given_where_there_is_too_much_evidence(
    store: EmbeddedStore, index: ClassIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "MAX_STATEMENTS", ASSERTED)
    assert build(store, index, PROPOSITION).build_proposition(PROPOSITION).standing is None


def test_a_page_says_how_many_refer_to_a_cut_thing(store: EmbeddedStore, index: ClassIndex) -> None:
    builder = build(store, index, PLACE, Bounds(listed=5, quads=400, references=30))
    values = common_values(builder, PLACE)
    assert values["is_cut"]
    assert values["totals"] == [(30, "propositions")]
    _, of_thing = select_template(builder, store, Catalogue.load(), DEFAULT_BASE_IRI)
    assert len(of_thing["propositions"]) == 5
    assert {view.standing and view.standing.status for view in of_thing["propositions"]} == {"claimed"}


def test_a_small_resource_is_described_in_full(store: EmbeddedStore, index: ClassIndex) -> None:
    iri = node("proposition", "other-07").value
    bounded, complete = describe(store, index, iri, Bounds()), describe(store, index, iri)
    assert bounded is not None
    assert complete is not None
    assert not bounded.is_cut
    assert bounded.quads == complete.quads


def test_a_resource_with_many_values_keeps_its_classes(store: EmbeddedStore, index: ClassIndex) -> None:
    about = describe(store, index, PLACE, Bounds(listed=5, quads=10))
    assert about is not None
    assert about.types(PLACE) == [f"{namespaces.CK}Place"]
    assert len(about.values(PLACE, f"{namespaces.SKOS}altLabel")) == 5
    assert PLACE in about.incomplete


def test_a_description_without_bounds_has_a_limit(
    store: EmbeddedStore, index: ClassIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(collect_quads(store, index, PLACE)) > 100
    monkeypatch.setattr(reader, "MAX_QUADS", 100)
    with pytest.raises(QueryLimitError, match="kg export"):
        collect_quads(store, index, PLACE)


def test_a_large_graph_lists_the_first_of_each_class_and_counts_all(
    store: EmbeddedStore, index: ClassIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = describe_graph(store, index, GRAPH, BOUNDS)
    assert not complete.counts
    monkeypatch.setattr(home_graph, "COMPLETE_QUADS", 100)
    large = describe_graph(store, index, GRAPH, BOUNDS)
    builder = view_builder(store, index, SourceArchive(None), large.description)
    sections = {section.heading: section for section in list_contents(builder, large.counts)}
    assert large.description.is_cut
    assert (len(sections["statements"].members), sections["statements"].count) == (5, ASSERTED + DENIED + 30)
    assert sections["places"].count == 1


@pytest.mark.parametrize(("size", "expected"), [(1, 20), (12, 20), (40, 3)])
def test_what_is_shown_of_a_place_has_its_statements_however_large_they_are(
    index: ClassIndex, size: int, expected: int
) -> None:
    """Of accounts with many counts fewer are shown, and none without who says it."""
    store, place, count = EmbeddedStore.in_memory(), ox.NamedNode(PLACE), 20
    added = [
        ox.Quad(GRAPH, namespaces.TYPE, term("Dossier"), GRAPH),
        ox.Quad(place, namespaces.TYPE, term("Place"), GRAPH),
    ]
    for number in range(count):
        account = node("proposition", f"heavy-{number:02}")
        added += [
            ox.Quad(account, namespaces.TYPE, term("IncidentAccount"), GRAPH),
            ox.Quad(account, term("location"), place, GRAPH),
            *(ox.Quad(account, term("gist"), ox.Literal(f"part {part}", language="en"), GRAPH) for part in range(size)),
            *statement(f"heavy-{number:02}", "asserts", account, "north"),
        ]
    store.apply(Change.from_quads(added=frozenset(added)))
    about = describe_for_page(store, index, PLACE, Bounds(listed=50, quads=400, references=90))
    assert about is not None
    shown = [iri for iri in about.all_referrers(PLACE) if about.types(iri)]
    assert len(shown) == expected
    for iri in shown:
        assert about.referrers(namespaces.ASSERTS, iri), iri
