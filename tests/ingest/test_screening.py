"""What the screened rules find in a whole graph is what all rules find in it, described as one change."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from in_process import InProcessGraph
from integrity_walk import LARGE, OF_DOCUMENTS, Quads, Walk, judge_whole

from kg.errors import Finding, Severity
from kg.ingest.integrity import RULES
from kg.ingest.integrity_context import IntegrityContext
from kg.ingest.rules.interface import Rule
from kg.ingest.screening import SCREENS, WARNING_SCREENS, check_whole
from kg.store.embedded import EmbeddedStore
from kg.store.interface import normalize

Judged = tuple[EmbeddedStore, dict[str, set[Finding]]]
SEEDS = range(4)
STEPS = 20
EDITS = 4
"""Between two graphs that are judged."""
_OF_CHANGES = {"check_removals", *OF_DOCUMENTS}


def broken_graphs(graph: InProcessGraph, seed: int) -> Iterator[Quads]:
    """Graphs on a walk on which every edit is made, so that faults pile up; it starts again from time to time."""
    walk, state = Walk(graph, seed), frozenset(graph.store.quads())
    for number in range(STEPS):
        for _ in range(EDITS):
            removed, added = walk.edits.draw(state)
            if len(removed) < LARGE:
                state = normalize((state - removed) | added)
        yield state
        if number % 5 == 4:
            state = frozenset(graph.store.quads())


def test_each_rule_about_graphs_has_a_screen() -> None:
    assert {rule.__name__ for rule in RULES} - _OF_CHANGES == {rule.__name__ for rule in (*SCREENS, *WARNING_SCREENS)}


@pytest.fixture(scope="module")
def judged_graphs(register_graph: InProcessGraph, post: str) -> list[Judged]:
    """Graphs with the findings of each rule about all that they contain."""
    store = EmbeddedStore.in_memory()
    store.engine.extend(register_graph.store.quads())
    graph = InProcessGraph(store, register_graph.ingestor, register_graph.settings)
    graph.load([graph.ingestor.read(post.encode(), "post.yaml")])
    judged = []
    for quads in (quads for seed in SEEDS for quads in broken_graphs(graph, seed)):
        findings, completed = judge_whole(graph.ingestor, quads)
        del findings["dates"]
        store = EmbeddedStore.in_memory()
        store.engine.extend(completed)
        judged.append((store, findings))
    return judged


def find(store: EmbeddedStore, context: IntegrityContext) -> set[Finding]:
    """What the screened rules find, without places and cures."""
    found = check_whole(store, context)
    assert not found.unjudged
    return {replace(finding, cure="", location=None) for finding in found.findings}


@pytest.mark.slow
def test_the_screened_rules_find_what_all_rules_find(
    register_graph: InProcessGraph, judged_graphs: Sequence[Judged]
) -> None:
    for number, (store, findings) in enumerate(judged_graphs):
        assert find(store, register_graph.ingestor.context) == set().union(*findings.values()), number


@pytest.mark.slow
@pytest.mark.parametrize("rule", [*SCREENS, *WARNING_SCREENS], ids=lambda rule: rule.__name__)
def test_a_screen_that_returns_nothing_is_noticed(
    register_graph: InProcessGraph, judged_graphs: Sequence[Judged], rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens: Any = SCREENS if rule in SCREENS else WARNING_SCREENS
    monkeypatch.setitem(screens, rule, lambda _: ())
    broken = [(store, findings) for store, findings in judged_graphs if findings[rule.__name__]][:3]
    assert broken, "the walk breaks the rule"
    for store, findings in broken:
        missed = set().union(*findings.values()) - find(store, register_graph.ingestor.context)
        assert missed
        assert missed <= findings[rule.__name__]


@pytest.mark.slow
def test_rules_that_only_warn_are_those_of_the_second_table(judged_graphs: Sequence[Judged]) -> None:
    warning = {rule.__name__ for rule in WARNING_SCREENS}
    for _, findings in judged_graphs:
        for rule, found in findings.items():
            assert {finding.severity is Severity.WARNING for finding in found} <= {rule in warning}
