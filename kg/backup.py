"""Backups of a data directory: made while it is in use, checked by checksums, and restored into an empty one.

A backup is a folder with a copy of the store, its journal up to the same commit, and a manifest with the size and the
SHA-256 of each file. The manifest is written last, so that a backup without one is known to be incomplete.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from kg.data_directory import GRAPH_STORE, JOURNAL, Manifest, check_recorded, write_manifest
from kg.errors import BackupError, BaseIriMismatchError
from kg.journal.segment import sync_directory
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore

MANIFEST = "backup.json"
_FORMAT = 1
_FOLDERS = (GRAPH_STORE, JOURNAL)
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupFile:
    """Size and SHA-256 of a file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """The manifest of a backup."""

    version: str
    """Of the data (``kg.journal.record.format_version``)."""
    time: str
    base_iri: str
    plain: bool
    files: Mapping[str, BackupFile]
    """By path in the backup."""
    format: int = _FORMAT

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.bytes for file in self.files.values())

    @classmethod
    def read(cls, directory: Path) -> Self:
        """The manifest of the backup in this directory. Raises BackupError."""
        try:
            members: dict[str, Any] = json.loads((directory / MANIFEST).read_bytes())
            if members["format"] != _FORMAT:
                raise BackupError(directory, f"its format is {members['format']!r}, this version reads {_FORMAT}")
            files = {name: BackupFile(**file) for name, file in members.pop("files").items()}
            return cls(files=files, **members)
        except FileNotFoundError:
            raise BackupError(
                directory, f"there is no {MANIFEST}: it is no backup, or one that was interrupted"
            ) from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackupError(directory, f"{MANIFEST} cannot be read: {error}") from None


def create_backup(store: EmbeddedStore, settings: Settings, into: Path) -> Backup:
    """Back up the store, which others may read and write meanwhile, to a directory that is empty or not there.

    Raises BackupError or StoreError; what was copied until then is left there, without a manifest.
    """
    try:
        into.mkdir(parents=True, exist_ok=True)
        if any(into.iterdir()):
            raise BackupError(into, "it is not empty; name a new directory")
        version = store.back_up(into / GRAPH_STORE, into / JOURNAL)
        files = {str(file.relative_to(into)): _examine(file) for file in _list_files(into)}
        backup = Backup(
            version=version,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            base_iri=settings.base_iri,
            plain=settings.plain,
            files=files,
        )
        _write_durably(into / MANIFEST, json.dumps(asdict(backup), indent=2).encode())
        sync_directory(into)
    except OSError as error:
        raise BackupError(into, f"it cannot be written: {error.strerror}") from error
    return backup


def restore_backup(directory: Path, settings: Settings) -> Backup:
    """Restore the backup in this directory into the data directory of the settings, which must be empty or not there.

    Nothing of it is used before all of it has been checked. Raises BackupError or BaseIriMismatchError.
    """
    backup, target = Backup.read(directory), settings.data_dir
    if backup.base_iri != settings.base_iri:
        raise BaseIriMismatchError(str(directory), backup.base_iri, settings.base_iri)
    check_recorded(settings)
    staged = {folder: target / f"{folder}.restored" for folder in _FOLDERS}
    try:
        target.mkdir(parents=True, exist_ok=True)
        for folder in staged.values():
            shutil.rmtree(folder, ignore_errors=True)  # of a restoration that was interrupted
        if any(target.iterdir()):
            raise BackupError(target, "the data directory is not empty; name another with --data-dir, or move it away")
        for folder in staged.values():
            folder.mkdir()
        for name, expected in backup.files.items():
            _copy_checked(directory, name, expected, target / _stage(name))
        for folder in staged.values():
            sync_directory(folder)
        write_manifest(target, Manifest(base_iri=backup.base_iri, plain=backup.plain))
        # The journal first: with it alone, the store is made again from it.
        for name in (JOURNAL, GRAPH_STORE):
            staged[name].replace(target / name)
        sync_directory(target)
    except OSError as error:
        raise BackupError(target, f"it cannot be written: {error.strerror}") from error
    return backup


def _stage(name: str) -> str:
    folder, _, file = name.partition("/")
    return f"{folder}.restored/{file}"


def _copy_checked(directory: Path, name: str, expected: BackupFile, into: Path) -> None:
    """Copy a file. Raises BackupError if it is not what was backed up."""
    folder, _, file = name.partition("/")
    if folder not in _FOLDERS or not file or "/" in file or file in (".", ".."):
        raise BackupError(directory, f"{name!r} is no file of a backup")
    source = directory / name
    try:
        shutil.copyfile(source, into)
    except FileNotFoundError:
        raise BackupError(directory, f"{name} is missing") from None
    if _examine(into) != expected:
        raise BackupError(directory, f"{name} is not what was backed up: its size or its SHA-256 is another")


def _list_files(directory: Path) -> Iterator[Path]:
    return (file for folder in _FOLDERS for file in sorted((directory / folder).iterdir()))


def _examine(file: Path) -> BackupFile:
    """Size and digest of a file, which has reached the disk then."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return BackupFile(size, digest.hexdigest())


def _write_durably(file: Path, content: bytes) -> None:
    staged = file.with_suffix(".next")
    with staged.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    staged.replace(file)
