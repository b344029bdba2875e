"""Answers: a table of solutions, or a decision with the statements that it rests on.

Owns what is fetched for an answer and what it contains. Which statements match a question is for its query, what they
decide for ``kg.status``, and the output for ``kg.questions.formats``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg import namespaces
from kg.questions.evidence_graph import SUPPORT, QueryEvidenceGraph, fetch_evidence_links
from kg.questions.question import Question
from kg.status.evidence import collect_evidence
from kg.status.verdict import Bearing, Decision, Evidence, Reason, Status, Verdict, decide
from kg.status.wording import describe_bearing
from kg.store.interface import Queryable
from kg.store.labels import LABEL_PROPERTIES, fetch_names
from kg.store.query_template import BatchQuery, Solution, Term, text_of

NamesByIri = Mapping[str, str]

_STATEMENTS = BatchQuery.read(SUPPORT / "statements.rq")
_CK = namespaces.CK
_ACTS = {
    namespaces.ASSERTS: "asserts",
    namespaces.DENIES: "denies",
    namespaces.LEAVES_OPEN: "leaves open",
    namespaces.SUPPOSES: "supposes",
    f"{_CK}declares": "declares",
    f"{_CK}relays": "relays",
    namespaces.RETRACTS: "retracts",
}
_LINKS_FROM_OTHERS = {
    f"{_CK}relays": "relays it",
    namespaces.RESTATES: "tells it again",
    namespaces.RETRACTS: "takes it back",
    namespaces.DISPUTES: "disputes it",
    f"{_CK}supports": "supports it",
    f"{_CK}groundFor": "says what it rests on",
    f"{_CK}inTensionWith": "is in tension with it",
}
_LINKS_TO_OTHERS = {
    f"{_CK}basedOn": "is given as its ground",
    f"{_CK}conditionalOn": "is its condition",
    f"{_CK}inTensionWith": "is in tension with it",
}


@dataclass(frozen=True, slots=True)
class StatementSummary:
    """A statement as answers show it. IRIs in full; ``hedge`` and ``explicitness`` are short names of concepts."""

    iri: str
    act: str
    speaker: str
    hedge: str
    explicitness: str
    source: str
    reporter: str
    said_when: str
    words: tuple[str, ...]
    """The exact words of its quotes; without any, the recorder's rationale."""
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class RelatedStatement:
    """A statement that has to do with the question but does not decide it, and what it has to do with it."""

    statement: StatementSummary
    how: str


@dataclass(frozen=True, slots=True)
class RegisterStep:
    """One step of a register on which an inferred answer rests besides its statements."""

    place: str
    parent: str
    register: str
    authority: str


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """The solutions that answer a question, in the order of its query."""

    question: Question
    terms: Mapping[str, Term]
    """The parameters that were given, as terms."""
    columns: tuple[str, ...]
    rows: tuple[Solution, ...]
    names: NamesByIri
    """The name of each IRI that has one."""


@dataclass(frozen=True, slots=True)
class YesNoAnswer:
    """The decision on a question, with everything that it rests on."""

    question: Question
    terms: Mapping[str, Term]
    decision: Decision
    grounds: tuple[StatementSummary, ...]
    """The statements that decide, or that are the reason why nothing is decided."""
    related: tuple[RelatedStatement, ...]
    register: tuple[RegisterStep, ...]
    searched: tuple[str, ...]
    """The sources searched, if all of them are silent."""
    names: NamesByIri

    @property
    def verdict(self) -> Verdict:
        return self.decision.verdict

    @property
    def reason(self) -> Reason | None:
        return self.decision.reason

    @property
    def status(self) -> Status:
        return self.decision.status

    @property
    def statements(self) -> tuple[StatementSummary, ...]:
        """Every statement that the answer shows."""
        return (*self.grounds, *(related.statement for related in self.related))


def answer_table(question: Question, terms: Mapping[str, Term], store: Queryable) -> TableAnswer:
    """The answer to a question whose answer is a table."""
    solutions = question.select(terms, store)
    values = [term for row in solutions.rows for term in row.values()]
    names = fetch_names(store, [*values, *terms.values()])
    return TableAnswer(question, dict(terms), solutions.columns, solutions.rows, names)


def answer_yes_no(question: Question, terms: Mapping[str, Term], store: Queryable) -> YesNoAnswer:
    """The answer to a yes/no question, in three queries: matches, evidence, and what is shown of it."""
    matches = question.select(terms, store).rows
    evidence, links = _collect(matches, store)
    decision = decide(evidence)
    related = _relate(evidence, decision, links)
    inferred = _inferred_units(matches) if decision.is_inferred else []
    shown = _Lookup(
        _STATEMENTS.select(
            store,
            {
                "statement": map(ox.NamedNode, {*decision.grounds, *related}),
                "thing": (term for term in terms.values() if isinstance(term, ox.NamedNode)),
                "place": (place for place, _ in inferred),
                "link": [ox.NamedNode(namespaces.REPORTED_IN)] if decision.reason is Reason.SILENT else [],
            },
        ).rows
    )
    return YesNoAnswer(
        question=question,
        terms=dict(terms),
        decision=decision,
        grounds=tuple(map(shown.summarize, decision.grounds)),
        related=tuple(RelatedStatement(shown.summarize(iri), how) for iri, how in related.items()),
        register=shown.climb_all(inferred),
        searched=shown.searched,
        names=shown.names,
    )


