"""A backup is restored as it was made, and one that is damaged, incomplete or of other data is refused."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.backup import MANIFEST, Backup, create_backup, restore_backup
from kg.errors import BackupError, BaseIriMismatchError
from kg.journal.journal import read_records
from kg.knowledge_graph import KnowledgeGraph
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.history import compare, restore_state


def number(value: int) -> ox.Quad:
    return ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.Literal(str(value)), ox.NamedNode("x:g"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", plain=True, empty=True)


def open_store(settings: Settings) -> EmbeddedStore:
    store = KnowledgeGraph.open(settings).store
    assert isinstance(store, EmbeddedStore)
    return store


@pytest.fixture
def backup(settings: Settings, tmp_path: Path) -> Path:
    """A backup of three commits."""
    with closing(open_store(settings)) as store:
        for value in range(3):
            store.apply(Change.from_quads(added=[number(value)]))
        create_backup(store, settings, tmp_path / "backup")
    return tmp_path / "backup"


def test_a_backup_is_restored_with_its_history_and_goes_on(backup: Path, settings: Settings, tmp_path: Path) -> None:
    target = replace(settings, data_dir=tmp_path / "new" / "data")
    restored = restore_backup(backup, target)
    with closing(open_store(target)) as store:
        assert set(store.quads()) == {number(0), number(1), number(2)}
        assert store.version == restored.version
        store.apply(Change.from_quads(added=[number(3)]))
        assert store.version.startswith("4-")
    assert len(list(read_records(target.data_dir / "journal"))) == 4
    assert restored == Backup.read(backup)


@pytest.mark.slow
def test_a_backup_that_is_made_while_others_write_is_of_one_commit(settings: Settings, tmp_path: Path) -> None:
    done = threading.Event()
    with closing(open_store(settings)) as store:

        def write() -> None:
            value = 0
            while not done.is_set():
                removed = [number(value - 1)] if value else []
                store.apply(Change.from_quads(removed, [number(value)]))
                value += 1

        thread = threading.Thread(target=write)
        thread.start()
        for round_ in range(8):
            create_backup(store, settings, tmp_path / f"backup-{round_}")
        done.set()
        thread.join()
    for round_ in range(8):
        target = replace(settings, data_dir=tmp_path / f"data-{round_}")
        version = int(restore_backup(tmp_path / f"backup-{round_}", target).version.partition("-")[0])
        journal = target.data_dir / "journal"
        copy = EmbeddedStore.open_read_only(target.data_dir / "graph")
        assert not compare(copy, restore_state(journal, version))
        copy.close()
        assert len(list(read_records(journal))) == version, "no commit after it"
        with closing(open_store(target)) as store:
            assert list(store.quads()) == ([number(version - 1)] if version else [])


def change_byte(backup: Path) -> None:
    file = backup / "journal" / "000000000001.journal"
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)


def remove_file(backup: Path) -> None:
    next((backup / "graph").glob("*.sst")).unlink()


def append_byte(backup: Path) -> None:
    with (backup / "graph" / "CURRENT").open("a") as file:
        file.write("\n")


def escape(backup: Path) -> None:
    manifest = json.loads((backup / MANIFEST).read_text())
    manifest["files"]["graph/../../../escaped"] = manifest["files"]["graph/CURRENT"]
    (backup / MANIFEST).write_text(json.dumps(manifest))


def write_manifest(content: str) -> Callable[[Path], None]:
    def write(backup: Path) -> None:
        (backup / MANIFEST).write_text(content)

    return write


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (change_byte, "000000000001.journal is not what was backed up"),
        (append_byte, "CURRENT is not what was backed up"),
        (remove_file, "sst is missing"),
        (escape, "no file of a backup"),
        (lambda backup: (backup / MANIFEST).unlink(), "interrupted"),
        (write_manifest("{"), "cannot be read"),
        (write_manifest('{"format": 9}'), "its format is 9"),
        (write_manifest('{"format": 1, "files": {}}'), "cannot be read"),
    ],
)
def test_a_backup_that_is_damaged_or_incomplete_is_refused_and_nothing_of_it_is_used(
    backup: Path, settings: Settings, tmp_path: Path, damage: Callable[[Path], object], reason: str
) -> None:
    damage(backup)
    target = replace(settings, data_dir=tmp_path / "new")
    with pytest.raises(BackupError, match=reason):
        restore_backup(backup, target)
    assert not [name for name in ("graph", "journal", "data-directory.json") if (tmp_path / "new" / name).exists()]
    assert not (tmp_path / "escaped").exists()


def test_a_restoration_is_tried_again_after_one_that_failed(backup: Path, settings: Settings, tmp_path: Path) -> None:
    target = replace(settings, data_dir=tmp_path / "new")
    content = (backup / "graph" / "CURRENT").read_bytes()
    append_byte(backup)
    with pytest.raises(BackupError):
        restore_backup(backup, target)
    (backup / "graph" / "CURRENT").write_bytes(content)
    restore_backup(backup, target)


def test_a_directory_with_data_is_no_place_to_restore_to(backup: Path, settings: Settings) -> None:
    with pytest.raises(BackupError, match="not empty"):
        restore_backup(backup, settings)


def test_a_backup_under_another_base_iri_is_refused(backup: Path, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BaseIriMismatchError):
        restore_backup(backup, replace(settings, data_dir=tmp_path / "new", base_iri="http://example.org/"))


def test_a_backup_goes_into_a_new_directory_only(backup: Path, settings: Settings, tmp_path: Path) -> None:
    with closing(open_store(settings)) as store:
        with pytest.raises(BackupError, match="not empty"):
            create_backup(store, settings, backup)
        (tmp_path / "file").touch()
        with pytest.raises(BackupError):
            create_backup(store, settings, tmp_path / "file")


def test_a_backup_that_was_interrupted_has_no_manifest(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(settings)) as store, monkeypatch.context() as patch:
        patch.setattr("kg.backup._examine", fail)
        with pytest.raises(BackupError):
            create_backup(store, settings, tmp_path / "backup")
    with pytest.raises(BackupError, match="interrupted"):
        Backup.read(tmp_path / "backup")


def fail(_file: Path) -> None:
    raise OSError(5, "Input/output error")
