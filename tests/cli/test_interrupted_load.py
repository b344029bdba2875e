"""A load that is killed, or finds no room, leaves the old data or the new, whole."""

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
LOAD_AND_TELL = """
import sys
from pathlib import Path
from kg.knowledge_graph import KnowledgeGraph
from kg.settings import Settings
found = KnowledgeGraph.open(Settings(data_dir=Path(sys.argv[1])))
found.ingestor.validator.validate = lambda quads: []
found.load(found.ingestor.read_all([Path(sys.argv[2])]), progress=lambda step: print(step, flush=True))
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


def held(directory: Path) -> frozenset[ox.Quad]:
    store = EmbeddedStore.open(directory / "graph")
    try:
        return frozenset(store.quads())
    finally:
        store.close()


def load(directory: Path, file: Path) -> "subprocess.Popen[str]":
    """A load under way, whose stdout tells each step; the shapes are left out, for they take the longest."""
    command = [sys.executable, "-c", LOAD_AND_TELL, str(directory), str(file)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    for version in ("old", "new"):
        (folder / f"{version}.trig").write_text(table(version))
    return folder


@pytest.fixture(scope="module")
def loaded(tables: Path) -> dict[str, Path]:
    """A data directory that holds the old table, and one that went on to hold the new."""
    found = {"old": tables / "data-old", "new": tables / "data-new"}
    assert _ended(load(found["old"], tables / "old.trig")) == 0
    shutil.copytree(found["old"], found["new"])
    assert _ended(load(found["new"], tables / "new.trig")) == 0
    assert len(held(found["new"])) > 20_000
    return found


def _ended(process: "subprocess.Popen[str]") -> int:
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return process.returncode


def _killed(process: "subprocess.Popen[str]", step: str, after: float) -> None:
    """Kill the load so long after it tells this step."""
    assert process.stdout
    for line in process.stdout:
        if line.strip() == step:
            break
    time.sleep(after)
    process.kill()
    process.communicate()


def test_a_load_killed_at_any_moment_leaves_the_old_data_or_the_new(
    tables: Path, loaded: dict[str, Path], tmp_path: Path
) -> None:
    old, new = held(loaded["old"]), held(loaded["new"])
    chance = random.Random(20170807)
    outcomes = []
    for number in range(12):
        directory = Path(shutil.copytree(loaded["old"], tmp_path / str(number)))
        _killed(load(directory, tables / "new.trig"), "store", chance.uniform(0, 0.6))
        found = held(directory)
        assert found in (old, new), (
            f"{len(found - old)} quads are not of the old data, {len(found - new)} not of the new"
        )
        outcomes.append(found == new)
        shutil.rmtree(directory)
    assert False in outcomes, "no load was killed in time: shorten the wait"


def test_the_command_killed_at_any_moment_leaves_the_data_as_it_was(
    tables: Path, loaded: dict[str, Path], tmp_path: Path
) -> None:
    old, new = held(loaded["old"]), held(loaded["new"])
    chance = random.Random(20170808)
    for number in range(4):
        directory = Path(shutil.copytree(loaded["old"], tmp_path / str(number)))
        command = [KG, "load", "--data-dir", str(directory), str(tables / "new.trig")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.2, 4))
        process.kill()
        process.wait()
        assert held(directory) in (old, new)
        shutil.rmtree(directory)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes; skipped where none can be mounted."""
    place = tmp_path / "small"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    mounted = shutil.which("mount") and subprocess.run(mounting, capture_output=True, text=True)
    if not mounted or mounted.returncode:
        pytest.skip("no small disk can be mounted here: run the tests as root, or in a container with CAP_SYS_ADMIN")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_load_that_finds_no_room_is_told_so_and_changes_nothing(
    tables: Path, loaded: dict[str, Path], small_disk: Path
) -> None:
    directory = Path(shutil.copytree(loaded["old"], small_disk / "data"))
    before = held(directory)
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
    assert held(directory) == before
