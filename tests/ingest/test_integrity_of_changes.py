"""Integrity rules for changes that come from no document: what a PATCH or an update adds and removes."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from in_process import InProcessGraph

from kg import namespaces
from kg.errors import Finding, InputRejectedError
from kg.ingest.load_plan import LoadPlan
from kg.namespaces import CK, HAS_SELECTOR, HAS_SOURCE, SHA256, TYPE
from kg.settings import DEFAULT_BASE_IRI
from kg.store.proposed_change import ProposedChange
from kg.update.private_copy import Limits, PrivateCopy

Quads = Iterable[ox.Quad]
POST, REGISTER = (ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/{name}") for name in ("post", "invented"))
EDTF = ox.NamedNode(namespaces.EDTF)


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{DEFAULT_BASE_IRI}id/{name}")


def ck(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{CK}{name}")


@pytest.fixture
def graph(knowledge_graph: InProcessGraph, post: str) -> InProcessGraph:
    """The register and the post."""
    knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    return knowledge_graph


def plan(graph: InProcessGraph, removed: Quads = (), added: Quads = ()) -> LoadPlan:
    change = ProposedChange.over(graph.store, frozenset(removed), frozenset(added))
    return graph.ingestor.plan_change(change, graph.store)


def check(graph: InProcessGraph, removed: Quads = (), added: Quads = ()) -> list[Finding]:
    """The findings about dates and by integrity rules."""
    change = ProposedChange.over(graph.store, frozenset(removed), frozenset(added))
    return graph.ingestor.check(graph.ingestor.propose_change(change, graph.store))


def refuse(graph: InProcessGraph, removed: Quads = (), added: Quads = ()) -> list[Finding]:
    """The findings about a change that must be refused, but those of shapes."""
    with pytest.raises(InputRejectedError) as rejection:
        plan(graph, removed, added)
    return [finding for finding in rejection.value.findings if not finding.rule.startswith("http")]


def quads_of(graph: InProcessGraph, subject: ox.NamedNode, predicate: ox.NamedNode | None = None) -> set[ox.Quad]:
    return set(graph.store.match(subject, predicate, None))


def test_a_triple_added_to_what_has_a_type_is_accepted(graph: InProcessGraph) -> None:
    label = ox.Literal("Elm", language="en")
    added = ox.Quad(node("place/ilm"), ox.NamedNode(f"{namespaces.SKOS}hiddenLabel"), label, REGISTER)
    (changed,) = plan(graph, added=[added]).graphs
    assert (changed.added, changed.removed, changed.new, changed.gone) == (1, 0, (), ())
    assert changed.changed == (node("place/ilm").value,)


def test_a_type_is_not_removed_while_anything_else_is_said(graph: InProcessGraph) -> None:
    findings = refuse(graph, quads_of(graph, node("place/ilm"), TYPE))
    assert [(finding.subject, finding.message) for finding in findings] == [(node("place/ilm").value, "has no type")]


def test_a_resource_in_use_is_not_removed(graph: InProcessGraph) -> None:
    (finding,) = refuse(graph, quads_of(graph, node("place/ilm")))
    assert finding.subject == node("place/ilm").value
    assert finding.message.startswith("would be removed, but ")
    assert finding.location is None


def test_a_resource_is_removed_with_what_refers_to_it(graph: InProcessGraph) -> None:
    mill = node("place/unnamed-post-mill")
    users = set(graph.store.match(None, None, mill))
    assert "still-used" in {finding.rule for finding in check(graph, quads_of(graph, mill))}
    assert "still-used" not in {finding.rule for finding in check(graph, quads_of(graph, mill) | users)}


def test_a_new_reference_to_what_the_same_change_removes_leads_to_nothing(graph: InProcessGraph) -> None:
    gone = node("zone/vale")
    user = next(quad for quad in graph.store.match(None, ck("speaker"), None))
    added = ox.Quad(user.subject, ck("saidTo"), gone, user.graph_name)
    findings = refuse(graph, quads_of(graph, gone), [added])
    assert {finding.rule for finding in findings} == {"still-used", "unknown-reference"}


def test_a_resource_that_moves_to_another_graph_is_not_removed(graph: InProcessGraph) -> None:
    old = quads_of(graph, node("place/ilm"))
    moved = [ox.Quad(quad.subject, quad.predicate, quad.object, POST) for quad in old]
    assert {change.graph for change in plan(graph, old, moved).graphs} == {POST.value, REGISTER.value}


def test_a_part_of_a_resource_does_not_move(graph: InProcessGraph) -> None:
    old = {quad for quad in quads_of(graph, node("place/ilm")) if quad.predicate != TYPE}
    moved = [ox.Quad(quad.subject, quad.predicate, quad.object, POST) for quad in old]
    (finding,) = refuse(graph, old, moved)
    assert finding.message == f"described in {REGISTER.value} and {POST.value}"


def test_a_graph_with_contents_keeps_its_description(graph: InProcessGraph) -> None:
    (finding,) = [finding for finding in refuse(graph, quads_of(graph, POST)) if finding.rule == "home-graph"]
    assert (finding.subject, finding.message) == (POST.value, "the graph does not say what it is")


def test_a_graph_is_removed_as_a_whole(graph: InProcessGraph) -> None:
    (changed,) = plan(graph, graph.store.quads(POST)).graphs
    assert (changed.added, changed.new, changed.changed) == (0, (), ())


def test_a_triple_belongs_to_a_home_graph(graph: InProcessGraph) -> None:
    findings = refuse(graph, added=[ox.Quad(node("place/ilm"), ck("placeKind"), ox.Literal("x"))])
    assert "a triple outside any home graph" in {finding.message for finding in findings}


def test_a_reference_graph_with_a_geometry_of_a_place_does_not_become_a_dossier(
    knowledge_graph: InProcessGraph,
) -> None:
    geometry, wkt = node("geometry/ilm"), ox.NamedNode(f"{namespaces.GEO}asWKT")
    text = ox.Literal("POINT(21.5 50.25)", datatype=ox.NamedNode(f"{namespaces.GEO}wktLiteral"))
    said: list[tuple[ox.NamedNode, Any]] = [
        (TYPE, ck("Geometry")),
        (wkt, text),
        (namespaces.GEOMETRY_OF, node("place/ilm")),
    ]
    made = plan(knowledge_graph, added=[ox.Quad(geometry, predicate, value, REGISTER) for predicate, value in said])
    knowledge_graph.store.apply(made.change)
    retyped = ox.Quad(REGISTER, TYPE, ck("Dossier"), REGISTER)
    findings = refuse(knowledge_graph, quads_of(knowledge_graph, REGISTER, TYPE), [retyped])
    assert "a geometry of a place, without a speaker" in {finding.message for finding in findings}


def quote(start: int, span: str, exact: str, name: str = "again") -> list[ox.Quad]:
    """A passage of the post in the register, the graph of others."""
    passage, position, words = node(f"passage/{name}"), node(f"selector/{name}"), node(f"selector/{name}-words")
    said: list[tuple[ox.NamedNode, ox.NamedNode, Any]] = [
        (passage, TYPE, namespaces.PASSAGE),
        (passage, HAS_SOURCE, node("source/post")),
        (passage, HAS_SELECTOR, position),
        (passage, HAS_SELECTOR, words),
        (position, TYPE, ox.NamedNode(f"{namespaces.OA}TextPositionSelector")),
        (position, namespaces.START, ox.Literal(start)),
        (position, namespaces.END, ox.Literal(start + len(span))),
        (position, SHA256, ox.Literal(hashlib.sha256(span.encode()).hexdigest())),
        (words, TYPE, ox.NamedNode(f"{namespaces.OA}TextQuoteSelector")),
        (words, namespaces.EXACT, ox.Literal(exact)),
    ]
    return [ox.Quad(*triple, REGISTER) for triple in said]


def test_a_quote_of_a_source_that_another_graph_has_registered_is_checked(graph: InProcessGraph, example: Path) -> None:
    text = (example / "post.txt").read_text(encoding="utf-8")
    assert plan(graph, added=quote(100, text[100:140], text[105:120])).warnings == ()
    (finding,) = refuse(graph, added=quote(100, text[100:140], "words of others"))
    assert finding.message == "the words 'words of others' are not in the span"
    assert finding.subject == node("passage/again").value


def test_a_changed_selector_or_source_makes_its_quotes_checked_again(graph: InProcessGraph) -> None:
    (link,) = [
        quad
        for quad in graph.store.match(node("passage/post-words"), HAS_SELECTOR, None)
        if list(graph.store.match(quad.object, namespaces.START, None))  # type: ignore[arg-type]
    ]
    (start,) = graph.store.match(link.object, namespaces.START, None)  # type: ignore[arg-type]
    moved = ox.Quad(start.subject, start.predicate, ox.Literal(959), start.graph_name)
    (finding,) = refuse(graph, [start], [moved])
    assert (finding.subject, finding.rule) == (node("passage/post-words").value, "quote")
    digest = quads_of(graph, node("source/post"), SHA256)
    assert {finding.rule for finding in refuse(graph, digest)} == {"text-hash"}


def test_the_share_of_a_text_is_not_passed_in_small_steps(graph: InProcessGraph, example: Path) -> None:
    text = (example / "post.txt").read_text(encoding="utf-8")
    for number in range(20):
        start = 40 * number
        added = quote(start, text[start : start + 40], text[start : start + 40], f"again-{number}")
        try:
            graph.store.apply(plan(graph, added=added).change)
        except InputRejectedError as error:
            (finding,) = error.findings
            assert finding.message.startswith("the quotes repeat 3")
            assert 0 < number < 19
            return
    pytest.fail("the quotes repeat the whole text")


def test_a_statement_that_others_retract_keeps_its_speaker(graph: InProcessGraph) -> None:
    speaker = quads_of(graph, node("statement/post-may"), ck("speaker"))
    other = ox.Quad(node("statement/post-may"), ck("speaker"), node("actor/council"), POST)
    findings = refuse(graph, speaker, [other])
    assert [(finding.subject, finding.rule) for finding in findings] == [
        (node("statement/post-withdrawn").value, "same-speaker")
    ]


def test_days_follow_the_dates_of_a_change(graph: InProcessGraph) -> None:
    (when,) = quads_of(graph, node("proposition/post-ilm"), namespaces.WHEN)
    derived = {
        quad
        for quad in quads_of(graph, node("proposition/post-ilm"))
        if quad.predicate in (namespaces.LATEST, namespaces.SPAN)
    }
    changed = ox.Quad(when.subject, when.predicate, ox.Literal("2017-03-16", datatype=EDTF), when.graph_name)
    made = plan(graph, [when], [changed]).change
    assert set(made.removed_quads()) == {when, *derived}
    assert {quad.predicate for quad in made.added_quads()} == {
        namespaces.WHEN,
        namespaces.EARLIEST,
        namespaces.LATEST,
        namespaces.SPAN,
    }
    assert set(plan(graph, [when]).change.removed_quads()) == {when, *derived}


def test_days_that_a_change_invents_or_removes_are_put_right(graph: InProcessGraph) -> None:
    latest = quads_of(graph, node("proposition/post-ilm"), namespaces.LATEST)
    invented = ox.Quad(node("proposition/post-ilm"), namespaces.SPAN, ox.Literal("2001/2002", datatype=EDTF), POST)
    assert latest
    assert not plan(graph, latest, [invented]).change


def test_a_date_that_is_none_is_refused(graph: InProcessGraph) -> None:
    (when,) = quads_of(graph, node("proposition/post-ilm"), namespaces.WHEN)
    changed = ox.Quad(when.subject, when.predicate, ox.Literal("last week", datatype=EDTF), when.graph_name)
    assert "edtf" in {finding.rule for finding in refuse(graph, [when], [changed])}


def test_an_actor_who_loses_the_last_reference_is_a_warning(graph: InProcessGraph) -> None:
    users = set(graph.store.match(None, None, node("actor/unnamed-post-fishermen")))
    removed = {quad for user in users for quad in quads_of(graph, user.subject)}  # type: ignore[arg-type]
    unused = {finding.subject for finding in check(graph, removed) if finding.rule == "unused"}
    assert node("actor/unnamed-post-fishermen").value in unused


def test_names_of_writes_that_were_not_made_are_not_known(graph: InProcessGraph) -> None:
    label = ox.NamedNode(namespaces.PREF_LABEL)

    def name(iri: str) -> list[ox.Quad]:
        """An organisation of the same name."""
        said: list[tuple[ox.NamedNode, Any]] = [
            (TYPE, ck("Organization")),
            (label, ox.Literal("The Mill", language="en")),
        ]
        return [ox.Quad(node(iri), predicate, value, POST) for predicate, value in said]

    def warn(iri: str) -> list[str]:
        return [finding.message for finding in check(graph, added=name(iri)) if finding.rule == "known-name"]

    assert warn("actor/one") == []
    assert warn("actor/two") == []
    plan(graph, added=name("actor/one"))
    assert warn("actor/two") == []
    graph.store.apply(plan(graph, added=name("actor/two")).change)
    assert warn("actor/three") == ["actor/two is called 'The Mill' as well"]
    graph.store.apply(plan(graph, removed=name("actor/two")).change)
    assert warn("actor/three") == []


def test_a_change_in_a_private_copy_is_judged_as_one_that_is_not_made(graph: InProcessGraph) -> None:
    removed = quads_of(graph, node("place/ilm"))
    copy = PrivateCopy(graph.store.engine, Limits(1_000))  # type: ignore[attr-defined]
    copy.exchange(removed, frozenset())
    change = ProposedChange(graph.store, frozenset(removed), frozenset())
    write = graph.ingestor.propose_change(change, graph.store)
    in_copy = graph.ingestor.check(write)
    copy.restore()
    assert in_copy
    assert in_copy == check(graph, removed)
