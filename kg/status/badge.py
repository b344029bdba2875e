"""The few words that stand beside a proposition on a page: who says so, or why nothing is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from kg.status.act import UNKNOWN_SPEAKER, Act, Evidence, Wording
from kg.status.verdict import Decision, Status, Strength
from kg.status.wording import NameOf, add_spaces, denial_verb, join_names, likelihood_of, position_of, verb_of


class ClaimKind(Enum):
    """How a claim that no source makes its own is reported."""

    BY_SPEAKERS = auto()
    AS_A_CLAIM = auto()
    AS_WORDS_OF_OTHERS = auto()
    REPORTED = auto()
    """By whom is not said."""


@dataclass(frozen=True, slots=True)
class ClaimWording:
    """The words for a claim: a participle, and the speakers whom it is said by where the sources name them."""

    kind: ClaimKind
    participle: str
    speakers: tuple[str, ...] = ()

    def write(self, name_of: NameOf) -> str:
        """Said by A and B; told as a claim."""
        return f"{self.participle} by {join_names(self.speakers, name_of)}" if self.speakers else self.participle


def write_badge(decision: Decision, name_of: NameOf, *, is_assessment: bool = False) -> str:
    """The badge of a proposition."""
    match decision.status:
        case Status.USED:
            return "a name"
        case Status.ASSERTED:
            return _asserted(decision, name_of, is_assessment)
        case Status.CLAIMED:
            return word_claim(decision.affirming).write(name_of)
        case Status.DENIED:
            return f"{_participle(decision.rejecting)} by {_by(decision.rejecting, name_of)}"
        case Status.REJECTED:
            if decision.is_name:
                return f"rejected by {_by(decision.rejecting, name_of)}"
            rejecting = [item for item in decision.rejecting if item.counts_in_full] or decision.rejecting
            if decision.strength is Strength.LIKELY:
                return f"{_participle(rejecting)} by {_by(rejecting, name_of)}"
            return f"{_by(rejecting, name_of)} {'say' if _are_many(rejecting) else 'says'} no"
        case Status.DISPUTED:
            return "a disputed name" if decision.is_name else "disputed"
        case Status.ONLY_INTENDED:
            return position_of(decision.reasons[0], name_of)
    return add_spaces(decision.status)


def _asserted(decision: Decision, name_of: NameOf, is_assessment: bool) -> str:
    items = [item for item in decision.affirming if item.counts_in_full]
    says = "say" if _are_many(items) else "says"
    if all(item.origin.is_recorders for item in items):
        return "noted by the recorder"
    if items[0].origin.position_kind:
        return position_of(items[0], name_of)
    who = _by(items, name_of)
    if is_assessment:
        return f"judgement of {who}"
    if all(item.is_made_by_being_said for item in items):
        return f"declared by {who}"
    if decision.strength is Strength.EVIDENTIAL:
        return f"{who}, on evidence"
    if decision.strength is Strength.LIKELY:
        return f"{who}: {likelihood_of(items)}"
    if all(item.origin.explicitness in ("implied", "implicit") for item in items):
        return f"{who}, by implication"
    return f"{who} {says} so"


def word_claim(items: Sequence[Evidence]) -> ClaimWording:
    """How the claim that these acts affirm is reported."""
    spoken = [item for item in items if item.speaker != UNKNOWN_SPEAKER] or list(items)
    own = [item for item in spoken if not (item.is_author and (verb_of(item) != "said" or _is_quoted(item)))]
    named = [item for item in own if verb_of(item) != "reported"]
    if not own:
        if all(map(_is_quoted, spoken)):
            return ClaimWording(ClaimKind.AS_WORDS_OF_OTHERS, "the words of others")
        return ClaimWording(ClaimKind.AS_A_CLAIM, "told as a claim")
    if not named:
        return ClaimWording(ClaimKind.REPORTED, "reported")
    verbs = {verb_of(item) for item in named}
    speakers = tuple(item.speaker for item in named)
    return ClaimWording(ClaimKind.BY_SPEAKERS, verbs.pop() if len(verbs) == 1 else "said", speakers)


def _is_quoted(item: Evidence) -> bool:
    return Wording.DISTANCE in item.wordings


def _participle(rejecting: Sequence[Evidence]) -> str:
    """Denied; held unlikely, if all deny it so."""
    participles = {denial_verb(item).participle if item.act is Act.DENIES else "denied" for item in rejecting}
    return participles.pop() if len(participles) == 1 else "denied"


def _by(items: Sequence[Evidence], name_of: NameOf) -> str:
    return join_names((item.speaker for item in items), name_of)


def _are_many(items: Sequence[Evidence]) -> bool:
    return len({item.speaker for item in items}) > 1
