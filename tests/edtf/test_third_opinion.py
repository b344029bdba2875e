"""The npm package ``edtf`` derives the same days, but for differences that are listed and argued.

Skipped without node or the package (`make develop` installs it).
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from edtf_strategies import groups, points, significant_years
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.edtf.calendar import Day
from kg.edtf.grammar import parse

HERE = Path(__file__).parent / "third_opinion"
pytestmark = pytest.mark.slow

Opinion = list[str] | None
"""First and last day, empty for an open end; None for a text that is refused."""


class Difference(NamedTuple):
    """What the package does otherwise in texts of a form, and why it is not followed."""

    argument: str
    has_form: Callable[[str], object]


OTHER_DAYS = (
    Difference("significant digits: only the estimated year, narrower than the words", re.compile("S[0-9]").search),
    Difference("quadrimesters: the first two have five months", re.compile("-3[78]").search),
    Difference(
        "partly unspecified days: one that the year or month lacks rolls over, a known second digit is lost",
        re.compile("X.*-(29|2X|30|31|3X|XX)|-X[0-9]").search,
    ),
    Difference("unspecified months of negative years: the ends are exchanged", re.compile("(^|/)-[^/]*-[^/]*X").search),
    Difference("years beyond the range of Date have no days", re.compile("Y").search),
)
REFUSED = (
    Difference(
        "the specification combines unspecified digits and qualifiers freely", re.compile("X.*[~?%]|[~?%].*X").search
    ),
    Difference("a digit may be unspecified where only one can stand", re.compile("-X[3-9]").search),
    Difference("an interval may start and end in the same year", lambda text: "/" in text and is_short(text)),
    Difference(
        "any date may be an end of an interval", re.compile("/.*(Y|S|-3[3-9]|-4[01])|(Y|S|-3[3-9]|-4[01]).*/").search
    ),
)
ACCEPTED = (
    Difference("an interval of nothing says nothing", lambda text: text in ("/", "../", "/..")),
    Difference("a day that does not exist is not rolled over", re.compile("02[~?%]?-[~?%]?29|X").search),
)


def is_short(interval: str) -> bool:
    """Whether the end may lie in the start."""
    start, end = (parse(side).spans[0] if side not in ("", "..") else None for side in interval.split("/"))
    return bool(start and end and start.last and end.first and start.last >= end.first)


def is_argued(text: str, own: Opinion, other: Opinion) -> bool:
    """Whether the difference is one of those listed."""
    differences = ACCEPTED if own is None else REFUSED if other is None else OTHER_DAYS
    return any(difference.has_form(text) for difference in differences)


def ask(texts: list[str]) -> list[Opinion]:
    """What the package says of the texts."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules" / ".installed").exists():
        pytest.skip("needs node and the npm package edtf: make develop")
    answer = subprocess.run(
        [node, "opinion.js"], input=json.dumps(texts), capture_output=True, text=True, check=True, cwd=HERE, timeout=60
    )
    opinions: list[Opinion] = json.loads(answer.stdout)
    return opinions


def ours(text: str) -> Opinion:
    try:
        (span,) = parse(text).spans
    except ValueError:
        return None
    return [write(span.first), write(span.last)]


def write(day: Day | None) -> str:
    """The day as JavaScript writes it."""
    if day is None:
        return ""
    year = f"{day[0]:04}" if 0 <= day[0] <= 9999 else f"{day[0]:+07}"
    return f"{year}-{day[1]:02}-{day[2]:02}"


dates = st.one_of(
    points().map(lambda point: point.text),
    points().map(lambda point: point.text),
    significant_years.map(lambda year: year.text),
    groups.map(lambda group: f"{group[0]:04}-{group[1]}"),
)
ends = st.one_of(dates, st.sampled_from(["", ".."]))
values = st.one_of(dates, st.tuples(ends, ends).map("/".join))


@settings(deadline=None, max_examples=5)
@given(st.lists(values, min_size=100, max_size=300))
def test_another_implementation_differs_only_where_it_is_argued(texts: list[str]) -> None:
    unexplained = [
        (text, ours(text), opinion)
        for text, opinion in zip(texts, ask(texts), strict=True)
        if opinion != ours(text) and not is_argued(text, ours(text), opinion)
    ]
    assert not unexplained
