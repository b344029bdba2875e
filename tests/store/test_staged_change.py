"""A change that is too large for memory is made like any other: all or nothing, durably, and in the history."""

import os
import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import StoreError
from kg.journal import record
from kg.journal.journal import Journal
from kg.journal.record import UNKNOWN, Entry
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.history import compare, restore_state
from kg.store.staged_change import StagedChange, no_progress

from .conftest import quad

OLD = frozenset(quad("s", f"old {number}") for number in range(400))
REMOVED = frozenset(quad("s", f"old {number}") for number in range(300))
ADDED = frozenset(quad("s", f"new {number}") for number in range(3_000))
NEW = OLD - REMOVED | ADDED

_COMMIT = """
import sys
from pathlib import Path
from kg.journal import record
from kg.journal.record import UNKNOWN
from kg.store.embedded import EmbeddedStore
from kg.store.staged_change import StagedChange
record.LARGE_BYTES, record._PART_BYTES = 1_000, 5_000
directory = Path(sys.argv[1])
change = StagedChange(folder=directory / "staged", removed_count=300, added_count=3000, graphs=("http://example.org/g",))
store = EmbeddedStore.open(directory / "graph", journal=directory / "journal")
staged = store.stage(change, UNKNOWN, lambda phase, *_: print(phase, flush=True))
print("staged", flush=True)
store.commit_staged(staged)
print("done", flush=True)
"""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "LARGE_BYTES", 1_000)
    monkeypatch.setattr(record, "_PART_BYTES", 5_000)


def stage(folder: Path) -> StagedChange:
    folder.mkdir()
    change = Change.from_quads(REMOVED, ADDED)
    (folder / "removed.nq").write_bytes(change.removed)
    (folder / "added.nq").write_bytes(change.added)
    return StagedChange(folder=folder, removed_count=len(REMOVED), added_count=len(ADDED), graphs=change.graphs)


def open_store(directory: Path) -> EmbeddedStore:
    return EmbeddedStore.open(directory / "graph", journal=directory / "journal")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A data directory with some quads, and a change of them."""
    with closing(open_store(tmp_path)) as store:
        store.apply(Change.from_quads(added=OLD))
    stage(tmp_path / "staged")
    return tmp_path


@pytest.fixture
def change(directory: Path) -> StagedChange:
    staged = Change.from_quads(REMOVED, ADDED)
    return StagedChange(
        folder=directory / "staged", removed_count=len(REMOVED), added_count=len(ADDED), graphs=staged.graphs
    )


def test_it_is_made_recorded_and_restored(directory: Path, change: StagedChange) -> None:
    with closing(open_store(directory)) as store:
        store.commit_staged(store.stage(change, UNKNOWN))
        assert set(store.quads()) == NEW
        version = store.version
        assert version.startswith("2-")
        assert store.graph_version(ox.NamedNode(change.graphs[0])) == version
        assert set(restore_state(directory / "journal", 1).quads()) == OLD
        assert not compare(store, restore_state(directory / "journal", 2))
        store.apply(Change.from_quads(removed=ADDED))
    with closing(open_store(directory)) as store:
        assert set(store.quads()) == OLD - REMOVED
        assert set(restore_state(directory / "journal", 2).quads()) == NEW


def test_a_store_without_journal_is_changed_too(change: StagedChange) -> None:
    with closing(EmbeddedStore.in_memory()) as store:
        store.apply(Change.from_quads(added=OLD))
        before = store.version
        store.commit_staged(store.stage(change, UNKNOWN))
        assert set(store.quads()) == NEW
        assert store.graph_version(ox.NamedNode(change.graphs[0])) == store.version != before


def test_what_the_journal_has_and_the_store_has_not_is_made_when_it_is_opened(
    directory: Path, change: StagedChange
) -> None:
    with closing(Journal.open(directory / "journal")) as journal:
        entry = Entry(provenance=UNKNOWN, time="2026-11-25T10:00:00.000+00:00", graphs=change.graphs)
        parts = change.parts("recording", no_progress)
        journal.commit_large(journal.stage_large(entry, parts, change.count, change.size))
    for _ in range(2):
        with closing(open_store(directory)) as store:
            assert set(store.quads()) == NEW
            assert store.version.startswith("2-")


@pytest.mark.parametrize("renames", [0, 1, 2])
def test_it_is_made_again_where_the_copy_cannot_become_the_store(
    directory: Path, change: StagedChange, renames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, left = Path.rename, [renames]

    def fail_later(path: Path, target: Path) -> Path:
        is_graph = "graph" in path.name
        left[0] -= is_graph
        if is_graph and left[0] == -1:
            raise OSError(28, "no space left on device")
        return rename(path, target)

    with closing(open_store(directory)) as store:
        staged = store.stage(change, UNKNOWN)
        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", fail_later)
            store.commit_staged(staged)
        assert not store.blocked_reason
        assert set(store.quads()) == NEW
    with closing(open_store(directory)) as store:
        assert set(store.quads()) == NEW


@pytest.mark.parametrize("has_both", [True, False])
def test_a_replacement_that_was_interrupted_is_finished_or_taken_back(directory: Path, has_both: bool) -> None:
    replaced = directory / "graph.replaced"
    if has_both:
        replaced.mkdir()
    else:
        (directory / "graph").rename(replaced)
    with closing(open_store(directory)) as store:
        assert set(store.quads()) == OLD
    assert not replaced.exists()


def test_nothing_is_changed_by_what_is_staged_and_discarded(directory: Path, change: StagedChange) -> None:
    with closing(open_store(directory)) as store:
        version = store.version
        staged = store.stage(change, UNKNOWN)
        assert set(store.quads()) == OLD
        store.discard_staged(staged)
        store.apply(Change.from_quads(added=[quad("s", "more")]))
        assert set(store.quads()) == OLD | {quad("s", "more")}
        assert store.version.startswith("2-")
    with closing(open_store(directory)) as store:
        assert store.version not in ("", version)


def test_nothing_is_changed_where_the_journal_fails(
    directory: Path, change: StagedChange, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with closing(open_store(directory)) as store:
        monkeypatch.setattr("os.fdatasync", fail)
        with pytest.raises(StoreError, match="nothing was changed"):
            store.commit_staged(store.stage(change, UNKNOWN))
        assert set(store.quads()) == OLD


@pytest.mark.slow
def test_killed_at_any_time_all_of_it_is_there_or_nothing(directory: Path, tmp_path: Path) -> None:
    chance, outcomes = random.Random(11), []
    for number in range(16):
        copy = tmp_path.parent / f"{tmp_path.name}-{number}"
        subprocess.run(["cp", "-r", directory, copy], check=True)
        command = [sys.executable, "-c", _COMMIT, str(copy)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout
            phase = ("recording", "storing", "staged", "done")[number % 4]
            for line in process.stdout:
                if line.strip() == phase:
                    break
            time.sleep(chance.uniform(0, 0.03))
            process.kill()
        with closing(open_store(copy)) as store:
            found = set(store.quads())
            assert found in (OLD, NEW)
            assert store.version.startswith("2-" if found == NEW else "1-")
            assert phase != "done" or found == NEW
        outcomes.append(found == NEW)
    assert True in outcomes
