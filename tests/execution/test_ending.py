"""No worker outlives the process that started it, however that one ends."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

STARTING = """
import sys, time
from pathlib import Path
from kg.execution.pool import Pool
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
directory = Path(sys.argv[1])
pool = Pool(EmbeddedStore.open(directory / "graph"), directory / "workers", Settings(workers=2))
pool.query("ASK {}")
time.sleep(0.5)
print("ready", flush=True)
time.sleep(60)
"""


def workers_over(directory: Path) -> list[str]:
    """The processes whose command line names a checkpoint in the directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes()
        except OSError:  # it has just ended
            continue
        if f"{directory}/workers/checkpoint".encode() in line:
            found.append(entry.parent.name)
    return found


def test_workers_die_with_their_parent(tmp_path: Path, repository: Path) -> None:
    command = [sys.executable, "-c", STARTING, str(tmp_path)]
    with subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        assert len(workers_over(tmp_path)) == 2
        parent.kill()
    for _ in range(50):
        if not workers_over(tmp_path):
            break
        time.sleep(0.02)
    assert workers_over(tmp_path) == []
