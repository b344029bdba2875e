"""A second, independent implementation of verdicts agrees: on random records, and on what is shipped."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox
import pytest
import question_strategies
import record_strategies
from hypothesis import HealthCheck, given, settings
from question_strategies import QUESTIONS, QUESTIONS_OF_UNITS, Asked, Statement
from record_strategies import HOLDINGS, Link, Record
from second_questions import record_of
from second_record import record_of_proposition
from second_voice import Facts
from shipped_data import ShippedData

from kg.namespaces import value_of
from kg.questions.answer import answer_yes_no
from kg.questions.catalogue import Catalogue
from kg.questions.standings import fetch_standings
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

_GRAPH = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/g")
_DATE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")
_ACTS = ("asserts", "denies", "leavesOpen", "supposes", "content", "shows")
_LOOSE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Ways:
    """The two ways to an answer."""

    def __init__(self, schema: Schema) -> None:
        self._catalogue = Catalogue.load()
        self._ontology = [ox.Quad(quad.subject, quad.predicate, quad.object, _GRAPH) for quad in schema.ontology]

    def store(self, quads: Iterable[ox.Quad]) -> EmbeddedStore:
        """A store of these quads and the ontology."""
        store = EmbeddedStore.in_memory()
        store.apply(Change.from_quads(added=frozenset([*quads, *self._ontology])))
        return store

    def compare(self, store: EmbeddedStore, facts: Facts, question: str, terms: dict[str, str]) -> None:
        """Asks both for verdict, reason and strength."""
        typed = {name: _term(value) for name, value in terms.items()}
        answer = answer_yes_no(self._catalogue.question(question), typed, store)
        decision, outcome = answer.decision, record_of(facts, question, terms).decide()
        one = decision.verdict.value, decision.reason or "", decision.strength or ""
        other = outcome.verdict, outcome.reason, outcome.strength.name.lower() if outcome.strength else ""
        assert one == other, (question, terms, answer.headline)

    def compare_all(self, statements: list[Statement], questions: Iterable[Asked]) -> None:
        """Asks both these questions about a graph of the statements."""
        store = self.store(_quads(question_strategies.triples(statements)))
        facts = facts_of(store)
        for question, named in questions:
            terms = {name: question_strategies.iri(value) for name, value in named.items()}
            self.compare(store, facts, question, terms)

    def compare_statuses(self, store: EmbeddedStore, facts: Facts, propositions: list[str]) -> None:
        standings = fetch_standings(propositions, store)
        statuses = {iri: standings.standing_of(iri).decision.status.value for iri in propositions}
        assert statuses == {iri: _second_status(facts, iri) for iri in propositions}


@pytest.fixture(scope="module")
def ways(schema: Schema) -> Ways:
    return Ways(schema)


def facts_of(store: EmbeddedStore) -> Facts:
    return Facts((value_of(quad.subject), quad.predicate.value, value_of(quad.object)) for quad in store.quads())


def _term(value: str) -> ox.NamedNode | ox.Literal:
    return ox.NamedNode(value) if ":" in value else ox.Literal(value, datatype=_DATE)


def _second_status(facts: Facts, proposition: str) -> str:
    outcome = record_of_proposition(facts, proposition).decide()
    return outcome.status(is_name=facts.is_a(proposition, "Labelling"))


@pytest.mark.slow
@_LOOSE
@given(statements=record_strategies.STATEMENTS, holdings=HOLDINGS)
def test_they_agree_on_the_status_of_propositions(ways: Ways, statements: list[Record], holdings: list[Link]) -> None:
    store = ways.store(ox.Quad(*triple, _GRAPH) for triple in record_strategies.triples(statements, holdings))
    iris = [record_strategies.node("proposition", slug).value for slug in record_strategies.PROPOSITIONS]
    ways.compare_statuses(store, facts_of(store), iris)


@pytest.mark.slow
@_LOOSE
@given(statements=question_strategies.STATEMENTS)
def test_they_agree_on_the_answers_to_questions(ways: Ways, statements: list[Statement]) -> None:
    ways.compare_all(statements, QUESTIONS)


@pytest.mark.slow
@_LOOSE
@given(statements=question_strategies.STATEMENTS_OF_PLACES)
def test_they_agree_on_deeds_where_only_the_place_of_an_incident_is_stated(
    ways: Ways, statements: list[Statement]
) -> None:
    ways.compare_all(statements, [asked for asked in QUESTIONS if asked[0] == "did-actor-do"])


@pytest.mark.slow
@_LOOSE
@given(statements=question_strategies.STATEMENTS_OF_UNITS)
def test_they_agree_on_deeds_at_places_that_lie_in_the_unit_in_question(
    ways: Ways, statements: list[Statement]
) -> None:
    ways.compare_all(statements, QUESTIONS_OF_UNITS)


@pytest.mark.slow
def test_they_agree_on_every_shipped_proposition(ways: Ways, shipped_data: ShippedData) -> None:
    store = shipped_data.store()
    facts = facts_of(store)
    propositions = sorted({value for name in _ACTS for value in facts.objects(name)})
    ways.compare_statuses(store, facts, propositions)
    for iri in propositions:
        for speaker in {speaker for act in facts.acts_on(iri) for speaker in facts.speakers(act.statement)}:
            ways.compare(store, facts, "did-actor-say", {"actor": speaker, "content": iri})


@pytest.mark.slow
def test_they_agree_on_the_shipped_zones_relations_and_deeds(ways: Ways, shipped_data: ShippedData) -> None:
    store = shipped_data.store()
    facts = facts_of(store)
    asked = [*_coverages(facts), *_relations(facts), *_deeds(facts)]
    for question, terms in asked:
        ways.compare(store, facts, question, terms)
    assert len(asked) > 300


@pytest.mark.slow
def test_they_agree_on_deeds_at_places_and_days_of_other_incidents(ways: Ways, shipped_data: ShippedData) -> None:
    store = shipped_data.store()
    facts = facts_of(store)
    for actor in ("syrian-government", "russia", "united-states", "united-states-central-command"):
        for type_ in ("airstrike", "attack", "chemical-attack", "killing", "meeting"):
            terms = {
                "actor": f"{DEFAULT_BASE_IRI}id/actor/{actor}",
                "type": f"{DEFAULT_BASE_IRI}vocab/incident-type/{type_}",
            }
            for more in ({"place": f"{DEFAULT_BASE_IRI}id/place/idlib-province"}, {"on": "2017-03-16"}):
                ways.compare(store, facts, "did-actor-do", terms | more)


@pytest.mark.slow
@pytest.mark.parametrize("more", [{}, {"place": "jobar"}, {"place": "ein-tarma"}], ids=str)
def test_they_agree_that_the_strongest_parts_of_a_statement_are_enough(
    ways: Ways, shipped_data: ShippedData, more: dict[str, str]
) -> None:
    store = shipped_data.store()
    terms = {
        "actor": f"{DEFAULT_BASE_IRI}id/actor/syrian-government",
        "type": f"{DEFAULT_BASE_IRI}vocab/incident-type/chemical-attack",
        "weapon": f"{DEFAULT_BASE_IRI}vocab/weapon/chlorine",
        **{name: f"{DEFAULT_BASE_IRI}id/place/{slug}" for name, slug in more.items()},
    }
    ways.compare(store, facts_of(store), "did-actor-do", terms)


def _coverages(facts: Facts) -> Iterator[tuple[str, dict[str, str]]]:
    for zone in facts.of_class("Zone"):
        for place in facts.of_class("Place"):
            yield "does-zone-cover-place", {"zone": zone, "place": place}


def _relations(facts: Facts) -> Iterator[tuple[str, dict[str, str]]]:
    for proposition in facts.of_class("ActorRelation"):
        terms = {name: min(facts.get(proposition, name)) for name in ("actor", "relation", "other")}
        yield "is-actor-related", terms
        yield "is-actor-related", terms | {"on": "2017-08-07"}


def _deeds(facts: Facts) -> Iterator[tuple[str, dict[str, str]]]:
    """Of each account what it says, in part and in full, of each doer; and of whom the doers are forces."""
    for account in facts.of_class("IncidentAccount"):
        doers = {doer for role in ("perpetrator", "participant", "party") for doer in facts.get(account, role)}
        relations = {relation for doer in doers for relation in facts.inverse("actor", doer)}
        wholes = {whole for relation in relations for whole in facts.get(relation, "other")}
        named = (("place", "location"), ("target", "target"), ("weapon", "weapon"), ("incident", "incident"))
        roles = {name: min(facts.get(account, role)) for name, role in named if facts.get(account, role)}
        for type_ in facts.get(account, "incidentType"):
            for actor in doers | wholes:
                terms = {"actor": actor, "type": type_}
                yield "did-actor-do", terms
                yield "did-actor-do", terms | roles
                yield from (("did-actor-do", terms | {name: value}) for name, value in roles.items())


def _quads(triples: Iterable[tuple[str, str, str]]) -> Iterator[ox.Quad]:
    for subject, predicate, value in triples:
        typed = ox.Literal(value, datatype=_DATE) if predicate.endswith(("earliest", "latest")) else ox.Literal(value)
        node = ox.NamedNode(value) if value.startswith("http") else typed
        yield ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), node, _GRAPH)
