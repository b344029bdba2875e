"""The verdicts a second time: the decision table, to compare with ``kg.status``.

Written from the text of the model, without looking at ``kg.status``. It reads triples itself (``second_voice``),
compares propositions itself (``second_roles``), and gathers itself what bears on a proposition or a question
(``second_record``, ``second_questions``, ``second_inference``). Where the two differed, the text decided which to mend.
Slower and plainer than the other: where both agree, a mistake would have to be made twice.
"""

from dataclasses import dataclass, field

from second_voice import Strength

# In the order in which they are given where several apply.
REASONS = (
    "no-evidence-found",
    "left-open",
    "only-possible",
    "only-on-a-condition",
    "partly",
    "only-intended",
    "taken-back",
    "silent",
)
_VERDICTS = ("yes", "disputed", "claimed", "no", "denied")
_STATUS = {"yes": "asserted", "no": "rejected"}
_STATUS_OF_NAME = {"yes": "used", "claimed": "used", "no": "rejected", "denied": "rejected"}


@dataclass(frozen=True)
class Entry:
    """One act as it bears on a question: it affirms, rejects, or is a reason why nothing is decided."""

    statement: str
    effect: str  # "affirms", "rejects", "contests" a denial, or one of REASONS
    incident: str = ""
    speaker: str = ""
    is_in_full: bool = False
    strength: Strength = Strength.FLAT
    is_inferred: bool = False
    is_explicit: bool = True
    """Whether it is an answer to the question itself, so that an inference from what its speaker says is void."""
    is_incomplete: bool = False
    """The record lacks a speaker or a hedge: it establishes nothing, and still contests the opposite act."""
    is_taken_back: bool = False
    is_rejected: bool = False
    """Whether a proposition that it affirms by is itself rejected, though the question is not."""
    restated: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outcome:
    verdict: str
    reason: str = ""
    strength: Strength | None = None
    is_inferred: bool = False

    def status(self, *, is_name: bool) -> str:
        if self.verdict == "undetermined":
            return self.reason
        return (_STATUS_OF_NAME if is_name else _STATUS).get(self.verdict, self.verdict)


@dataclass
class Record:
    """All that bears on one question."""

    entries: list[Entry] = field(default_factory=list)

    def decide(self) -> Outcome:
        """Incident by incident: yes if one is yes, else disputed, claimed, no, denied."""
        entries = _without_idle(self.entries)
        incidents = {entry.incident for entry in entries} | {""}
        outcomes = [_decide_one([each for each in entries if _concerns(each, incident)]) for incident in incidents]
        for verdict in _VERDICTS:
            if same := [outcome for outcome in outcomes if outcome.verdict == verdict]:
                strengths = [outcome.strength for outcome in same if outcome.strength]
                return Outcome(
                    verdict,
                    strength=max(strengths, default=None),
                    is_inferred=all(outcome.is_inferred for outcome in same),
                )
        return min(outcomes, key=lambda outcome: REASONS.index(outcome.reason))


def _without_idle(entries: list[Entry]) -> list[Entry]:
    """Without restatements beside what they restate, and inferences against an explicit act of the same speaker."""
    present = {entry.statement for entry in entries}
    entries = [entry for entry in entries if not (entry.restated - {entry.statement}) & present]
    explicit = {(entry.speaker, entry.incident) for entry in entries if entry.is_explicit and not entry.is_taken_back}
    return [
        entry
        for entry in entries
        if not (entry.is_inferred and explicit & {(entry.speaker, entry.incident), (entry.speaker, "")})
    ]


def _concerns(entry: Entry, incident: str) -> bool:
    """What names the incident, and what rejects without naming any."""
    return entry.incident == incident or (not entry.incident and entry.effect != "affirms")


def _decide_one(entries: list[Entry]) -> Outcome:
    alive = [entry for entry in entries if not entry.is_taken_back]
    affirming, rejecting, contesting = (_with(alive, effect) for effect in ("affirms", "rejects", "contests"))
    complete = [entry for entry in (*affirming, *rejecting) if not entry.is_incomplete]
    if not complete:
        return Outcome("undetermined", _reason(entries))
    if affirming and (rejecting or all(entry.is_rejected for entry in affirming)):
        return Outcome("disputed", is_inferred=_are_inferred(affirming))
    if rejecting and contesting:
        return Outcome("disputed", is_inferred=_are_inferred(contesting))
    return _outcome("yes", "claimed", complete) if affirming else _outcome("no", "denied", complete)


def _with(entries: list[Entry], effect: str) -> list[Entry]:
    return [entry for entry in entries if entry.effect == effect]


def _reason(entries: list[Entry]) -> str:
    """The first reason that applies; what has no hedge is no more than possible, what has no speaker is none."""
    reasons: set[str] = set()
    for entry in entries:
        if entry.is_taken_back and entry.speaker and entry.effect in ("affirms", "rejects", "only-possible"):
            reasons.add("taken-back")
        elif not entry.is_taken_back and entry.speaker:
            reasons.add("only-possible" if entry.effect in ("affirms", "rejects") else entry.effect)
    # A position is only possible where it is not stated as more.
    if "possibly-intended" in reasons and "only-intended" not in reasons:
        reasons.add("only-possible")
    return min(reasons & set(REASONS), key=REASONS.index, default="silent")


def _outcome(in_full: str, reported: str, entries: list[Entry]) -> Outcome:
    full = [entry for entry in entries if entry.is_in_full]
    if not full:
        return Outcome(reported, is_inferred=_are_inferred(entries))
    return Outcome(in_full, strength=max(entry.strength for entry in full), is_inferred=_are_inferred(full))


def _are_inferred(entries: list[Entry]) -> bool:
    return all(entry.is_inferred for entry in entries)
