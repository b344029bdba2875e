"""The grammar of EDTF, and the days that each form may mean.

Owns which texts are EDTF. The spans of a value are never narrower than its words: they hold every day that the
words allow. Qualifiers (``~``, ``?``, ``%``) do not widen a date. The page docs/decisions/edtf-is-parsed-here.md says
which choices the specification leaves open and what they are here.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from kg.edtf.calendar import Span, matching_span, whole_months, year_range

MAX_LENGTH = 200
_MAX_EXPONENT_DIGITS = 3
_QUALIFIER = "[~?%]"
_DATE = re.compile(
    rf"(?P<q1>{_QUALIFIER})?(?P<year>-?[0-9X]{{4}})(?:S(?P<significant>[0-9]+))?(?P<q2>{_QUALIFIER})?"
    rf"(?:-(?P<q3>{_QUALIFIER})?(?P<month>[0-9X]{{2}})(?P<q4>{_QUALIFIER})?"
    rf"(?:-(?P<q5>{_QUALIFIER})?(?P<day>[0-9X]{{2}})(?P<q6>{_QUALIFIER})?)?)?"
)
_LONG_YEAR = re.compile(
    rf"{_QUALIFIER}?Y(?P<sign>-?)(?P<digits>[1-9][0-9]*)(?:E(?P<exponent>[0-9]+))?(?:S(?P<significant>[0-9]+))?{_QUALIFIER}?"
)
_TIME = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)"
    r"(?:Z|[+-](?:0[0-9]|1[0-3])(?::[0-5][0-9])?|[+-]14(?::00)?)?"
)
_SETS = {"[": "]", "{": "}"}
_OPEN = ".."
_SEASONS = ((0, 3, 0, 6), (0, 6, 0, 9), (0, 9, 0, 12), (-1, 12, 1, 3))
"""Spring to winter in the north, as ``_group_months`` returns them: the whole months of the meteorological and the
astronomical season. A winter may be named after the year in which it begins or ends."""


@dataclass(frozen=True, slots=True)
class EdtfValue:
    """The spans of days that a value may mean: one, or one for each member of a set."""

    spans: tuple[Span, ...]
    is_set: bool
    is_exact: bool
    """Whether it means all days of its one span and no other: no qualifier, no gap, no season, no unknown end."""


@lru_cache(maxsize=10_000)
def parse(text: str) -> EdtfValue:
    """The value of an EDTF text. Raises ValueError, saying what is wrong, if it is none or ends before it starts."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"longer than {MAX_LENGTH} characters")
    if text[:1] in _SETS:
        return _parse_set(text)
    if "/" in text:
        return _parse_interval(text)
    if match := _TIME.fullmatch(text):
        return _parse_date(match["day"], text)
    return _parse_date(text, text)


def _parse_set(text: str) -> EdtfValue:
    if text[-1] != _SETS[text[0]]:
        raise _error(text, f"a set that begins with {text[0]} ends with {_SETS[text[0]]}")
    members = text[1:-1].split(",")
    spans = dict.fromkeys(_parse_member(member, index, len(members), text) for index, member in enumerate(members))
    return EdtfValue(tuple(spans), is_set=True, is_exact=False)


def _parse_member(member: str, index: int, count: int, text: str) -> Span:
    """The span of a date, of ``a..b``, of ``..b`` if it is the first member, of ``a..`` if it is the last."""
    start, dots, end = member.partition(_OPEN)
    if not dots:
        return _parse_date(start, text).spans[0]
    if (not start and index > 0) or (not end and index < count - 1) or not (start or end):
        raise _error(text, f"in a set, {_OPEN} stands before the first member, after the last, or between two")
    return _join(_parse_date(start, text) if start else None, _parse_date(end, text) if end else None, text)


def _parse_interval(text: str) -> EdtfValue:
    start, *ends = text.split("/")
    if len(ends) != 1:
        raise _error(text, "an interval has one /")
    if not any(end not in ("", _OPEN) for end in (start, *ends)) and text != f"{_OPEN}/{_OPEN}":
        raise _error(text, "an interval without a date says nothing")
    first, last = (None if end in ("", _OPEN) else _parse_date(end, text) for end in (start, *ends))
    are_exact = all(value is None or value.is_exact for value in (first, last))
    is_exact = are_exact and "" not in (start, *ends) and "X" not in text
    return EdtfValue((_join(first, last, text),), is_set=False, is_exact=is_exact)


