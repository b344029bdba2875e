"""Wherever batches are mapped, the bytes are the same; few batches wait, and what ends a process ends the mapping."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from sample_rows import convert_with, write_rows

from kg.datasets.batch_executor import ClusterError, ProcessExecutor, SerialExecutor, choose_executor, map_in_order
from kg.datasets.mapping import Batch, MappedBatch
from kg.errors import InputRejectedError


class CountedBatches:
    """Batches that are empty; how many have been taken."""

    def __init__(self, count: int) -> None:
        self._count, self.taken = count, 0

    def __iter__(self) -> Iterator[Batch]:
        while self.taken < self._count:
            self.taken += 1
            yield []


def mapped(number: int) -> "Future[MappedBatch]":
    future: Future[MappedBatch] = Future()
    future.set_result(MappedBatch(b"", (), number, 0))
    return future


def test_results_come_in_order_while_few_batches_wait() -> None:
    batches, submitted = CountedBatches(20), iter(range(20))
    results = map_in_order(lambda _: mapped(next(submitted)), batches, window=5)
    for number, result in enumerate(results):
        assert result.rows == number
        assert batches.taken <= number + 5


def test_small_files_are_mapped_here() -> None:
    assert isinstance(choose_executor(1_000), SerialExecutor)


@pytest.mark.slow
def test_processes_make_the_same_bytes(tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.csv", 700)
    assert convert_with(ProcessExecutor(2), rows) == convert_with(SerialExecutor(), rows)


@pytest.mark.slow
def test_a_query_that_fails_in_a_process_is_reported_as_here(tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.csv", 300)
    with pytest.raises(InputRejectedError, match="cannot be run"):
        convert_with(ProcessExecutor(2), rows, mapping="ASK {}")


@pytest.mark.slow
def test_a_row_that_cannot_be_read_ends_the_processes(tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.csv", 300)
    with rows.open("a") as file:
        file.write("1,2,3\n")
    with pytest.raises(InputRejectedError, match="has 3 values"):
        convert_with(ProcessExecutor(2), rows)
    assert children() == []


@pytest.mark.slow
def test_a_process_that_is_killed_ends_the_mapping(tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.csv", 700)

    def kill(_rows: int, _part: float) -> None:
        for child in children():
            os.kill(child, signal.SIGKILL)

    with pytest.raises(ClusterError, match="nothing was changed"):
        convert_with(ProcessExecutor(2), rows, report=kill)


@pytest.mark.slow
def test_the_processes_of_a_command_that_is_killed_end_too(tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.csv", 5_000)
    program = (
        "import sys; from pathlib import Path; from sample_rows import convert_with;"
        " from kg.datasets.batch_executor import ProcessExecutor;"
        " convert_with(ProcessExecutor(2), Path(sys.argv[1]))"
    )
    support = str(Path(__file__).parent.parent / "support")
    search = os.pathsep.join([support, *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        [sys.executable, "-c", program, str(rows)], env={**os.environ, "PYTHONPATH": search}
    ) as command:
        deadline = time.monotonic() + 30
        while len(started := children(command.pid)) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        command.kill()
    while any(Path(f"/proc/{child}").exists() for child in started):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children(parent: int | None = None) -> list[int]:
    """The processes that map rows for a process."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(errors="replace").rpartition(")")[2].split()
            command = status.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == (parent or os.getpid()) and b"kg.datasets.batch_executor" in command:
            found.append(int(status.parent.name))
    return found
