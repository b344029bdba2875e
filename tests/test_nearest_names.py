"""Misspelt names are answered with the known ones that they may mean."""

import pytest

from kg.nearest_names import nearest_names, suggest_names


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
