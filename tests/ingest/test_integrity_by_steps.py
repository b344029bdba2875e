"""What the whole graph would be refused for cannot be reached by steps: rules of a change against those of the whole.

The whole is the same graph proposed as one change of a graph that contains the ontology alone.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox
import pytest
from graph_edits import GraphEdits
from in_process import InProcessGraph

from kg.errors import Finding, Severity
from kg.ingest.documents import Document, locate_file
from kg.ingest.edtf_dates import derive_days
from kg.ingest.ingestor import Ingestor
from kg.ingest.integrity import RULES
from kg.ingest.proposed_write import ProposedWrite
from kg.namespaces import value_of
from kg.store.embedded import EmbeddedStore
from kg.store.interface import normalize
from kg.store.proposed_change import ProposedChange

Quads = frozenset[ox.Quad]
STEPS = 60
LARGE = 50
"""Removals of more quads are judged and not made: nothing would be left to edit."""
_OF_DOCUMENTS = {"check_distinct_documents"}
_MISSING = {"unknown-reference": "value", "still-used": "subject"}


class Walk:
    """A walk by random edits: those that the rules accept are made."""

    def __init__(self, graph: InProcessGraph, seed: int) -> None:
        self.ingestor, self.ontology = graph.ingestor, graph.ingestor.context.ontology
        self.store = EmbeddedStore.in_memory()
        self.store.engine.extend(graph.store.quads())
        text = (graph.settings.archive_dir / "post.txt").read_text(encoding="utf-8")  # type: ignore[operator]
        self.edits = GraphEdits(random.Random(seed), graph.settings.base_iri, text, self.ontology)

    def steps(self, count: int) -> Iterator[tuple[ProposedWrite, dict[str, set[Finding]]]]:
        """Each write with the findings of each rule."""
        for _ in range(count):
            removed, added = (normalize(quads) for quads in self.edits.draw(frozenset(self.store.quads())))
            write = self.ingestor.propose_change(ProposedChange.over(self.store, removed - added, added), self.store)
            findings = judge(write)
            yield write, findings
            if not violations(findings) and len(write.change.removed) < LARGE:
                for quad in write.change.removed:
                    self.store.engine.remove(quad)
                self.store.engine.extend(write.change.added)


def judge(write: ProposedWrite) -> dict[str, set[Finding]]:
    """What each rule finds, without places and cures."""
    found = {rule.__name__: set(rule(write)) for rule in RULES}
    found["dates"] = set(write.findings)
    return {
        rule: {replace(finding, cure="", location=None) for finding in findings} for rule, findings in found.items()
    }


def violations(findings: dict[str, set[Finding]]) -> dict[str, set[Finding]]:
    """The violations by rule; what refers to nothing, and what is gone and still referred to, are one finding."""
    found = {
        rule: {finding for finding in of_rule if finding.severity == Severity.VIOLATION}
        for rule, of_rule in findings.items()
        if rule not in ("check_references", "check_removals", *_OF_DOCUMENTS)
    }
    missing = {
        getattr(finding, _MISSING[finding.rule])
        for rule in ("check_references", "check_removals")
        for finding in findings[rule]
    }
    found["missing"] = {
        Finding("missing", subject=iri) for iri in missing if not iri.startswith("https://example.org/")
    }
    return {rule: of_rule for rule, of_rule in found.items() if of_rule}


def judge_whole(ingestor: Ingestor, quads: Quads) -> tuple[dict[str, set[Finding]], Quads]:
    """What the rules find in the whole graph, and the graph with the days of its dates."""
    ontology = ingestor.context.ontology
    store = EmbeddedStore.in_memory()
    store.engine.extend(ontology)
    change = ProposedChange.over(store, frozenset(), quads - ontology)
    write = ingestor.propose_change(change, store)
    return judge(write), frozenset(write.after.match(None, None, None))


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
    assert {rule.__name__ for rule in RULES} - broken == _OF_DOCUMENTS | {"check_texts_archived"}


def test_derived_days_of_the_base_are_those_of_its_dates(small: InProcessGraph) -> None:
    quads = frozenset(small.store.quads())
    derived, findings = derive_days(quads)
    assert (frozenset(derived), findings) == (quads, [])
    assert all(value_of(quad.graph_name) for quad in quads)
