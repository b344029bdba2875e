"""The disk begins to fail, or is full, while many write: each is told the truth, and once the disk is well again or
another one, all that was acknowledged is there.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from small_disk import small_disk
from strace import failing_calls

from tests.chaos.campaign import IN_MEMORY, ON_DISK, campaign, scaled

pytestmark = pytest.mark.slow

_TIMEOUT_S = 60.0
_LONGER_S = 0.3
"""How long the failure lasts once it has been noticed."""

# Which calls fail, on whose files, and whether writing goes on without a restart once the disk is well again. In `make
# test` every other one strikes a server with its graph in memory, the others one with its graph on disk.
FAILURES = [
    ("fdatasync:error=EIO", "journal", False),
    ("pwrite64:error=ENOSPC", "journal", False),
    ("write:error=EIO", "engine", True),
    ("write:error=ENOSPC", "engine", True),
    ("pwrite64:error=EIO", "journal", False),
    ("fdatasync:error=EIO:when=3+", "journal", False),
]


@pytest.mark.parametrize("settings", [IN_MEMORY, ON_DISK], ids=["in memory", "on disk"])
def test_a_disk_that_fails_loses_nothing_that_was_acknowledged(tmp_path: Path, settings: dict[str, str]) -> None:
    failures = FAILURES[settings == ON_DISK :: 2] if scaled(1) == 1 else FAILURES
    with campaign(tmp_path, settings) as under_way:
        victim, course = under_way.victim, under_way.course
        for injection, owner, is_cured in failures:
            if not under_way.goes_on(5):
                break
            pid = victim.server.process.pid
            with failing_calls(pid, injection, victim.files_of(owner), tmp_path / "strace.log"):
                assert course.wait_for_refusal(_TIMEOUT_S), f"{injection} of the {owner} goes unnoticed"
                time.sleep(_LONGER_S)
                assert victim.server.get("/healthz")[0] == 200
            if not is_cured or under_way.chance.random() < 0.3:
                assert is_cured or victim.server.get("/readyz")[0] == 503
                victim.kill()
                victim.start()
        under_way.goes_on(5)


def test_a_full_disk_loses_nothing_and_writing_goes_on_once_there_is_space(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 40) as disk, campaign(disk, IN_MEMORY) as under_way:
        course = under_way.course
        under_way.goes_on(5)
        leave_room(disk, 2_000_000)
        assert course.wait_for_refusal(_TIMEOUT_S), "the disk is never full"
        time.sleep(_LONGER_S)
        assert {status for _, status in course.statuses if status >= 500} <= {503, 507}, course.statuses
        assert any(status == 507 for _, status in course.statuses), course.statuses
        subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
        under_way.goes_on(20)


def leave_room(directory: Path, size: int) -> None:
    """Fill the disk up to so many bytes."""
    with (directory / "ballast").open("wb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, shutil.disk_usage(directory).free - size)