def _collect(matches: Iterable[Solution], store: Queryable) -> tuple[list[Evidence], QueryEvidenceGraph]:
    """The acts that match, with their bearing; a match binds ``proposition``, ``bearing`` and perhaps ``statement``."""
    bearings: dict[str, dict[str, set[Bearing]]] = defaultdict(lambda: defaultdict(set))
    for row in matches:
        bearings[text_of(row["proposition"])][text_of(row["statement"])].add(Bearing(text_of(row["bearing"])))
    links = fetch_evidence_links(bearings, store)
    evidence = [
        replace(item, bearing=bearing)
        for proposition, by_statement in sorted(bearings.items())
        for item in sorted(
            collect_evidence(links, proposition, by_statement), key=lambda item: (item.statement, item.act)
        )
        for bearing in sorted(by_statement[item.statement])
    ]
    return evidence, links


def _relate(evidence: Sequence[Evidence], decision: Decision, links: QueryEvidenceGraph) -> dict[str, str]:
    """Each statement that does not decide, with what it has to do with the question; the nearest first."""
    related: dict[str, str] = {}
    for item in evidence:
        if item.bearing is not Bearing.CONTEXT:
            related.setdefault(item.statement, describe_bearing(item))
    for _, how, other in sorted(_linked_statements(list(related), links)):
        related.setdefault(other, how)
    for item in evidence:
        related.setdefault(item.statement, describe_bearing(item))
    return {statement: how for statement, how in related.items() if statement not in decision.grounds}


def _linked_statements(statements: Iterable[str], links: QueryEvidenceGraph) -> Iterator[tuple[str, str, str]]:
    """Statements linked with these: (statement, what the other does to it, other)."""
    for statement in statements:
        for predicate, how in _LINKS_FROM_OTHERS.items():
            for other in links.subjects(predicate, statement):
                yield statement, how, other
        for predicate, how in _LINKS_TO_OTHERS.items():
            for other in links.objects(statement, predicate):
                if links.values(other, namespaces.SPEAKER):
                    yield statement, how, other


def _inferred_units(matches: Iterable[Solution]) -> list[tuple[Term, Term]]:
    """The places whose membership in a unit an inference rests on."""
    pairs = ((row.get("place"), row.get("via")) for row in matches if text_of(row["bearing"]) == Bearing.INFERRED)
    return [(place, unit) for place, unit in dict.fromkeys(pairs) if place is not None and unit is not None]


class _Lookup:
    """What was fetched to show an answer: statements, register steps, searched sources, names."""

    def __init__(self, rows: Sequence[Solution]) -> None:
        self._links = QueryEvidenceGraph(rows)
        self.searched = tuple(dict.fromkeys(text_of(row["subject"]) for row in rows if row["link"]))
        self.names = self._read_names(rows)
        self._steps: dict[str, RegisterStep] = {}
        for row in rows:
            if text_of(row["predicate"]) == f"{_CK}administrativeParent":
                place, parent, register = (text_of(row[name]) for name in ("subject", "object", "graph"))
                authority = next(iter(self._links.objects(register, f"{_CK}authority")), "")
                self._steps.setdefault(place, RegisterStep(place, parent, register, authority))

    def summarize(self, statement: str) -> StatementSummary:
        """One statement."""
        source = self._first(statement, namespaces.REPORTED_IN)
        quotes = self._texts(statement, namespaces.QUOTE.value)
        return StatementSummary(
            iri=statement,
            act=next((act for link, act in _ACTS.items() if self._links.values(statement, link)), ""),
            speaker=self._first(statement, namespaces.SPEAKER),
            hedge=_slug(self._first(statement, namespaces.HEDGE)),
            explicitness=_slug(self._first(statement, f"{_CK}explicitness")) or "explicit",
            source=source,
            reporter=self._first(source, f"{namespaces.DCTERMS}publisher"),
            said_when=self._first(statement, namespaces.SAID_WHEN.value),
            words=quotes or self._texts(statement, f"{_CK}rationale"),
            is_quoted=bool(quotes),
        )

    def climb_all(self, units: Iterable[tuple[Term, Term]]) -> tuple[RegisterStep, ...]:
        """The register steps from each place up to its unit, each once."""
        steps = (step for place, unit in units for step in self._climb(text_of(place), text_of(unit)))
        return tuple(dict.fromkeys(steps))

    def _climb(self, place: str, unit: str) -> list[RegisterStep]:
        """The steps from a place up to a unit; none if the register does not lead there."""
        steps: list[RegisterStep] = []
        visited: set[str] = set()
        while place != unit and place in self._steps and place not in visited:
            visited.add(place)
            steps.append(self._steps[place])
            place = self._steps[place].parent
        return steps if place == unit else []

    def _first(self, node: str, predicate: str) -> str:
        return next(iter(self._texts(node, predicate)), "")

    def _texts(self, node: str, predicate: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(text_of, self._links.values(node, predicate))))

    def _read_names(self, rows: Iterable[Solution]) -> NamesByIri:
        resources = dict.fromkeys(text_of(row["subject"]) for row in rows)
        named = ((iri, self._first(iri, label)) for label in reversed(LABEL_PROPERTIES) for iri in resources)
        return {iri: name for iri, name in named if name}


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
