"""``python -m bench.loading``: what ``kg load`` costs, beside ``oxigraph load``, which neither validates nor records.

Each load is a process of its own that starts and ends; the loads are repeated in turns, and medians are compared.
Memory is the highest sum of the resident set sizes of the process and its descendants, read every tenth of a second:
what they share is counted for each.
"""

import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bench.aims import Aim
from bench.generate import Generator
from bench.processes import Command, list_process_tree, run_process

_FOLDER = Path(__file__).parent
_TIMEOUT_S = 1800.0
_PAUSE_S = 0.1
_FEW, _SOME = 1_000, 10_000
_EMPTY = {"KG_EMPTY": "yes"}


@dataclass(frozen=True, slots=True)
class Load:
    """The time and the memory that a load took."""

    seconds: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Data:
    """Files of whole home graphs; what each describes refers only to itself and to those before it."""

    files: tuple[Path, ...]

    @classmethod
    def generate(cls, folder: Path, *sizes: int) -> "Data":
        """Files of at least so many quads."""
        folder.mkdir()
        generator = Generator(sum(sizes) + 20_000)
        chunks = generator.generate_chunks()
        files = tuple(folder / f"{number}.nq" for number, _ in enumerate(sizes))
        for path, size in zip(files, sizes, strict=True):
            end = generator.written + size
            with path.open("w", encoding="utf-8") as file:
                while generator.written < end:
                    file.write(next(chunks))
        return cls(files)


class Bench:
    """Runs loads, each into a copy of a data directory."""

    def __init__(self, work: Path) -> None:
        self._work = work
        self._log = work / "log"

    def load(self, file: Path, into: Path | None = None) -> Load:
        """``kg load`` of a file, into nothing or into a copy of what is there."""
        directory = self._work / "data"
        if into is not None:
            shutil.copytree(into, directory)
            os.sync()  # what is copied is not to be written while the load is measured
        try:
            return self._run([executable("kg"), "load", "--quiet", "--data-dir", str(directory), str(file)])
        finally:
            shutil.rmtree(directory)

    def prepare(self, name: str, file: Path, into: Path | None = None) -> Path:
        """A data directory with the file, and with what another one has."""
        directory = self._work / name
        if into is not None:
            shutil.copytree(into, directory)
        self._run([executable("kg"), "load", "--quiet", "--data-dir", str(directory), str(file)])
        return directory

    def load_bare(self, file: Path) -> Load:
        """``oxigraph load`` of a file into nothing."""
        directory = self._work / "bare"
        try:
            return self._run([executable("oxigraph"), "load", "--location", str(directory), "--file", str(file)])
        finally:
            shutil.rmtree(directory)

    def _run(self, arguments: Sequence[str]) -> Load:
        return run_load(arguments, self._log, _EMPTY)


def run_load(arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> Load:
    """Run a command to its end, with its output in ``log``. Raises RuntimeError with the end of that."""
    started, peak_mb = time.monotonic(), 0.0
    with run_process(Command(arguments, environment), log) as process:
        while process.poll() is None:
            peak_mb = max(peak_mb, sum(map(_resident_mb, list_process_tree(process.pid))))
            if time.monotonic() - started > _TIMEOUT_S:
                raise RuntimeError(f"not completed in {_TIMEOUT_S:.0f} s: {' '.join(arguments)}")
            time.sleep(_PAUSE_S)
        seconds = time.monotonic() - started
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{log.read_text(errors='replace')[-2000:]}")
    return Load(seconds, peak_mb)


def _resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 1e6


def executable(name: str) -> str:
    """A command of the environment that runs the benchmark."""
    return str(Path(sys.executable).with_name(name))


@click.command()
@click.option("--quads", default=1_000_000, show_default=True, help="Size of the data.")
@click.option("--rounds", default=3, show_default=True, help="How often each load is repeated.")
@click.option("--strict", is_flag=True, help="Exit with 1 if an aim is not met.")
def main(quads: int, rounds: int, strict: bool) -> None:
    """Print what loads cost, as ratios to a bare load into Oxigraph and to each other."""
    work = Path(tempfile.mkdtemp(prefix="work-", dir=_FOLDER))
    try:
        times = _measure(Bench(work), work, quads, rounds)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for name, loads in times.items():
        memory_mb = max(load.memory_mb for load in loads)
        click.echo(f"{name:24} {median(loads):7.1f} s  {memory_mb:7,.0f} MB")
    bare, empty, more, into_some, into_many = map(median, times.values())
    memory_gb = max(load.memory_mb for load in times["all"]) / 1e3
    aims = [
        Aim(f"load of {quads:,} quads to a bare one", empty / bare, 3, True),
        Aim("memory of it, in GB, all processes together", memory_gb, 2, True),
        Aim(f"{quads:,} into {quads:,} to those into nothing", more / empty, 1.6, True),
        Aim(f"{_FEW:,} into {quads:,} to those into {_SOME:,}", into_many / into_some, 1.5, True),
    ]
    click.echo("\n".join(map(str, aims)))
    if strict and not all(aim.is_met for aim in aims):
        sys.exit(1)


def _measure(bench: Bench, work: Path, quads: int, rounds: int) -> Mapping[str, Sequence[Load]]:
    """The loads by name, in turns."""
    first, few, second = Data.generate(work / "many", quads, _FEW, quads).files
    some, few_more = Data.generate(work / "some", _SOME, _FEW).files
    many, small = bench.prepare("many-data", first), bench.prepare("some-data", some)
    before_second = bench.prepare("more-data", few, many)
    loads: Mapping[str, Callable[[], Load]] = {
        "oxigraph load": lambda: bench.load_bare(first),
        "all": lambda: bench.load(first),
        "as many more": lambda: bench.load(second, before_second),
        f"{_FEW:,} into {_SOME:,}": lambda: bench.load(few_more, small),
        f"{_FEW:,} into all": lambda: bench.load(few, many),
    }
    times: dict[str, list[Load]] = {name: [] for name in loads}
    for number in range(rounds):
        for name, load in loads.items():
            times[name].append(load())
            click.echo(f"round {number + 1}: {name}, {times[name][-1].seconds:.1f} s", err=True)
    return times


def median(loads: Sequence[Load]) -> float:
    """The median of their times."""
    return statistics.median(load.seconds for load in loads)


if __name__ == "__main__":
    main()
