"""What the page of an incident shows: its claims with who says and who rejects them, numbers and targets by speaker.

Owns which side of a claim a statement stands on. All is read from the bounded description, so that the page costs no
more in a large graph; tests compare it with the questions of the catalogue that ask the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from kg.namespaces import CK, INCIDENT_ACCOUNT, INCIDENT_CLASS
from kg.schema.model import local_name
from kg.status.act import Evidence
from kg.status.wording import act_in_past, deed_of, reporting_verb
from kg.text_direction import isolate
from kg.views.description import describe
from kg.views.reader import Bounds
from kg.views.resource_view import ViewBuilder, view_builder
from kg.views.view_model import FieldView, PropositionView, StandingView, StatementView, ValueView

_MAX_LEADS = 3
_MAX_NAMED = 4
"""Targets and places of which the names are shown."""
_NAME_BOUNDS = Bounds(listed=50, quads=3_000)
_OUTCOMES = frozenset({"killing", "wounding", "treatment", "rescue", "destruction", "destruction-of-equipment"})
"""Types of accounts of which the target is whom it befell, not at whom it was aimed."""
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
_DEAD = frozenset({"killed", "bodies"})
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


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number as it was worded, of what and among whom, and the number that it is part of."""

    number: str
    counted: tuple[ValueView, ...]
    among: tuple[ValueView, ...]
    part_of: str
    claim: ClaimRow

    @property
    def is_of_dead(self) -> bool:
        """Whether it counts the dead: killed, or bodies."""
        return any(local_name(kind.iri) in _DEAD for kind in self.counted)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """What is said to have been the target."""

    target: ValueView
    claim: ClaimRow


def incident_values(builder: ViewBuilder) -> dict[str, Any]:
    """The values of the template of an incident, the focus of the description."""
    focus, about = builder.description.focus, builder.description
    referring = {*about.referrers(f"{CK}incident", focus), *_other_referrers(builder)} & builder.propositions
    views = sorted(map(builder.build_proposition, referring), key=lambda view: _rank(builder, view))
    claims = [build_claim(builder, view) for view in views]
    by_iri = {claim.proposition.iri: claim for claim in claims}
    statements = {
        statement.iri: statement
        for view in views
        for statement in (*view.statements, *(each for _, found in view.content_of for each in found))
    }
    ordered = sorted(statements, key=builder.text_position)
    return {
        "claims": claims,
        "leads": _select_leads(claims),
        "numbers": sorted(_read_numbers(builder, by_iri), key=lambda row: not row.is_of_dead),
        "targets": list(_read_targets(builder, by_iri)),
        "statements": [statements[iri] for iri in ordered],
        "speakers": _distinct(voice.speaker for claim in claims for voice in claim.voices),
        "sources": _distinct(source for claim in claims for voice in claim.voices for source in voice.sources),
        "names": [row for thing in _select_named(builder, referring) for row in _read_names(builder, thing)],
        "related_incidents": _find_related(builder, referring),
    }


def _other_referrers(builder: ViewBuilder) -> set[str]:
    by_predicate = builder.description.subjects.get(builder.description.focus, {}).values()
    return {term.value for terms in by_predicate for term in terms if hasattr(term, "value")}


def _rank(builder: ViewBuilder, view: PropositionView) -> tuple[bool, int, object]:
    """What somebody rejects comes first, then what most speak of, then in the order of the text."""
    claim = build_claim(builder, view)
    position = min((builder.text_position(statement.iri) for statement in view.statements), default=("~", 0, view.iri))
    return not claim.rejects, -len({voice.speaker.iri for voice in claim.voices}), position


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
    hedge = local_name(statement.hedge.iri) if statement.hedge.iri else ""
    note = (
        "not this, but what it is the content of:" if content_of else "telling it again" if statement.restates else ""
    )
    return Voice(
        statement.speaker,
        deed_of(item) if item else reporting_verb(hedge) if act == "asserts" else act_in_past(act),
        statement.hedge,
        statement.iri,
        statement.sources,
        bool(statement.retracted_by),
        note,
        content_of,
        bool(statement.restates),
    )


def _select_leads(claims: Iterable[ClaimRow]) -> list[ClaimRow]:
    """The claims of which the page speaks first: those that are rejected, else those that most speak of."""
    spoken = [claim for claim in claims if claim.standing and claim.voices]
    return sorted(spoken, key=lambda claim: (not (claim.says and claim.rejects), -len(claim.voices)))[:_MAX_LEADS]


def _read_numbers(builder: ViewBuilder, claims: dict[str, ClaimRow]) -> Iterator[NumberRow]:
    about = builder.description
    for iri, claim in claims.items():
        if all(voice.is_restatement for voice in claim.voices):
            continue  # what it tells again has the number
        for estimate in about.iris(iri, f"{CK}count"):
            whole = about.iris(estimate, f"{CK}partOfCount")
            yield NumberRow(
                about.text(estimate, f"{CK}asGiven"),
                tuple(map(builder.build_link, about.iris(estimate, f"{CK}countOf"))),
                tuple(map(builder.build_link, about.iris(estimate, f"{CK}among"))),
                about.text(whole[0], f"{CK}asGiven") if whole else "",
                claim,
            )


def _read_targets(builder: ViewBuilder, claims: dict[str, ClaimRow]) -> Iterator[TargetRow]:
    about = builder.description
    for iri, claim in claims.items():
        types = {local_name(type_) for type_ in about.iris(iri, f"{CK}incidentType")}
        if types & _OUTCOMES:
            continue
        for target in about.iris(iri, f"{CK}target"):
            yield TargetRow(builder.build_link(target), claim)


def _select_named(builder: ViewBuilder, propositions: Iterable[str]) -> list[str]:
    """The first targets and places of these propositions, by how many name them."""
    about = builder.description
    counted = Counter(
        thing
        for proposition in propositions
        for role in ("target", "location", "near")
        for thing in about.iris(proposition, f"{CK}{role}")
    )
    return sorted(counted, key=lambda thing: (-counted[thing], thing))[:_MAX_NAMED]


def _read_names(builder: ViewBuilder, thing: str) -> Iterator[TargetRow]:
    """What a target or place is called, by whom; from its own description, of which the bounds are small."""
    about = describe(builder.store, builder.class_index, thing, _NAME_BOUNDS)
    if about is None:
        return
    names = view_builder(builder.store, builder.class_index, builder.archive, about)
    for labelling in about.referrers(f"{CK}labelled", thing):
        view = names.build_proposition(labelling)
        claim = replace(build_claim(names, view), proposition=ValueView(about.text(labelling, f"{CK}label"), labelling))
        yield TargetRow(names.build_link(thing), claim)


def _find_related(builder: ViewBuilder, propositions: Iterable[str]) -> tuple[ValueView, ...]:
    """The incidents that these propositions name besides."""
    about = builder.description
    named = {
        other
        for proposition in propositions
        for predicate in about.objects.get(proposition, {})
        for other in about.iris(proposition, predicate)
        if INCIDENT_CLASS in about.types(other) or "/id/incident/" in other
    }
    return tuple(map(builder.build_link, sorted(named - {about.focus})))


def _distinct(values: Iterable[ValueView]) -> tuple[ValueView, ...]:
    return tuple({value.iri: value for value in values}.values())
