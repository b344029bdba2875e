"""What the rows of a comparison are called, and under which heading and in which order they stand.

A row is a claim: a proposition with all that it says in one line, the number and the time included.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from api.pages.claim import ClaimRow
from kg.namespaces import CK, INCIDENT_ACCOUNT, LABEL, PART_OF_COUNT, ZONE_BOUNDARY
from kg.schema.model import local_name
from kg.status.comparison import Comparison, Relation
from kg.status.wording import format_date
from kg.text_direction import isolate
from kg.views.incident_name import OUTCOMES
from kg.views.resource_view import ViewBuilder
from kg.views.view_model import ValueView


class Heading(StrEnum):
    """What a claim is about, in the order of the page."""

    DECLARED = "Who declared it"
    HAPPENED = "What happened"
    WHEN = "When"
    WHERE = "Where"
    DOER = "Who did it"
    TARGET = "Target"
    NUMBER = "Numbers"
    NAME = "What it is called"
    BOUNDARY = "Its boundary"
    COVERED = "What the zone covers"
    CONTROL = "Who controls it"
    OTHER = "What else is said"


_ACCOUNT_HEADINGS = (
    (Heading.NUMBER, ("count",)),
    (Heading.TARGET, ("target",)),
    (Heading.DOER, ("perpetrator", "participant", "party")),
    (Heading.WHERE, ("location", "locationCandidate", "near")),
    (Heading.WHEN, ("when", "whenAsGiven")),
)
"""Of an account: the first of which it has a property."""
_OTHER_HEADINGS = (
    (Heading.NAME, ("label",)),
    (Heading.CONTROL, ("controlKind",)),
    (Heading.COVERED, ("zone",)),
    (Heading.WHERE, ("geometry", "relation")),
)
_ORDER = {heading: position for position, heading in enumerate(Heading)}
_NOTED_FIRST = (Relation.CONTRADICT, Relation.DISPUTED_WITHIN, Relation.AGREE, Relation.REJECT_ALIKE, Relation.DIFFER)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was worded, and the number that it is part of."""

    estimate: str
    text: str
    whole: str
    """The estimate that it is part of; empty without one."""
    whole_text: str


@dataclass(frozen=True, slots=True)
class RowLabel:
    """The claim of a row in one line, and where it stands."""

    heading: Heading
    claim: ValueView
    incidents: tuple[ValueView, ...]
    """Of which it is an account, on the page of a place."""
    numbers: tuple["Number", ...]

    @property
    def part_of(self) -> str:
        """The number that one of its numbers is part of; empty for a whole."""
        return next((number.whole_text for number in self.numbers if number.whole), "")


class RankedRow(Protocol):
    """What ``rank_rows`` reads of a row."""

    @property
    def label(self) -> RowLabel: ...
    @property
    def comparison(self) -> Comparison: ...


RowType = TypeVar("RowType", bound=RankedRow)


@dataclass(frozen=True, slots=True)
class RowLabels:
    """Labels of claims about the thing in focus."""

    builder: ViewBuilder
    claims: Mapping[str, ClaimRow]

    def read(self, proposition: str) -> RowLabel:
        """The label of a claim."""
        about = self.builder.description
        incidents = [iri for iri in about.iris(proposition, f"{CK}incident") if iri != about.focus]
        return RowLabel(
            self._find_heading(proposition),
            self.link(proposition),
            tuple(map(self.builder.build_link, incidents)),
            tuple(self._read_numbers(proposition)),
        )

    def link(self, proposition: str) -> ValueView:
        """The claim in one line."""
        numbers = [number.text for number in self._read_numbers(proposition)]
        name = (numbers and self.builder.summarize_without(proposition, {"count"})) or self._name(proposition)
        parts = [*numbers, name, *self._find_whens(proposition, name)]
        return ValueView(" \u00b7 ".join(filter(None, parts)), proposition)

    def _name(self, proposition: str) -> str:
        about = self.builder.description
        if ZONE_BOUNDARY in about.types(proposition):
            return "a boundary is defined"
        if label := about.text(proposition, LABEL):
            return f"\u201c{isolate(label)}\u201d"
        claim = self.claims.get(proposition)
        return (claim.proposition if claim else self.builder.build_link(proposition)).text

    def _read_numbers(self, proposition: str) -> Iterator[Number]:
        """“38” bodies, among civilians."""
        about, link = self.builder.description, self.builder.build_link
        for estimate in about.iris(proposition, f"{CK}count"):
            kinds = ", ".join(isolate(link(iri).text) for iri in about.iris(estimate, f"{CK}countOf"))
            among = ", ".join(isolate(link(iri).text) for iri in about.iris(estimate, f"{CK}among"))
            text = f"\u201c{isolate(about.text(estimate, f'{CK}asGiven'))}\u201d {kinds}".rstrip()
            whole = next(iter(about.iris(estimate, PART_OF_COUNT)), "")
            whole_text = about.text(whole, f"{CK}asGiven")
            yield Number(estimate, f"{text}, among {among}" if among else text, whole, whole_text)

    def _find_whens(self, proposition: str, name: str) -> Iterator[str]:
        """When it was, unless the name has it."""
        about = self.builder.description
        given, when = about.text(proposition, f"{CK}whenAsGiven"), about.text(proposition, f"{CK}when")
        if given and given not in name:
            yield f"when: {isolate(given)}"
        elif when and not given and format_date(when) not in name:
            yield f"when: {isolate(when)}"

    def _find_heading(self, proposition: str) -> Heading:
        about = self.builder.description
        filled = {
            local_name(predicate)
            for predicate in about.objects.get(proposition, {})
            if about.iris(proposition, predicate) != [about.focus]
        }
        if ZONE_BOUNDARY in about.types(proposition):
            return Heading.BOUNDARY
        if INCIDENT_ACCOUNT not in about.types(proposition):
            filled |= {local_name(predicate) for predicate in about.objects.get(proposition, {})} & {"zone"}
            return next((heading for heading, names in _OTHER_HEADINGS if filled & {*names}), Heading.OTHER)
        if OUTCOMES & {*about.iris(proposition, f"{CK}incidentType")}:
            filled.discard("target")
        return next((heading for heading, names in _ACCOUNT_HEADINGS if filled & {*names}), Heading.HAPPENED)


def rank_rows(rows: Iterable[RowType]) -> list[RowType]:
    """By heading; in it those where the sides contradict each other or agree come first, and parts follow wholes."""

    def place(row: RowType) -> tuple[int, int, str]:
        relation = row.comparison.relation
        noted = _NOTED_FIRST.index(relation) if relation in _NOTED_FIRST else len(_NOTED_FIRST)
        return _ORDER[row.label.heading], noted, row.label.claim.text

    ordered = sorted(rows, key=place)
    owners = {number.estimate: row.label.claim.iri for row in ordered for number in row.label.numbers}
    parts: dict[str, list[RowType]] = {}
    wholes: list[RowType] = []
    for row in ordered:
        owner = next((owners[number.whole] for number in row.label.numbers if number.whole in owners), "")
        is_part = owner not in ("", row.label.claim.iri)
        (parts.setdefault(owner, []) if is_part else wholes).append(row)
    return list(_add_parts(wholes, parts))


def _add_parts(rows: Iterable[RowType], parts: dict[str, list[RowType]]) -> Iterator[RowType]:
    """The rows, each followed by its parts and theirs; parts of parts in a circle come once."""
    for row in rows:
        yield row
        yield from _add_parts(parts.pop(row.label.claim.iri, []), parts)
