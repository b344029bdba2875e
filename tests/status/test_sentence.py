"""Sentences in phrases: joined they are the sentence, and each is linked to the statement that it words."""

from hypothesis import given
from hypothesis import strategies as st
from small_world import CONTENT, SmallWorld, said

from kg.questions.standings import fetch_standings
from kg.settings import DEFAULT_BASE_IRI
from kg.status.sentence import PhraseTrace, Sentence

_WORDS = st.text(alphabet="ab É؟", min_size=1, max_size=5)


@given(text=st.text(alphabet="abAB Éİ؟", max_size=40), made=st.dictionaries(_WORDS, _WORDS, max_size=6))
def test_the_phrases_joined_are_the_text(text: str, made: dict[str, str]) -> None:
    trace = PhraseTrace()
    for phrase, statement in made.items():
        trace.record(phrase, statement)
    phrases = trace.split(text)
    assert "".join(phrase.text for phrase in phrases) == text
    assert all(phrase.text for phrase in phrases)
    assert all(
        any(phrase.text.lower() == key.lower() for key, made_of in made.items() if made_of == phrase.statement)
        for phrase in phrases
        if phrase.statement
    )


def test_each_side_of_a_dispute_is_linked_to_what_it_says(world: SmallWorld) -> None:
    statements = said("s1", "paper", "asserts", "prop:c") + said("s2", "army", "denies", "prop:c", "attributed")
    sentence = _sentence_of(world, CONTENT + statements, "c")
    linked = {phrase.text: phrase.statement.rsplit("/", 1)[-1] for phrase in sentence if phrase.statement}
    assert linked == {"Paper says so": "s1", "Army denied it": "s2"}


def test_whoever_says_it_together_is_linked_alone(world: SmallWorld) -> None:
    statements = said("s1", "witness", "asserts", "prop:c", "attributed") + said(
        "s2", "militia", "asserts", "prop:c", "attributed"
    )
    sentence = _sentence_of(world, CONTENT + statements, "c")
    linked = {phrase.text: phrase.statement.rsplit("/", 1)[-1] for phrase in sentence if phrase.statement}
    assert linked == {"Witness": "s1", "Militia": "s2"}


def _sentence_of(world: SmallWorld, turtle: str, proposition: str) -> Sentence:
    iri = f"{DEFAULT_BASE_IRI}id/proposition/{proposition}"
    return fetch_standings([iri], world.store(turtle)).standing_of(iri).sentence
