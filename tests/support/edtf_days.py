"""The days that an EDTF value may mean, enumerated from the specification: the oracle of the property-based tests.

Shares nothing with ``kg.edtf``: values are made from their parts, never parsed, and every day of every matching year is
looked at. From the Library of Congress specification of 2019 and ISO 8601-2, section 4.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

Day = tuple[int, int, int]
_YEARS = [f"{year:04}" for year in range(10_000)]


@lru_cache(maxsize=2)
def days_of_year(is_leap: bool) -> tuple[tuple[int, int], ...]:
    """Month and day of each day of a leap year, or of another."""
    year = 2000 if is_leap else 2001
    return tuple((month, day) for month in range(1, 13) for day in range(1, monthrange(year, month)[1] + 1))


def is_leap(year: int) -> bool:
    """Whether a proleptic Gregorian year of any size has 366 days; the calendar repeats after 400 years."""
    return isleap(year % 400 + 400)


def matches(pattern: str, digits: str) -> bool:
    """Whether each digit is the one that is written, or stands for an ``X``."""
    return len(pattern) == len(digits) and all(p in ("X", d) for p, d in zip(pattern, digits, strict=True))


@lru_cache(maxsize=1000)
def _matching_days(month_pattern: str, day_pattern: str, is_leap: bool) -> list[tuple[int, int]]:
    return [
        (month, day)
        for month, day in days_of_year(is_leap)
        if matches(month_pattern, f"{month:02}") and matches(day_pattern, f"{day:02}")
    ]


@dataclass(frozen=True)
class Point:
    """A date of one component or more, each with a qualifier before or after it."""

    year: str
    month: str = ""
    day: str = ""
    qualifiers: tuple[str, str, str] = ("", "", "")

    @property
    def text(self) -> str:
        parts = (part for part in (self.year, self.month, self.day) if part)
        return "-".join(
            part + mark[1:] if mark.startswith("+") else mark + part
            for part, mark in zip(parts, self.qualifiers, strict=False)
        )

    @cached_property
    def years(self) -> Sequence[int]:
        """All years that match."""
        sign = -1 if self.year.startswith("-") else 1
        digits = self.year.removeprefix("-")
        if "X" not in digits:
            return [sign * int(digits)]
        pattern = re.compile(digits.replace("X", "."))
        return sorted(sign * year for year, written in enumerate(_YEARS) if pattern.fullmatch(written))

    def days_in(self, year: int) -> list[tuple[int, int]]:
        """Month and day of each day of the year that matches."""
        return _matching_days(self.month or "XX", self.day or "XX", is_leap(year))

    @cached_property
    def span(self) -> tuple[Day, Day] | None:
        """The first and the last day that match; None if no day does."""
        ends = [(year, *found[0], *found[-1]) for year in self.years if (found := self.days_in(year))]
        if not ends:
            return None
        (first_year, first_month, first_day, *_), (last_year, *_, last_month, last_day) = ends[0], ends[-1]
        return (first_year, first_month, first_day), (last_year, last_month, last_day)


@dataclass(frozen=True)
class SignificantYear:
    """A year that is sure in its first digits only: ``1950S2``, ``Y171010000S3``, ``Y3388E2S3``, ``Y-17E7``."""

    sign: str
    digits: str
    exponent: int | None
    significant: int | None

    @property
    def text(self) -> str:
        value = f"{self.sign}{self.digits}" + (f"E{self.exponent}" if self.exponent is not None else "")
        prefix = "Y" if self.exponent is not None or len(self.digits) > 4 else ""
        return prefix + value + (f"S{self.significant}" if self.significant else "")

    @cached_property
    def span(self) -> tuple[Day, Day]:
        year = int(self.digits) * 10 ** (self.exponent or 0)
        width = len(self.digits) + (self.exponent or 0)
        step = 10 ** (width - self.significant) if self.significant else 1
        low = year // step * step
        ends = [low, low + step - 1] if not self.sign else [-(low + step - 1), -low]
        return (ends[0], 1, 1), (ends[1], 12, 31)


QUARTERS = {number: ((number - 33) * 3 + 1, (number - 33) * 3 + 3) for number in range(33, 37)}
QUADRIMESTERS = {number: ((number - 37) * 4 + 1, (number - 37) * 4 + 4) for number in range(37, 40)}
HALVES = {number: ((number - 40) * 6 + 1, (number - 40) * 6 + 6) for number in range(40, 42)}
GROUPS = {**QUARTERS, **QUADRIMESTERS, **HALVES}

# First and last day as day of the year and how many years on, meteorological and astronomical (equinoxes and solstices
# fall on the 19th to the 24th).
_MARCH, _JUNE, _SEPTEMBER = (
    [((0, 3, 1), (0, 5, 31)), ((0, 3, 19), (0, 6, 22))],
    [((0, 6, 1), (0, 8, 31)), ((0, 6, 20), (0, 9, 24))],
    [((0, 9, 1), (0, 11, 30)), ((0, 9, 21), (0, 12, 23))],
)
_DECEMBER = [((0, 12, 1), (1, 2, 28)), ((0, 12, 20), (1, 3, 21)), ((-1, 12, 1), (0, 2, 28)), ((-1, 12, 20), (0, 3, 21))]
_NORTH = [_MARCH, _JUNE, _SEPTEMBER, _DECEMBER]
_SOUTH = [_SEPTEMBER, _DECEMBER, _MARCH, _JUNE]
SEASONS = {
    **{21 + season: _NORTH[season] + _SOUTH[season] for season in range(4)},
    **{25 + season: _NORTH[season] for season in range(4)},
    **{29 + season: _SOUTH[season] for season in range(4)},
}


def season_days(year: int, season: int) -> Iterator[Day]:
    """The first and last days of the season in every definition."""
    for years, month, day in chain.from_iterable(SEASONS[season]):
        yield year + years, month, day
