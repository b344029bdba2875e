"""The statements nearest to a question that nothing decides: those that fill most of what is asked.

Owns what is near, and what counts for how much. Nothing near decides anything.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import takewhile

import pyoxigraph as ox

from kg import namespaces
from kg.questions.evidence_graph import SUPPORT
from kg.questions.question import Question
from kg.store.interface import Queryable
from kg.store.query_template import BatchQuery, Solution, Term, text_of

NEAREST = "is the nearest"
ON_SOMETHING_ELSE = "is near, on something else"
ON_SAME_RELATION = "is near, on the same relation to something else"
NEAREST_MAX = 3
"""How many statements are shown with a silent answer."""
_NEAREST = BatchQuery.read(SUPPORT / "nearest-statements.rq")
_ACTOR, _RELATION = f"{namespaces.CK}actor", f"{namespaces.CK}relation"
_PERPETRATOR, _LOCATION = f"{namespaces.CK}perpetrator", f"{namespaces.CK}location"
_SAME_RELATION = "relation"
_ACTOR_OR_PLACE, _OF_ITS_INCIDENT, _NARROWS, _OTHER = 4, 3, 3, 2
"""To name the actor weighs most, to speak of an incident of the actor less; what narrows the question comes on top, as
does the same relation of the actor."""


@dataclass(frozen=True, slots=True)
class NearestStatements:
    """What is shown with a silent answer."""

    related: Mapping[str, str]
    """Each statement with what it has to do with the question, the nearest first."""
    named: Mapping[str, tuple[str, ...]]
    """The things in question that a statement on something else names."""


def add_nearest(
    related: Mapping[str, str], question: Question, terms: Mapping[str, Term], store: Queryable
) -> NearestStatements:
    """The related statements after those that fill more of what is asked than any of them; the nearest first.

    The asked weapon or day of a deed of the actor is nearer than the actor alone. Where nothing narrows the question,
    what is related is near enough, and costs no query.
    """
    optional = {parameter.name for parameter in question.parameters if not parameter.is_required}
    narrowing = optional & terms.keys()
    if related and not narrowing:
        return NearestStatements(dict(related), {})
    filled = _find_filled(question, terms, narrowing, store)
    weights = {statement: sum(filling.values()) for statement, filling in filled.items()}
    nearest = sorted(weights, key=lambda iri: (-weights[iri], iri not in related, iri))[:NEAREST_MAX]
    nearer = takewhile(lambda iri: iri not in related, nearest)
    ordered = sorted(related, key=lambda iri: -weights.get(iri, 0))
    found = {iri: ON_SAME_RELATION if _SAME_RELATION in filled[iri] else ON_SOMETHING_ELSE for iri in nearer}
    asked = {text_of(term) for term in terms.values()}
    named = {iri: tuple(thing for thing in filled[iri] if thing in asked) for iri in found}
    return NearestStatements(found | {iri: related[iri] for iri in ordered}, named)


def _find_filled(
    question: Question, terms: Mapping[str, Term], narrowing: Set[str], store: Queryable
) -> dict[str, dict[str, int]]:
    """What of the question each statement fills, and how much that counts."""
    narrow = [terms[name] for name in narrowing]
    concepts = [term for term in narrow if isinstance(term, ox.NamedNode) and not _is_thing(term)]
    # A day on which something begins or ends.
    days = [term for term in narrow if isinstance(term, ox.Literal)]
    doers = [term for name, term in terms.items() if narrowing and _PERPETRATOR in question.roles.get(name, ())]
    things = [term for term in terms.values() if _is_thing(term)]
    units = [terms[name] for name in narrowing if _LOCATION in question.roles.get(name, ())]
    relations = [term for name, term in terms.items() if _RELATION in question.roles.get(name, ())]
    actors = [term for name, term in terms.items() if relations and _ACTOR in question.roles.get(name, ())]
    named: dict[str, Sequence[Term]] = {
        **{"thing": [*things, *days], "concept": concepts, "unit": units, "doer": doers},
        **{"related": actors, "relation": relations},
    }
    rows = _NEAREST.select(store, named).rows
    weights: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        filled, weight = _weigh(row)
        filling = weights[text_of(row["statement"])]
        filling[filled] = max(weight, filling.get(filled, 0))
    return weights


def _weigh(row: Solution) -> tuple[str, int]:
    """What of the question a row fills, and how much that counts."""
    if row["relation"] is not None:
        return _SAME_RELATION, _NARROWS
    if row["doer"] is not None:
        return text_of(row["doer"]), _OF_ITS_INCIDENT
    for name in ("concept", "unit"):
        if row[name] is not None:
            return text_of(row[name]), _NARROWS
    if isinstance(row["thing"], ox.Literal):
        return text_of(row["thing"]), _NARROWS
    iri = text_of(row["thing"])
    return iri, _ACTOR_OR_PLACE if iri.rsplit("/", 2)[-2] in ("actor", "place") else _OTHER


def _is_thing(term: Term) -> bool:
    return isinstance(term, ox.NamedNode) and "/id/" in term.value
