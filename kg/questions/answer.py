"""A yes/no answer: what was decided, by which statements, and what else bears on it.

Owns the telling of each act with speaker, wording, source and words. Which acts there are is for ``evidence``, what
they decide for ``kg.status.verdict``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg.questions.evidence import RegisterStep, climbed, gathered
from kg.questions.question import Question
from kg.questions.table import Names, names_of
from kg.status.verdict import Act, Bearing, Decision, Evidence, Reason, Status, Verdict, decide
from kg.store.interface import Queryable
from kg.store.query_template import Solution, Term, slug_of, support, text_of


@dataclass(frozen=True, slots=True)
class StatementSummary:
    """A statement, told in full. IRIs are whole; ``hedge`` and ``explicitness`` are short names of concepts."""

    statement: str
    act: str
    speaker: str
    hedge: str
    explicitness: str
    source: str
    reporter: str
    said_when: str
    words: tuple[str, ...]
    """The exact words of its quotes; where it has none, the reason its recorder gives."""
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class RelatedStatement:
    """A statement that bears on the question but does not decide it, and how it does."""

    said: StatementSummary
    how: str


@dataclass(frozen=True, slots=True)
class YesNoAnswer:
    """The verdict on a question, with everything it rests on."""

    entry: Question
    terms: Mapping[str, Term]
    decision: Decision
    deciding: tuple[StatementSummary, ...]
    """The statements that decide, or that give the reason why nothing is decided."""
    bearing: tuple[RelatedStatement, ...]
    register: tuple[RegisterStep, ...]
    searched: tuple[str, ...]
    """The sources searched, where all of them are silent."""
    names: Names

    @property
    def verdict(self) -> Verdict:
        return self.decision.verdict

    @property
    def reason(self) -> Reason | None:
        return self.decision.reason

    @property
    def status(self) -> Status:
        return self.decision.status


def answered(entry: Question, terms: Mapping[str, Term], store: Queryable) -> YesNoAnswer:
    """The verdict on the question for these terms."""
    matches = entry.rows(terms, store).rows
    evidence = gathered(matches, store)
    decision = decide(evidence)
    bearing = _bearing(evidence, decision, store)
    told = _told({*decision.deciding, *bearing}, store)
    answer = YesNoAnswer(
        entry=entry,
        terms=dict(terms),
        decision=decision,
        deciding=tuple(told[each] for each in decision.deciding),
        bearing=tuple(RelatedStatement(told[each], how) for each, how in bearing.items()),
        register=_register(matches, store) if decision.is_inferred else (),
        searched=_searched(store) if decision.reason is Reason.SILENT else (),
        names={},
    )
    return replace(answer, names=names_of(_mentioned(answer), store))


def _bearing(evidence: Collection[Evidence], decision: Decision, store: Queryable) -> dict[str, str]:
    """How each statement that does not decide bears on the question, the nearest first."""
    how = {each.statement: _how(each) for each in evidence if each.bearing is not Bearing.CONTEXT}
    for row in support("answering").select_each(store, [ox.NamedNode(each) for each in how]).rows:
        how.setdefault(text_of(row["other"]), text_of(row["how"]))
    for each in evidence:
        how.setdefault(each.statement, _how(each))
    return {statement: words for statement, words in how.items() if statement not in decision.deciding}


def _how(each: Evidence) -> str:
    if each.is_retracted:
        return "was taken back"
    if each.is_restatement:
        return "tells it again"
    hedged = " to be possible" if each.is_possibility else ""
    return f"{_DOING[each.act]} {_MEASURE[each.bearing]}{hedged}"


def _told(statements: Iterable[str], store: Queryable) -> dict[str, StatementSummary]:
    rows = support("said").select_each(store, [ox.NamedNode(each) for each in statements]).rows
    by_statement: dict[str, list[Solution]] = defaultdict(list)
    for row in rows:
        by_statement[text_of(row["statement"])].append(row)
    return {statement: _said(found) for statement, found in by_statement.items()}


def _said(rows: list[Solution]) -> StatementSummary:
    """The one statement that these rows tell of: they differ in their quotes only."""
    first = rows[0]
    quotes = tuple(dict.fromkeys(text_of(row["words"]) for row in rows if row["words"]))
    reasons = tuple(dict.fromkeys(text_of(row["rationale"]) for row in rows if row["rationale"]))
    return StatementSummary(
        statement=text_of(first["statement"]),
        act=text_of(first["act"]),
        speaker=text_of(first["speaker"]),
        hedge=slug_of(first["hedge"]),
        explicitness=slug_of(first["explicitness"]) or "explicit",
        source=text_of(first["source"]),
        reporter=text_of(first["reporter"]),
        said_when=text_of(first["saidWhen"]),
        words=quotes or reasons,
        is_quoted=bool(quotes),
    )


def _register(matches: Iterable[Solution], store: Queryable) -> tuple[RegisterStep, ...]:
    """The steps by which what is asked about belongs to what the statements are about."""
    steps: dict[str, RegisterStep] = {}
    for row in matches:
        if text_of(row["bearing"]) == Bearing.INFERRED:
            for step in climbed(row.get("place"), row.get("via"), store):
                steps.setdefault(step.place, step)
    return tuple(steps.values())


def _searched(store: Queryable) -> tuple[str, ...]:
    return tuple(text_of(row["source"]) for row in support("searched").select(store, [{}]).rows)


def _mentioned(answer: YesNoAnswer) -> list[Term]:
    said = [*answer.deciding, *(each.said for each in answer.bearing)]
    iris = {iri for each in said for iri in (each.speaker, each.source, each.reporter)}
    iris |= {iri for step in answer.register for iri in (step.place, step.parent, step.register, step.authority)}
    iris |= set(answer.searched)
    return [*answer.terms.values(), *(ox.NamedNode(iri) for iri in iris if iri)]


_DOING = {
    Act.ASSERTS: "asserts",
    Act.DENIES: "denies",
    Act.LEAVES_OPEN: "leaves open",
    Act.SUPPOSES: "supposes",
    Act.INTENDS: "takes a position on",
}
_MEASURE = {
    Bearing.EXACT: "this",
    Bearing.SPECIFIC: "something more specific",
    Bearing.GENERAL: "something more general",
    Bearing.INFERRED: "this of a larger unit",
    Bearing.PARTIAL: "this of a part",
    Bearing.CONTEXT: "a related matter",
}
