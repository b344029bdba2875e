"""A name that could reorder the sentence around it is isolated, and every other name stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.text_direction import isolate, neutralize


@pytest.mark.parametrize(
    "name", ["", "Russia", "Syrian Arab Republic army", "Сирия", "叙利亚", "Ça\u200d\u200e", "\U0001f600"]
)
def test_names_written_left_to_right_are_unchanged(name: str) -> None:
    assert isolate(name) == name


@pytest.mark.parametrize("name", ["حلب", "חיפה", "al-Nusra (النصرة)", "٢٠١٧", "\u07d0", "\U0001e900"])
def test_names_with_letters_written_right_to_left_are_isolated(name: str) -> None:
    assert isolate(name) == f"\u2068{name}\u2069"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("\u202eaissuR", "aissuR"),
        ("a\u2066b\u2069c\u2069", "abc"),
        ("a\u2066b", "ab"),
        ("\u2069حلب\u2067", "\u2068حلب\u2069"),
        ("a\u2028b\n\x85c", "a b c"),
        ("حلب\u2029حلب", "\u2068حلب حلب\u2069"),
    ],
)
def test_controls_of_direction_are_left_out_and_paragraphs_joined(name: str, expected: str) -> None:
    assert isolate(name) == expected


@pytest.mark.parametrize(
    "name", ["\u2068حلب\u2069", "\u2068حلب\u2069 denies \u2068\u2067ب\u2069\u2069", "\u2066a\u2069"]
)
def test_balanced_isolates_of_a_sentence_are_kept(name: str) -> None:
    assert neutralize(name) == name
    assert name in isolate(name)


@given(st.text(st.sampled_from("ab \nحל٢\u202a\u202c\u202e\u2066\u2068\u2069\u200f\u2028\x1c")))
def test_whatever_a_name_contains_its_isolates_are_balanced_and_isolating_twice_is_isolating_once(name: str) -> None:
    isolated = isolate(name)
    assert not set(isolated) & set("\u202a\u202b\u202c\u202d\u202e\u2028\u2029\n\x1c")
    depth = 0
    for character in isolated:
        depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
        assert depth >= 0
    assert depth == 0
    assert isolate(isolated) == isolated
    assert neutralize(isolated) == isolated
