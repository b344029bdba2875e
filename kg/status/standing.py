"""How a proposition stands by itself: its status, in a word, in a sentence and in a line of attribution.

The one way for questions, GraphQL and pages: all that they show of a proposition comes from here.
"""

from dataclasses import dataclass

from kg.status.act import Evidence
from kg.status.attribution import attribute_proposition
from kg.status.badge import write_badge
from kg.status.evidence import EvidenceReader, find_assessors
from kg.status.headline import write_headline
from kg.status.provenance import NamedEvidenceGraph
from kg.status.topic import Topic, topic_of
from kg.status.verdict import Decision, decide


@dataclass(frozen=True, slots=True)
class Standing:
    """A proposition, decided; ``evidence`` are the acts on that proposition alone."""

    decision: Decision
    evidence: tuple[Evidence, ...]
    topic: Topic
    headline: str
    badge: str
    attribution: str


def read_standing(graph: NamedEvidenceGraph, proposition: str) -> Standing:
    """How the proposition stands, by the acts on it alone."""
    reader = EvidenceReader(graph)
    evidence = reader.collect(proposition)
    decision = decide(evidence, is_name=reader.is_name(proposition))
    topic, name_of = topic_of(graph, proposition), graph.name_of
    return Standing(
        decision,
        tuple(evidence),
        topic,
        headline=write_headline(decision, evidence, name_of, topic),
        badge=write_badge(decision, name_of, is_assessment=topic.is_assessment),
        attribution=attribute_proposition(
            evidence, find_assessors(graph, proposition), name_of, is_name=decision.is_name
        ),
    )
