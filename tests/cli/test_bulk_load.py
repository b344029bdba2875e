"""``kg load`` of files above the limit: as one commit, here and through a server, and interrupted at any time."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest

from bench.generate import Generator
from kg.ingest.bulk.progress import Progress, read_progress
from kg.namespaces import CK, DCTERMS, ORGANIZATION, OWL, PREF_LABEL, RECORDED_BY, TYPE, value_of
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore

from .test_server import RunningServer, run_server

pytestmark = pytest.mark.slow

KG = str(Path(sys.executable).parent / "kg")
SIZES = (6_000, 6_000)
SETTINGS = {"KG_EMPTY": "yes", "KG_BULK_LOAD_MB": "1", "KG_WORKERS": "1"}


def environment(directory: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return kept | SETTINGS | {"KG_DATA_DIR": str(directory)} | more


def run_kg(directory: Path, *arguments: object, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [KG, *map(str, arguments)]
    return subprocess.run(command, env=environment(directory, **more), capture_output=True, text=True, timeout=300)


def read_quads(directory: Path) -> frozenset[ox.Quad]:
    with closing(EmbeddedStore.open(directory / "graph", journal=directory / "journal")) as store:
        return frozenset(store.quads())


def parse(file: Path) -> frozenset[ox.Quad]:
    return frozenset(ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Generated data in two files; what the second one describes refers to the first."""
    folder = tmp_path_factory.mktemp("generated")
    generator = Generator(sum(SIZES) + 10_000)
    chunks = generator.generate_chunks()
    paths = folder / "first.nq", folder / "second.nq"
    for path, size in zip(paths, SIZES, strict=True):
        end = generator.written + size
        with path.open("w") as file:
            while generator.written < end:
                file.write(next(chunks))
    return paths


