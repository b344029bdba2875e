"""A claim as pages show it: a row with who says it, who rejects it and who leaves it open, each by a statement.

Owns which side of a claim a statement stands on.
"""

from collections.abc import Collection
from dataclasses import dataclass

from kg.status.act import Evidence
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import DisputeView, FieldView, PropositionView, StandingView, StatementView, ValueView

_SIDES = {"asserts": "says", "denies": "rejects"}


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker on a claim: in which words, in which source, by which statement."""

    speaker: ValueView
    done: str
    """What the speaker did, by the act and the hedge: said, told as a claim, denied."""
    hedge: ValueView
    statement: str
    sources: tuple[ValueView, ...]
    is_retracted: bool
    note: str = ""
    """In which aspects it is disputed; that it is told again; that it is only the content of something."""
    content_of: ValueView | None = None
    """What is stated instead: an aim, an offer, what a medium shows; its content is not asserted."""
    is_restatement: bool = False


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim with the speakers on each side of it."""

    proposition: ValueView
    standing: StandingView | None
    says: tuple[Voice, ...]
    rejects: tuple[Voice, ...]
    leaves_open: tuple[Voice, ...]

    @property
    def voices(self) -> tuple[Voice, ...]:
        """All of them."""
        return (*self.says, *self.rejects, *self.leaves_open)


def build_claim(builder: ViewBuilder, view: PropositionView) -> ClaimRow:
    """A claim with who says it, who rejects it and who leaves it open."""
    sides: dict[str, list[Voice]] = {"says": [], "rejects": [], "open": []}
    worded = {item.statement: item for item in view.standing.acts} if view.standing else {}
    for statement in view.statements:
        for act in statement.acts:
            if any(value.iri == view.iri for value in act.values):
                sides[_side(act.label, worded.get(statement.iri))].append(_voice(statement, act))
        disputed = {act.label for act in statement.acts if any(value.iri == view.iri for value in act.values)}
        # As in ``kg.status.verdict``: who disputes a denial does not reject what is denied.
        side = sides["rejects" if "asserts" in disputed else "open"]
        side += [_disputing(dispute, disputed) for dispute in statement.disputes]
    for parent, statements in view.content_of:
        sides["open"] += [_voice(statement, act, parent) for statement in statements for act in statement.acts]
    distinct = {side: tuple({voice.statement: voice for voice in voices}.values()) for side, voices in sides.items()}
    proposition = ValueView(view.name or builder.build_link(view.iri).text, view.iri)
    return ClaimRow(proposition, view.standing, distinct["says"], distinct["rejects"], distinct["open"])


def _disputing(dispute: DisputeView, acts: Collection[str]) -> Voice:
    """Who disputes a statement that does this to a claim."""
    aspects = ", ".join(aspect.text for aspect in dispute.aspects)
    what = "" if "asserts" in acts else "the denial" if "denies" in acts else "the statement"
    note = ", ".join(filter(None, [what, f"as to {aspects}" if aspects else ""]))
    sources, statement = dispute.sources, dispute.statement.iri
    return Voice(dispute.speaker, "disputed", dispute.hedge, statement, sources, dispute.is_retracted, note)


def _side(act: str, item: Evidence | None) -> str:
    """What is only held possible neither says nor rejects it, as in ``kg.status.verdict``."""
    return "open" if item and item.is_possibility else _SIDES.get(act, "open")


def _voice(statement: StatementView, act: FieldView, content_of: ValueView | None = None) -> Voice:
    note = (
        "not this, but what it is the content of:" if content_of else "telling it again" if statement.restates else ""
    )
    return Voice(
        statement.speaker,
        statement.deeds[act.property],
        statement.hedge,
        statement.iri,
        statement.sources,
        bool(statement.retracted_by),
        note,
        content_of,
        bool(statement.restates),
    )
