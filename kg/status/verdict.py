"""The decision table: from acts on propositions to a verdict or a status.

Owns the rules, as a pure function over plain values. Independent of RDF, SPARQL, questions and words for people:
``kg.status.evidence`` reads the acts from a graph, ``kg.status.headline`` puts the decision into words.

Who says it and how it is worded decide: an act counts in full if a source says it in its own voice, else it is reported
speech. A proposition says that *some* matching thing holds: asserting a more specific one affirms the question, denying
a more general one rejects it, nothing else follows. Silence is never "no".
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from kg.status.act import UNKNOWN_SPEAKER, Act, Bearing, Evidence, Wording


class Verdict(StrEnum):
    """The answers to a yes/no question."""

    YES = "yes"
    CLAIMED = "claimed"
    """Said by people whom the sources quote, not by a source itself."""
    NO = "no"
    DENIED = "denied"
    """Rejected by reported speech only, and not affirmed."""
    DISPUTED = "disputed"
    UNDETERMINED = "undetermined"


class Strength(StrEnum):
    """How a yes or a no is worded: as by the firmest of the acts that decide."""

    FLAT = "flat"
    EVIDENTIAL = "evidential"
    LIKELY = "likely"


class Reason(StrEnum):
    """Why a question is undetermined. In order of precedence: the first that applies is the reason."""

    NO_EVIDENCE_FOUND = "no-evidence-found"
    LEFT_OPEN = "left-open"
    ONLY_POSSIBLE = "only-possible"
    ONLY_ON_A_CONDITION = "only-on-a-condition"
    PARTLY = "partly"
    ONLY_INTENDED = "only-intended"
    TAKEN_BACK = "taken-back"
    SILENT = "silent"


class Status(StrEnum):
    """The decision, phrased about a proposition instead of a question."""

    ASSERTED = "asserted"
    CLAIMED = "claimed"
    USED = "used"
    """Of a name: it is used, and not rejected."""
    REJECTED = "rejected"
    DENIED = "denied"
    DISPUTED = "disputed"
    NO_EVIDENCE_FOUND = "no-evidence-found"
    LEFT_OPEN = "left-open"
    ONLY_POSSIBLE = "only-possible"
    ONLY_ON_A_CONDITION = "only-on-a-condition"
    ONLY_INTENDED = "only-intended"
    TAKEN_BACK = "taken-back"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with the acts that it rests on; acts are sorted by statement."""

    verdict: Verdict
    reason: Reason | None = None
    """Why it is undetermined; None also for a name that is used."""
    strength: Strength | None = None
    """Of a yes or a no."""
    disputed_aspects: tuple[str, ...] = ()
    """The aspects in which statements on it are disputed, those included that do not reject it; sorted."""
    is_inferred: bool = False
    """Every act that decides is an inference; of a dispute, every one that affirms."""
    is_name: bool = False
    affirming: tuple[Evidence, ...] = ()
    rejecting: tuple[Evidence, ...] = ()
    reasons: tuple[Evidence, ...] = ()
    """The acts for which it is undetermined."""

    @property
    def status(self) -> Status:
        """The status of a proposition with this decision; PARTLY is a reason of answers only."""
        if self.reason is Reason.PARTLY:
            return Status.SILENT
        if self.reason:
            return Status(self.reason)
        if self.is_name and self.verdict is not Verdict.DISPUTED:
            return Status.USED if self.verdict is Verdict.UNDETERMINED else Status.REJECTED
        return _STATUS[self.verdict]

    @property
    def deciding(self) -> tuple[Evidence, ...]:
        """The acts that it rests on."""
        return (*self.affirming, *self.rejecting, *self.reasons)

    @property
    def grounds(self) -> tuple[str, ...]:
        """The statements that it rests on, sorted by IRI."""
        return tuple(sorted({iri for item in self.deciding for iri in (item.statement, *item.premises)}))


