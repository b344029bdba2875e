"""Rows of answers as people read them: what is said stays, whoever says it; only who says it is not told twice."""

import pytest
from small_world import ATTACK, SmallWorld, account, said

from kg.questions.answer import TableAnswer
from kg.questions.table_layout import ReadableTable, lay_out
from kg.settings import DEFAULT_BASE_IRI
from kg.store.query_template import text_of

ADMITTED = account("p", f"{ATTACK} ; ck:incident incident:a") + said("s1", "army", "asserts", "prop:p", "attributed")


@pytest.fixture(scope="module")
def world() -> SmallWorld:
    return SmallWorld.create()


def table_of(world: SmallWorld, turtle: str, question: str) -> ReadableTable:
    store = world.store(turtle)
    answer = world.catalogue.ask(question, {}, store, DEFAULT_BASE_IRI)
    assert isinstance(answer, TableAnswer)
    assert answer.rows
    return lay_out(answer, store, DEFAULT_BASE_IRI)


def shown_in(table: ReadableTable) -> set[str]:
    (row, *_) = table.rows
    terms = [*row.contents, *(entry.term for entry in row.further)]
    return {text_of(term).rsplit("/", 1)[-1] for term in terms if term is not None}


@pytest.mark.parametrize("question", ["who-admits-what", "what-is-said-of-incidents"])
def test_who_did_it_is_shown_of_an_admission_too(world: SmallWorld, question: str) -> None:
    assert "army" in shown_in(table_of(world, ADMITTED, question))


def test_who_declared_it_stands_beside_the_statement_alone(world: SmallWorld) -> None:
    table = table_of(world, said("s1", "army", "declares", "zone:z", "attributed"), "who-declared-which-zone")
    assert "army" not in shown_in(table)
    assert table.rows[0].sayings[0].summary.speaker.endswith("/army")


def test_a_sentence_above_rows_has_no_addresses(world: SmallWorld) -> None:
    turtle = (
        "prop:c a ck:ZoneCoverage ; ck:zone zone:z ; ck:place place:town .\n"
        'prop:g a ck:Assessment ; ck:about incident:a ; ck:gist "a trap"@en .\n'
        + said("s1", "army", "denies", "prop:c", "attributed")
        + said("s2", "ally", "denies", "prop:g", "attributed")
    )
    sentence = "".join(phrase.text for phrase in table_of(world, turtle, "who-denies-what").summary)
    assert "a trap" in sentence
    assert "://" not in sentence
