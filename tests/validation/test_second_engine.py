"""pySHACL has the same verdicts on whole graphs as the validation of changes has on what they affect."""

from collections.abc import Callable

import pytest
from random_changes import COUNT as CHANGES
from random_changes import LARGE, SEED, RandomChanges, describe
from sample_graph import SampleGraph, create_hard_graph, create_sample_graph

from kg.validation.judgement import Judgement
from kg.validation.pyshacl_engine import PyShaclEngine
from kg.validation.validator import Validator, find_ill_typed

pytestmark = pytest.mark.slow

COUNT = max(10, CHANGES // 100)


@pytest.mark.parametrize("create", [create_sample_graph, create_hard_graph], ids=["our-shapes", "hard-shapes"])
def test_the_second_engine_has_the_same_verdicts_on_the_whole_graph(create: Callable[[], SampleGraph]) -> None:
    graph = create()
    validator, second = Validator(graph.shapes), PyShaclEngine.compile(graph.shapes)
    known = {(finding.subject, finding.rule) for finding in second.validate({quad.triple for quad in graph.quads})}
    refused = 0
    for change in RandomChanges(graph.quads, SEED + 1).draw(COUNT):
        judgement = validator.validate_change(change, LARGE)
        if find_ill_typed(change.added):
            continue
        whole = second.validate({quad.triple for quad in change.after.match(None, None, None)})
        new = {(finding.subject, finding.rule) for finding in whole} - known
        assert bool(new) == _has_new(judgement, known), describe(change)
        refused += bool(new)
    assert 0 < refused < COUNT


def _has_new(judgement: Judgement, known: set[tuple[str, str]]) -> bool:
    return any((finding.subject, finding.rule) not in known for finding in judgement.findings)
