"""Which conditions of a query the things that are found meet, and by whose statements.

Owns what meets a condition: of a field of the thing its value; of a claim that somebody asserts it. Conditions on the
same class of claims are met by one statement together. What others say of the claim stands beside it in the result.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pyoxigraph as ox

from kg.errors import BadParameterError
from kg.name_folding import fold_name
from kg.namespaces import REPORTED_IN, SPEAKER, value_of
from kg.reconciliation.batch import Condition
from kg.reconciliation.entity_terms import EntityProperty, EntityTerms, Part
from kg.search.text_index import Candidate, Match
from kg.store.interface import Store
from kg.store.query_template import QueryTemplate, Term, text_of

_HERE = Path(__file__).parent
_BY_VALUE, _BY_VOICE, _THINGS_BY_VALUE, _THINGS_BY_VOICE = (
    QueryTemplate.read(_HERE / f"{name}.rq")
    for name in ("conditions-by-value", "conditions-by-voice", "things-by-value", "things-by-voice")
)
_ROLES = {Part.SPEAKER: SPEAKER, Part.SOURCE: REPORTED_IN}
MAX_JUDGED = 20
"""Of the things that are found, the best, whose conditions are judged."""
_MAX_FOUND = 1000
"""Things that are found without a name."""
_MAX_MEANT = 5
"""Resources that one value may mean."""


@dataclass(frozen=True, slots=True)
class Required:
    """A condition with what its values may mean."""

    property: EntityProperty
    texts: tuple[str, ...]
    meant: tuple[str, ...]
    """IRIs: what is called so, and claims that something is called so."""


@dataclass
class Met:
    """What a thing meets."""

    properties: dict[str, bool] = field(default_factory=dict)
    """Whether it meets the condition on each property, by its id."""
    statements: dict[str, None] = field(default_factory=dict)
    """Those that meet conditions on claims."""
    related: set[str] = field(default_factory=set)
    """Those that say the same: who rejects one of them belongs to what is said."""

    @property
    def share(self) -> float:
        """How many of the conditions it meets, from 0 to 1."""
        return sum(self.properties.values()) / len(self.properties) if self.properties else 1.0


def read_conditions(
    terms: EntityTerms, conditions: Iterable[Condition], named: Mapping[str, Sequence[Candidate]], home: str
) -> list[Required]:
    """The conditions with what is meant. ``named``: candidates of each value. Raises BadParameterError."""
    required: list[Required] = []
    for condition in conditions:
        property_ = terms.find_property(condition.property)
        if not property_.is_condition:
            possible = f"use {property_.id.partition('.')[0]}" if property_.claim else "leave it out"
            raise BadParameterError("queries", f"{property_.id} cannot be a condition; {possible}")
        meant = [iri for text in condition.values for iri in _meant_by(text, named.get(text, ()), home)]
        required.append(Required(property_, condition.values, tuple(dict.fromkeys(meant))))
    return required


def judge_conditions(store: Store, things: Sequence[str], required: Sequence[Required]) -> Mapping[str, Met]:
    """What each of the things meets."""
    judged: dict[str, Met] = {thing: Met() for thing in things}
    for each in required:
        if not each.property.claim:
            for thing, is_met in _judge_field(store, things, each).items():
                properties = judged[thing].properties
                properties[each.property.id] = is_met and properties.get(each.property.id, True)
    by_class: dict[str, list[Required]] = defaultdict(list)
    for each in required:
        if each.property.claim:
            by_class[each.property.claim].append(each)
    for group in by_class.values():
        pairs = [(each, _find_statements(store, things, each)) for each in group]
        for thing in things:
            common = set.intersection(*(found[thing] for _, found in pairs))
            judged[thing].statements |= dict.fromkeys(sorted(common))
            judged[thing].properties |= {each.property.id: bool(common) for each in group}
            if common:
                judged[thing].related |= _union(found[thing] for each, found in pairs if not _is_voice(each))
    return judged


def _is_voice(required: Required) -> bool:
    return required.property.part in _ROLES


def _union(sets: Iterable[set[str]]) -> set[str]:
    return {item for each in sets for item in each}


def find_things(store: Store, required: Iterable[Required]) -> list[str]:
    """Things that meet conditions, for a query without a name; a bounded number, of those that meet most of them."""
    numbers = Counter(thing for each in required for thing in _find_meeting(store, each))
    return sorted(numbers, key=lambda thing: (-numbers[thing], thing))[:_MAX_FOUND]


def _find_meeting(store: Store, required: Required) -> set[str]:
    """The things that meet a condition by one of the resources that its values may mean."""
    values = list(map(ox.NamedNode, required.meant))
    if not required.property.claim:
        predicate = ox.NamedNode(required.property.predicate)
        found = store.match_each([(None, predicate, value) for value in values])
        return {quad.subject.value for quads in found for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    query, fixed = _query_of(required, by_value=_THINGS_BY_VALUE, by_voice=_THINGS_BY_VOICE)
    rows = query.select(store, [{"value": value, **fixed} for value in values]).rows if values else ()
    return {text_of(row["thing"]) for row in rows}


def _query_of(
    required: Required, *, by_value: QueryTemplate, by_voice: QueryTemplate
) -> tuple[QueryTemplate, dict[str, Term]]:
    """The one of two queries for this condition on claims, with the terms of its class and of who speaks."""
    fixed: dict[str, Term] = {"class": ox.NamedNode(required.property.claim)}
    if _is_voice(required):
        return by_voice, {**fixed, "voice": ox.NamedNode(_ROLES[required.property.part])}
    return by_value, fixed


def _meant_by(text: str, candidates: Iterable[Candidate], home: str) -> Iterable[str]:
    """The resource with this id or IRI, those of exactly this name, and the claims that use it as a name."""
    same = (item.subject for item in candidates if item.match is Match.SAME)
    return list(dict.fromkeys(filter(None, [iri_of(text, home), *same])))[:_MAX_MEANT]


def iri_of(text: str, home: str) -> str:
    """The IRI that an id of an entity, or an IRI, stands for; empty for any other text."""
    iri = text if text.startswith(home) else f"{home}{text}" if text.count("/") == 1 else ""
    try:
        return ox.NamedNode(iri).value if iri and not iri.endswith("/") else ""
    except ValueError:
        return ""


def _judge_field(store: Store, things: Sequence[str], required: Required) -> Mapping[str, bool]:
    predicate = required.property.predicate
    found = store.match_each([(ox.NamedNode(thing), ox.NamedNode(predicate), None) for thing in things])
    folded = {fold_name(text) for text in required.texts}
    return {
        thing: any(
            value in required.meant or fold_name(value) in folded for quad in quads for value in [value_of(quad.object)]
        )
        for thing, quads in zip(things, found, strict=True)
    }


def _find_statements(store: Store, things: Collection[str], required: Required) -> Mapping[str, set[str]]:
    """The statements that meet a condition on claims, by the thing that they are about."""
    query, fixed = _query_of(required, by_value=_BY_VALUE, by_voice=_BY_VOICE)
    pairs: list[dict[str, Term | None]] = [
        {"thing": ox.NamedNode(thing), "value": ox.NamedNode(value), **fixed}
        for thing, value in product(things, required.meant)
    ]
    statements: dict[str, set[str]] = {thing: set() for thing in things}
    for row in query.select(store, pairs).rows if pairs else ():
        statements[text_of(row["thing"])].add(text_of(row["statement"]))
    return statements
