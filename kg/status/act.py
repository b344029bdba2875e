"""One act of one speaker on one proposition, as plain values: what the decision table decides on.

Owns what makes an act count: whose voice it is, how it is worded, what it has to do with the question. Independent of
RDF: ``kg.status.evidence`` reads it from a graph.
"""

from dataclasses import dataclass, field
from enum import StrEnum

UNKNOWN_SPEAKER = ""


class Act(StrEnum):
    """What a speaker does to a proposition; to intend it is to assert a position of which it is the content."""

    ASSERTS = "asserts"
    DENIES = "denies"
    LEAVES_OPEN = "leaves-open"
    SUPPOSES = "supposes"
    INTENDS = "intends"
    DISPUTES = "disputes"
    """Rejects a statement on the proposition, in some aspects."""


class Bearing(StrEnum):
    """How a proposition relates to the question."""

    EXACT = "exact"
    SPECIFIC = "specific"
    """Says more than the question: if it holds, the answer is yes."""
    GENERAL = "general"
    """Says less than the question: if it does not hold, the answer is no."""
    BY_REFERENCE = "by-reference"
    """Is about a whole to which, by a reference graph, the subject of the question belongs; or about a deed at a place
    that a reference graph lists under the one in question."""
    BY_FORCE = "by-force"
    """Is about a deed of a force or part of the actor in question."""
    BY_PARTS = "by-parts"
    """Answers the question together with other parts of the same statement."""
    OF_WHOLE = "of-whole"
    """Is about a deed of the whole of which the actor in question is a force or part: its denial denies the part's."""
    OF_UNIT = "of-unit"
    """Is about a deed in a unit above the place in question, by a reference graph: its denial denies the place's."""
    GENERAL_WITHIN = "general-within"
    """Says less than the question, of a place under the one in question: if it does not hold, what says more of that
    place does not hold either."""
    PARTIAL = "partial"
    """Is about a part of the subject, or about what contains it."""
    CONTEXT = "context"
    """Is about something near the subject; never decides."""

    @property
    def is_inferred(self) -> bool:
        """Whether an act with this bearing decides only together with something else."""
        return self in _INFERRED


_INFERRED = frozenset({
    Bearing.BY_REFERENCE, Bearing.BY_FORCE, Bearing.BY_PARTS, Bearing.OF_WHOLE, Bearing.OF_UNIT,
})  # fmt: skip


class Wording(StrEnum):
    """How a statement is worded: the group of its hedge, as far as the table distinguishes hedges."""

    FLAT = "flat"
    EVIDENTIAL = "evidential"
    LIKELY = "likely"
    POSSIBLE = "possible"
    OPEN = "open"
    NO_EVIDENCE = "no-evidence"
    ATTRIBUTED = "attributed"
    """A neutral verb of saying names the speaker."""
    HEARSAY = "hearsay"
    """The source does not say by whom, or the wording is lost."""
    CLAIM = "claim"
    """Called a claim, an allegation or a warning, or otherwise attributed to another speaker."""
    DISTANCE = "distance"
    AGGREGATED = "aggregated"
    MACHINE_CODED = "machine-coded"


_OWN_WORDINGS = frozenset(
    {Wording.FLAT, Wording.EVIDENTIAL, Wording.LIKELY, Wording.AGGREGATED, Wording.ATTRIBUTED}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act comes from, for the words; decides nothing. Hedges and kinds are short names of concepts."""

    hedge: str = ""
    explicitness: str = ""
    said_when: str = ""
    said_to: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    """Of the sources: each once, however often it was republished."""
    authors: tuple[str, ...] = ()
    """Of the sources: whose voice they are in."""
    publishers: tuple[str, ...] = ()
    claimants: tuple[str, ...] = ()
    """Of what an author reports as a claim: who claims it, as far as the chain is known."""
    relayers: tuple[str, ...] = ()
    """Who passes it on, but for the authors."""
    claim_hedges: tuple[str, ...] = ()
    """The hedges of the chain, the nearest first."""
    broader_hedges: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Each of these hedges with the concepts above it, the nearest first: they give words to one that has none."""
    quotes: tuple[str, ...] = ()
    is_recorders: bool = False
    """A source of it is the recorder's notes."""
    is_declared: bool = False
    """It is part of the declaration of a zone."""
    is_taken_back: bool = False
    """It was taken back, where only the saying is asked for."""
    is_own_deed: bool = False
    """A speaker of it did what it says."""
    holder: str = ""
    """Of a position: whose it is."""
    position_kind: str = ""
    media: tuple[str, ...] = ()
    """Of what is shown: the media that show it."""
    when: str = ""
    """When the proposition holds: in the words of the source, else as a date."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One act of one speaker on one proposition."""

    statement: str
    act: Act
    bearing: Bearing
    speaker: str
    proposition: str = ""
    incident: str = ""
    """The incident that the proposition is an account of."""
    wordings: frozenset[Wording] = frozenset({Wording.FLAT})
    is_author: bool = True
    """The speaker is an author of the source."""
    is_party: bool = False
    """The speaker has a role in the proposition."""
    reports_on_others: bool = True
    """The source is of a kind that reports on others."""
    is_computed: bool = False
    is_made_by_being_said: bool = False
    """A zone's coverage in its declaration, or a position stated by its holder."""
    is_shown: bool = False
    """The act is on a depiction of the proposition."""
    is_incomplete: bool = False
    """The record lacks a speaker or a hedge: it establishes nothing, and still contests the opposite act."""
    is_retracted: bool = False
    restated: frozenset[str] = frozenset()
    """The statements that it restates."""
    negates: frozenset[str] = frozenset()
    """Of a denial, and of a dispute of an assertion: the more specific propositions that it rejects as well."""
    aspects: frozenset[str] = frozenset()
    """Of a dispute: in what."""
    fills_question: bool = True
    """Of a dispute: one of its aspects has a role that the question fills."""
    fills_proposition: bool = True
    """Of a dispute: one of its aspects has a role that the proposition fills."""
    disputed_act: Act = Act.ASSERTS
    disputed_statement: str = ""
    disputed_speakers: frozenset[str] = frozenset()
    """Of a dispute: who makes the disputed statement; to reject one's own is to retract."""
    premises: tuple[str, ...] = ()
    """Of an inference: the other statements that it rests on."""
    units: tuple[tuple[str, str], ...] = ()
    """Of an inference: places, each with the unit above it under which a reference graph lists it."""
    is_weakened: bool = False
    """Of an inference: a premise does not count in full."""
    origin: Origin = field(default_factory=Origin)

    @property
    def counts(self) -> bool:
        """Whether the act takes part in the decision: retracted ones do not."""
        return not self.is_retracted

    @property
    def is_possibility(self) -> bool:
        """The hedge is one of possibility ("may", "possibly"): it neither affirms nor rejects."""
        return Wording.POSSIBLE in self.wordings

    @property
    def is_by_another(self) -> bool:
        """Of a dispute: made by another speaker than the disputed statement."""
        return bool(self.disputed_speakers - {self.speaker}) or not self.disputed_speakers

    @property
    def counts_in_full(self) -> bool:
        """Whether the source says it itself, or saying it makes it so; all else is reported speech."""
        is_unfit = self.is_incomplete or self.is_weakened or self.is_computed or self.is_possibility
        if is_unfit or Wording.MACHINE_CODED in self.wordings:
            return False
        if self.is_made_by_being_said and Wording.HEARSAY not in self.wordings:
            return True
        is_own_voice = self.is_author and not self.is_party and self.reports_on_others
        return is_own_voice and bool(self.wordings) and self.wordings <= _OWN_WORDINGS
