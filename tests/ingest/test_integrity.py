"""The integrity rules across documents: home graphs, references and removals."""

from collections.abc import Callable
from pathlib import Path

import pytest
from in_process import InProcessGraph

from kg.errors import Finding, InputRejectedError
from kg.ingest.integrity import RULES

Reject = Callable[[bytes, str], tuple[Finding, ...]]


def test_every_rule_says_what_it_requires() -> None:
    assert len(RULES) == len(set(RULES))
    assert all(rule.__doc__ for rule in RULES)


def test_resource_of_another_home_graph_is_rejected(post: str, reject: Reject) -> None:
    text = post.replace("zones:\n", "  - {id: place/ilm, type: Place, placeKind: town, prefLabel: Ilm}\n\nzones:\n")
    (finding,) = reject(text.encode(), "post.yaml")
    graphs = "https://w3id.org/conflict-kg/graph/"
    assert finding.subject.endswith("/id/place/ilm")
    assert finding.message == f"described in {graphs}invented and {graphs}post"
    assert finding.cure == "Describe it in one of them, and only refer to it in the other"
    assert finding.location
    assert finding.location.line == text.splitlines().index("zones:") - 1


def test_resource_that_another_graph_points_at_cannot_be_removed(
    post: str, knowledge_graph: InProcessGraph, example: Path
) -> None:
    knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    before = frozenset(knowledge_graph.store.quads())
    register = (example / "register.ttl").read_text(encoding="utf-8")
    without = "\n".join(line for line in register.splitlines() if not line.startswith("place:ilm"))
    with pytest.raises(InputRejectedError) as rejection:
        knowledge_graph.load([knowledge_graph.ingestor.read(without.encode(), "register.ttl")])
    (finding,) = rejection.value.findings
    assert finding.subject.endswith("/id/place/ilm")
    assert finding.message.startswith("would be removed, but https://")
    assert "proposition/post-ilm" in finding.message
    assert finding.cure == "Keep it, or first change what refers to it"
    assert finding.location
    assert finding.location.document == "register.ttl"
    assert frozenset(knowledge_graph.store.quads()) == before


def test_two_files_with_one_home_graph_are_rejected(post: str, register_graph: InProcessGraph) -> None:
    documents = [register_graph.ingestor.read(post.encode(), name) for name in ("one.yaml", "two.yaml")]
    with pytest.raises(InputRejectedError) as rejection:
        register_graph.load(documents)
    (finding,) = rejection.value.findings
    assert finding.message == "the same home graph as one.yaml"
    assert str(finding.location) == f"two.yaml:{post.splitlines().index('id: ../graph/post') + 1}:1"


def test_named_graph_that_does_not_describe_itself_is_rejected_by_its_file(reject: Reject, example: Path) -> None:
    text = (example / "defective-dataset.trig").read_text(encoding="utf-8")
    stray = "<https://w3id.org/conflict-kg/graph/stray> { <https://example.org/s> a <https://example.org/Class> }\n"
    findings = reject((text + stray).encode(), "a.trig")
    (finding,) = [finding for finding in findings if finding.rule == "home-graph"]
    assert finding.message == "the graph does not say what it is"
    assert finding.cure.startswith("Add <https://w3id.org/conflict-kg/graph/stray> a ck:Dossier")
    assert str(finding.location) == "a.trig"
