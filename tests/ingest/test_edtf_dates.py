"""Bounds of EDTF values are strict; any other text raises ValueError."""

from contextlib import suppress
from datetime import date

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import namespaces
from kg.ingest.edtf_dates import MAX_LENGTH, derive_bounds, parse_bounds

SUBJECT = ox.NamedNode("https://example.org/proposition")
GRAPH = ox.NamedNode("https://example.org/graph")

day_texts = st.dates(min_value=date(1, 1, 1)).map(date.isoformat)
month_texts = st.dates(min_value=date(1, 1, 1)).map(lambda day: day.isoformat()[:7])
year_texts = st.dates(min_value=date(1, 1, 1)).map(lambda day: day.isoformat()[:4])
point_texts = st.one_of(day_texts, month_texts, year_texts)


def quad(predicate: ox.NamedNode, value: str, datatype: str = namespaces.EDTF) -> ox.Quad:
    return ox.Quad(SUBJECT, predicate, ox.Literal(value, datatype=ox.NamedNode(datatype)), GRAPH)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2017-08-05", "2017-08-05", "2017-08-05"),
        ("2017-07", "2017-07-01", "2017-07-31"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2017", "2017-01-01", "2017-12-31"),
        ("2016-21", "2016-03-01", "2016-05-31"),
        ("2016-21/..", "2016-03-01", None),
        ("2012/..", "2012-01-01", None),
        ("../2017-08-07~", None, "2017-08-07"),
        ("2017-07-31~/2017-08-07~", "2017-07-31", "2017-08-07"),
        ("2017-08-05~", "2017-08-05", "2017-08-05"),
        ("2017-08-05?", "2017-08-05", "2017-08-05"),
        ("2017-08-05%", "2017-08-05", "2017-08-05"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("2017-07-XX", "2017-07-01", "2017-07-31"),
        ("{2017-07-11,2017-07-14}", None, None),
        ("[2017-07-11,2017-07-14]", None, None),
        ("{2017-07-01..2017-07-04}", None, None),
        ("Y170000002", None, None),
        ("-0044", None, None),
    ],
)
def test_bounds_are_the_first_and_last_day(text: str, first: str | None, last: str | None) -> None:
    bounds = parse_bounds(text)
    assert tuple(day and day.isoformat() for day in bounds) == (first, last)


@pytest.mark.parametrize("text", ["", " ", "in July", "2017-13", "2017-02-30", "07.08.2017", "2017-7", "2017/2018/19"])
def test_other_text_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="EDTF"):
        parse_bounds(text)


def test_too_long_value_raises_value_error_before_it_is_parsed() -> None:
    with pytest.raises(ValueError, match=f"longer than {MAX_LENGTH}"):
        parse_bounds("{" + ",".join(["2017"] * 50) + "}")


@settings(deadline=None)
@given(st.text(max_size=30) | st.text(alphabet="0123456789-/.~?%XuYESt{}[],:TZ+", max_size=30))
def test_any_text_has_bounds_or_raises_value_error(text: str) -> None:
    with suppress(ValueError):
        parse_bounds(text)


@settings(deadline=None, max_examples=30)
@given(point_texts, st.sampled_from(["~", "?", "%"]))
def test_qualifier_does_not_widen_a_date(text: str, mark: str) -> None:
    assert parse_bounds(text + mark) == parse_bounds(text)


@settings(deadline=None, max_examples=50)
@given(point_texts)
def test_first_day_is_not_after_the_last(text: str) -> None:
    first, last = parse_bounds(text)
    assert first
    assert last
    assert first <= last


@settings(deadline=None, max_examples=30)
@given(point_texts, point_texts)
def test_interval_is_bounded_by_the_first_day_of_its_start_and_the_last_of_its_end(start: str, end: str) -> None:
    with suppress(ValueError):  # the parser refuses some intervals that run backwards
        assert parse_bounds(f"{start}/{end}") == (parse_bounds(start)[0], parse_bounds(end)[1])


@settings(deadline=None, max_examples=30)
@given(point_texts)
def test_open_end_has_no_bound(text: str) -> None:
    assert parse_bounds(f"{text}/..") == (parse_bounds(text)[0], None)
    assert parse_bounds(f"../{text}") == (None, parse_bounds(text)[1])


@settings(deadline=None, max_examples=20)
@given(st.lists(point_texts, min_size=2, max_size=5), st.sampled_from(["{}", "[]"]))
def test_set_of_dates_has_no_bounds(members: list[str], brackets: str) -> None:
    assert parse_bounds(f"{brackets[0]}{','.join(members)}{brackets[1]}") == (None, None)


def test_derived_days_replace_those_of_the_input() -> None:
    dated = [quad(namespaces.WHEN, "2017-07"), quad(namespaces.EARLIEST, "1900-01-01", f"{namespaces.XSD}date")]
    quads, findings = derive_bounds(dated)
    assert not findings
    assert set(quads) == {
        quad(namespaces.WHEN, "2017-07"),
        quad(namespaces.EARLIEST, "2017-07-01", f"{namespaces.XSD}date"),
        quad(namespaces.LATEST, "2017-07-31", f"{namespaces.XSD}date"),
    }


def test_bounds_of_said_when_have_predicates_of_their_own() -> None:
    quads, _ = derive_bounds([quad(namespaces.SAID_WHEN, "2017-08-06~")])
    assert {derived.predicate for derived in quads} == {
        namespaces.SAID_WHEN,
        namespaces.SAID_EARLIEST,
        namespaces.SAID_LATEST,
    }


def test_deriving_bounds_twice_changes_nothing() -> None:
    once, _ = derive_bounds([quad(namespaces.WHEN, "2017-07-31~/2017-08-07~")])
    twice, _ = derive_bounds(once)
    assert set(once) == set(twice)


@pytest.mark.parametrize(
    ("text", "message"),
    [("in July", "'in July' is not EDTF"), ("2017-08-07/2017-08-01", "'2017-08-07/2017-08-01' ends before it starts")],
)
def test_invalid_value_has_a_finding_with_subject_path_and_cure(text: str, message: str) -> None:
    _, (finding,) = derive_bounds([quad(namespaces.WHEN, text)])
    assert finding.message == message
    assert (finding.subject, finding.path) == (SUBJECT.value, namespaces.WHEN.value)
    assert finding.cure.startswith("Write EDTF")
