"""What a reader selects of a list, and the SQL for it over the tables of ``kg.lists.list_index``.

Owns which conditions and orders there are. Values are bound, never written into SQL.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from kg.lists.statement_facts import FROM, WITHIN

STATEMENT = "statement"
SOURCE = "source"
PLACE = "place"
STATUSES = {
    "unopposed": "s.is_retracted = 0 AND s.is_denied = 0 AND s.is_disputed = 0",
    "denied": "s.is_denied = 1",
    "disputed": "s.is_disputed = 1",
    "retracted": "s.is_retracted = 1",
}
"""What became of a statement, and the condition for it; of unopposed ones, nobody recorded here says otherwise."""

_ID = "(SELECT id FROM resource WHERE iri = :{})"

_FOUND = "s.id IN (SELECT statement FROM link WHERE {})"
_LOOKED_UP = "EXISTS (SELECT 1 FROM link WHERE {} AND statement = s.id)"


class Facet(StrEnum):
    """By what a list is narrowed, to one value of each."""

    SPEAKER = "speaker"
    SOURCE = "source"
    PLACE = "place"
    ABOUT = "about"
    ACT = "act"
    HEDGE = "hedge"
    STATUS = "status"
    TYPE = "type"


COUNTED = (Facet.SPEAKER, Facet.SOURCE, Facet.PLACE, Facet.ACT, Facet.HEDGE, Facet.STATUS)
"""Those whose values are listed with the number of statements."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Values of facets, IRIs or names of the schema; empty for all. A list of things has those of such statements."""

    speaker: str = ""
    source: str = ""
    place: str = ""
    """A place, with all that lies in it; of a list of places, those that do."""
    about: str = ""
    """A thing that is spoken of."""
    act: str = ""
    hedge: str = ""
    status: str = ""
    type: str = ""
    """The class of the listed things."""
    first_day: str = ""
    """What may have happened on this day or later."""
    last_day: str = ""

    @property
    def is_of_statements(self) -> bool:
        """Whether it selects statements, and things only by them."""
        return replace(self, type="") != Selection()

    def conditions(self, *, of_few: bool = False) -> tuple[str, dict[str, str]]:
        """The condition on a statement ``s``, and what is bound in it.

        ``of_few``: each of a few statements is looked up, instead of all that are linked being found.
        """
        is_linked = _LOOKED_UP if of_few else _FOUND
        parts, values = ["1"], dict[str, str]()
        for name in (Facet.SPEAKER, Facet.ACT, Facet.HEDGE):
            if value := getattr(self, name):
                parts.append(f"s.{name} = :{name}" if name is Facet.ACT else f"s.{name} = {_ID.format(name)}")
                values[name] = value
        for name, role in ((Facet.SOURCE, FROM), (Facet.PLACE, WITHIN)):
            if value := getattr(self, name):
                parts.append(is_linked.format(f"role = '{role}' AND thing = {_ID.format(name)}"))
                values[name] = value
        if self.about:
            about = f"thing = {_ID.format('about')} AND role NOT IN ('{FROM}', '{WITHIN}')"
            parts.append(is_linked.format(about))
            values["about"] = self.about
        if self.status:
            parts.append(STATUSES[self.status])
        if self.first_day or self.last_day:
            parts.append("s.is_dated = 1")
        if self.first_day:
            parts.append("(s.latest = '' OR s.latest >= :first_day)")
            values["first_day"] = self.first_day
        if self.last_day:
            parts.append("(s.earliest = '' OR s.earliest <= :last_day)")
            values["last_day"] = self.last_day
        return " AND ".join(parts), values


NAME, NAME_DOWN, DATE, DATE_DOWN = "name", "-name", "date", "-date"
STATEMENT_ORDERS = {
    "source": (
        "FROM thing t CROSS JOIN statement s ON s.source = t.id WHERE t.kind = 'source' AND {condition}"
        " ORDER BY t.sort_key, t.iri, s.iri"
    ),
    "speaker": (
        "FROM thing t CROSS JOIN statement s ON s.speaker = t.id WHERE t.kind = 'actor' AND {condition}"
        " ORDER BY t.sort_key, t.iri, s.iri"
    ),
    DATE: "FROM statement s WHERE {condition} ORDER BY s.has_no_day, s.day, s.iri",
    DATE_DOWN: "FROM statement s WHERE {condition} ORDER BY s.has_no_day, s.day DESC, s.iri",
    "id": "FROM statement s WHERE {condition} ORDER BY s.iri",
}
"""By source, then as they were recorded; by the day that they speak of, those without one last; by IRI."""
THING_ORDERS = {
    NAME: "ORDER BY t.sort_key, t.iri",
    NAME_DOWN: "ORDER BY t.sort_key DESC, t.iri DESC",
    DATE: "ORDER BY t.has_no_day, t.day, t.iri",
    DATE_DOWN: "ORDER BY t.has_no_day, t.day DESC, t.iri",
}
"""By name; by the first day that any statement about them names, those without one last."""


def role_of(kind: str) -> str:
    """How things of a kind are linked to statements: a source to those that it reports."""
    return FROM if kind == SOURCE else kind
