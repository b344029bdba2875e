"""When one proposition says no less than another: by its roles, its extent and its time."""

import pytest

from kg import namespaces
from kg.status.specificity import Content, Time

YEAR, MONTH, DAY = "2017", "2017-08", "2017-08-07"
SPANS = {
    YEAR: ("2017-01-01/2017-12-31",),
    MONTH: ("2017-08-01/2017-08-31",),
    DAY: ("2017-08-07/2017-08-07",),
    "2018": ("2018-01-01/2018-12-31",),
    "2016-05/..": ("2016-05-01/..",),
    "{2017-08-07,2018-01-01}": ("2017-08-07/2017-08-07", "2018-01-01/2018-01-01"),
    "[2017-08-07,2018-01-01]": ("2017-08-07/2017-08-07", "2018-01-01/2018-01-01"),
}


def within(when: str) -> Time:
    return Time(frozenset({when}), frozenset(SPANS[when]))


def throughout(when: str) -> Time:
    return Time(frozenset({when}), frozenset(SPANS[when]), is_throughout=True)


def covering(extent: str) -> Content:
    return Content(frozenset(), frozenset({f"{namespaces.VOCAB}extent/{extent}"}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (within(DAY), Time()),
        (within(DAY), within(DAY)),
        (within(DAY), within(YEAR)),
        (within(MONTH), within("2016-05/..")),
        (throughout(MONTH), within(DAY)),
        (throughout(MONTH), within(YEAR)),
        (throughout(YEAR), throughout(MONTH)),
        (throughout(YEAR), within("2016-05/..")),
        (within(DAY), throughout(DAY)),
        (within("{2017-08-07,2018-01-01}"), within(DAY)),
        (within("{2017-08-07,2018-01-01}"), within("2018")),
        (within("[2017-08-07,2018-01-01]"), within("2016-05/..")),
        (within(DAY), within("[2017-08-07,2018-01-01]")),
        (throughout("{2017-08-07,2018-01-01}"), within("2018")),
        (throughout("{2017-08-07,2018-01-01}"), throughout(DAY)),
        (throughout(YEAR), within(MONTH)),
    ],
)
def test_a_time_says_no_less(one: Time, other: Time) -> None:
    assert one.says_no_less_than(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Time(), within(YEAR)),
        (within(YEAR), within(DAY)),
        (within(DAY), within("2018")),
        (within(YEAR), throughout(YEAR)),
        (within(DAY), throughout(YEAR)),
        (throughout(MONTH), throughout(YEAR)),
        (throughout(MONTH), within("2018")),
        (within("[2017-08-07,2018-01-01]"), within(YEAR)),
        (within(DAY), within("{2017-08-07,2018-01-01}")),
        (throughout("2018"), within("[2017-08-07,2018-01-01]")),
        (throughout("[2017-08-07,2018-01-01]"), within("2018")),
        (throughout("[2017-08-07,2018-01-01]"), throughout(DAY)),
    ],
)
def test_a_time_says_less_or_something_else(one: Time, other: Time) -> None:
    assert not one.says_no_less_than(other)


def test_without_days_only_the_same_date_says_as_much() -> None:
    undated = Time(frozenset({"Y-20000"}))
    assert undated.says_no_less_than(undated)
    assert not undated.says_no_less_than(within(YEAR))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("whole", "most"),
        ("whole", "unspecified"),
        ("most", "part"),
        ("unspecified", "some"),
        ("nearly-all", "nearly-all"),
    ],
)
def test_an_extent_says_no_less(one: str, other: str) -> None:
    assert covering(one).says_no_less_than(covering(other))


@pytest.mark.parametrize(
    ("one", "other"), [("most", "whole"), ("most", "unspecified"), ("part", "unspecified"), ("nearly-all", "part")]
)
def test_an_extent_says_less(one: str, other: str) -> None:
    assert not covering(one).says_no_less_than(covering(other))


def test_whoever_fills_more_roles_says_more() -> None:
    deed, placed = Content(frozenset({("type", "attack")})), Content(frozenset({("type", "attack"), ("place", "town")}))
    assert (placed.says_no_less_than(deed), deed.says_no_less_than(placed)) == (True, False)
