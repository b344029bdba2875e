"""Walks over graphs by random edits, judged step by step by the integrity rules, and as a whole.

The whole is the same graph proposed as one change of a graph that contains the ontology alone.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox
from graph_edits import GraphEdits
from in_process import InProcessGraph

from kg.errors import Finding, Severity
from kg.ingest.ingestor import Ingestor
from kg.ingest.integrity import RULES
from kg.ingest.proposed_write import ProposedWrite
from kg.store.embedded import EmbeddedStore
from kg.store.interface import normalize
from kg.store.proposed_change import ProposedChange

Quads = frozenset[ox.Quad]
LARGE = 50
"""Removals of more quads are judged and not made: nothing would be left to edit."""
OF_DOCUMENTS = {"check_distinct_documents"}
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
        if rule not in ("check_references", "check_removals", *OF_DOCUMENTS)
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
