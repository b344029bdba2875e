"""How a proposition stands by itself: its status, in a word, in a sentence and in a line of attribution.

The one way for questions, GraphQL and pages: all that they show of a proposition comes from here. Its status counts the
acts on it alone; its headline also says what stands beside it.
"""

from dataclasses import dataclass, replace

from kg.status.act import Evidence
from kg.status.attribution import ActPhrases, attribute_proposition
from kg.status.badge import write_badge
from kg.status.evidence import EvidenceReader, find_assessors, relate_denials
from kg.status.headline import write_sentence
from kg.status.provenance import NamedEvidenceGraph
from kg.status.sentence import Sentence
from kg.status.support import find_supports_of_denials, write_supports
from kg.status.surroundings import Nearness, Surroundings
from kg.status.tension import find_tensions, write_tensions
from kg.status.topic import Topic, topic_of
from kg.status.verdict import Decision, decide


@dataclass(frozen=True, slots=True)
class Standing:
    """A proposition, decided."""

    decision: Decision
    evidence: tuple[Evidence, ...]
    """The acts on the proposition, and after them those beside it."""
    topic: Topic
    sentence: Sentence
    """The headline in phrases, with the statements that they word."""
    badge: str
    attribution: str

    @property
    def headline(self) -> str:
        """The sentence as plain text."""
        return "".join(phrase.text for phrase in self.sentence)


def read_standing(graph: NamedEvidenceGraph, proposition: str, surroundings: Surroundings | None = None) -> Standing:
    """How the proposition stands, by the acts on it and on what says the same.

    Only with ``surroundings`` does the headline say that no other speaker denies it, or says so.
    """
    reader = EvidenceReader(graph)
    same, beside = surroundings.evidence(proposition) if surroundings else ([], [])
    own = [*reader.collect(proposition), *same]
    evidence = relate_denials(reader, [*own, *beside])
    own = evidence[: len(own)]
    decision = decide(own, is_name=reader.is_name(proposition))
    tensions = find_tensions(reader, graph, {item.statement for item in own})
    supports = find_supports_of_denials(graph, decision.rejecting)
    topic = replace(_topic(graph, proposition, surroundings), tensions=tensions, supports=supports)
    name_of = graph.name_of
    phrases = ActPhrases(name_of, is_name=decision.is_name)
    return Standing(
        decision,
        tuple(evidence),
        topic,
        sentence=write_sentence(decision, evidence, name_of, topic),
        badge=write_badge(decision, name_of, is_assessment=topic.is_assessment),
        attribution=attribute_proposition(
            own,
            find_assessors(graph, proposition),
            phrases,
            [*write_supports(supports, phrases), *write_tensions(tensions, phrases)],
        ),
    )


def _topic(graph: NamedEvidenceGraph, proposition: str, surroundings: Surroundings | None) -> Topic:
    topic = replace(topic_of(graph, proposition), proposition=proposition)
    if surroundings is None:
        return topic
    near = surroundings.near(proposition)
    other_accounts = frozenset(other for other, nearness in near.items() if nearness is Nearness.OTHERWISE)
    return replace(topic, other_accounts=other_accounts, is_looked_around=True)
