"""What the page of an actor shows: what it declared, is called, says, and is said of it, with who says so.

Owns which claims belong under which heading. Claims and statements are read from the bounded description, so that the
page costs no more in a large graph; tests compare it with the questions of the catalogue that ask the same.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pyoxigraph as ox

from api.pages.claim import ClaimRow, build_claim
from api.pages.render import QUERIES
from api.pages.saying import Saying, build_sayings
from kg.namespaces import ASSERTS, CK, DECLARES
from kg.schema.model import local_name
from kg.store.labels import fetch_names
from kg.store.query_template import QueryTemplate, text_of
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import ValueView

MAX_ROWS = 40
"""Of claims on an actor, and of its statements, that its page shows."""
_MAX_LEADS = 3
_SOURCES = QueryTemplate.read(QUERIES / "sources-of-actor.rq")
_RELATION = ("actor", "relation", "other")
_PLACE_RELATION = ("place", "relation", "other")
_IDENTITY = ("one", "", "other")
_IS_SAME = ValueView("is the same as")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ActorClaim:
    """A claim in which an actor is named: as what, in which incident, and who says or rejects it."""

    roles: tuple[str, ...]
    incidents: tuple[ValueView, ...]
    claim: ClaimRow


@dataclass(frozen=True, slots=True)
class NameRow:
    """A name of an actor, in one or several languages, and who uses or rejects it."""

    labels: tuple[ValueView, ...]
    claim: ClaimRow


@dataclass(frozen=True, slots=True)
class RelationRow:
    """How one actor is said to stand to another, or to a place."""

    one: tuple[ValueView, ...]
    relation: ValueView
    other: tuple[ValueView, ...]
    claim: ClaimRow


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the actor declared in one statement, and by which names it calls it."""

    sayings: tuple[Saying, ...]
    names: tuple[tuple[ValueView, tuple[ValueView, ...], Saying], ...]
    """What was declared, its labels, and by which act."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """The first rows of a list, and how many it has; None where the description has not all of them."""

    rows: tuple[Row, ...]
    count: int | None


def actor_values(builder: ViewBuilder) -> dict[str, Any]:
    """The values of the template of an actor, the focus of the description."""
    about, focus = builder.description, builder.description.focus
    listings = read_listings(builder)
    made = _read_sayings(builder, about.referrers(f"{CK}speaker", focus))
    heard = _read_sayings(builder, about.referrers(f"{CK}saidTo", focus))
    is_cut = focus in about.incomplete
    return {
        "declarations": list(_read_declarations(builder, made)),
        **listings,
        "leads": [row.claim for row in _select_leads(listings["claims"].rows)],
        "made": _list(made, is_cut),
        "heard": _list(heard, is_cut),
        "written": list(_read_sources(builder)),
    }


def read_listings(builder: ViewBuilder, without: Collection[str] = ()) -> dict[str, Listing[Any]]:
    """The claims in which the focus is named: its ``names``, its ``relations`` to others, and all other ``claims``.

    ``without``: propositions that the page shows elsewhere.
    """
    claims = sorted((row for row in _read_claims(builder) if row.claim.proposition.iri not in without), key=_rank)
    names = [row for row in claims if _refers_as(builder, row, "labelled")]
    relations = [row for row in claims if _find_pair(builder, row.claim.proposition.iri)]
    others = [row for row in claims if row not in names and row not in relations]
    is_cut = builder.description.focus in builder.description.incomplete
    return {
        "names": _list([_as_name(builder, row.claim) for row in names], is_cut),
        "relations": _list([_as_relation(builder, row.claim) for row in relations], is_cut),
        "claims": _list(others, is_cut),
    }


def _list(rows: Sequence[Row], is_cut: bool) -> Listing[Row]:
    return Listing(tuple(rows[:MAX_ROWS]), None if is_cut else len(rows))


def _read_sayings(builder: ViewBuilder, statements: Iterable[str]) -> list[Saying]:
    """What these statements say, in the order of their sources."""
    described = set(builder.instances(builder.class_index.statements))
    ordered = sorted(described & set(statements), key=builder.text_position)
    return [saying for statement in ordered for saying in build_sayings(builder, statement)]


def _read_claims(builder: ViewBuilder) -> Iterator[ActorClaim]:
    """The propositions that name the actor and that anybody says, denies or leaves open."""
    about = builder.description
    roles: dict[str, list[str]] = {}
    for predicate, terms in about.subjects.get(about.focus, {}).items():
        for term in terms:
            if isinstance(term, ox.NamedNode) and term.value in builder.propositions:
                roles.setdefault(term.value, []).append(predicate)
    properties = builder.schema.properties
    for iri, predicates in roles.items():
        claim = build_claim(builder, builder.build_proposition(iri))
        if claim.voices:
            labels = tuple(properties[each].label if each in properties else local_name(each) for each in predicates)
            yield ActorClaim(labels, tuple(map(builder.build_link, about.iris(iri, f"{CK}incident"))), claim)


def _rank(row: ActorClaim) -> tuple[bool, int, str]:
    """What somebody rejects comes first, then what most speak of."""
    return not row.claim.rejects, -len(row.claim.voices), row.claim.proposition.iri


def _refers_as(builder: ViewBuilder, row: ActorClaim, role: str) -> bool:
    return builder.description.focus in builder.description.iris(row.claim.proposition.iri, f"{CK}{role}")


def _select_leads(claims: Sequence[ActorClaim]) -> list[ActorClaim]:
    """The claims that are rejected, else those of which most speak; not what is only the content of another."""
    spoken = [row for row in claims if row.claim.standing and (row.claim.says or row.claim.rejects)]
    return spoken[:_MAX_LEADS]


def _find_pair(builder: ViewBuilder, proposition: str) -> tuple[str, str, str] | None:
    """The properties of a claim that one actor stands to another in some way."""
    objects = builder.description.objects.get(proposition, {})
    return next(
        (
            pair
            for pair in (_RELATION, _PLACE_RELATION, _IDENTITY)
            if all(f"{CK}{each}" in objects for each in pair if each)
        ),
        None,
    )


def _as_name(builder: ViewBuilder, claim: ClaimRow) -> NameRow:
    return NameRow(_read_labels(builder, claim.proposition.iri), claim)


def _read_labels(builder: ViewBuilder, labelling: str) -> tuple[ValueView, ...]:
    """The name as the source has it, in each language in which it is given."""
    labels = builder.description.values(labelling, f"{CK}label")
    return tuple(ValueView(text_of(label), language=getattr(label, "language", None) or "") for label in labels)


def _as_relation(builder: ViewBuilder, claim: ClaimRow) -> RelationRow:
    iri = claim.proposition.iri
    pair = _find_pair(builder, iri)
    assert pair
    one, relation, other = (
        tuple(map(builder.build_link, builder.description.iris(iri, f"{CK}{each}"))) if each else (_IS_SAME,)
        for each in pair
    )
    return RelationRow(one, relation[0], other, claim)


def _read_declarations(builder: ViewBuilder, sayings: Sequence[Saying]) -> Iterator[Declaration]:
    """What the actor declared, once: not where a statement tells it again. Names are those that it says itself."""
    about = builder.description
    for statement in dict.fromkeys(saying.statement for saying in sayings if saying.act == DECLARES):
        if about.iris(statement, f"{CK}restates"):
            continue
        declared = tuple(each for each in sayings if each.statement == statement and each.act == DECLARES)
        things = {each.content.iri: each.content for each in declared}
        names = (
            (things[thing], _read_labels(builder, each.content.iri), each)
            for each in sayings
            if each.act == ASSERTS
            for thing in about.iris(each.content.iri, f"{CK}labelled")
            if thing in things
        )
        yield Declaration(declared, tuple(names))


def _read_sources(builder: ViewBuilder) -> Iterator[tuple[ValueView, str]]:
    """The sources that the actor wrote or published, each with that role."""
    rows = _SOURCES.select_each(builder.store, [ox.NamedNode(builder.description.focus)]).rows
    names = fetch_names(builder.store, (row["source"] for row in rows))
    for row in rows:
        iri = text_of(row["source"])
        yield ValueView(names.get(iri, local_name(iri)), iri), text_of(row["role"])
