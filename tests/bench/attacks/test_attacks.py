"""A few attacks for a few seconds: nobody is shut out and the web process survives. ``make attacks`` measures all."""

import pytest
from shipped_data import ShippedData

from bench.attacks.catalogue import ATTACKS
from bench.attacks.run import Bounds, run_attack
from bench.attacks.soak import growth

GENEROUS = Bounds(
    health_p95_ms=1_000,
    look_up_ratio=1e9,
    look_up_p95_ms=5_000,
    new_p95_ms=5_000,
    error_share=0.05,
    resident_mb=600,
    termination_s=30,
)
"""A freeze breaks these, a slow machine does not."""
FEW = (
    "load without token, 60 MB",
    "graphs, pages and data, left",
    "HTML results unread",
    "1,100 silent connections",
    "a log reader that stops",
    "documents: mutually linked blank nodes",
    "updates: 1-1-1",
)


@pytest.mark.slow
@pytest.mark.serial
@pytest.mark.parametrize("name", FEW)
def test_others_are_served_beside_the_attack(name: str, shipped_data: ShippedData) -> None:
    data = None if ATTACKS[name].plain else shipped_data.directory
    outcome = run_attack(name, seconds=3.0, data=data, idle_s=0.5)
    assert not outcome.broken_bounds(GENEROUS), outcome.row(GENEROUS)
    assert outcome.under_attack.seconds["look-up"]


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_has_attackers(name: str) -> None:
    attackers = ATTACKS[name].attackers(9)
    try:
        assert attackers
    finally:
        for attacker in attackers:
            attacker.close()


def test_growth_is_that_of_the_second_half() -> None:
    assert growth([100.0, 150.0, 200.0, 200.0] + [300.0] * 12) == 0
    assert growth([100.0] * 12 + [150.0] * 4) == pytest.approx(0.5)
