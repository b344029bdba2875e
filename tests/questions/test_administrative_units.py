"""Places and the units above them, with steps that somebody denies."""

import pytest

from kg.questions.administrative_units import AdministrativeUnits

_PARENTS = {"town": {"district"}, "district": {"province", "region"}, "province": {"state"}, "region": {"state"}}


def units(*denied: tuple[str, str]) -> AdministrativeUnits:
    return AdministrativeUnits(_PARENTS, frozenset(denied))


@pytest.mark.parametrize("unit", ["district", "province", "region", "state"])
def test_a_place_is_listed_under_every_unit_above_it(unit: str) -> None:
    assert units().list_under("town", unit)


@pytest.mark.parametrize(
    ("place", "unit"), [("town", "town"), ("state", "town"), ("province", "region"), ("x", "state")]
)
def test_a_place_is_listed_under_no_other(place: str, unit: str) -> None:
    assert not units().list_under(place, unit)


@pytest.mark.parametrize(
    "denied", [("town", "district"), ("town", "state"), ("district", "province"), ("district", "state")]
)
def test_a_denied_step_on_the_way_stops_it(denied: tuple[str, str]) -> None:
    assert not units(denied).list_under("town", "state")


@pytest.mark.parametrize("denied", [("province", "state"), ("town", "province"), ("district", "town")])
def test_a_denied_step_elsewhere_does_not(denied: tuple[str, str]) -> None:
    assert units(denied).list_under("town", "region")


def test_units_that_are_listed_under_each_other_end() -> None:
    circle = AdministrativeUnits({"a": {"b"}, "b": {"a"}}, frozenset())
    assert circle.list_under("a", "b")
    assert not circle.list_under("a", "c")
