"""Rows mapped on a real Dask cluster: the same bytes, whatever is killed meanwhile, or an error and nothing changed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import LocalCluster
from sample_rows import convert_with, write_rows

from kg.datasets import dask_executor
from kg.datasets.batch_executor import ClusterError, SerialExecutor
from kg.datasets.dask_executor import DaskExecutor
from kg.errors import BadParameterError, InputRejectedError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """A scheduler and two workers, each a process of its own; those that are killed are started again."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("rows") / "rows.csv", 2_000)


@pytest.fixture(scope="module")
def expected(rows: Path) -> tuple[bytes, bytes]:
    return convert_with(SerialExecutor(), rows)


def test_a_cluster_makes_the_same_bytes(cluster: LocalCluster, rows: Path, expected: tuple[bytes, bytes]) -> None:
    assert convert_with(DaskExecutor(cluster.scheduler_address), rows) == expected


def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(
    cluster: LocalCluster, rows: Path, expected: tuple[bytes, bytes]
) -> None:
    killed: list[int] = []

    def kill(done: int, _part: float) -> None:
        if done >= 500 and not killed:
            killed.append(cluster.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    assert convert_with(DaskExecutor(cluster.scheduler_address), rows, report=kill) == expected
    assert killed


def test_a_query_that_fails_on_a_worker_is_reported_as_here(cluster: LocalCluster, rows: Path) -> None:
    with pytest.raises(InputRejectedError, match="cannot be run"):
        convert_with(DaskExecutor(cluster.scheduler_address), rows, mapping="ASK {}")


def test_another_version_on_a_worker_is_refused(
    cluster: LocalCluster, rows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_executor, "_fingerprint", lambda: "another")
    with pytest.raises(ClusterError, match="another version"):
        convert_with(DaskExecutor(cluster.scheduler_address), rows)


def test_without_a_scheduler_the_error_names_its_address(monkeypatch: pytest.MonkeyPatch, rows: Path) -> None:
    monkeypatch.setattr(dask_executor, "_CONNECT_S", 1)
    with pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:9: the scheduler does not answer"):
        convert_with(DaskExecutor("tcp://127.0.0.1:9"), rows)


def test_without_dask_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_executor, "find_spec", lambda _: None)
    with pytest.raises(BadParameterError, match=r"conflict-kg\[dask\]"):
        DaskExecutor("tcp://127.0.0.1:9")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_scheduler_that_is_killed_or_alone_is_an_error(
    workers: int, rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_executor, "_WORKERS_S", 20 if workers else 1)
    with run_scheduler(workers, tmp_path) as (address, scheduler):

        def kill(_rows: int, _part: float) -> None:
            scheduler.kill()

        with pytest.raises(ClusterError, match="does not answer any more" if workers else "has no worker"):
            convert_with(DaskExecutor(address), rows, report=kill)


@contextmanager
def run_scheduler(workers: int, directory: Path) -> "Iterator[tuple[str, subprocess.Popen[bytes]]]":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    place = ["--host", "127.0.0.1", "--port", str(port)]
    commands = [["distributed.cli.dask_scheduler", *place, "--no-dashboard"]]
    worker = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    commands += [[*worker, "--local-directory", str(directory)]] * workers
    processes = []
    try:
        for command in commands:
            processes.append(
                subprocess.Popen([sys.executable, "-m", *command], stderr=subprocess.DEVNULL, cwd=directory)
            )
            _wait_for(port)
        yield address, processes[0]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return
