"""The decision table: from acts on propositions to a verdict or a status.

Owns the rules, as a pure function over plain values. Independent of RDF, SPARQL, questions and words for people:
``kg.status.evidence`` reads the acts from a graph, ``kg.status.wording`` puts the decision into words.

A proposition says that *some* matching thing holds. Asserting a more specific one affirms the question, denying a more
general one rejects it; nothing else follows. Silence is never "no".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """The four answers to a yes/no question."""

    YES = "yes"
    NO = "no"
    DISPUTED = "disputed"
    UNDETERMINED = "undetermined"


class Reason(StrEnum):
    """Why a question is undetermined. In order of precedence: the first that applies is the reason."""

    LEFT_OPEN = "left-open"
    ONLY_POSSIBLE = "only-possible"
    ONLY_SUPPOSED = "only-supposed"
    PARTLY = "partly"
    ONLY_INTENDED = "only-intended"
    SILENT = "silent"


class Status(StrEnum):
    """The decision, phrased about a proposition instead of a question."""

    UNCONTESTED = "uncontested"
    DENIED = "denied"
    DISPUTED = "disputed"
    LEFT_OPEN = "left-open"
    ONLY_POSSIBLE = "only-possible"
    ONLY_SUPPOSED = "only-supposed"
    PARTLY = "partly"
    ONLY_INTENDED = "only-intended"
    SILENT = "silent"


class Act(StrEnum):
    """What a speaker does to a proposition; to intend it is to assert a position of which it is the content."""

    ASSERTS = "asserts"
    DENIES = "denies"
    LEAVES_OPEN = "leaves-open"
    SUPPOSES = "supposes"
    INTENDS = "intends"


class Bearing(StrEnum):
    """How a proposition relates to the question."""

    EXACT = "exact"
    SPECIFIC = "specific"
    """Says more than the question: if it holds, the answer is yes."""
    GENERAL = "general"
    """Says less than the question: if it does not hold, the answer is no."""
    INFERRED = "inferred"
    """Is about a whole to which, by a register, the subject of the question belongs."""
    PARTIAL = "partial"
    """Is about a part of the subject, or about what contains it."""
    CONTEXT = "context"
    """Is about something near the subject; never decides."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One act of one speaker on one proposition."""

    statement: str
    act: Act
    bearing: Bearing
    speaker: str
    is_possibility: bool = False
    """The hedge is one of possibility ("may", "possibly")."""
    is_retracted: bool = False
    is_restatement: bool = False
    disputants: frozenset[str] = field(default_factory=frozenset)
    """The speakers of unretracted disputes of the statement; the empty string for one that is not recorded."""

    @property
    def counts(self) -> bool:
        """Whether the act takes part in the decision: retracted statements and restatements do not."""
        return not (self.is_retracted or self.is_restatement)

    @property
    def is_disputed(self) -> bool:
        """Disputed by another speaker. A speaker's own rejection is a retraction."""
        return bool(self.disputants - {self.speaker})


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, its reason when undetermined, and the statements it rests on, sorted by IRI."""

    verdict: Verdict
    reason: Reason | None = None
    grounds: tuple[str, ...] = ()
    is_inferred: bool = False
    """Every affirming act relies on a register besides its statement."""

    @property
    def status(self) -> Status:
        """The status of a proposition with this decision."""
        return Status(self.reason) if self.reason else _STATUS[self.verdict]


_STATUS = {Verdict.YES: Status.UNCONTESTED, Verdict.NO: Status.DENIED, Verdict.DISPUTED: Status.DISPUTED}

_AFFIRMING = frozenset({Bearing.EXACT, Bearing.SPECIFIC, Bearing.INFERRED})
_REJECTING = frozenset({Bearing.EXACT, Bearing.GENERAL})
_SAME_TOPIC = frozenset({Bearing.EXACT, Bearing.SPECIFIC, Bearing.GENERAL})


def decide(evidence: Iterable[Evidence]) -> Decision:
    """The decision on these acts. Order and repetition make no difference."""
    counted = [item for item in evidence if item.counts]
    affirming = [item for item in counted if _affirms(item)]
    rejecting = [item for item in counted if _rejects(item)]
    if (affirming and rejecting) or any(item.is_disputed for item in affirming + rejecting):
        return Decision(Verdict.DISPUTED, None, _statements(affirming + rejecting), _is_inferred(affirming))
    if affirming:
        return Decision(Verdict.YES, None, _statements(affirming), _is_inferred(affirming))
    if rejecting:
        return Decision(Verdict.NO, None, _statements(rejecting))
    return _decide_undetermined(counted)


def _affirms(item: Evidence) -> bool:
    return item.act is Act.ASSERTS and item.bearing in _AFFIRMING and not item.is_possibility


def _rejects(item: Evidence) -> bool:
    return item.act is Act.DENIES and item.bearing in _REJECTING and not item.is_possibility


def _decide_undetermined(counted: list[Evidence]) -> Decision:
    for reason, applies in _REASONS:
        if grounds := [item for item in counted if applies(item)]:
            return Decision(Verdict.UNDETERMINED, reason, _statements(grounds))
    return Decision(Verdict.UNDETERMINED, Reason.SILENT)


def _leaves_open(item: Evidence) -> bool:
    return item.act is Act.LEAVES_OPEN and item.bearing in _SAME_TOPIC


def _is_possible(item: Evidence) -> bool:
    """Asserted or denied with a hedge of possibility, where a flat act would have decided."""
    if not item.is_possibility:
        return False
    return (item.act is Act.ASSERTS and item.bearing in _AFFIRMING) or (
        item.act is Act.DENIES and item.bearing in _REJECTING
    )


def _supposes(item: Evidence) -> bool:
    return item.act is Act.SUPPOSES and item.bearing in _AFFIRMING


def _asserts_part(item: Evidence) -> bool:
    return item.act is Act.ASSERTS and item.bearing is Bearing.PARTIAL


def _intends(item: Evidence) -> bool:
    return item.act is Act.INTENDS and item.bearing in _AFFIRMING


_REASONS: tuple[tuple[Reason, Callable[[Evidence], bool]], ...] = (
    (Reason.LEFT_OPEN, _leaves_open),
    (Reason.ONLY_POSSIBLE, _is_possible),
    (Reason.ONLY_SUPPOSED, _supposes),
    (Reason.PARTLY, _asserts_part),
    (Reason.ONLY_INTENDED, _intends),
)


def _statements(evidence: list[Evidence]) -> tuple[str, ...]:
    return tuple(sorted({item.statement for item in evidence}))


def _is_inferred(affirming: list[Evidence]) -> bool:
    return bool(affirming) and all(item.bearing is Bearing.INFERRED for item in affirming)
