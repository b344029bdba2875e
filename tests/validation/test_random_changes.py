"""What validating a change finds is what validating the whole graph finds: on random changes, by both engines."""

from collections.abc import Callable

import pytest
from random_changes import COUNT, LARGE, SEED, RandomChanges, describe
from sample_graph import SampleGraph, create_hard_graph, create_sample_graph

from kg.validation.validator import Validator

pytestmark = pytest.mark.slow

AGREEMENTS = 60
GRAPHS = pytest.mark.parametrize("create", [create_sample_graph, create_hard_graph], ids=["our-shapes", "hard-shapes"])


@GRAPHS
def test_a_change_has_the_findings_of_the_whole_graph(create: Callable[[], SampleGraph]) -> None:
    graph = create()
    validator = Validator(graph.shapes)
    known = set(validator.validate(graph.quads))
    refused, affected = 0, 0
    for number, change in enumerate(RandomChanges(graph.quads, SEED).draw(COUNT)):
        judgement = validator.validate_change(change, LARGE)
        found, whole = set(judgement.findings), set(validator.validate(change.after.match(None, None, None)))
        assert found <= whole, f"of change {number}: {describe(change)}"
        assert whole - found <= known, f"missed of change {number}: {describe(change)}"
        refused += not judgement.conforms
        affected += judgement.pairs is not None
    assert COUNT / 10 < refused < COUNT, "changes of both kinds"
    assert affected > COUNT * 0.95, "by read sets"


@GRAPHS
def test_both_engines_agree_on_what_a_change_affects(create: Callable[[], SampleGraph]) -> None:
    graph = create()
    validator = Validator(graph.shapes)
    for change in RandomChanges(graph.quads, SEED + 2).draw(AGREEMENTS):
        assert validator.agrees(validator.validate_change(change, LARGE)), describe(change)