_STATUS = {
    Verdict.YES: Status.ASSERTED,
    Verdict.CLAIMED: Status.CLAIMED,
    Verdict.NO: Status.REJECTED,
    Verdict.DENIED: Status.DENIED,
    Verdict.DISPUTED: Status.DISPUTED,
}
_PRECEDENCE = (Verdict.YES, Verdict.DISPUTED, Verdict.CLAIMED, Verdict.NO, Verdict.DENIED, Verdict.UNDETERMINED)
_REASONS_IN_ORDER = tuple(Reason)
_AFFIRMING = frozenset({
    Bearing.EXACT, Bearing.SPECIFIC, Bearing.BY_REFERENCE, Bearing.BY_FORCE, Bearing.BY_PARTS,
})  # fmt: skip
_REJECTING = frozenset({Bearing.EXACT, Bearing.GENERAL, Bearing.OF_WHOLE, Bearing.OF_UNIT})
_SAME_TOPIC = frozenset({Bearing.EXACT, Bearing.SPECIFIC, Bearing.GENERAL})


def decide(evidence: Iterable[Evidence], *, is_name: bool = False) -> Decision:
    """The decision on these acts; ``is_name`` if they are acts on a Labelling. Order and repetition do not matter.

    Incident by incident: acts on different incidents never meet, and what names no incident and does not affirm
    concerns them all.
    """
    items = _without_idle(evidence)
    incidents = sorted({item.incident for item in items}) or [""]
    decisions = [_decide_incident(_select_incident(items, each), is_name) for each in incidents]
    first = min(map(_rank, decisions))
    return _merge([decision for decision in decisions if _rank(decision) == first])


def _rank(decision: Decision) -> tuple[int, int]:
    reason = _REASONS_IN_ORDER.index(decision.reason) if decision.reason else -1
    return _PRECEDENCE.index(decision.verdict), reason


def _merge(decisions: list[Decision]) -> Decision:
    """One decision of those on several incidents that are the same."""
    first = decisions[0]
    strengths = {decision.strength for decision in decisions}
    return replace(
        first,
        strength=next((strength for strength in Strength if strength in strengths), None),
        disputed_aspects=tuple(sorted({aspect for decision in decisions for aspect in decision.disputed_aspects})),
        is_inferred=all(decision.is_inferred for decision in decisions),
        affirming=_distinct(item for decision in decisions for item in decision.affirming),
        rejecting=_distinct(item for decision in decisions for item in decision.rejecting),
        reasons=_distinct(item for decision in decisions for item in decision.reasons),
    )


def _distinct(items: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(dict.fromkeys(items), key=_sort_key))


