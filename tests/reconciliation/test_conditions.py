"""Conditions find what meets them, however much else is said of the same things."""

import pyoxigraph as ox
import pytest

from kg.namespaces import CK, LABELLING, REPORTED_IN, SPEAKER, TYPE
from kg.reconciliation.conditions import Required, find_things, judge_conditions
from kg.reconciliation.entity_terms import EntityProperty, Part
from kg.store.embedded import EmbeddedStore

HOME = "https://example.org/id/"
SPOKESMAN, TOWN, NAMED = f"{HOME}actor/spokesman", f"{HOME}place/town", f"{HOME}place/named"
MANY = 6_000


def by(part: Part, meant: str = SPOKESMAN) -> Required:
    name = f"Labelling.{part}" if part else "Labelling"
    return Required(EntityProperty(name, "", "", frozenset(), claim=LABELLING, part=part), (), (meant,))


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    """The spokesman says much of other classes about many places, and is the source of a name; he uses one name."""
    store = ox.Store()
    home = ox.NamedNode("https://example.org/graph/home")

    def add(subject: str, predicate: str, value: str) -> ox.Quad:
        return ox.Quad(ox.NamedNode(HOME + subject), ox.NamedNode(predicate), ox.NamedNode(value), home)

    def say(number: int, class_: str, role: str, place: str, voice: str) -> list[ox.Quad]:
        proposition, statement = f"proposition/{number}", f"statement/{number}"
        return [
            add(proposition, TYPE.value, class_),
            add(proposition, role, place),
            add(statement, f"{CK}asserts", HOME + proposition),
            add(statement, voice, SPOKESMAN),
        ]

    account, labelled = f"{CK}IncidentAccount", f"{CK}labelled"
    quads = [
        quad
        for number in range(MANY)
        for place in [TOWN if number % 2 else f"{HOME}place/{number}"]
        for quad in say(number, account, f"{CK}location", place, SPEAKER)
    ]
    quads += say(MANY, LABELLING, labelled, f"{HOME}place/source-of", REPORTED_IN)
    quads += say(MANY + 1, LABELLING, labelled, NAMED, SPEAKER)
    quads += say(MANY + 2, LABELLING, labelled, TOWN, SPEAKER)
    store.extend(quads)
    return EmbeddedStore(store, None, True)


def test_what_is_said_in_other_classes_and_roles_hides_nothing(store: EmbeddedStore) -> None:
    assert find_things(store, [by(Part.SPEAKER)]) == [NAMED, TOWN]
    assert find_things(store, [by(Part.SOURCE)]) == [f"{HOME}place/source-of"]


def test_things_that_meet_most_conditions_come_first(store: EmbeddedStore) -> None:
    proposition = f"{HOME}proposition/{MANY + 2}"
    assert find_things(store, [by(Part.SPEAKER), by(Part.WHOLE, proposition)]) == [TOWN, NAMED]


def test_conditions_are_met_in_their_class_and_role_alone(store: EmbeddedStore) -> None:
    judged = judge_conditions(store, [TOWN, NAMED, f"{HOME}place/0"], [by(Part.SPEAKER)])
    assert {thing: list(met.statements) for thing, met in judged.items()} == {
        TOWN: [f"{HOME}statement/{MANY + 2}"],
        NAMED: [f"{HOME}statement/{MANY + 1}"],
        f"{HOME}place/0": [],
    }
