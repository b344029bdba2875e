"""What the whole graph would be refused for cannot be reached by steps: rules of a change against those of the whole.

The walks, and what the whole is, are in ``integrity_walk``.
"""

import pyoxigraph as ox
import pytest
from in_process import InProcessGraph
from integrity_walk import OF_DOCUMENTS, Walk, judge, judge_whole, violations

from kg.ingest.documents import Document, locate_file
from kg.ingest.edtf_dates import derive_days
from kg.ingest.integrity import RULES
from kg.ingest.proposed_write import ProposedWrite
from kg.namespaces import value_of

STEPS = 60


def as_documents(write: ProposedWrite) -> list[Document] | None:
    """The home graphs that the write touches, as documents; None if one would have nothing in it."""
    names = {quad.graph_name for quad in write.changed()}
    graphs = [name for name in names if isinstance(name, ox.NamedNode)]
    quads = {graph: frozenset(write.after.match(None, None, None, graph)) for graph in graphs}
    if len(graphs) < len(names) or not all(quads.values()):
        return None
    return [Document(graph.value, of_graph, locate_file(graph.value)) for graph, of_graph in quads.items()]


@pytest.fixture
def small(knowledge_graph: InProcessGraph, post: str) -> InProcessGraph:
    """The register and the post, with the text of the post in the archive."""
    knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    return knowledge_graph


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_change_is_refused_if_and_only_if_the_whole_graph_would_be(small: InProcessGraph, seed: int) -> None:
    for number, (write, findings) in enumerate(Walk(small, seed).steps(STEPS)):
        after = frozenset(write.after.match(None, None, None))
        whole, completed = judge_whole(small.ingestor, after)
        assert violations(findings) == violations(whole), (seed, number)
        assert completed == after, "the days of all dates are there, and no others"


@pytest.mark.slow
def test_a_document_is_refused_if_and_only_if_its_changes_would_be(small: InProcessGraph) -> None:
    compared = 0
    walk = Walk(small, seed=100)
    for write, findings in walk.steps(STEPS):
        documents = as_documents(write)
        if documents is not None:
            of_documents = walk.ingestor.propose(documents, walk.store)
            assert of_documents.change.added == write.change.added
            assert of_documents.change.removed == write.change.removed
            assert violations(judge(of_documents)) == violations(findings)
            compared += 1
    assert compared > STEPS / 2


@pytest.mark.slow
def test_every_rule_is_broken_on_the_way(small: InProcessGraph) -> None:
    broken: set[str] = set()
    for seed in range(8):
        for _, findings in Walk(small, seed).steps(STEPS):
            broken.update(rule for rule, found in findings.items() if found)
    assert {rule.__name__ for rule in RULES} - broken == OF_DOCUMENTS


def test_derived_days_of_the_base_are_those_of_its_dates(small: InProcessGraph) -> None:
    quads = frozenset(small.store.quads())
    derived, findings = derive_days(quads)
    assert (frozenset(derived), findings) == (quads, [])
    assert all(value_of(quad.graph_name) for quad in quads)
