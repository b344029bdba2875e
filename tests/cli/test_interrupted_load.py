"""A load that is killed, or runs out of disk space, leaves either the old data or the new."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore

pytestmark = pytest.mark.slow

KG = str(Path(sys.executable).parent / "kg")
CK = "https://w3id.org/conflict-kg/ontology#"
ID = f"{DEFAULT_BASE_IRI}id/"
VOCAB = "https://w3id.org/conflict-kg/vocab/"
ROWS = 1500
LOAD_PROGRAM = """
import sys
from pathlib import Path
from in_process import InProcessGraph
from kg.execution.passthrough import PassthroughExecutor
from kg.journal.record import UNKNOWN
from kg.load_procedure import create_load_procedures
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.write_group import PREPARE_WRITES, create_group_procedure
from kg.document_calls import DocumentFile
from kg.writer import Writer
settings, file = Settings(data_dir=Path(sys.argv[1])), Path(sys.argv[2])
store = EmbeddedStore.open(settings.data_dir / "graph", journal=settings.data_dir / "journal")
graph = InProcessGraph.create(settings, store)
graph.ingestor.validator.validate = lambda quads: []
procedures = create_load_procedures(graph.ingestor)
procedures[PREPARE_WRITES] = create_group_procedure(procedures, graph.ingestor.validator, graph.ingestor)
writer = Writer(settings, graph.store, PassthroughExecutor(graph.store, procedures=procedures))
writer.load([DocumentFile(str(file), file.read_bytes())], UNKNOWN, progress=lambda step: print(step, flush=True))
"""


def table(version: str) -> str:
    """About 20,000 quads: a data set of rows, each a statement of an account with a count."""
    graph = f"<{DEFAULT_BASE_IRI}graph/table>"
    head = f"""{graph} a <{CK}Dataset> .
{graph} <http://purl.org/dc/terms/title> "A table"@en .
{graph} <http://purl.org/dc/terms/license> <https://creativecommons.org/licenses/by/4.0/> .
{graph} <{CK}recordedBy> <{ID}actor/conflict-kg> .
{graph} <http://www.w3.org/2002/07/owl#versionInfo> "{version}" .
<{ID}source/table> a <{CK}Source> .
<{ID}source/table> <http://www.w3.org/2004/02/skos/core#prefLabel> "a table"@en .
<{ID}source/table> <{CK}sourceKind> <{VOCAB}source-kind/dataset> .
"""
    rows = [
        f"""<{ID}statement/{version}-{n}> a <{CK}Statement> ; <{CK}speaker> <{ID}actor/conflict-kg> ;
    <{CK}asserts> <{ID}proposition/{version}-{n}> ; <{CK}reportedIn> <{ID}source/table> ;
    <{CK}hedge> <{VOCAB}hedge/aggregated> ; <{CK}rationale> "row {n} of {version}"@en .
<{ID}incident/{n}> a <{CK}Incident> ; <http://www.w3.org/2004/02/skos/core#prefLabel> "row {n}"@en .
<{ID}proposition/{version}-{n}> a <{CK}IncidentAccount> ; <{CK}incident> <{ID}incident/{n}> ;
    <{CK}count> <{ID}count/{version}-{n}> .
<{ID}count/{version}-{n}> a <{CK}CountEstimate> ; <{CK}countOf> <{VOCAB}counted/killed> ;
    <{CK}asGiven> "{n}"@en ; <{CK}minimum> {n} .
"""
        for n in range(ROWS)
    ]
    return f"{graph} {{\n{head}{''.join(rows)}}}\n"


def read_quads(directory: Path) -> frozenset[ox.Quad]:
    store = EmbeddedStore.open(directory / "graph")
    try:
        return frozenset(store.quads())
    finally:
        store.close()


def load(directory: Path, file: Path) -> "subprocess.Popen[str]":
    """A running load that prints each step on stdout; it does not validate, because that takes the longest."""
    command = [sys.executable, "-c", LOAD_PROGRAM, str(directory), str(file)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    for version in ("old", "new"):
        (folder / f"{version}.trig").write_text(table(version))
    return folder


@pytest.fixture(scope="module")
def loaded(tables: Path) -> dict[str, Path]:
    """A data directory with the old table, and one with the new table loaded after it."""
    directories = {"old": tables / "data-old", "new": tables / "data-new"}
    assert _wait(load(directories["old"], tables / "old.trig")) == 0
    shutil.copytree(directories["old"], directories["new"])
    assert _wait(load(directories["new"], tables / "new.trig")) == 0
    assert len(read_quads(directories["new"])) > 20_000
    return directories


def _wait(process: "subprocess.Popen[str]") -> int:
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return process.returncode


def _kill_after(process: "subprocess.Popen[str]", step: str, seconds: float) -> None:
    """Kill the load this many seconds after it has printed the step."""
    assert process.stdout
    for line in process.stdout:
        if line.strip() == step:
            break
    time.sleep(seconds)
    process.kill()
    process.communicate()


def test_load_killed_at_any_time_leaves_the_old_data_or_the_new(
    tables: Path, loaded: dict[str, Path], tmp_path: Path
) -> None:
    old, new = read_quads(loaded["old"]), read_quads(loaded["new"])
    chance = random.Random(20170807)
    outcomes = []
    for number in range(5):
        directory = Path(shutil.copytree(loaded["old"], tmp_path / str(number)))
        _kill_after(load(directory, tables / "new.trig"), "store", chance.uniform(0, 0.6))
        quads = read_quads(directory)
        assert quads in (old, new), (
            f"{len(quads - old)} quads are not of the old data, {len(quads - new)} not of the new"
        )
        outcomes.append(quads == new)
        shutil.rmtree(directory)
    assert False in outcomes, "every load had committed before it was killed: shorten the wait"


def test_command_killed_at_any_time_leaves_the_old_data_or_the_new(
    tables: Path, loaded: dict[str, Path], tmp_path: Path
) -> None:
    old, new = read_quads(loaded["old"]), read_quads(loaded["new"])
    chance = random.Random(20170808)
    for number in range(4):
        directory = Path(shutil.copytree(loaded["old"], tmp_path / str(number)))
        command = [KG, "load", "--data-dir", str(directory), str(tables / "new.trig")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.2, 4))
        process.kill()
        process.wait()
        assert read_quads(directory) in (old, new)
        shutil.rmtree(directory)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes; skipped where none can be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    mounted = shutil.which("mount") and subprocess.run(command, capture_output=True, text=True)
    if not mounted or mounted.returncode:
        pytest.skip("no small disk can be mounted here: run the tests as root, or in a container with CAP_SYS_ADMIN")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_load_without_disk_space_is_reported_and_changes_nothing(
    tables: Path, loaded: dict[str, Path], small_disk: Path
) -> None:
    directory = Path(shutil.copytree(loaded["old"], small_disk / "data"))
    before = read_quads(directory)
    with (small_disk / "filler").open("wb") as filler, suppress(OSError):
        left = shutil.disk_usage(small_disk).free
        filler.write(b"\0" * max(0, left - 400_000))
        filler.flush()
        os.fsync(filler.fileno())
    process = load(directory, tables / "new.trig")
    _, errors = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "StoreFullError" in errors
    (small_disk / "filler").unlink()
    assert read_quads(directory) == before
