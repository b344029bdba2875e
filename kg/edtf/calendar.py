"""Days of the proleptic Gregorian calendar in years of any size, with unspecified digits.

Owns the search for the first and last day that a pattern of year, month and day matches. A pattern is digits, where
``X`` is any digit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

Day = tuple[int, int, int]
"""Year, month and day; the year 0 is 1 BC, as in ISO 8601."""

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Span:
    """The days from the first to the last; None for an end that is open or unknown."""

    first: Day | None
    last: Day | None


def format_day(day: Day | None) -> str | None:
    """The day as ``xsd:date`` writes it; None if there is none or its year is outside 1 to 9999."""
    return "{:04}-{:02}-{:02}".format(*day) if day and 1 <= day[0] <= 9999 else None


def month_length(year: int, month: int) -> int:
    """The number of days of a month."""
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and is_leap else _LENGTHS[month - 1]


def whole_months(first_year: int, first_month: int, last_year: int, last_month: int) -> Span:
    """The span from the first day of a month to the last day of another."""
    return Span((first_year, first_month, 1), (last_year, last_month, month_length(last_year, last_month)))


def matching_span(year: str, month: str, day: str) -> Span | None:
    """From the first to the last day that the patterns match; None if they match no day.

    A pattern without ``X`` may have any number of digits; with ``X``, a year has four.
    """
    months = _matching_numbers(month, 12)
    days = _matching_numbers(day, 31)
    first = _search(year, months, days, is_descending=False)
    last = _search(year, months[::-1], days[::-1], is_descending=True)
    return Span(first, last) if first and last else None


def year_range(pattern: str) -> tuple[int, int]:
    """The first and the last year that a pattern matches."""
    return next(_matching_years(pattern, False)), next(_matching_years(pattern, True))


def _search(year_pattern: str, months: Sequence[int], days: Sequence[int], is_descending: bool) -> Day | None:
    """The first day in the order of the search; every year but one without 29 February has the same days."""
    for year in _matching_years(year_pattern, is_descending):
        for month in months:
            for day in days:
                if day <= month_length(year, month):
                    return year, month, day
        if (2, 29) not in product(months, days):
            return None
    return None


def _matching_years(pattern: str, is_descending: bool) -> Iterator[int]:
    digits = pattern.removeprefix("-")
    is_negative = pattern != digits
    if "X" not in digits:
        yield int(pattern)
        return
    order = _DIGITS[::-1] if is_descending != is_negative else _DIGITS
    for choice in product(*(order if digit == "X" else digit for digit in digits)):
        number = int("".join(choice))
        yield -number if is_negative else number


def _matching_numbers(pattern: str, highest: int) -> list[int]:
    numbers = (f"{number:02}" for number in range(1, highest + 1))
    return [int(number) for number in numbers if all(p in ("X", d) for p, d in zip(pattern, number, strict=True))]
