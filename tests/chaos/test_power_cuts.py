"""The power fails while many write: of what was not synced, any part may be lost; what was acknowledged is there."""

import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import pytest
from power_cut import TRACED_CALLS, cut_power
from strace import strace_options

from kg.write_gate import RECORD
from tests.chaos.campaign import IN_MEMORY, campaign, scaled

pytestmark = pytest.mark.slow

ROUNDS = 3
_EXIT_TIMEOUT_S = 30.0


class Recorder:
    """Records which calls reach the disk, in a file of its own for each start of the server."""

    def __init__(self, directory: Path) -> None:
        self._logs = (directory / f"calls-{number}" for number in count())
        self.log = directory

    def __call__(self) -> Sequence[str]:
        """What to put before the command of the server."""
        self.log = next(self._logs)
        options = strace_options(self.log, TRACED_CALLS)
        return [*options, "--daemonize", "--seccomp-bpf", "--decode-fds=path", "--string-limit=0"]

    def read(self) -> str:
        """The calls, once all traced processes have ended."""
        wait_until(lambda: not self._is_running())
        return self.log.read_text()

    def _is_running(self) -> bool:
        return any(str(self.log).encode() in _read(path) for path in Path("/proc").glob("[0-9]*/cmdline"))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _EXIT_TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_power_cuts_lose_nothing_that_was_acknowledged_and_make_nothing_by_half(tmp_path: Path) -> None:
    recorder, lost = Recorder(tmp_path), 0
    with campaign(tmp_path, IN_MEMORY, recorder) as under_way:
        victim, chance = under_way.victim, under_way.chance
        for _ in range(scaled(ROUNDS)):
            if not under_way.goes_on(chance.randint(2, 20)):
                break
            time.sleep(chance.uniform(0, 0.05))  # so that any moment of a write is struck
            victim.kill()
            lost += cut_power(victim.data, recorder.read(), chance)
            if chance.random() < 0.5:
                (victim.data / RECORD).write_bytes(b"")  # is not synced
            victim.start()
    assert lost > 10_000, "hardly anything was lost, so nothing was tested"
