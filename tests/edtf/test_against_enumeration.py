"""Over the whole grammar, the spans of a value are those of an enumeration of all days that match."""

from contextlib import suppress
from typing import Any

import pytest
from edtf_days import GROUPS, SEASONS, Day, Point, SignificantYear, days_of_year, is_leap, season_days
from edtf_strategies import groups, points, significant_years
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.edtf.calendar import Span
from kg.edtf.grammar import EdtfValue, parse

LOWEST, HIGHEST = (-(10**30), 1, 1), (10**30, 1, 1)
dates = st.one_of(points(), points(), significant_years)


def test_the_oracle_knows_the_calendar() -> None:
    assert all(map(is_leap, (2000, 2016, 0, -4, -400)))
    assert not any(map(is_leap, (1900, 2017, -1, -100)))


@settings(deadline=None)
@given(dates)
def test_a_date_spans_the_first_to_the_last_day_that_matches_whatever_its_qualifiers(
    date: Point | SignificantYear,
) -> None:
    if date.span is None:
        with pytest.raises(ValueError, match="no such day"):
            parse(date.text)
    else:
        assert parse(date.text) == EdtfValue((Span(*date.span),), False, parse(date.text).is_exact)


@settings(deadline=None)
@given(points())
def test_an_exact_value_means_all_days_from_its_first_to_its_last(date: Point) -> None:
    if date.span is None or not parse(date.text).is_exact or len(date.years) > 100:
        return
    assert not any(date.qualifiers[: 1 + bool(date.month) + bool(date.day)])
    first, last = map(_ordinal, date.span)
    assert sum(len(date.days_in(year)) for year in date.years) == last - first + 1


def _ordinal(day: Day) -> int:
    """The number of days from some day before the year 0."""
    year, month, number = day
    before = sum(len(days_of_year(is_leap(earlier))) for earlier in range(-10_000, year)) if year >= -10_000 else 0
    return before + days_of_year(is_leap(year)).index((month, number))


@given(groups)
def test_a_quarter_quadrimester_or_half_spans_its_months(group: tuple[int, int]) -> None:
    year, number = group
    first_month, last_month = GROUPS[number]
    last_day = max(day for month, day in days_of_year(is_leap(year)) if month == last_month)
    assert parse(f"{year:04}-{number}").spans == (Span((year, first_month, 1), (year, last_month, last_day)),)


@given(st.integers(1, 9998), st.sampled_from(sorted(SEASONS)), st.sampled_from(["", "~", "?"]))
def test_a_season_spans_its_days_in_every_definition(year: int, season: int, mark: str) -> None:
    (span,) = parse(f"{year:04}-{season}{mark}").spans
    assert span.first is not None
    assert span.last is not None
    assert all(span.first <= day <= span.last for day in season_days(year, season))


ends = st.one_of(dates, dates, st.sampled_from(["", ".."]))


@settings(deadline=None)
@given(ends, ends)
def test_an_interval_spans_the_first_day_of_its_start_to_the_last_of_its_end(start: Any, end: Any) -> None:
    text = "/".join(side if isinstance(side, str) else side.text for side in (start, end))
    spans = [(None, None) if isinstance(side, str) else side.span for side in (start, end)]
    is_empty = isinstance(start, str) and isinstance(end, str) and text != "../.."
    if None in spans or is_empty:
        with pytest.raises(ValueError, match="is not EDTF"):
            parse(text)
        return
    first, last = spans[0][0], spans[1][1]
    if (first or LOWEST) > (last or HIGHEST):
        with pytest.raises(ValueError, match="ends before it starts"):
            parse(text)
    else:
        assert parse(text).spans == (Span(first, last),)


members = st.lists(st.one_of(dates.map(lambda date: (date,)), st.tuples(dates, dates)), min_size=1, max_size=4)


@settings(deadline=None)
@given(members, st.sampled_from(["[]", "{}"]), st.booleans(), st.booleans())
def test_a_set_spans_its_members_and_no_day_between_them(
    drawn: list[tuple[Any, ...]], brackets: str, is_earlier: bool, is_later: bool
) -> None:
    texts: list[str] = []
    spans: list[Span | None] = []
    for index, member in enumerate(drawn):
        before = index == 0 and is_earlier and len(member) == 1
        after = index == len(drawn) - 1 and is_later and len(member) == 1 and not before
        texts.append(".." * before + "..".join(date.text for date in member) + ".." * after)
        if any(date.span is None for date in member):
            spans.append(None)
            continue
        first, last = None if before else member[0].span[0], None if after else member[-1].span[1]
        spans.append(None if first and last and first > last else Span(first, last))
    text = f"{brackets[0]}{','.join(texts)}{brackets[1]}"
    with suppress(ValueError):
        value = parse(text)
        assert value.is_set
        assert None not in spans
        assert set(value.spans) == set(spans)
        return
    assert None in spans or len(text) > 200
