"""A passage is shown in the sentence that has it, and the words around it are those of the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.views.sentence_around import MAX_AROUND, surround

TEXT = 'He left. The U.S. army said that "Five" died, e.g. near St. Paul. Nobody knows.\nA heading\nNext one'


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Five", 'The U.S. army said that "Five" died, e.g. near St. Paul.'),
        ("He left.", "He left."),
        ("knows", "Nobody knows."),
        ("heading", "A heading"),
        ("Next one", "Next one"),
        ("left. The", 'He left. The U.S. army said that "Five" died, e.g. near St. Paul.'),
    ],
)
def test_the_sentence_is_shown(words: str, sentence: str) -> None:
    start = TEXT.index(words)
    around = surround(TEXT, start, start + len(words))
    assert around.words == words
    assert "".join(around) == sentence


def test_a_long_sentence_is_cut_on_both_sides() -> None:
    text = "word " * 400 + "HERE " + "word " * 400
    around = surround(text, text.index("HERE"), text.index("HERE") + 4)
    assert len(around.before) <= MAX_AROUND + 2 >= len(around.after)
    assert around.before.startswith("…")
    assert around.after.endswith("…")


@given(st.text(alphabet="ab .\n!Aع”", max_size=60), st.integers(0, 60), st.integers(1, 20))
def test_it_is_a_part_of_the_text(text: str, start: int, length: int) -> None:
    end = min(len(text), start + length)
    if start < end:
        around = surround(text, start, end)
        assert around.words == text[start:end]
        assert "".join(around) in text
