"""A claim as pages show it: a row with who says it, who rejects it and who leaves it open, each by a statement.

Owns which side of a claim a statement stands on, and the claim in one line.
"""

from dataclasses import dataclass

from api.pages.saying import describe_deed
from kg.namespaces import CK, INCIDENT_ACCOUNT
from kg.schema.model import local_name
from kg.status.act import Evidence
from kg.text_direction import isolate
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import FieldView, PropositionView, StandingView, StatementView, ValueView

_NOT_IN_SUMMARY = frozenset({"incident", "timeMode", "when", "inferred", "inferenceNote", "gist", "count"})
_LEADS = {
    "perpetrator": "by ",
    "target": "target: ",
    "location": "in ",
    "locationCandidate": "one of ",
    "near": "near ",
    "partOfIncident": "part of: ",
}
_MAX_FIELDS = 3
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
    proposition = ValueView(_summarize(builder, view), view.iri)
    return ClaimRow(proposition, view.standing, distinct["says"], distinct["rejects"], distinct["open"])


def _summarize(builder: ViewBuilder, view: PropositionView) -> str:
    """A claim in one line, on the page of its incident: without the incident, and of an account without its class."""
    if INCIDENT_ACCOUNT not in builder.description.types(view.iri):
        return view.name or view.class_link.text
    fields = [_join(field) for field in view.fields if local_name(field.property) not in _NOT_IN_SUMMARY]
    gist = builder.description.text(view.iri, f"{CK}gist")
    return " · ".join([*fields[:_MAX_FIELDS], isolate(gist)] if gist else fields) or "it happened"


def _join(field: FieldView) -> str:
    return f"{_LEADS.get(local_name(field.property), '')}{', '.join(isolate(value.text) for value in field.values)}"


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
