"""What acts decide: yes, no, disputed or undetermined, with the reason. Silence is never "no".

Owns the table of the model (MODEL, Answers) as plain Python over plain values. Refuses to know RDF, SPARQL, questions
and words for people: whoever asks finds the acts, says how closely each bears, and shows what is decided here.

A proposition says that *some* matching thing holds. To assert one that says more than is asked is to answer the
question; to deny one that says less is to answer it; nothing else follows.
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
    """Why a question is undetermined; the order is by how much is said, and the first that applies is given."""

    LEFT_OPEN = "left-open"
    ONLY_POSSIBLE = "only-possible"
    ONLY_SUPPOSED = "only-supposed"
    PARTLY = "partly"
    ONLY_INTENDED = "only-intended"
    SILENT = "silent"


class Status(StrEnum):
    """How a proposition stands among those who speak of it."""

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
    """What a speaker does to a proposition; to intend it is to assert a position whose content it is."""

    ASSERTS = "asserts"
    DENIES = "denies"
    LEAVES_OPEN = "leaves-open"
    SUPPOSES = "supposes"
    INTENDS = "intends"


class Bearing(StrEnum):
    """What a proposition says, measured by what is asked."""

    EXACT = "exact"
    SPECIFIC = "specific"
    """More than is asked: if it holds, so does what is asked."""
    GENERAL = "general"
    """Less than is asked: if it does not hold, neither does what is asked."""
    INFERRED = "inferred"
    """Of a whole to which, by a register, what is asked about belongs."""
    PARTIAL = "partial"
    """Of a part of what is asked about, or of what contains it."""
    CONTEXT = "context"
    """Of something near it; it decides nothing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One act on one proposition."""

    statement: str
    act: Act
    bearing: Bearing
    speaker: str
    is_possibility: bool = False
    """The hedge is one of possibility: "may", "possibly"."""
    is_retracted: bool = False
    is_restatement: bool = False
    disputants: frozenset[str] = field(default_factory=frozenset)
    """The speakers of statements that dispute this one and are not retracted."""

    @property
    def counts(self) -> bool:
        """What was taken back, or is the same act told again, does not count."""
        return not (self.is_retracted or self.is_restatement)

    @property
    def is_disputed(self) -> bool:
        """Somebody else rejects it; nobody disputes himself, one takes back."""
        return bool(self.disputants - {self.speaker})


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, with the reason where it is undetermined and the statements it rests on, sorted."""

    verdict: Verdict
    reason: Reason | None = None
    deciding: tuple[str, ...] = ()
    is_inferred: bool = False
    """Some yes that decides rests on a register besides the statement, and none does without."""

    @property
    def status(self) -> Status:
        """The same, said of the proposition."""
        return Status(self.reason) if self.reason else _STATUS[self.verdict]


_STATUS = {Verdict.YES: Status.UNCONTESTED, Verdict.NO: Status.DENIED, Verdict.DISPUTED: Status.DISPUTED}

_AFFIRMING = frozenset({Bearing.EXACT, Bearing.SPECIFIC, Bearing.INFERRED})
_NEGATING = frozenset({Bearing.EXACT, Bearing.GENERAL})
_TOUCHING = frozenset({Bearing.EXACT, Bearing.SPECIFIC, Bearing.GENERAL})


def decide(evidence: Iterable[Evidence]) -> Decision:
    """The verdict that the acts give; their order does not matter, nor that one is given twice."""
    counting = [each for each in evidence if each.counts]
    asserted = [each for each in counting if _affirms(each)]
    denied = [each for each in counting if _negates(each)]
    if (asserted and denied) or any(each.is_disputed for each in asserted + denied):
        return Decision(Verdict.DISPUTED, None, _statements(asserted + denied), _rests_on_register(asserted))
    if asserted:
        return Decision(Verdict.YES, None, _statements(asserted), _rests_on_register(asserted))
    if denied:
        return Decision(Verdict.NO, None, _statements(denied))
    return _undetermined(counting)


def _affirms(each: Evidence) -> bool:
    return each.act is Act.ASSERTS and each.bearing in _AFFIRMING and not each.is_possibility


def _negates(each: Evidence) -> bool:
    return each.act is Act.DENIES and each.bearing in _NEGATING and not each.is_possibility


def _undetermined(counting: list[Evidence]) -> Decision:
    for reason, gives in _REASONS:
        if found := [each for each in counting if gives(each)]:
            return Decision(Verdict.UNDETERMINED, reason, _statements(found))
    return Decision(Verdict.UNDETERMINED, Reason.SILENT)


def _is_open(each: Evidence) -> bool:
    return each.act is Act.LEAVES_OPEN and each.bearing in _TOUCHING


def _is_possible(each: Evidence) -> bool:
    """Held possible, or possibly not so: either way somebody weighs just what is asked."""
    if not each.is_possibility:
        return False
    return (each.act is Act.ASSERTS and each.bearing in _AFFIRMING) or (
        each.act is Act.DENIES and each.bearing in _NEGATING
    )


def _is_supposed(each: Evidence) -> bool:
    return each.act is Act.SUPPOSES and each.bearing in _AFFIRMING


def _is_partial(each: Evidence) -> bool:
    return each.act is Act.ASSERTS and each.bearing is Bearing.PARTIAL


def _is_intended(each: Evidence) -> bool:
    return each.act is Act.INTENDS and each.bearing in _AFFIRMING


_REASONS: tuple[tuple[Reason, Callable[[Evidence], bool]], ...] = (
    (Reason.LEFT_OPEN, _is_open),
    (Reason.ONLY_POSSIBLE, _is_possible),
    (Reason.ONLY_SUPPOSED, _is_supposed),
    (Reason.PARTLY, _is_partial),
    (Reason.ONLY_INTENDED, _is_intended),
)


def _statements(found: list[Evidence]) -> tuple[str, ...]:
    return tuple(sorted({each.statement for each in found}))


def _rests_on_register(asserted: list[Evidence]) -> bool:
    return bool(asserted) and all(each.bearing is Bearing.INFERRED for each in asserted)
