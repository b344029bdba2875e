"""What the page of an incident shows: its claims with who says and who rejects them, numbers and targets by speaker.

All is read from the bounded description, so that the page costs no more in a large graph; tests compare it with the
questions of the catalogue that ask the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from api.pages.claim import ClaimRow, build_claim
from kg.namespaces import CK, INCIDENT_CLASS, LABELLING, PART_OF_COUNT
from kg.schema.model import local_name
from kg.views.description import describe
from kg.views.incident_name import OUTCOMES
from kg.views.reader import Bounds
from kg.views.resource_view import ViewBuilder, view_builder
from kg.views.view_model import PropositionView, ValueView

_MAX_LEADS = 3
_MAX_NAMED = 4
"""Targets and places of which the names are shown."""
_NAME_BOUNDS = Bounds(listed=10, quads=1_000, references=300)
_DEAD = frozenset({"killed", "bodies"})


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
    referring = about.all_referrers(focus) & builder.propositions
    built = ((view, build_claim(builder, view)) for view in map(builder.build_proposition, referring))
    ranked = sorted(built, key=lambda pair: _rank(builder, *pair))
    views, claims = [view for view, _ in ranked], [claim for _, claim in ranked]
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


def _rank(builder: ViewBuilder, view: PropositionView, claim: ClaimRow) -> tuple[bool, int, object]:
    """What somebody rejects comes first, then what most speak of, then in the order of the text."""
    position = min((builder.text_position(statement.iri) for statement in view.statements), default=("~", 0, view.iri))
    return not claim.rejects, -len({voice.speaker.iri for voice in claim.voices}), position


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
            whole = about.iris(estimate, PART_OF_COUNT)
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
        if OUTCOMES & {*about.iris(iri, f"{CK}incidentType")}:
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
    about = describe(builder.store, builder.class_index, thing, _NAME_BOUNDS, members=[LABELLING])
    if about is None:
        return
    labellings = about.referrers(f"{CK}labelled", thing)
    names = view_builder(builder.store, builder.class_index, builder.archive, about, decided=labellings)
    for labelling in labellings:
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
