"""``kg import`` while the command, a worker or the scheduler of Dask, or the server is killed.

The old state is there then or the new, and the same command leaves the new one.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from distributed import LocalCluster
from sample_rows import write_rows

from kg.ingest.bulk.progress import read_progress
from kg.package_data import find_folder
from kg.store.embedded import EmbeddedStore

from .test_server import run_server

pytestmark = pytest.mark.slow

KG = str(Path(sys.executable).parent / "kg")
SETTINGS = {"KG_EMPTY": "yes", "KG_WORKERS": "1"}
KILLS = 3


def environment(directory: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return {**kept, **SETTINGS, "KG_DATA_DIR": str(directory)}


def run_kg(directory: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [KG, *map(str, arguments)]
    return subprocess.run(command, env=environment(directory), capture_output=True, text=True, timeout=300)


def start_import(directory: Path, *arguments: object) -> "subprocess.Popen[bytes]":
    command = [KG, "import", "ucdp-ged", "--quiet", *map(str, arguments)]
    return subprocess.Popen(command, env=environment(directory), stderr=subprocess.PIPE)


def read_quads(directory: Path) -> frozenset[ox.Quad]:
    with closing(EmbeddedStore.open(directory / "graph", journal=directory / "journal")) as store:
        return frozenset(store.quads())


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("rows") / "rows.csv", 1_000)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the reference data."""
    directory = tmp_path_factory.mktemp("empty") / "data"
    loaded = run_kg(directory, "load", "--quiet", *find_folder("data").glob("reference/*.ttl"))
    assert loaded.returncode == 0, loaded.stderr[-2000:]
    return directory


@pytest.fixture(scope="module")
def whole_import(empty: Path, rows: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[frozenset[ox.Quad], float]:
    """The new state, and how long it takes here, now."""
    directory = shutil.copytree(empty, tmp_path_factory.mktemp("imported") / "data")
    started = time.monotonic()
    assert run_kg(directory, "import", "ucdp-ged", rows).returncode == 0
    return read_quads(directory), time.monotonic() - started


@pytest.fixture(scope="module")
def imported(whole_import: tuple[frozenset[ox.Quad], float]) -> frozenset[ox.Quad]:
    return whole_import[0]


@pytest.fixture(scope="module")
def seconds(whole_import: tuple[frozenset[ox.Quad], float]) -> float:
    return whole_import[1]


@pytest.fixture
def directory(empty: Path, tmp_path: Path) -> Path:
    return shutil.copytree(empty, tmp_path / "data")


def test_a_command_that_is_killed_leaves_the_old_state_or_the_new(
    empty: Path, rows: Path, seconds: float, imported: frozenset[ox.Quad], tmp_path: Path
) -> None:
    chance, old, directory = random.Random(13), read_quads(empty), tmp_path / "data"
    for number in range(KILLS):
        directory = shutil.copytree(empty, tmp_path / f"data-{number}")
        with start_import(directory, rows) as command:
            time.sleep(seconds * (number + chance.random()) / KILLS)
            command.kill()
        assert read_quads(directory) in (old, imported)
    assert run_kg(directory, "import", "ucdp-ged", rows).returncode == 0
    assert read_quads(directory) == imported
    assert not any((directory / "bulk").glob("*"))


@pytest.mark.parametrize("killed", ["worker", "scheduler"])
def test_what_is_killed_of_a_cluster_does_not_change_the_outcome(
    killed: str, directory: Path, rows: Path, imported: frozenset[ox.Quad]
) -> None:
    before = read_quads(directory)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as cluster,
        start_import(directory, "--on", cluster.scheduler_address, rows) as command,
    ):
        busy = cluster.workers[1].pid
        started = processor_s(busy)
        while processor_s(busy) < started + 0.3:
            assert command.poll() is None
            time.sleep(0.02)
        if killed == "worker":
            os.kill(busy, signal.SIGKILL)
        else:
            cluster.close()
        _, errors = command.communicate(timeout=200)
    if killed == "worker":
        assert command.returncode == 0, errors
        assert read_quads(directory) == imported
    else:
        assert command.returncode == 1
        assert re.fullmatch(rb"kg: tcp://\S+: .*; nothing was changed\n", errors)
        assert read_quads(directory) == before


def processor_s(process: int) -> float:
    """The processor time of a process."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("phase", ["reading", "validating", "storing"])
def test_a_server_that_is_killed_leaves_the_old_state_or_the_new(
    phase: str, directory: Path, rows: Path, imported: frozenset[ox.Quad], tmp_path: Path
) -> None:
    old = read_quads(directory)
    with run_server(directory, tmp_path / "log", **SETTINGS) as server, start_import(directory, rows) as command:
        _wait_for_phase(directory, phase, command)
        server.process.kill()
        command.communicate(timeout=120)
    assert read_quads(directory) in (old, imported)
    assert run_kg(directory, "import", "ucdp-ged", rows).returncode == 0
    assert read_quads(directory) == imported


def _wait_for_phase(directory: Path, phase: str, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        for folder in (directory / "bulk").glob("*/"):
            progress = read_progress(folder)
            if progress is not None and progress.phase == phase:
                return
        time.sleep(0.002)
