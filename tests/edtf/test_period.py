"""A period of a filter or question is exact: one span of days, and nothing that is only perhaps meant."""

import pytest

from kg.edtf.period import Period, parse_period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2017-07-11", "2017-07-11", "2017-07-11"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2017", "2017-01-01", "2017-12-31"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("2017-33", "2017-01-01", "2017-03-31"),
        ("2017-07-01/2017-07-14", "2017-07-01", "2017-07-14"),
        ("2017-07/..", "2017-07-01", None),
        ("../2017", None, "2017-12-31"),
    ],
)
def test_days_months_years_and_intervals_are_periods(text: str, first: str | None, last: str | None) -> None:
    assert parse_period(text) == Period(first, last)


@pytest.mark.parametrize(
    "text",
    ["2017-07~", "2017?", "2016-21", "{2017-07-11,2017-07-14}", "2017-07/", "2017-XX-15", "-0044/2017", "Y12345"],
)
def test_an_inexact_period_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"no exact period .* write a day, month or year without"):
        parse_period(text)


def test_what_is_not_edtf_is_refused_with_what_it_probably_means() -> None:
    with pytest.raises(ValueError, match=r"'07/2017' is not EDTF.*; write \"2017-07\""):
        parse_period("07/2017")


@pytest.mark.parametrize("text", ["c. 2017", "spring 2017", "4 or 5 April 2017"])
def test_what_is_proposed_is_a_period_itself(text: str) -> None:
    with pytest.raises(ValueError, match="is not EDTF; write a day, month or year without"):
        parse_period(text)
