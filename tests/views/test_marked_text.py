"""A text split by passages is still the text, and each segment is covered by exactly its passages."""

from hypothesis import given
from hypothesis import strategies as st

from kg.views.marked_text import Mark, mark_text

TEXTS = st.text(alphabet="ab\nع \u0301", max_size=40)
MARKS = st.lists(st.builds(Mark, st.integers(-2, 42), st.integers(-2, 42), st.sampled_from("pqr")), max_size=6)


@given(TEXTS, MARKS)
def test_paragraphs_are_the_text(text: str, marks: list[Mark]) -> None:
    assert "\n".join(paragraph.text for paragraph in mark_text(text, marks)) == text


@given(TEXTS, MARKS)
def test_each_code_point_has_the_passages_that_cover_it(text: str, marks: list[Mark]) -> None:
    inside = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    position = 0
    for paragraph in mark_text(text, marks):
        for segment in paragraph.segments:
            for _ in segment.text:
                covering = {mark.passage for mark in inside if mark.start <= position < mark.end}
                assert set(segment.passages) == covering
                position += 1
        position += 1  # the line end


@given(TEXTS, MARKS)
def test_each_passage_begins_in_a_paragraph(text: str, marks: list[Mark]) -> None:
    inside = {mark.passage for mark in marks if 0 <= mark.start < mark.end <= len(text)}
    assert {passage for paragraph in mark_text(text, marks) for passage in paragraph.passages} == inside


def test_the_shortest_words_come_first() -> None:
    (paragraph,) = mark_text("abcdef", [Mark(0, 6, "whole"), Mark(2, 4, "part")])
    assert [(segment.text, segment.passages) for segment in paragraph.segments] == [
        ("ab", ("whole",)),
        ("cd", ("part", "whole")),
        ("ef", ("whole",)),
    ]
