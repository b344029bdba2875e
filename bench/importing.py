"""``python -m bench.importing FILE``: what ``kg import ucdp-ged`` costs, beside ``oxigraph load`` of the same quads.

The import reads, maps and validates the rows and records them durably; the load only stores what the rows have become.
Each is a process of its own, as in ``bench.loading``; they are repeated in turns, and medians are compared. FILE is a
release of UCDP GED, which is not in this repository.
"""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bench.aims import Aim
from bench.loading import Load, executable, median, run_load
from kg.package_data import find_folder

_FOLDER = Path(__file__).parent
_EMPTY = {"KG_EMPTY": "yes"}
_MAX_RATIO, _MAX_GB = 5, 1.5
_DATASET = "ucdp-ged"


@dataclass(frozen=True, slots=True)
class ImportTimes:
    """The repeated imports and loads of one file."""

    imports: tuple[Load, ...]
    loads: tuple[Load, ...]

    @property
    def aims(self) -> list[Aim]:
        """What is aimed at, beside what was measured."""
        memory_gb = max(load.memory_mb for load in self.imports) / 1e3
        return [
            Aim("import to a bare load of its quads", median(self.imports) / median(self.loads), _MAX_RATIO, True),
            Aim("memory of it, in GB, all processes together", memory_gb, _MAX_GB, True),
        ]


class ImportBench:
    """Runs imports of one file, each into a copy of a data directory with the reference data."""

    def __init__(self, file: Path, work: Path, scheduler: str = "") -> None:
        self._file, self._work, self._log = file.resolve(), work, work / "log"
        self._options = ["--on", scheduler] if scheduler else []
        self._reference, self._quads = work / "reference", work / "quads.nq"

    def prepare(self) -> int:
        """Load the reference data, and write what the rows become; how many quads these are."""
        reference = map(str, sorted(find_folder("data").glob("reference/*.ttl")))
        self._run(["kg", "load", "--quiet", "--data-dir", str(self._reference), *reference])
        self._run(["kg", "import", _DATASET, "--quiet", "--output", str(self._quads), str(self._file)])
        with self._quads.open("rb") as lines:
            return len(set(map(hash, lines)))

    def run_import(self) -> Load:
        """The import into a data directory without data sets."""
        directory = self._work / "data"
        shutil.copytree(self._reference, directory)
        try:
            return self._run(
                ["kg", "import", _DATASET, "--quiet", "--data-dir", str(directory), *self._options, str(self._file)]
            )
        finally:
            shutil.rmtree(directory)

    def run_load(self) -> Load:
        """The bare load into nothing."""
        directory = self._work / "bare"
        try:
            return self._run(["oxigraph", "load", "--location", str(directory), "--file", str(self._quads)])
        finally:
            shutil.rmtree(directory)

    def _run(self, command: Sequence[str]) -> Load:
        program, *arguments = command
        return run_load([executable(program), *arguments], self._log, _EMPTY)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rounds", default=3, show_default=True, help="How often each is repeated.")
@click.option("--on", "scheduler", default="", metavar="ADDRESS", help="Have rows mapped by the Dask cluster there.")
@click.option("--strict", is_flag=True, help="Exit with 1 if an aim is not met.")
def main(file: Path, rounds: int, scheduler: str, strict: bool) -> None:
    """Print what importing FILE costs, as a ratio to a bare load of the same quads."""
    work = Path(tempfile.mkdtemp(prefix="work-", dir=_FOLDER))
    try:
        bench = ImportBench(file, work, scheduler)
        quads = bench.prepare()
        times = _measure(bench, rounds)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    click.echo(f"{file.name}: {quads:,} quads")
    for name, loads in (("oxigraph load", times.loads), ("kg import", times.imports)):
        memory_mb = max(load.memory_mb for load in loads)
        click.echo(f"{name:24} {median(loads):7.1f} s  {memory_mb:7,.0f} MB")
    click.echo("\n".join(map(str, times.aims)))
    if strict and not all(aim.is_met for aim in times.aims):
        sys.exit(1)


def _measure(bench: ImportBench, rounds: int) -> ImportTimes:
    imports, loads = [], []
    for number in range(rounds):
        loads.append(bench.run_load())
        imports.append(bench.run_import())
        click.echo(f"round {number + 1}: {loads[-1].seconds:.1f} s, {imports[-1].seconds:.1f} s", err=True)
    return ImportTimes(tuple(imports), tuple(loads))


if __name__ == "__main__":
    main()
