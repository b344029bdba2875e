"""No worker or fork server outlives the process that started it, however that one ends."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PARENT = """
import sys, time
from pathlib import Path
from kg.execution.pool import WorkerPool
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
directory = Path(sys.argv[1])
pool = WorkerPool(EmbeddedStore.open(directory / "graph"), directory / "workers", Settings(workers=2))
pool.query("ASK {}")
while not pool.status().in_memory:
    time.sleep(0.05)
time.sleep(0.3)
print("ready", flush=True)
time.sleep(60)
"""


def list_processes(directory: Path) -> list[str]:
    """The fork servers and workers of the pool in the directory."""
    pids = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes()
        except OSError:  # it has just ended
            continue
        if b"kg.execution.forkserver" in line and f"{directory}/workers".encode() in line:
            pids.append(entry.parent.name)
    return pids


def test_workers_die_with_their_parent(tmp_path: Path, repository: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        assert len(list_processes(tmp_path)) == 4  # two workers, their fork server, and the one for disk
        parent.kill()
    for _ in range(100):
        if not list_processes(tmp_path):
            break
        time.sleep(0.02)
    assert list_processes(tmp_path) == []
