"""A name that could reorder the sentence around it is isolated, and every other name stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.text_direction import isolate


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
        ("\u2069حلب\u2067", "\u2068حلب\u2069"),
        ("a\u2028b\n\x85c", "a b c"),
        ("حلب\u2029حلب", "\u2068حلب حلب\u2069"),
    ],
)
def test_controls_of_direction_are_left_out_and_paragraphs_joined(name: str, expected: str) -> None:
    assert isolate(name) == expected


@given(st.text(st.sampled_from("ab \nحל٢\u202a\u202c\u202e\u2066\u2068\u2069\u200f\u2028\x1c")))
def test_controls_in_a_name_are_balanced_whatever_it_contains_and_isolating_twice_is_isolating_once(name: str) -> None:
    isolated = isolate(name)
    inner = isolated.removeprefix("\u2068").removesuffix("\u2069")
    assert not set(inner) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\n\x1c")
    assert len(isolated) - len(inner) in (0, 2)
    assert isolate(isolated) == isolated
