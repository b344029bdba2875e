"""What an inferred answer rests on besides the acts that it names, as clauses of its headline.

Owns the words for reference graphs, forces and parts of a statement. Which inferences are made is for
``kg.questions.matches``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg import namespaces
from kg.questions.evidence_graph import QueryEvidenceGraph
from kg.status.act import Bearing
from kg.status.verdict import Decision
from kg.status.wording import NameOf, join_names
from kg.text_direction import isolate


@dataclass(frozen=True, slots=True)
class ReferenceStep:
    """One step of a reference graph on which an inferred answer rests besides its statements."""

    place: str
    parent: str
    reference: str
    authority: str


def list_units(
    units: Iterable[tuple[str, str]], reference_steps: Sequence[ReferenceStep], name_of: NameOf
) -> Iterator[str]:
    """R lists P under U: once for each unit, by those who vouch for the steps between."""
    places: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for place, unit in units:
        steps = {step.place: step for step in reference_steps}
        references: dict[str, None] = {}
        below = place
        while below != unit and below in steps:
            step = steps.pop(below)
            references[step.authority or step.reference] = None
            below = step.parent
        if references and below == unit:
            places.setdefault((unit, tuple(references)), []).append(place)
    for (unit, listing), listed in places.items():
        lists = "lists" if len(listing) == 1 else "list"
        yield f"{join_names(listing, name_of)} {lists} {join_names(listed, name_of)} under {name_of(unit)}"


def describe_premises(decision: Decision, links: QueryEvidenceGraph) -> Iterator[str]:
    """What else an inferred answer rests on besides the acts that it names, each as a clause."""
    bearings = {item.bearing for item in decision.deciding}
    premises = [iri for item in decision.deciding if item.bearing.is_inferred for iri in item.premises]
    located = {item.statement: item.proposition for item in decision.deciding if item.units}
    for statement, proposition in located.items():
        if candidates := sorted(links.objects(proposition, namespaces.LOCATION_CANDIDATE)):
            yield f"{_slug(statement)} does not say at which of {join_names(candidates, links.name_of)}"
    if bearings & {Bearing.BY_FORCE, Bearing.OF_WHOLE}:
        for premise in dict.fromkeys(premises):
            yield _force_clause(premise, links)
    if Bearing.BY_PARTS in bearings:
        parts = {iri for item in decision.deciding for iri in (item.statement, *item.premises) if item.premises}
        yield f"read together: {', '.join(sorted(map(_slug, parts)))}"


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def _force_clause(premise: str, links: QueryEvidenceGraph) -> str:
    """C is a force of B, according to A."""
    relation = next(iter(links.objects(premise, namespaces.ASSERTS)), "")
    part, kind, whole, speaker = (
        isolate(links.name_of(next(iter(links.objects(node, predicate)), "")))
        for node, predicate in (
            (relation, namespaces.ACTOR),
            (relation, f"{namespaces.CK}relation"),
            (relation, f"{namespaces.CK}other"),
            (premise, namespaces.SPEAKER),
        )
    )
    return f"{part} is a {kind.replace('-', ' ')} {whole}, according to {speaker}"
