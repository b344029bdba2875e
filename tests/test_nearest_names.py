"""Misspelt names are answered with the known ones that they may mean."""

from difflib import SequenceMatcher, get_close_matches

import pytest
from hypothesis import given
from hypothesis.strategies import text

import kg.nearest_names
from kg.nearest_names import nearest_names, similarity_bound, suggest_names


def test_a_suggestion_names_what_resembles_the_word_and_is_empty_where_nothing_does() -> None:
    assert suggest_names("speeker", ["speaker", "source"]) == "Did you mean 'speaker'?"
    assert suggest_names("xyz", ["speaker", "source"]) == ""


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("southwest-of", ["northeast-of", "near", "part-of"], ()),
        ("southwestern-of", ["northeast-of", "southwest-of"], ("southwest-of",)),
        ("South West of", ["southwest-of"], ("southwest-of",)),
        ("chemical", ["chemical-attack", "chemicals"], ("chemicals", "chemical-attack")),
        ("actor/counsil", ["actor/council", "actor/conflict-kg"], ("actor/council",)),
        ("militants", ["civilians", "combatants"], ()),
        ("deny", ["denies", "declares"], ("denies",)),
        ("a-b", ["a b", "a_b"], ("a b", "a_b")),
    ],
)
def test_a_word_of_several_is_not_exchanged_for_another(name: str, known: list[str], near: tuple[str, ...]) -> None:
    assert nearest_names(name, known) == near


@given(text(alphabet="abcد é", max_size=12), text(alphabet="abcد é", max_size=12))
def test_the_bound_is_never_below_the_similarity(one: str, other: str) -> None:
    assert similarity_bound(one, other) >= SequenceMatcher(None, one, other).ratio()


def test_few_of_many_names_are_compared_letter_by_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def record(word: str, possibilities: list[str], n: int, cutoff: float) -> list[str]:
        compared.extend(possibilities)
        return get_close_matches(word, possibilities, n, cutoff)

    monkeypatch.setattr(kg.nearest_names, "get_close_matches", record)
    known = [f"unit {letter * 3} of {other * 5}" for letter in "bcdfgh" for other in "klmnpq"]
    assert nearest_names("Jobarr", [*known, "Jobar"]) == ("Jobar",)
    assert compared == ["jobar"]
