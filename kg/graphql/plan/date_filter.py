"""Compiles filters by date to SPARQL: what may lie in a period, and what lies within it whatever day it was.

Compares the spans of days that loading derived, so that a set of dates matches by its members and not by the days
between them. A span is text, ``2017-07-01/2017-07-31``; an open end is ``..``, which sorts before every digit.
"""

from kg.edtf.period import Period


def may_be(span: str, period: Period) -> str:
    """The expression that is true if the span has a day in common with the period."""
    start, end = _ends(span)
    conditions = []
    if period.last is not None:
        conditions.append(f'{start} <= "{period.last}"')
    if period.first is not None:
        conditions.append(f'({end} = ".." || {end} >= "{period.first}")')
    return " && ".join(conditions) or "true"


def is_within(span: str, period: Period) -> str:
    """The expression that is true if every day of the span is a day of the period."""
    start, end = _ends(span)
    conditions = []
    if period.first is not None:
        conditions.append(f'{start} >= "{period.first}"')
    if period.last is not None:
        conditions.append(f'{end} != ".." && {end} <= "{period.last}"')
    return " && ".join(conditions) or "true"


def _ends(span: str) -> tuple[str, str]:
    return f'STRBEFORE(STR({span}), "/")', f'STRAFTER(STR({span}), "/")'
