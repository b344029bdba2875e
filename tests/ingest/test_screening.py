"""What the screened rules find in a whole graph is what all rules find in it, described as one change."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from in_process import InProcessGraph
from integrity_walk import LARGE, OF_DOCUMENTS, Quads, Walk, judge_whole

from kg.errors import Finding
from kg.ingest.integrity import RULES
from kg.ingest.screening import SCREENS, WARNING_SCREENS, check_whole
from kg.store.embedded import EmbeddedStore
from kg.store.interface import normalize

SEEDS = range(4)
STEPS = 20
_OF_CHANGES = {"check_removals", *OF_DOCUMENTS}


def broken_graphs(graph: InProcessGraph, seed: int) -> Iterator[Quads]:
    """Graphs on a walk on which every edit is made, so that faults pile up; it starts again from time to time."""
    walk, state = Walk(graph, seed), frozenset(graph.store.quads())
    for number in range(STEPS):
        removed, added = walk.edits.draw(state)
        edited = normalize((state - removed) | added)
        yield edited
        is_to_start_again = number % 10 == 9
        if is_to_start_again or len(removed) < LARGE:
            state = frozenset(graph.store.quads()) if is_to_start_again else edited


@pytest.fixture
def small(knowledge_graph: InProcessGraph, post: str) -> InProcessGraph:
    """The register and the post, with the text of the post in the archive."""
    knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    return knowledge_graph


def without_cures(findings: set[Finding]) -> set[Finding]:
    return {replace(finding, cure="", location=None) for finding in findings}


def test_each_rule_about_graphs_has_a_screen() -> None:
    assert {rule.__name__ for rule in RULES} - _OF_CHANGES == {rule.__name__ for rule in (*SCREENS, *WARNING_SCREENS)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_screened_rules_find_what_all_rules_find(small: InProcessGraph, seed: int) -> None:
    for number, quads in enumerate(broken_graphs(small, seed)):
        expected, completed = judge_whole(small.ingestor, quads)
        del expected["dates"]
        store = EmbeddedStore.in_memory()
        store.engine.extend(completed)
        found = check_whole(store, small.ingestor.context)
        assert without_cures(set(found.findings)) == set().union(*expected.values()), (seed, number)
        assert not found.unjudged