def _join(start: EdtfValue | None, end: EdtfValue | None, text: str) -> Span:
    """From the first day of the start to the last day of the end."""
    first = start.spans[0].first if start else None
    last = end.spans[0].last if end else None
    if first and last and first > last:
        raise ValueError(f"{text!r} ends before it starts")
    return Span(first, last)


def _parse_date(date: str, text: str) -> EdtfValue:
    if match := _LONG_YEAR.fullmatch(date):
        return _parse_long_year(match, text)
    match = _DATE.fullmatch(date)
    if match is None:
        raise _error(text)
    if any(match[before] and match[after] for before, after in (("q1", "q2"), ("q3", "q4"), ("q5", "q6"))):
        raise _error(text, "a part of a date has one qualifier")
    if match["year"].startswith("-0000"):
        raise _error(text, "the year 0000 has no sign")
    if match["significant"]:
        return _parse_significant(match, text)
    span = _find_span(match["year"], match["month"], match["day"])
    if span is None:
        raise _error(text, "there is no such day")
    is_season = (match["month"] or "").isdecimal() and 21 <= int(match["month"]) <= 32
    is_qualified = any(match[f"q{place}"] for place in range(1, 7))
    has_gap = bool(set(date.partition("X")[2]) - {"X", "-"})
    return EdtfValue((span,), is_set=False, is_exact=not (is_season or is_qualified or has_gap))


def _find_span(year: str, month: str | None, day: str | None) -> Span | None:
    if month and month.isdecimal() and 21 <= int(month) <= 41:
        return None if day else _find_group(year, int(month))
    return matching_span(year, month or "XX", day or "XX")


def _find_group(year: str, group: int) -> Span:
    """The span of a season, quarter, quadrimester or half of a year."""
    first_year, last_year = year_range(year)
    before, first_month, after, last_month = _group_months(group)
    return whole_months(first_year + before, first_month, last_year + after, last_month)


def _group_months(group: int) -> tuple[int, int, int, int]:
    """The first day's year, relative to the one named, and month, then the last day's.

    A season is independent of the location (21 to 24: either hemisphere), northern (25 to 28) or southern (29 to 32).
    """
    for first_group, length in ((40, 6), (37, 4), (33, 3)):
        if group >= first_group:
            number = group - first_group
            return 0, number * length + 1, 0, (number + 1) * length
    hemisphere, season = divmod(group - 21, 4)
    northern, southern = _SEASONS[season], _SEASONS[(season + 2) % 4]
    if hemisphere > 0:
        return northern if hemisphere == 1 else southern
    return *min(northern[:2], southern[:2]), *max(northern[2:], southern[2:])


def _parse_significant(match: re.Match[str], text: str) -> EdtfValue:
    """Some year that begins with the same digits: ``1950S2`` is one of 1900 to 1999."""
    if match["month"] or "X" in match["year"]:
        raise _error(text, "S qualifies a whole year that has all its digits")
    sign = "-" if match["year"].startswith("-") else ""
    return _span_of_years(sign, match["year"].removeprefix("-"), match["significant"], text)


def _parse_long_year(match: re.Match[str], text: str) -> EdtfValue:
    digits, exponent = match["digits"], match["exponent"]
    if exponent is None and len(digits) <= 4:
        raise _error(text, "Y is for years of more than four digits")
    if len(exponent or "") > _MAX_EXPONENT_DIGITS:
        raise _error(text, f"an exponent has at most {_MAX_EXPONENT_DIGITS} digits")
    return _span_of_years(match["sign"], digits + "0" * int(exponent or 0), match["significant"], text)


def _span_of_years(sign: str, digits: str, significant: str | None, text: str) -> EdtfValue:
    kept = int(significant) if significant else len(digits)
    if not 1 <= kept <= len(digits):
        raise _error(text, f"a year of {len(digits)} digits has 1 to {len(digits)} significant digits")
    unknown = len(digits) - kept
    bounds = [int(sign + digits[:kept] + filler * unknown) for filler in "09"]
    first, last = min(bounds), max(bounds)
    return EdtfValue((whole_months(first, 1, last, 12),), is_set=False, is_exact=significant is None)


def _error(text: str, reason: str = "") -> ValueError:
    return ValueError(f"{text!r} is not EDTF" + (f": {reason}" if reason else ""))
