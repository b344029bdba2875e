"""Answers: a table of solutions, or a decision with the statements that it rests on.

Owns what is fetched for an answer and what it contains. Which statements match a question is for its query, what they
decide for ``kg.status``, and the output for ``kg.questions.formats``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pyoxigraph as ox

from kg import namespaces
from kg.questions.evidence_graph import QueryEvidenceGraph
from kg.questions.inference_clauses import ReferenceStep, describe_premises, list_units
from kg.questions.matches import MatchedEvidence, collect_matches
from kg.questions.nearest_accounts import NearestAccounts, find_nearest_accounts
from kg.questions.nearest_sayings import find_nearest_sayings
from kg.questions.nearest_statements import NEAREST, ON_SAME_RELATION, add_nearest
from kg.questions.question import Question
from kg.questions.related_actors import RelatedActor, find_related_actors
from kg.questions.related_statements import relate_statements
from kg.questions.statement_lookup import STATEMENTS, NamesByIri, StatementLookup, StatementSummary
from kg.status.act import Bearing
from kg.status.evidence import EvidenceReader
from kg.status.headline import write_sentence
from kg.status.saying import NearestSayings
from kg.status.sentence import Sentence
from kg.status.support import find_supports_of_denials
from kg.status.tension import find_tensions
from kg.status.topic import Topic, topic_of
from kg.status.verdict import Decision, Reason, Status, Verdict
from kg.status.wording import add_spaces, shorten_names
from kg.store.interface import Queryable
from kg.store.labels import fetch_names
from kg.store.query_template import Solution, Term, text_of
from kg.text_direction import isolate

_CK = namespaces.CK
_PARTICIPLES = {
    "asserts": "asserted",
    "denies": "denied",
    "leaves open": "left open",
    "supposes": "supposed",
    "declares": "declared",
    "relays": "relayed",
    "retracts": "taken back",
}


@dataclass(frozen=True, slots=True)
class RelatedStatement:
    """A statement that has to do with the question but does not decide it, and what it has to do with it."""

    statement: StatementSummary
    how: str


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
    sentence: Sentence
    """The answer in one sentence, in phrases with the statements that they word."""
    grounds: tuple[StatementSummary, ...]
    """The statements that decide, or that are the reason why nothing is decided."""
    related: tuple[RelatedStatement, ...]
    reference_steps: tuple[ReferenceStep, ...]
    searched: tuple[str, ...]
    """The sources searched, if all of them are silent."""
    names: NamesByIri

    @property
    def headline(self) -> str:
        """The sentence as plain text."""
        return "".join(phrase.text for phrase in self.sentence)

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
    names = shorten_names(fetch_names(store, [*values, *terms.values()]))
    return TableAnswer(question, dict(terms), solutions.columns, solutions.rows, names)


def answer_yes_no(question: Question, terms: Mapping[str, Term], store: Queryable) -> YesNoAnswer:
    """The answer to a yes/no question, in three queries: matches, evidence, and what is shown of it.

    Where nothing matches, the second one looks for the nearest statements instead; where what matches is silent on a
    question that is narrowed to a place, a day or the like, one more does. Of what no act has an actor say, the acts on
    it and near it are fetched. Where what matches is of another place, one more reads the units of places.
    """
    rows = question.select(terms, store).rows
    matched = collect_matches(question, terms, rows, store)
    evidence, links, decision = matched.evidence, matched.links, matched.decision
    is_silent = decision.reason is Reason.SILENT
    nearby = _find_nearby(question, terms, matched, store)
    units = _inferred_units(decision)
    shown = StatementLookup(
        STATEMENTS.select(
            store,
            {
                "statement": map(ox.NamedNode, {*decision.grounds, *nearby.related}),
                "thing": [
                    *(term for term in terms.values() if isinstance(term, ox.NamedNode)),
                    *map(ox.NamedNode, nearby.accounts.things if nearby.accounts else ()),
                    *(ox.NamedNode(iri) for each in nearby.actors for iri in (each.other, each.speaker)),
                ],
                "place": (ox.NamedNode(place) for place, _ in units),
                "link": [ox.NamedNode(namespaces.REPORTED_IN)] if is_silent else [],
            },
        ).rows
    )
    answer = YesNoAnswer(
        question=question,
        terms=dict(terms),
        decision=decision,
        sentence=(),
        grounds=tuple(map(shown.summarize, decision.grounds)),
        related=tuple(RelatedStatement(shown.summarize(iri), how) for iri, how in nearby.related.items()),
        reference_steps=shown.climb_all(units),
        searched=shown.searched if is_silent else (),
        names=shown.names,
    )
    if matched.standing:
        return replace(answer, sentence=matched.standing.sentence)
    topic = replace(
        _topic(answer, rows, links, nearby.named),
        searched=shown.searched_texts,
        inferences=(
            *list_units(units, answer.reference_steps, partial(_name, names=answer.names)),
            *describe_premises(decision, links),
        ),
        supports=find_supports_of_denials(links, decision.rejecting),
        tensions=find_tensions(EvidenceReader(links), links, decision.grounds),
    )
    if nearby.accounts:
        answer, topic = _with_accounts(answer, topic, nearby.accounts)
    answer, topic = _with_actors(answer, topic, nearby)
    if nearby.sayings:
        topic = _with_sayings(topic, answer, nearby.sayings)
    return replace(answer, sentence=write_sentence(decision, evidence, _naming(answer, links), topic))


@dataclass(frozen=True, slots=True)
class _Nearby:
    """What does not decide, the nearest first, and what is said of it."""

    related: Mapping[str, str]
    """Each statement with what it has to do with the question."""
    named: Mapping[str, tuple[str, ...]]
    """The things in question that a statement on something else names."""
    accounts: NearestAccounts | None
    sayings: NearestSayings | None
    actors: tuple[RelatedActor, ...] = ()
    """Of related actors what would answer the question."""


def _find_nearby(question: Question, terms: Mapping[str, Term], matched: MatchedEvidence, store: Queryable) -> _Nearby:
    """Accounts or acts near to a question that nothing decides; without any, what only names a thing in question."""
    decision = matched.decision
    related = relate_statements(matched.evidence, decision, matched.links)
    is_silent = decision.reason is Reason.SILENT
    sayings = find_nearest_sayings(question, terms, decision.grounds, store) if decision.reason else None
    if sayings:
        related = {**sayings.statements(), **related}
    actors = find_related_actors(question, terms, store) if is_silent else ()
    others = dict.fromkeys((iri for each in actors for iri in each.statements), NEAREST)
    accounts = find_nearest_accounts(question, terms, store) if is_silent else None
    if accounts:
        near = {**others, **dict.fromkeys(accounts.statements, NEAREST), **related}
        return _Nearby(near, {}, accounts, sayings, actors)
    if not is_silent or (sayings and related):
        return _Nearby(related, {}, None, sayings)
    nearest = add_nearest(related, question, terms, store)
    return _Nearby({**others, **nearest.related}, nearest.named, None, sayings, actors)


def _with_accounts(answer: YesNoAnswer, topic: Topic, accounts: NearestAccounts) -> tuple[YesNoAnswer, Topic]:
    """The answer and its topic with what the nearest accounts lack."""

    def name_of(iri: str) -> str:
        return answer.names.get(iri) or add_spaces(_slug(iri))

    lacks = {iri: accounts.describe(iri, name_of) for iri in accounts.statements}
    related = tuple(
        replace(each, how=f"{each.how}: {lacks[each.statement.iri]}") if lacks.get(each.statement.iri) else each
        for each in answer.related
    )
    summaries = {each.statement.iri: each.statement for each in related}
    told = (
        ", ".join(filter(None, [_quote(summaries[iri], answer.names), lacks[iri]]))
        for iri in accounts.select_for_headline()
    )
    topic = replace(topic, nearest="; ".join(told), is_in_parts=accounts.are_parts)
    return replace(answer, related=related), topic


def _with_actors(answer: YesNoAnswer, topic: Topic, nearby: _Nearby) -> tuple[YesNoAnswer, Topic]:
    """The answer and its topic with what is said of related actors; it comes before what is on something else."""
    if not nearby.actors:
        return answer, topic
    about = {each: each.describe(lambda iri: answer.names.get(iri) or _slug(iri)) for each in nearby.actors}
    hows = {iri: f"is {words}" for each, words in about.items() for iri in each.statements}
    related = tuple(replace(each, how=hows.get(each.statement.iri, each.how)) for each in answer.related)
    quotes = {each.statement.iri: _quote(each.statement, answer.names) for each in related}
    told = [f"{words}: {', '.join(quotes[iri] for iri in each.statements)}" for each, words in about.items()]
    is_told = not nearby.accounts or hows.keys() >= set(nearby.accounts.select_for_headline())
    nearest = [] if is_told else [topic.nearest]
    return replace(answer, related=related), replace(topic, nearest="; ".join([*nearest, *told]))


def _with_sayings(topic: Topic, answer: YesNoAnswer, sayings: NearestSayings) -> Topic:
    """The topic with who else says it: it is then asked whether the actor itself does."""
    names = {name: _name(text_of(term), answer.names) for name, term in answer.terms.items()}
    if sayings.is_of_actor_alone:
        names[answer.question.utterance_of[0]] += " itself"
    return replace(topic, others=sayings.clause(answer.names), whether=answer.question.clause(names))


def _topic(
    answer: YesNoAnswer, rows: Sequence[Solution], links: QueryEvidenceGraph, named: Mapping[str, Sequence[str]]
) -> Topic:
    """What the sentence is about: of a question about one proposition, also what kind of proposition that is."""
    exact = {text_of(row["proposition"]) for row in rows if text_of(row["bearing"]) == Bearing.EXACT}
    topic = topic_of(links, exact.pop()) if len(exact) == 1 else Topic()
    names = {name: _name(text_of(term), answer.names) for name, term in answer.terms.items()}
    nearest = next((_describe_nearest(each, answer, named) for each in answer.related), "")
    return replace(
        topic,
        whether=answer.question.clause(names),
        nearest=nearest if answer.reason is Reason.SILENT else "",
        is_saying=any(row.get("saying") for row in rows),
        is_looked_around=True,
    )


def _describe_nearest(related: RelatedStatement, answer: YesNoAnswer, named: Mapping[str, Sequence[str]]) -> str:
    """A statement by its words; one on something else with what it has in common with the question."""
    quote = _quote(related.statement, answer.names)
    common = " and ".join(_name(iri, answer.names) for iri in named.get(related.statement.iri, ()))
    if related.how == ON_SAME_RELATION:
        return f"on the same relation of {common} to something else, {quote}"
    return f"on something else that names {common}, {quote}" if common else quote


def _naming(answer: YesNoAnswer, links: QueryEvidenceGraph) -> Callable[[str], str]:
    return lambda iri: answer.names.get(iri) or links.name_of(iri)


def _name(text: str, names: NamesByIri) -> str:
    return isolate(names.get(text) or _slug(text))


def _quote(statement: StatementSummary, names: NamesByIri) -> str:
    """A statement by its speaker, wording and words."""
    words = f": “{isolate(statement.words[0])}”" if statement.words else ""
    hedge = f" ({statement.hedge.replace('-', ' ')})" if statement.hedge not in ("", "none") else ""
    done = f"{_PARTICIPLES[statement.act]} by " if statement.act else ""
    to = f" to {' and '.join(_name(each, names) for each in statement.said_to)}" if statement.said_to else ""
    return f"{done}{_name(statement.speaker, names)}{to}{hedge}{words}"


def _inferred_units(decision: Decision) -> list[tuple[str, str]]:
    """The places, each with the unit above it, that an inference rests on."""
    has_inference = decision.is_inferred or decision.verdict is Verdict.DISPUTED
    return list(dict.fromkeys(pair for item in decision.deciding for pair in item.units)) if has_inference else []


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
