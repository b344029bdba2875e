"""The three inferences of the second implementation, with their limits: part of ``second_table``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from second_record import record_of_proposition
from second_roles import Content, Time, content_of
from second_voice import VOCAB, Act, Facts, Strength

_RELATION = VOCAB + "actor-relation/"
_PART_OF_PLACE = VOCAB + "place-relation/part-of"
_WHO = ("perpetrator", "participant", "party")
_WHEN = ("when",)


@dataclass(frozen=True, order=True)
class Premise:
    """How firmly the step of an inference stands: 2 in full, 1 reported, 0 only possible."""

    level: int
    strength: Strength


def reference_graph_denies(facts: Facts, place: str, unit: str) -> bool:
    """Whether a step of a reference graph, between a place and a unit above it, is denied."""
    below_unit = {step for step in facts.climb(place, "administrativeParent") if unit in _above(facts, step)}
    for step in below_unit:
        for relation in facts.inverse("place", step):
            if not facts.is_a(relation, "PlaceRelation") or facts.get(relation, "place") != {step}:
                continue
            on_the_way = (below_unit | {unit}) & _above(facts, step)
            is_step = _PART_OF_PLACE in facts.get(relation, "relation") and facts.get(relation, "other") & on_the_way
            if is_step and _is_denied(facts, relation):
                return True
    return False


def units_around(facts: Facts, places: Iterable[str]) -> set[str]:
    """The places, and the units under which reference graphs list them by steps that nobody denies."""
    listed = {(place, unit) for place in places for unit in _above(facts, place)}
    return {*places, *(unit for place, unit in listed if not reference_graph_denies(facts, place, unit))}


def place_in_units(facts: Facts, content: Content) -> Content:
    """The content, located also in the units around each of its places: what holds there holds in them.

    What is at one of several places is in the units around all of them.
    """
    if not content.roles.get("location"):
        around = [units_around(facts, [place]) for place in content.roles.get("locationCandidate", ())]
        shared = set.intersection(*around) if around else set()
        if len(around) == 1:
            shared -= set(content.roles["locationCandidate"])
        return replace(content, roles={**content.roles, "location": shared}) if shared else content
    return replace(content, roles={**content.roles, "location": units_around(facts, content.roles["location"])})


def _above(facts: Facts, place: str) -> set[str]:
    return facts.climb(place, "administrativeParent") - {place}


def _is_denied(facts: Facts, proposition: str) -> bool:
    """However it is worded: where a step is in doubt, nothing is inferred."""
    return any(not facts.is_taken_back(denial) for denial in facts.inverse("denies", proposition))


def find_premise(facts: Facts, part: str, whole: str, time: Time) -> Premise | None:
    """What makes the deeds of one actor at that time those of another; the firmest."""
    found = [
        premise
        for relation in facts.inverse("actor", part) & facts.inverse("other", whole)
        if facts.is_a(relation, "ActorRelation")
        and _makes_answerable(facts, relation, part, whole)
        and _holds_at(content_of(facts, relation).time, time)
        and (premise := _firmness(facts, relation))
    ]
    return max(found, default=None)


def _makes_answerable(facts: Facts, relation: str, part: str, whole: str) -> bool:
    if facts.is_a(part, "Coalition") or facts.is_a(whole, "Coalition"):
        return False
    relations = {broader for value in facts.get(relation, "relation") for broader in facts.broader(value)}
    is_person_or_state = facts.is_a(part, "State", "Person")
    return _RELATION + "force-of" in relations or (_RELATION + "part-of" in relations and not is_person_or_state)


def _holds_at(relation: Time, deed: Time) -> bool:
    if relation.words and not relation.given:
        return False
    return not relation.given or deed.lies_in(relation)


def _firmness(facts: Facts, relation: str) -> Premise | None:
    outcome = record_of_proposition(facts, relation).decide()
    if outcome.verdict == "yes":
        return Premise(2, outcome.strength or Strength.FLAT)
    if outcome.verdict == "claimed":
        return Premise(1, Strength.FLAT)
    return Premise(0, Strength.FLAT) if outcome.reason == "only-possible" else None


def read_together(facts: Facts, act: Act, content: Content) -> Iterator[tuple[Content, tuple[Act, ...]]]:
    """The content with who, where, when and weapon of other parts, and a choice of the parts that these come from."""
    others = [part for part in _parts(facts, act, content.incident) if part.statement != act.statement]
    contents = {part: content_of(facts, part.proposition) for part in others}
    passed: list[list[tuple[Content, Act]]] = []
    for names in (_WHO, ("location",), ("weapon",), _WHEN):
        said = [(_only(contents[part], names), part) for part in others if _has(contents[part], names)]
        if said and not _has(content, names) and all(only == said[0][0] for only, _ in said):
            passed.append(said)
    for choice in product(*passed):
        enriched = content
        for only, _ in choice:
            roles = {**enriched.roles, **only.roles}
            enriched = replace(enriched, roles=roles, time=only.time if only.time != Time() else enriched.time)
        yield enriched, tuple(part for _, part in choice)


def _has(content: Content, names: tuple[str, ...]) -> bool:
    return content.time != Time() if names == _WHEN else any(content.roles.get(name) for name in names)


def _only(content: Content, names: tuple[str, ...]) -> Content:
    """What the content says in these roles."""
    roles = {name: frozenset(content.roles[name]) for name in names if content.roles.get(name)}
    return Content("", roles, time=content.time if names == _WHEN else Time())


def _parts(facts: Facts, act: Act, incident: str) -> list[Act]:
    """Asserting parts of the same statement, of the same speaker, on the same incident."""
    if not incident:
        return []
    found, heap = {act.statement}, [act.statement]
    while heap:
        statement = heap.pop()
        new = (facts.get(statement, "partOfStatement") | facts.inverse("partOfStatement", statement)) - found
        found |= new
        heap.extend(new)
    return [
        Act(statement, "asserts", proposition)
        for statement in sorted(found)
        if facts.speakers(statement) == facts.speakers(act.statement) and not facts.is_taken_back(statement)
        for proposition in facts.get(statement, "asserts")
        if incident in facts.get(proposition, "incident")
    ]
