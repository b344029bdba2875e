"""A span grows to the sentences that contain it; in doubt two sentences stay one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ingest.sentences import Sentences


def sentence_of(text: str, words: str) -> str:
    start = text.index(words)
    first, last = Sentences.of(text).around(start, start + len(words))
    return text[first:last]


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("It fell. Two died. It rained.", "Two", "Two died."),
        ("It fell. Two died", "died", "Two died"),
        ("“It fell.” Two died.", "fell", "“It fell.”"),
        ("Did it fall? Two died.", "fall", "Did it fall?"),
        ("“Why?” he asked. Two died.", "Why", "“Why?” he asked."),
        ("Gen. Smith of the U.S. Army spoke. Two died.", "Army", "Gen. Smith of the U.S. Army spoke."),
        ("It fell at 3.15 that day. Two died.", "15", "It fell at 3.15 that day."),
        ("The Attack\n2017-04-19\n\nTwo people died of it.", "Attack", "The Attack"),
        (
            "A line that is wrapped at some\nwidth goes on. Two died.",
            "width",
            "A line that is wrapped at some\nwidth goes on.",
        ),
        ("Content\n\n- The Place\n- The Plan\n\nTwo died.", "Plan", "- The Plan"),
        ("هل سقطت؟ مات اثنان. نزل المطر.", "اثنان", "مات اثنان."),
        ("It fell. Two died. It rained.", "fell. Two", "It fell. Two died."),
    ],
)
def test_span_grows_to_its_sentence(text: str, words: str, sentence: str) -> None:
    assert sentence_of(text, words) == sentence


@given(st.text("ab. \n?A”", min_size=1, max_size=40), st.data())
def test_sentence_contains_the_span_and_has_no_space_around_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if text[start].isspace() or text[end - 1].isspace():
        return
    first, last = Sentences.of(text).around(start, end)
    assert 0 <= first <= start < end <= last <= len(text)
    assert text[first:last] == text[first:last].strip()
