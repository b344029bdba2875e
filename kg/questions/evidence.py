"""From the propositions that bear on a question to the acts on them, and to the register they rest on.

Owns two look-ups: who does what to a proposition, and how a place climbs to a larger unit. What the acts decide is
for ``kg.status.verdict``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.status.verdict import Act, Bearing, Decision, Evidence, decide
from kg.store.interface import Queryable
from kg.store.query_template import Solution, Term, support, text_of


@dataclass(frozen=True, slots=True)
class RegisterStep:
    """One step of a register on which an inferred answer rests besides its statements."""

    place: str
    parent: str
    register: str
    authority: str


def gathered(matches: Iterable[Solution], store: Queryable) -> tuple[Evidence, ...]:
    """The acts that matched; each row has ``proposition``, its ``bearing``, and ``statement`` or None for none."""
    bearings: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in matches:
        bearings[text_of(row["proposition"]), text_of(row["statement"])].add(text_of(row["bearing"]))
    acts = support("acts").select_each(store, [ox.NamedNode(iri) for iri, _ in bearings]).rows
    disputants = _disputants([row["statement"] for row in acts], store)
    return tuple(
        _evidence(act, Bearing(bearing), disputants)
        for act in acts
        for bearing in sorted(bearings.get((text_of(act["proposition"]), text_of(act["statement"])), ()))
    )


def decisions(propositions: Iterable[ox.NamedNode], store: Queryable) -> dict[str, Decision]:
    """How each proposition stands among those who speak of it, in two queries however many there are."""
    wanted = list(propositions)
    acts = support("acts").select_each(store, wanted).rows
    disputants = _disputants([row["statement"] for row in acts], store)
    evidence: dict[str, list[Evidence]] = {each.value: [] for each in wanted}
    for act in acts:
        evidence[text_of(act["proposition"])].append(_evidence(act, Bearing.EXACT, disputants))
    return {proposition: decide(found) for proposition, found in evidence.items()}


def climbed(place: Term | None, unit: Term | None, store: Queryable) -> tuple[RegisterStep, ...]:
    """The steps of the register from a place up to a unit that contains it; none where they do not lead there."""
    steps: list[RegisterStep] = []
    passed: set[Term] = set()
    while place is not None and place != unit and place not in passed:
        passed.add(place)
        rows = support("register").select_each(store, [place]).rows
        place = rows[0]["parent"] if rows else None
        steps += [_step(row) for row in rows[:1]]
    return tuple(steps) if place == unit else ()


def _step(row: Solution) -> RegisterStep:
    return RegisterStep(*(text_of(row[name]) for name in ("place", "parent", "register", "authority")))


def _evidence(act: Solution, bearing: Bearing, disputants: Mapping[str, frozenset[str]]) -> Evidence:
    statement = text_of(act["statement"])
    return Evidence(
        statement=statement,
        act=Act(text_of(act["act"])),
        bearing=bearing,
        speaker=text_of(act["speaker"]),
        is_possibility=text_of(act["possibility"]) == "true",
        is_retracted=text_of(act["retracted"]) == "true",
        is_restatement=text_of(act["restates"]) == "true",
        disputants=disputants.get(statement, frozenset()),
    )


def _disputants(statements: Iterable[Term | None], store: Queryable) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in support("disputes").select_each(store, [each for each in statements if each]).rows:
        found[text_of(row["statement"])].add(text_of(row["disputant"]))
    return {statement: frozenset(speakers) for statement, speakers in found.items()}
