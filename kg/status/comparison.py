"""Where several sources, or several speakers, agree on a proposition and where they contradict each other.

Each side is decided by its own acts alone, by the rules of ``kg.status.verdict``: what says more affirms, what denies
something more general rejects, silence is neither. Owns how the decisions of sides relate, and the words for it; who is
right is never said.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kg.status.act import Evidence
from kg.status.badge import write_badge
from kg.status.standing import Standing
from kg.status.verdict import Decision, Status, Verdict, decide
from kg.status.wording import NameOf
from kg.text_direction import isolate

Belongs = Callable[[Evidence], bool]


class Stance(StrEnum):
    """What one side has on a proposition."""

    AFFIRMS = "affirms"
    REJECTS = "rejects"
    DISPUTES = "disputed within"
    """It has both: somebody says so there, and somebody else rejects it."""
    OPEN = "left open"
    """It speaks of it, and neither affirms nor rejects it."""
    UNDECIDED = "not decided here"
    """It speaks of it, and there is too much evidence to decide it for one page."""
    SILENT = "does not say"


class Relation(StrEnum):
    """How the sides that speak of a proposition stand to each other."""

    AGREE = "agree"
    REJECT_ALIKE = "reject alike"
    CONTRADICT = "contradict"
    DISPUTED_WITHIN = "disputed within"
    DIFFER = "differ"
    """One affirms or rejects it, another leaves it open."""
    OPEN = "open"
    ALONE = "alone"
    SILENT = "silent"
    UNDECIDED = "not decided here"
    """There is too much evidence to decide it for one page."""


@dataclass(frozen=True, slots=True)
class SideDecision:
    """What one side has on a proposition, decided by its own acts."""

    stance: Stance
    badge: str
    """Who says so there, in a few words; empty if it is silent."""
    decision: Decision | None = None
    is_in_full: bool = False
    """The source says it in its own voice, and does not only report it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The sides of one proposition, by their keys."""

    relation: Relation
    sides: Mapping[str, SideDecision]
    is_in_full: bool
    """All sides that affirm or reject it do so in their own voice."""

    def describe(self, name_of: NameOf) -> str:
        """The same is said in them: A says so; claimed by B. Only A speaks of it."""
        spoken = {key: side for key, side in self.sides.items() if side.stance is not Stance.SILENT}
        if self.relation is Relation.ALONE:
            return f"Only {isolate(name_of(next(iter(spoken))))} speaks of it."
        words = (_REPORTED if not self.is_in_full else {}).get(self.relation, _WORDS[self.relation])
        sides = "; ".join(_describe_side(name_of(key), side) for key, side in spoken.items() if side.badge)
        return f"{words}: {sides}." if sides else f"{words}."


def _describe_side(name: str, side: SideDecision) -> str:
    """A: claimed by C; without the name where the badge has it."""
    return side.badge if isolate(name) in side.badge else f"{isolate(name)}: {side.badge}"


SILENT_SIDE = SideDecision(Stance.SILENT, "")
_WORDS = {
    Relation.AGREE: "They agree",
    Relation.REJECT_ALIKE: "They agree that it is not so",
    Relation.CONTRADICT: "They contradict each other",
    Relation.DISPUTED_WITHIN: "Disputed within one of them",
    Relation.DIFFER: "They differ, without a contradiction",
    Relation.OPEN: "Open in all that speak of it",
    Relation.SILENT: "None of them says",
    Relation.UNDECIDED: "Not decided here, for there are too many statements on it",
}
_REPORTED = {
    Relation.AGREE: "The same is said in them",
    Relation.REJECT_ALIKE: "It is rejected in them alike",
    Relation.CONTRADICT: "Opposite things are said in them",
}
"""Where a side only reports what others say: then sources do not agree or contradict in their own voice."""
_STANCES = {
    Verdict.YES: Stance.AFFIRMS,
    Verdict.CLAIMED: Stance.AFFIRMS,
    Verdict.NO: Stance.REJECTS,
    Verdict.DENIED: Stance.REJECTS,
    Verdict.DISPUTED: Stance.DISPUTES,
}


def compare(standing: Standing, sides: Mapping[str, Belongs], name_of: NameOf) -> Comparison:
    """How the sides stand on the proposition; ``sides`` says which acts are of which side."""
    decided = {key: _decide_side(standing, belongs, name_of) for key, belongs in sides.items()}
    return relate(decided)


def relate(sides: Mapping[str, SideDecision]) -> Comparison:
    """How sides that are decided stand to each other."""
    settled = [side for side in sides.values() if side.stance in (Stance.AFFIRMS, Stance.REJECTS)]
    return Comparison(
        _relate([side.stance for side in sides.values()]), sides, all(side.is_in_full for side in settled)
    )


def _relate(stances: Iterable[Stance]) -> Relation:
    spoken = [stance for stance in stances if stance is not Stance.SILENT]
    found = set(spoken)
    if len(spoken) < 2:
        return Relation.ALONE if spoken else Relation.SILENT
    if {Stance.AFFIRMS, Stance.REJECTS} <= found:
        return Relation.CONTRADICT
    if Stance.DISPUTES in found:
        return Relation.DISPUTED_WITHIN
    if len(found) > 1:
        return Relation.DIFFER
    return {Stance.AFFIRMS: Relation.AGREE, Stance.REJECTS: Relation.REJECT_ALIKE, Stance.OPEN: Relation.OPEN}[
        found.pop()
    ]


def _decide_side(standing: Standing, belongs: Belongs, name_of: NameOf) -> SideDecision:
    items = [item for item in standing.evidence if belongs(item)]
    decision = decide(items, is_name=standing.decision.is_name)
    if decision.status is Status.SILENT:
        return SILENT_SIDE
    if decision.status is Status.USED:
        return SideDecision(Stance.AFFIRMS, write_badge(decision, name_of), decision, is_in_full=True)
    stance = _STANCES.get(decision.verdict, Stance.OPEN)
    badge = write_badge(decision, name_of, is_assessment=standing.topic.is_assessment)
    return SideDecision(stance, badge, decision, decision.verdict in (Verdict.YES, Verdict.NO))
