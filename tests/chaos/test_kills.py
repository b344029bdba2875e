"""Server and workers are killed at random while many write and read: nothing that was acknowledged is lost, nothing is
made by half, and nobody reads what never was.
"""

import time
from itertools import cycle
from pathlib import Path

import pytest

from tests.chaos.campaign import IN_MEMORY, ON_DISK, Campaign, campaign, scaled

pytestmark = pytest.mark.slow

ROUNDS = 4


@pytest.mark.parametrize("settings", [IN_MEMORY, ON_DISK], ids=["in memory", "on disk"])
def test_kills_lose_nothing_that_was_acknowledged_and_make_nothing_by_half(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    with campaign(tmp_path, settings) as under_way:
        for _, kind in zip(range(scaled(ROUNDS)), cycle(["server", "busiest", "server", "any"]), strict=False):
            if not under_way.goes_on(under_way.chance.randint(2, 16)):
                break
            kill_one(under_way, kind)
    assert under_way.victim.kills.count("server") == scaled(ROUNDS) / 2
    assert under_way.commits > ROUNDS * 2
    assert all(reader.count > ROUNDS for reader in under_way.clients.label_readers)


def test_server_killed_within_a_commit_leaves_all_of_it_or_nothing(tmp_path: Path) -> None:
    moments = [("pwrite64", "journal"), ("fdatasync", "journal"), ("write", "engine")]
    with campaign(tmp_path, IN_MEMORY) as under_way:
        for call, owner in moments * scaled(1):
            if not under_way.goes_on(3):
                break
            under_way.victim.kill_at(call, owner)
            under_way.victim.start()
    assert sum(writer.unknown[True] for writer in under_way.clients.writers) >= scaled(1), "no commit was cut off"


def kill_one(under_way: Campaign, kind: str) -> None:
    """Kill the server and start it again, or kill one of its other processes."""
    victim, chance = under_way.victim, under_way.chance
    time.sleep(chance.uniform(0, 0.05))  # so that any moment of a write is struck
    match kind:
        case "server":
            victim.kill()
            victim.start()
        case "any":
            victim.kill_any(chance)
        case _:
            victim.kill_busiest()