@pytest.fixture(scope="module")
def loaded(files: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the first file."""
    directory = tmp_path_factory.mktemp("loaded") / "data"
    result = run_kg(directory, "load", "--quiet", files[0])
    assert result.returncode == 0, result.stderr
    assert read_quads(directory) == parse(files[0])
    return directory


@pytest.fixture
def directory(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "data"))


def test_it_is_one_commit_with_its_whole_history(files: tuple[Path, Path], directory: Path, tmp_path: Path) -> None:
    result = run_kg(directory, "load", files[1])
    assert result.returncode == 0, result.stderr
    assert "graphs: +" in result.stderr
    assert read_quads(directory) == parse(files[0]) | parse(files[1])
    log = json.loads(run_kg(directory, "log", "--json").stdout)
    assert [commit["version"].partition("-")[0] for commit in log] == ["2", "1"]
    assert [commit["added"] for commit in log] == [len(parse(files[1])), len(parse(files[0]))]
    assert log[0]["operation"] == "load"
    exported = run_kg(directory, "export", "--at", "1", "--format", "nq")
    assert frozenset(ox.parse(exported.stdout, format=ox.RdfFormat.N_QUADS)) == parse(files[0])
    check = run_kg(directory, "check", "--deep")
    assert "lead to exactly what the store has" in check.stdout
    patch = run_kg(directory, "log", "--patch", "2").stdout
    assert patch.count("\nA ") == len(parse(files[1]))
    assert run_kg(directory, "backup", tmp_path / "backup").returncode == 0
    assert run_kg(tmp_path / "restored", "restore", tmp_path / "backup").returncode == 0
    assert read_quads(tmp_path / "restored") == read_quads(directory)
    assert not any((directory / "bulk").glob("*"))


def test_a_dry_run_and_a_refused_load_change_nothing(files: tuple[Path, Path], directory: Path, tmp_path: Path) -> None:
    before = read_quads(directory)
    dry_run = run_kg(directory, "load", "--dry-run", files[1])
    assert dry_run.returncode == 0
    assert f"+{len(parse(files[1])):,} -0 quads" in dry_run.stdout
    broken = tmp_path / "broken.nq"
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    broken.write_text("".join(line for line in files[1].read_text().splitlines(True) if label not in line))
    refused = run_kg(directory, "load", broken)
    assert refused.returncode == 1
    assert "violation" in refused.stderr
    assert read_quads(directory) == before


def test_a_graph_is_replaced_by_what_the_file_has(files: tuple[Path, Path], directory: Path, tmp_path: Path) -> None:
    edited = tmp_path / "edited.nq"
    lines = files[0].read_text().splitlines(keepends=True)
    hidden = "<http://www.w3.org/2004/02/skos/core#hiddenLabel>"
    edited.write_text("".join(line for line in lines if hidden not in line or "/ontology>" in line))
    assert read_quads(directory) != parse(edited)
    result = run_kg(directory, "load", "--json", edited)
    assert result.returncode == 0, result.stderr
    assert read_quads(directory) == parse(edited)
    assert {graph["added"] for graph in json.loads(result.stdout)} == {0}


def test_interrupted_in_any_phase_the_old_state_or_the_new_is_there(
    files: tuple[Path, Path], loaded: Path, tmp_path: Path
) -> None:
    old, new = parse(files[0]), parse(files[0]) | parse(files[1])
    chance, outcomes = random.Random(4), []
    phases = ["", "reading", "reading the graph", "validating", "recording", "storing"]
    for number in range(len(phases) + 2):
        directory = Path(shutil.copytree(loaded, tmp_path / str(number)))
        command = [KG, "load", "--quiet", str(files[1])]
        with subprocess.Popen(command, env=environment(directory), stderr=subprocess.DEVNULL) as process:
            _wait_for_phase(directory, phases[number % len(phases)], process)
            time.sleep(chance.uniform(0, 0.05))
            process.send_signal(signal.SIGINT if number in (1, 4, 7) else signal.SIGKILL)
        found = read_quads(directory)
        assert found in (old, new)
        outcomes.append(found == new)
        listed = run_kg(directory, "log", "-n", "1")
        assert listed.stdout.startswith(f"version {2 if found == new else 1}-")
        if number == len(phases) - 1:
            assert run_kg(directory, "load", "--quiet", files[1]).returncode == 0
            assert read_quads(directory) == new
            assert not any((directory / "bulk").glob("*"))
        shutil.rmtree(directory)
    assert False in outcomes


def _wait_for_phase(directory: Path, phase: str, process: "subprocess.Popen[bytes]") -> None:
    """Until the load is in that phase, or has ended."""
    while phase and process.poll() is None:
        for folder in (directory / "bulk").glob("*/"):
            progress = read_progress(folder)
            if progress is not None and progress.phase == phase:
                return
        time.sleep(0.002)


@pytest.fixture
def server(directory: Path, tmp_path: Path) -> Iterator[RunningServer]:
    with run_server(directory, tmp_path / "log", **SETTINGS) as server:
        yield server


def test_through_a_server_readers_see_the_old_state_and_then_the_new(
    files: tuple[Path, Path], server: RunningServer
) -> None:
    result = run_kg(server.directory, "load", files[1])
    assert result.returncode == 0, result.stderr
    count = run_kg(server.directory, "query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--format", "csv")
    assert int(count.stdout.split()[1]) == len(parse(files[0]) | parse(files[1]))
    again = run_kg(server.directory, "load", files[1])
    assert "nothing changed" in again.stderr
    assert not any((server.directory / "bulk").glob("*"))


def test_names_that_a_bulk_load_brings_are_known_to_later_loads(
    files: tuple[Path, Path], server: RunningServer, tmp_path: Path
) -> None:
    label = ox.NamedNode(PREF_LABEL)
    names = [q for q in parse(files[1]) if q.predicate == label and "/id/actor/" in value_of(q.subject)]
    name = min(names, key=str)

    def load(number: int) -> str:
        file = tmp_path / f"{number}.ttl"
        actor, graph = f"{DEFAULT_BASE_IRI}id/actor/as-{number}", f"{DEFAULT_BASE_IRI}graph/as-{number}"
        quads = [(actor, TYPE.value, f"<{ORGANIZATION}>"), (actor, PREF_LABEL, str(name.object))]
        described = (
            f'<{graph}> a <{CK}Dataset> ; <{DCTERMS}title> "x"@en ; <{DCTERMS}license> <https://example.org/l> ;'
            f' <{RECORDED_BY}> <{actor}> ; <{OWL}versionInfo> "1" .'
        )
        lines = [f"<{subject}> <{predicate}> {value} ." for subject, predicate, value in quads]
        file.write_text("\n".join([described, *lines]))
        result = run_kg(server.directory, "load", "--dry-run", file)
        assert result.returncode == 0, result.stderr
        return result.stdout + result.stderr

    assert "as well" not in load(1), "the names of the graph are read"
    assert run_kg(server.directory, "load", files[1]).returncode == 0
    assert "as well" in load(2)


def test_progress_is_described_with_rate_and_time_left() -> None:
    progress = Progress("reading", done=25, total=100, quads=50_000, seconds=2.0)
    assert progress.describe() == "reading, 50,000 quads, 25,000 a second, 25 %, 6 s left"
    assert Progress("validating").describe() == "validating"
