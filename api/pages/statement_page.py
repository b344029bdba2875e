"""What the page of a statement shows: its words in their sentence, what it answers and what answers it, its hands.

Owns which relation is an answer, and its name in the words of a reader. A relation that is not listed here has the name
that its shape has.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from api.pages.claim import ClaimRow, Voice, build_claim
from api.pages.saying import Saying, build_sayings
from kg.namespaces import (
    CK,
    CREATOR,
    DENIES,
    DISPUTES,
    HEDGE,
    ISSUED,
    PUBLISHER,
    RECORDED_BY,
    REPORTED_IN,
    REPUBLISHES,
    RETRACTS,
    SPEAKER,
    SUPPORTS,
)
from kg.status.wording import word_date
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import PropositionView, ValueView

MAX_ROWS = 25
"""Statements under one heading."""
_GIVEN = {
    "disputes": "It disputes",
    "supports": "It is evidence for",
    "based on": "It rests on",
    "ground for": "It is given as the ground for",
    "in tension with": "It stands in tension with",
    "conditional on": "Only on the condition that",
    "part of statement": "It is part of",
    "restates": "It tells again",
    "retracts": "It takes back",
    "relays": "It passes on",
}
"""What a statement does to others, by the label of the relation."""
_RECEIVED = {
    "disputed by": "Disputed by",
    "supported by": "Evidence for it",
    "grounds": "Grounds given for it",
    "retracted by": "Taken back by",
    "restated by": "Told again by",
    "relayed by": "Passed on by",
    "parts": "Its other parts",
}
_OPPOSED = "What it denies is said by"
_ANSWERED = frozenset({"disputes", "supports", "restates", "retracts"})
_ANSWERING = frozenset({"disputed by", "supported by", "retracted by", "restated by"})


@dataclass(frozen=True, slots=True)
class Related:
    """Statements, sources or others that stand in one relation to the statement; ``count`` of all of them."""

    heading: str
    sayings: tuple[Saying, ...]
    others: tuple[ValueView, ...]
    """Of which not more than the name is known here: sources, or statements elsewhere."""
    count: int


@dataclass(frozen=True, slots=True)
class Hand:
    """One of those through whose hands a statement came here."""

    role: str
    who: tuple[ValueView, ...]
    where: tuple[ValueView, ...] = ()
    when: tuple[str, ...] = ()
    """In words, as a date and as the source words it."""
    hedge: ValueView | None = None
    statement: str = ""


def statement_values(builder: ViewBuilder) -> dict[str, Any]:
    """The values of the template of a statement, the focus of the description."""
    about, focus = builder.description, builder.description.focus
    view = builder.build_statement(focus)
    contents = [iri for act in sorted(builder.class_index.acts) for iri in about.iris(focus, act)]
    views = [builder.build_proposition(iri) for iri in contents if iri in builder.propositions]
    answered, answering, others = _read_links(builder)
    claims = [(each, build_claim(builder, each)) for each in views]
    on_same = list(_read_others(builder, [claim for _, claim in claims]))
    is_denial = bool(about.iris(focus, DENIES))
    disputed = [iri for each in views for iri in _denials(each)]
    against = [] if is_denial else [iri for denial in disputed for iri in about.referrers(SUPPORTS, denial)]
    evidence = _relate(builder, "Evidence for its denial", against)
    return {
        "statement_view": view,
        "sayings": list(build_sayings(builder, focus)),
        "hedge_definition": _define(builder, next(iter(about.iris(focus, HEDGE)), "")),
        "answered": [*(row for row in on_same if row.heading == _OPPOSED), *answered],
        "answering": [*(row for row in on_same if row.heading != _OPPOSED), *answering, *evidence],
        "others": others,
        "contents": claims,
        "hands": list(_read_hands(builder)),
    }


def _define(builder: ViewBuilder, concept: str) -> str:
    concepts = (each for scheme in builder.schema.schemes.values() for each in scheme.concepts)
    return next((each.definition for each in concepts if each.iri == concept), "")


def _read_links(builder: ViewBuilder) -> tuple[list[Related], list[Related], list[Related]]:
    """What the statement answers, what answers it, and what else it stands in relation to."""
    sorted_out: tuple[list[Related], list[Related], list[Related]] = [], [], []
    for field in builder.build_statement_links(builder.description.focus):
        heading = _GIVEN.get(field.label) or _RECEIVED.get(field.label) or field.label.capitalize()
        side = 0 if field.label in _ANSWERED else 1 if field.label in _ANSWERING else 2
        sorted_out[side].extend(_relate(builder, heading, [value.iri for value in field.values if value.iri]))
    return sorted_out


def _relate(builder: ViewBuilder, heading: str, iris: Iterable[str]) -> list[Related]:
    """The relation with these, in a list; in an empty one if there are none."""
    listed = list(dict.fromkeys(iris))
    statements = set(builder.instances(builder.class_index.statements))
    sayings = (saying for iri in listed[:MAX_ROWS] if iri in statements for saying in _first_saying(builder, iri))
    others = tuple(builder.build_link(iri) for iri in listed[:MAX_ROWS] if iri not in statements)
    return [Related(heading, tuple(sayings), others, len(listed))] if listed else []


def _first_saying(builder: ViewBuilder, statement: str) -> list[Saying]:
    return list(build_sayings(builder, statement))[:1]


def _read_others(builder: ViewBuilder, claims: Iterable[ClaimRow]) -> Iterator[Related]:
    """Who else says, denies or leaves open what this statement is about, but for the statement itself."""
    focus = builder.description.focus
    is_denial = bool(builder.description.iris(focus, DENIES))
    for claim in claims:
        told = {*builder.description.referrers(DISPUTES, focus), *builder.description.iris(focus, DISPUTES), focus}
        for heading, voices in _sides(claim, is_denial=is_denial):
            iris = (voice.statement for voice in voices if not voice.content_of)
            yield from _relate(builder, heading, [iri for iri in iris if iri not in told])


def _sides(claim: ClaimRow, *, is_denial: bool) -> list[tuple[str, tuple[Voice, ...]]]:
    if is_denial:
        return [(_OPPOSED, claim.says), ("Denied by others too", claim.rejects), ("Left open by", claim.leaves_open)]
    return [
        ("Denied or disputed by", claim.rejects),
        ("Left open, or only held possible, by", claim.leaves_open),
        ("Others say so too", claim.says),
    ]


def _denials(view: PropositionView) -> Iterator[str]:
    for statement in view.statements:
        if any(act.property == DENIES for act in statement.acts):
            yield statement.iri


def _read_hands(builder: ViewBuilder) -> Iterator[Hand]:
    """The speaker, who passes it on, the author and publisher of the source, who published it again, the recorder."""
    about, focus = builder.description, builder.description.focus
    view = builder.build_statement(focus)
    said_to = tuple(map(builder.build_link, about.iris(focus, f"{CK}saidTo")))
    yield Hand("Said by", (view.speaker,), said_to, tuple(map(word_date, view.said_when)), view.hedge, focus)
    for relay in about.referrers(f"{CK}relays", focus):
        other = builder.build_statement(relay)
        said_when = tuple(map(word_date, other.said_when))
        yield Hand("Passed on by", (other.speaker,), other.sources, said_when, other.hedge, relay)
    for source in about.iris(focus, REPORTED_IN):
        creators, publishers, originals = (
            tuple(map(builder.build_link, about.iris(source, property_)))
            for property_ in (CREATOR, PUBLISHER, REPUBLISHES)
        )
        issued = tuple(filter(None, [word_date(about.text(source, ISSUED.value))]))
        link = builder.build_link(source)
        if creators:
            yield Hand("Reported by its author", creators, (link,), issued)
        if publishers:
            yield Hand("Published by", publishers, (link,), issued)
        if originals:
            yield Hand("First published as", originals)
    recorders = about.iris(focus, RECORDED_BY) or about.iris(about.home_graph(focus), RECORDED_BY)
    if recorders:
        home = about.home_graph(focus)
        yield Hand("Recorded here by", tuple(map(builder.build_link, recorders)), (builder.build_link(home),))
    for retraction in about.referrers(RETRACTS, focus):
        speaker = tuple(map(builder.build_link, about.iris(retraction, SPEAKER)))
        yield Hand("Taken back by", speaker, statement=retraction)
