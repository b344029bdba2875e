"""The few words that stand beside a proposition on a page: who says so, or why nothing is decided."""

from collections.abc import Sequence

from kg.status.act import UNKNOWN_SPEAKER, Act, Evidence, Wording
from kg.status.verdict import Decision, Status, Strength
from kg.status.wording import NameOf, add_spaces, denial_verb, join_names, likelihood_of, position_of, verb_of


def write_badge(decision: Decision, name_of: NameOf, *, is_assessment: bool = False) -> str:
    """The badge of a proposition."""
    match decision.status:
        case Status.USED:
            return "a name"
        case Status.ASSERTED:
            return _asserted(decision, name_of, is_assessment)
        case Status.CLAIMED:
            return _claimed(decision.affirming, name_of)
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


def _claimed(items: Sequence[Evidence], name_of: NameOf) -> str:
    spoken = [item for item in items if item.speaker != UNKNOWN_SPEAKER] or list(items)
    own = [item for item in spoken if not (item.is_author and (verb_of(item) != "said" or _is_quoted(item)))]
    named = [item for item in own if verb_of(item) != "reported"]
    if not own:
        return "the words of others" if all(map(_is_quoted, spoken)) else "told as a claim"
    if not named:
        return "reported"
    verbs = {verb_of(item) for item in named}
    return f"{verbs.pop() if len(verbs) == 1 else 'said'} by {_by(named, name_of)}"


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