def _without_idle(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The acts but for restatements beside what they restate, and inferences against an act of the same speaker."""
    items = sorted(set(evidence), key=_sort_key)
    present = {item.statement for item in items if item.bearing is not Bearing.CONTEXT}
    items = [item for item in items if not present & item.restated]
    explicit = {(item.speaker, item.incident) for item in items if item.counts and _is_explicit(item)}
    return [item for item in items if not (item.bearing.is_inferred and _has_explicit(item, explicit))]


def _sort_key(item: Evidence) -> tuple[object, ...]:
    return item.statement, item.act, item.bearing, item.speaker, item.premises, item.units, item.proposition


def _is_explicit(item: Evidence) -> bool:
    """Whether it answers the question without an inference, whatever the answer."""
    match item.act:
        case Act.ASSERTS:
            return item.bearing in (Bearing.EXACT, Bearing.SPECIFIC)
        case Act.DENIES | Act.LEAVES_OPEN:
            return item.bearing in (Bearing.EXACT, Bearing.GENERAL)
    return False


def _has_explicit(item: Evidence, explicit: set[tuple[str, str]]) -> bool:
    return (item.speaker, item.incident) in explicit or (item.speaker, "") in explicit


def _select_incident(items: list[Evidence], incident: str) -> list[Evidence]:
    return [item for item in items if item.incident == incident or not (item.incident or _may_affirm(item))]


def _decide_incident(items: list[Evidence], is_name: bool) -> Decision:
    counted = [item for item in items if item.counts]
    affirming = [item for item in counted if _affirms(item)]
    rejecting = [item for item in counted if _rejects(item)]
    if affirming and not rejecting:
        rejecting = _reject_each(affirming, counted)
    contesting = [item for item in counted if _contests_denial(item)]
    verdict = _judge(affirming, rejecting, bool(contesting))
    if verdict is None:
        return _decide_undetermined(items, is_name)
    affirming = [*affirming, *contesting]
    if is_name and verdict in (Verdict.YES, Verdict.CLAIMED):
        return _decision(Verdict.UNDETERMINED, items, affirming, [], is_name)
    if verdict is not Verdict.DISPUTED:
        # What is incomplete only contests.
        affirming, rejecting = _complete(affirming), _complete(rejecting)
    return _decision(verdict, items, affirming, rejecting, is_name)


def _judge(affirming: list[Evidence], rejecting: list[Evidence], is_denial_contested: bool) -> Verdict | None:
    """The verdict of the table; None where nothing affirms or rejects."""
    has_established = bool(_complete(affirming) or _complete(rejecting))
    if not has_established:
        return None
    if rejecting and (affirming or is_denial_contested):
        return Verdict.DISPUTED
    if affirming:
        return Verdict.YES if any(item.counts_in_full for item in _complete(affirming)) else Verdict.CLAIMED
    return Verdict.NO if any(item.counts_in_full for item in _complete(rejecting)) else Verdict.DENIED


def _decision(
    verdict: Verdict, items: list[Evidence], affirming: list[Evidence], rejecting: list[Evidence], is_name: bool
) -> Decision:
    side = rejecting if verdict in (Verdict.NO, Verdict.DENIED) else affirming
    if verdict in (Verdict.YES, Verdict.NO):
        side = [item for item in side if item.counts_in_full]
    return Decision(
        verdict,
        strength=_strength(side) if verdict in (Verdict.YES, Verdict.NO) else None,
        disputed_aspects=_aspects(items),
        is_inferred=bool(side) and all(item.bearing.is_inferred for item in side),
        is_name=is_name,
        affirming=tuple(affirming),
        rejecting=tuple(rejecting),
    )


def _decide_undetermined(items: list[Evidence], is_name: bool) -> Decision:
    counted = [item for item in items if item.counts]
    for reason, select in _REASONS:
        if grounds := select(items if reason is Reason.TAKEN_BACK else counted):
            return Decision(
                Verdict.UNDETERMINED, reason, disputed_aspects=_aspects(items), is_name=is_name, reasons=tuple(grounds)
            )
    return Decision(Verdict.UNDETERMINED, Reason.SILENT, disputed_aspects=_aspects(items), is_name=is_name)


def _complete(items: list[Evidence]) -> list[Evidence]:
    return [item for item in items if not item.is_incomplete]


def _spoken(items: list[Evidence]) -> list[Evidence]:
    return [item for item in items if item.speaker != UNKNOWN_SPEAKER]


def _strength(deciding: list[Evidence]) -> Strength:
    strengths = {_strength_of(item) for item in deciding}
    return next(strength for strength in Strength if strength in strengths)


def _strength_of(item: Evidence) -> Strength:
    if Wording.LIKELY in item.wordings:
        return Strength.LIKELY
    return Strength.EVIDENTIAL if item.is_shown or Wording.EVIDENTIAL in item.wordings else Strength.FLAT


def _aspects(items: list[Evidence]) -> tuple[str, ...]:
    disputes = (item for item in items if item.act is Act.DISPUTES and item.counts and item.is_by_another)
    return tuple(sorted({aspect for item in disputes for aspect in item.aspects}))


def _may_affirm(item: Evidence) -> bool:
    return item.act is Act.ASSERTS and item.bearing in _AFFIRMING


def _affirms(item: Evidence) -> bool:
    return _may_affirm(item) and not item.is_possibility


def _rejects(item: Evidence) -> bool:
    if item.is_possibility:
        return False
    if item.act is Act.DISPUTES:
        return item.disputed_act is Act.ASSERTS and _bears_on_question(item, _AFFIRMING)
    return item.act is Act.DENIES and item.bearing in _REJECTING


def _contests_denial(item: Evidence) -> bool:
    is_of_denial = item.act is Act.DISPUTES and item.disputed_act is Act.DENIES and not item.is_possibility
    return is_of_denial and item.bearing in _REJECTING and _bears_on_question(item, frozenset({Bearing.EXACT}))


def _bears_on_question(dispute: Evidence, bearings: Collection[Bearing]) -> bool:
    """Whether it is by another, in a role that the question fills; of what says less, in one that it fills as well."""
    is_of_less = dispute.bearing in _REJECTING and dispute.fills_proposition
    return dispute.is_by_another and dispute.fills_question and (dispute.bearing in bearings or is_of_less)


def _reject_each(affirming: list[Evidence], counted: list[Evidence]) -> list[Evidence]:
    """What rejects the affirming propositions themselves, if each of them is rejected; else nothing."""
    rejecting: list[Evidence] = []
    for item in affirming:
        found = [other for other in counted if _rejects_proposition(other, item.proposition)]
        if not found:
            return []
        rejecting += [other for other in found if other not in rejecting]
    return rejecting


def _rejects_proposition(item: Evidence, proposition: str) -> bool:
    if item.is_possibility or item.bearing is Bearing.CONTEXT:
        return False
    is_of_it = item.proposition == proposition or proposition in item.negates
    if item.act is Act.DISPUTES:
        return is_of_it and item.disputed_act is Act.ASSERTS and item.is_by_another and item.fills_proposition
    return is_of_it and item.act is Act.DENIES


def _find_no_evidence(counted: list[Evidence]) -> list[Evidence]:
    return [item for item in _leave_open(counted) if Wording.NO_EVIDENCE in item.wordings]


def _leave_open(counted: list[Evidence]) -> list[Evidence]:
    return [item for item in _spoken(counted) if item.act is Act.LEAVES_OPEN and item.bearing in _SAME_TOPIC]


def _are_possible(counted: list[Evidence]) -> list[Evidence]:
    """Asserted or denied as possible only, where another wording would have decided; or intended, but only possibly."""
    spoken = _spoken(counted)
    possible = [item for item in spoken if _is_only_possible(item) and (_may_affirm(item) or _may_deny(item))]
    intended = _intend(counted)
    return possible or (intended if all(item.is_possibility for item in intended) else [])


def _is_only_possible(item: Evidence) -> bool:
    return item.is_possibility or item.is_incomplete


def _may_deny(item: Evidence) -> bool:
    return item.act is Act.DENIES and item.bearing in _REJECTING


def _suppose(counted: list[Evidence]) -> list[Evidence]:
    return [item for item in _spoken(counted) if item.act is Act.SUPPOSES and item.bearing in _AFFIRMING]


def _assert_part(counted: list[Evidence]) -> list[Evidence]:
    return [item for item in _spoken(counted) if item.act is Act.ASSERTS and item.bearing is Bearing.PARTIAL]


def _intend(counted: list[Evidence]) -> list[Evidence]:
    return [item for item in _spoken(counted) if item.act is Act.INTENDS and item.bearing in _AFFIRMING]


def _were_taken_back(items: list[Evidence]) -> list[Evidence]:
    return [item for item in _spoken(items) if item.is_retracted and (_may_affirm(item) or _may_deny(item))]


_REASONS: tuple[tuple[Reason, Callable[[list[Evidence]], list[Evidence]]], ...] = (
    (Reason.NO_EVIDENCE_FOUND, _find_no_evidence),
    (Reason.LEFT_OPEN, _leave_open),
    (Reason.ONLY_POSSIBLE, _are_possible),
    (Reason.ONLY_ON_A_CONDITION, _suppose),
    (Reason.PARTLY, _assert_part),
    (Reason.ONLY_INTENDED, _intend),
    (Reason.TAKEN_BACK, _were_taken_back),
)
