"""A claim as pages show it: a row with who says it, who rejects it and who leaves it open, each by a statement.

Owns which side of a claim a statement stands on.
"""

from dataclasses import dataclass

from api.pages.saying import describe_deed
from kg.status.act import Evidence
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import PropositionView, StandingView, StatementView, ValueView

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
                item = worded.get(statement.iri)
                sides[_side(act.label, item)].append(_voice(statement, act.label, item))
        for dispute in statement.disputes:
            aspects = ", ".join(aspect.text for aspect in dispute.aspects)
            sides["rejects"].append(
                Voice(
                    dispute.speaker,
                    "disputed",
                    dispute.hedge,
                    dispute.statement.iri,
                    dispute.sources,
                    dispute.is_retracted,
                    f"as to {aspects}" if aspects else "",
                )
            )
    for parent, statements in view.content_of:
        sides["open"] += [
            _voice(statement, act.label, content_of=parent) for statement in statements for act in statement.acts
        ]
    distinct = {side: tuple({voice.statement: voice for voice in voices}.values()) for side, voices in sides.items()}
    proposition = ValueView(view.name or builder.build_link(view.iri).text, view.iri)
    return ClaimRow(proposition, view.standing, distinct["says"], distinct["rejects"], distinct["open"])


def _side(act: str, item: Evidence | None) -> str:
    """What is only held possible neither says nor rejects it, as in ``kg.status.verdict``."""
    return "open" if item and item.is_possibility else _SIDES.get(act, "open")


def _voice(
    statement: StatementView, act: str, item: Evidence | None = None, content_of: ValueView | None = None
) -> Voice:
    note = (
        "not this, but what it is the content of:" if content_of else "telling it again" if statement.restates else ""
    )
    return Voice(
        statement.speaker,
        describe_deed(statement, act, item),
        statement.hedge,
        statement.iri,
        statement.sources,
        bool(statement.retracted_by),
        note,
        content_of,
        bool(statement.restates),
    )
