"""How propositions and statements stand, in one word and in one line, for many of them at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.graphql.names import constant
from kg.questions import decisions
from kg.questions.query import Row, support, text_of
from kg.questions.table import names_of
from kg.store import Queryable

_DOING = {
    "asserts": "asserted by",
    "denies": "denied by",
    "leaves-open": "left open by",
    "supposes": "supposed by",
    "intends": "taken a position on by",
}


@dataclass(slots=True)
class Standing:
    """What was found out so far; each proposition and statement is asked about once."""

    store: Queryable
    statuses: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    statement_lines: dict[str, str] = field(default_factory=dict)

    def decide(self, propositions: Collection[str]) -> None:
        """Find the status of these propositions."""
        asked = [ox.NamedNode(each) for each in sorted(propositions) if each not in self.statuses]
        if asked:
            found = decisions(asked, self.store)
            self.statuses |= {iri: constant(decision.status) for iri, decision in found.items()}

    def attribute(self, propositions: Collection[str]) -> None:
        """Find who says what about these propositions."""
        asked = [ox.NamedNode(each) for each in sorted(propositions) if each not in self.lines]
        if not asked:
            return
        acts = support("acts").each(self.store, asked).rows
        disputes = support("disputes").each(self.store, [act["statement"] for act in acts if act["statement"]]).rows
        speakers = [*(row["speaker"] for row in acts), *(row["disputant"] for row in disputes)]
        names = names_of(speakers, self.store)
        by_proposition: dict[str, list[Row]] = defaultdict(list)
        for act in acts:
            by_proposition[text_of(act["proposition"])].append(act)
        for each in asked:
            self.lines[each.value] = _line(by_proposition[each.value], disputes, names)

    def tell(self, statements: Collection[str]) -> None:
        """Find who makes these statements, how worded and where."""
        asked = [ox.NamedNode(each) for each in sorted(statements) if each not in self.statement_lines]
        rows = support("said").each(self.store, asked).rows
        disputes = support("disputes").each(self.store, asked).rows
        told = [row[name] for row in rows for name in ("speaker", "source")]
        names = names_of([*told, *(row["disputant"] for row in disputes)], self.store)
        for row in rows:
            iri = text_of(row["statement"])
            self.statement_lines[iri] = _told(
                row, [each for each in disputes if text_of(each["statement"]) == iri], names
            )
        for each in asked:
            self.statement_lines.setdefault(each.value, "nobody is recorded to say this")


def _line(acts: list[Row], disputes: Collection[Row], names: Mapping[str, str]) -> str:
    """Who does what, the acts in the order of the table; a statement that was taken back says so."""
    told: dict[str, dict[str, None]] = defaultdict(dict)
    statements = set()
    for act in acts:
        taken_back = " (taken back)" if text_of(act["retracted"]) == "true" else ""
        possible = " (as possible)" if text_of(act["possibility"]) == "true" else ""
        told[text_of(act["act"])][_name(act["speaker"], names) + possible + taken_back] = None
        statements.add(text_of(act["statement"]))
    parts = [f"{words} {', '.join(told[act])}" for act, words in _DOING.items() if act in told]
    against = dict.fromkeys(
        _name(each["disputant"], names) for each in disputes if text_of(each["statement"]) in statements
    )
    if against:
        parts.append(f"disputed by {', '.join(against)}")
    return "; ".join(parts) or "nobody is recorded to say this"


def _told(row: Row, disputes: Collection[Row], names: Mapping[str, str]) -> str:
    hedge = text_of(row["hedge"]).rsplit("/", 1)[-1]
    worded = "" if hedge == "none" else f", worded as {hedge.replace('-', ' ')}"
    against = dict.fromkeys(_name(each["disputant"], names) for each in disputes)
    disputed = f"; disputed by {', '.join(against)}" if against else ""
    return f"{_name(row['speaker'], names)} {text_of(row['act'])}{worded}, in {_name(row['source'], names)}{disputed}"


def _name(term: object, names: Mapping[str, str]) -> str:
    iri = text_of(term)  # type: ignore[arg-type]
    return names.get(iri) or iri.rsplit("/", 1)[-1]
