"""The period that a filter or a question asks about: a day, a month, a year or an interval, as EDTF.

Owns which values are exact enough to compare with, and the advice for those that are not.
"""

from dataclasses import dataclass

from kg.edtf.calendar import format_day
from kg.edtf.grammar import parse
from kg.edtf.suggestion import suggest

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

    A season is refused because its first day is not defined, ``~`` and ``?`` because they do not widen a date.
    """
    try:
        period = _read(text)
    except ValueError as error:
        raise ValueError(f"{error}; {_advise(text)}") from None
    if period is None:
        raise ValueError(f"{text!r} is no exact period of the years 1 to 9999; {ADVICE}")
    return period


def _read(text: str) -> Period | None:
    """The period; None if the value is not exactly one. Raises ValueError if it is not EDTF."""
    value = parse(text)
    (span, *others) = value.spans
    period = Period(format_day(span.first), format_day(span.last))
    is_outside = (span.first and period.first is None) or (span.last and period.last is None)
    return None if others or not value.is_exact or is_outside else period


def _advise(text: str) -> str:
    """The periods that the text probably means; the advice if it means none that is exact."""
    meant = [f'"{proposal}"' for proposal in suggest(text) if _read(proposal) is not None]
    return f"write {' or '.join(meant)}" if meant else ADVICE
