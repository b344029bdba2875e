"""Common mistakes are answered with the EDTF that they probably mean, and never with anything else than EDTF."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.edtf.grammar import parse
from kg.edtf.suggestion import EXAMPLES, explain, suggest


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2017-03-16T18:55", ["2017-03-16T18:55:00+02:00", "2017-03-16T18:55:00"]),
        ("2017-03-16 18:55", ["2017-03-16T18:55:00+02:00", "2017-03-16T18:55:00"]),
        ("2017-03-16T18:55Z", ["2017-03-16T18:55:00Z"]),
        ("2017-03-16t18:55:00.5+0200", ["2017-03-16T18:55:00+02:00"]),
        ("2017-8-7", ["2017-08-07"]),
        ("2017-8", ["2017-08"]),
        ("7 Aug 2017", ["2017-08-07"]),
        ("7th of August 2017", ["2017-08-07"]),
        ("Aug. 7, 2017", ["2017-08-07"]),
        ("August 2017", ["2017-08"]),
        ("2017/08/07", ["2017-08-07"]),
        ("08/2017", ["2017-08"]),
        ("07.08.2017", ["2017-08-07", "2017-07-08"]),
        ("25/12/2017", ["2017-12-25"]),
        ("20170807", ["2017-08-07"]),
        ("2012-2014", ["2012/2014"]),
        ("2017-07-31 to 2017-08-07", ["2017-07-31/2017-08-07"]),
        ("from 1 July 2017 until 4 July 2017", ["2017-07-01/2017-07-04"]),
        ("2017-07-31..2017-08-07", ["2017-07-31/2017-08-07"]),
        ("since 2016", ["2016/.."]),
        ("until March 2017", ["../2017-03"]),
        ("c. 2017", ["2017~"]),
        ("spring 2016", ["2016-21", "2016-25"]),
        ("Q1 2017", ["2017-33"]),
        ("2017 Q4", ["2017-36"]),
        ("1990s", ["199X"]),
        ("19", ["19XX"]),
        ("2017-uu", ["2017-XX"]),
        ("199x", ["199X"]),
        ("y170000", ["Y170000"]),
        ("Y2017", ["2017"]),
        ("2017?~", ["2017%"]),
        ("2017/open", ["2017/.."]),
        ("unknown/2017", ["/2017"]),
        ("{2017-07-11, 2017-07-14}", ["{2017-07-11,2017-07-14}"]),
        ("[2017, 8/2018]", ["[2017,2018-08]"]),
        ("2017-07-11, 2017-07-14", ["{2017-07-11,2017-07-14}"]),
    ],
)
def test_a_common_mistake_has_a_suggestion(text: str, meant: list[str]) -> None:
    assert suggest(text) == meant
    assert all(f'"{proposal}"' in explain(text) for proposal in meant)


@pytest.mark.parametrize("text", ["", "in July", "yesterday", "2017-13", "31/02/2017", "2017-W32", "late 2017", "٢٠١٧"])
def test_what_cannot_be_guessed_is_answered_with_examples(text: str) -> None:
    assert suggest(text) == []
    assert EXAMPLES in explain(text)


def test_the_examples_are_edtf_and_have_a_clock_time() -> None:
    examples = [parse(example.strip('"')) for example in EXAMPLES.split(", ")]
    assert len(examples) == EXAMPLES.count('"') / 2
    assert "T18:55:00+02:00" in EXAMPLES


WORDS = "0123456789 -/.~?%XuYESt{}[],:TZ+ since until to and c. Aug spring Q1 '"


@settings(deadline=None)
@given(st.text(alphabet=WORDS, max_size=200) | st.lists(st.sampled_from(WORDS.split()), max_size=40).map(" ".join))
def test_whatever_is_suggested_is_edtf(text: str) -> None:
    for proposal in suggest(text):
        parse(proposal)
