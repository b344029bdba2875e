"""What is found by the screens of an added graph and its boundary is what is found in the whole graph with it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyoxigraph as ox
import pytest
from graph_edits import GraphEdits
from in_process import InProcessGraph
from integrity_walk import LARGE, Quads, Walk

from kg.errors import Finding, Severity
from kg.ingest.integrity_context import IntegrityContext
from kg.ingest.rules import home_graphs
from kg.ingest.rules.interface import Rule
from kg.ingest.screening import SCREENS, WARNING_SCREENS, WholeFindings, check_added, check_whole
from kg.ingest.screens import added_graph
from kg.ingest.screens.added_graph import AddedGraph
from kg.ingest.screens.screened_graph import ScreenedGraph
from kg.namespaces import TYPE, value_of
from kg.store.embedded import EmbeddedStore
from kg.store.interface import normalize

SEEDS = range(8)
STEPS = 16
EDITS = 3
"""Between two additions that are judged."""


@dataclass(frozen=True)
class Addition:
    """Graphs that are added to one that conforms, and what all rules find about them."""

    kept: Quads
    added: Quads
    findings: frozenset[Finding]


def comparable(found: WholeFindings) -> frozenset[Finding]:
    """Without suggestions, which depend on what was looked at."""
    assert not found.unjudged
    return frozenset(replace(finding, cure="", location=None) for finding in found.findings)


def store_of(quads: Quads) -> EmbeddedStore:
    store = EmbeddedStore.in_memory()
    store.engine.extend(quads)
    return store


def find_in_whole(kept: Quads, added: Quads, context: IntegrityContext) -> frozenset[Finding]:
    graphs = {quad.graph_name for quad in added if isinstance(quad.graph_name, ox.NamedNode)}
    return comparable(check_whole(store_of(kept | added), context, sorted(graphs, key=str)))


def find_in_added(addition: Addition, context: IntegrityContext) -> frozenset[Finding] | None:
    """None if the addition is not apart from what is kept."""
    graph = AddedGraph.read(store_of(addition.added), store_of(addition.kept), context)
    return None if graph is None else comparable(check_added(graph))


def copy_graphs(quads: Quads, chance: random.Random) -> Quads:
    """The same graphs about copies of their resources, of which some are the originals where they are pointed at."""
    described = sorted({quad.subject for quad in quads}, key=str)
    copies: dict[Any, ox.NamedNode] = {node: ox.NamedNode(f"{value_of(node)}-copy") for node in described}
    shared = {node for node in described if chance.random() < 0.2}
    copied = set()
    for quad in quads:
        target = quad.object
        is_copied = target in copies and (target not in shared or quad.predicate == TYPE)
        object_ = copies[target] if is_copied else target
        copied.add(ox.Quad(copies[quad.subject], quad.predicate, object_, copies[quad.graph_name]))
    return frozenset(copied)


def edit(edits: GraphEdits, kept: Quads, added: Quads) -> Quads:
    """The added graphs with an edit that may use what is kept, and does not change that."""
    graphs = {quad.graph_name for quad in added}
    removed, new = edits.draw(kept | added)
    if len(removed) > LARGE:
        return added
    return normalize((added - removed) | {quad for quad in new if quad.graph_name in graphs})


def draw_additions(graph: InProcessGraph, seed: int) -> Iterator[tuple[Quads, Quads]]:
    chance, edits = random.Random(seed), Walk(graph, seed).edits
    kept = frozenset(graph.store.quads())
    own = frozenset(quad for quad in kept if quad.graph_name not in graph.ingestor.context.ontology_graphs)
    added: Quads = frozenset()
    for number in range(STEPS):
        if number % 4 == 0:
            added = copy_graphs(own, chance)
        for _ in range(EDITS):
            added = edit(edits, kept, added)
        yield kept, added


@pytest.fixture(scope="module")
def graph(register_graph: InProcessGraph, post: str) -> InProcessGraph:
    """The register and the post, with the text of the post in the archive."""
    store = store_of(frozenset(register_graph.store.quads()))
    graph = InProcessGraph(store, register_graph.ingestor, register_graph.settings)
    graph.load([graph.ingestor.read(post.encode(), "post.yaml")])
    return graph


@pytest.fixture(scope="module")
def context(graph: InProcessGraph) -> IntegrityContext:
    return graph.ingestor.context


@pytest.fixture(scope="module")
def additions(graph: InProcessGraph, context: IntegrityContext) -> list[Addition]:
    drawn = (pair for seed in SEEDS for pair in draw_additions(graph, seed))
    return [Addition(kept, added, find_in_whole(kept, added, context)) for kept, added in drawn]


@pytest.mark.slow
def test_the_same_is_found_as_in_the_whole_graph(additions: Sequence[Addition], context: IntegrityContext) -> None:
    apart = 0
    for number, addition in enumerate(additions):
        found = find_in_added(addition, context)
        if found is not None:
            apart += 1
            assert found == addition.findings, number
    assert len(additions) // 3 < apart < len(additions), "some additions are apart, and some are not"


def count_differences(additions: Sequence[Addition], context: IntegrityContext) -> int:
    found = ((find_in_added(addition, context), addition.findings) for addition in additions)
    return sum(1 for of_added, of_whole in found if of_added is not None and of_added != of_whole)


@pytest.mark.slow
@pytest.mark.parametrize(
    "rule",
    [rule for rule in (*SCREENS, *WARNING_SCREENS) if rule is not home_graphs.check_named_graph],
    ids=lambda rule: rule.__name__,
)
def test_a_screen_that_returns_nothing_is_noticed(
    additions: Sequence[Addition], context: IntegrityContext, rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens: Any = SCREENS if rule in SCREENS else WARNING_SCREENS
    monkeypatch.setitem(screens, rule, lambda _: ())
    assert count_differences(additions, context)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "replacement"),
    [
        ("_are_apart", lambda *_: True),
        ("_describe_quotes", lambda *_: {}),
        ("JoinedLookup", lambda added, _kept, _common: added),
    ],
)
def test_a_boundary_without_a_part_of_it_is_noticed(
    additions: Sequence[Addition],
    context: IntegrityContext,
    part: str,
    replacement: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(added_graph, part, replacement)
    assert count_differences(additions, context)


@pytest.mark.slow
def test_propositions_that_are_kept_are_compared(
    additions: Sequence[Addition], context: IntegrityContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AddedGraph, "select_of_each", ScreenedGraph.select)
    assert count_differences(additions, context)


def test_the_kept_graph_conforms(graph: InProcessGraph, context: IntegrityContext) -> None:
    found = comparable(check_whole(graph.store, context))
    assert not [finding for finding in found if finding.severity is Severity.VIOLATION]
