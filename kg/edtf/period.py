"""The period that a filter or a question asks about: a day, a month, a year or an interval, as EDTF.

Owns which values are exact enough to compare with, and the advice for those that are not.
"""

from dataclasses import dataclass

from kg.edtf.calendar import format_day
from kg.edtf.grammar import parse
from kg.edtf.suggestion import explain

ADVICE = "write a day, month or year without ~ ? %, or an interval such as 2017-07-01/2017-07-14 or 2017-07/.."


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day, as ISO 8601 writes them; None for an end that is open."""

    first: str | None
    last: str | None

    def __str__(self) -> str:
        """An interval of days, as spans are written: ``2017-07-01/..``."""
        return f"{self.first or '..'}/{self.last or '..'}"


def parse_period(text: str) -> Period:
    """The period of an EDTF value. Raises ValueError if it is not EDTF, or not exactly one span of the years 1 to 9999.

    A season is refused because nobody can say on which day it begins, ``~`` and ``?`` because they do not widen a date.
    """
    try:
        value = parse(text)
    except ValueError as error:
        raise ValueError(f"{error}; {_decapitalize(explain(text))}") from None
    (span, *others) = value.spans
    period = Period(format_day(span.first), format_day(span.last))
    is_outside = (span.first and period.first is None) or (span.last and period.last is None)
    if others or not value.is_exact or is_outside:
        raise ValueError(f"{text!r} is no exact period of the years 1 to 9999; {ADVICE}")
    return period


def _decapitalize(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
