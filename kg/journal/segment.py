"""The files of a journal: one segment after the other, each named after the version of its first record.

Owns their names, and what of a segment counts: its whole records, in order, and nothing behind the last one, which is
room that was allocated ahead or a write that never came to its end. Appends nothing. Maps no file into memory, because
the process that appends may cut it meanwhile.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from kg.errors import JournalCorruptError
from kg.journal.graph_versions import GraphVersions
from kg.journal.record import GENESIS, RECORD_START, Record, format_version, read_last_digest, read_record

_SUFFIX = ".journal"
_SCAN_BYTES = 1 << 20
_WRITING_S = 1
"""From the time in a record until others see its change, as HTTP counts: in whole seconds."""


def list_segments(directory: Path) -> list[Path]:
    """The segments, in order."""
    return sorted(directory.glob(f"*{_SUFFIX}"))


def first_version(segment: Path) -> int:
    """The version of its first record."""
    return int(segment.stem)


def create_segment(directory: Path, version: int) -> Path:
    """A new empty segment, whose name has reached the disk. Raises OSError."""
    segment = directory / f"{version:012}{_SUFFIX}"
    os.close(os.open(segment, os.O_RDWR | os.O_CREAT, 0o600))
    sync_directory(directory)
    return segment


def sync_directory(directory: Path) -> None:
    """Make new, renamed and removed names of a directory durable. Raises OSError."""
    file = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def read_segment(segment: Path, previous: str = "") -> Iterator[tuple[Record, int]]:
    """The whole records, each with where it ends, the first one continuing ``previous`` if that is known.

    Raises JournalCorruptError, which names the segment and a version, when something that was synced cannot be read.
    """
    with segment.open("rb") as file:
        version, end = first_version(segment), 0
        while True:
            record = _read_or_end(file, segment, version, end)
            if record is None:
                return
            if record.version != version or (previous and record.previous != previous):
                raise JournalCorruptError(f"{segment}: version {record.version} does not continue the one before it")
            version, previous, end = version + 1, record.digest, file.tell()
            yield record, end


def read_end(segment: Path) -> tuple[int, str, int, GraphVersions]:
    """Version and digest of the last record up to the end of this segment, where that is in it, and what it touches."""
    version, digest, end = first_version(segment) - 1, "", 0
    graphs: GraphVersions | None = None
    for record, record_end in read_segment(segment):
        time = _visible_since(record)
        graphs = graphs or GraphVersions(format_version(version, record.previous), time)
        graphs.note(record.entry.graphs, record.dataset_version, time)
        version, digest, end = record.version, record.digest, record_end
    digest = digest or _digest_before(segment)
    return version, digest, end, graphs or GraphVersions(format_version(version, digest))


def _visible_since(record: Record) -> float | None:
    """A time at which the commit was seen: its record has the time before it was written."""
    try:
        return datetime.fromisoformat(record.entry.time).timestamp() + _WRITING_S
    except ValueError:
        return None


def _digest_before(segment: Path) -> str:
    """The digest that the first record of a segment without any is to continue."""
    earlier = max((other for other in list_segments(segment.parent) if other < segment), default=None)
    expected = first_version(segment) - 1
    if earlier is not None and first_version(earlier) <= expected:
        with earlier.open("rb") as file:
            if digest := read_last_digest(file):
                return digest
    version, digest = (0, GENESIS) if earlier is None else read_end(earlier)[:2]
    if version != expected:
        raise JournalCorruptError(f"{earlier or segment}: version {expected} is missing")
    return digest


def _read_or_end(file: BinaryIO, segment: Path, version: int, start: int) -> Record | None:
    """The record that starts there; None if none was synced there. Raises JournalCorruptError."""
    file.seek(start)
    try:
        if (record := read_record(file)) is not None:
            return record
        damage = "is missing"
    except JournalCorruptError as error:
        damage = f"cannot be read: {error}"
    if not _continues(file, start, version):
        return None
    # A record that was being written a moment ago is whole by now, if another one follows.
    file.seek(start)
    try:
        if (record := read_record(file)) is not None:
            return record
    except JournalCorruptError:
        pass
    raise JournalCorruptError(f"{segment}: version {version}, at byte {start}, {damage}")


def _continues(file: BinaryIO, start: int, version: int) -> bool:
    """Whether a group was synced after the one to which the version at ``start`` belongs.

    If not, the damage is that of a write which never came to its end, and was not acknowledged.
    """
    position, tail = start, b""
    while True:
        file.seek(position)
        chunk = file.read(_SCAN_BYTES)
        if not chunk:
            return False
        # Where the end of a line is damaged, a record starts within one.
        scanned, first = tail + chunk, position - len(tail)
        for offset in _find_each(scanned, RECORD_START):
            if first + offset > start and _starts_later_group(file, first + offset, version):
                return True
        position += len(chunk)
        tail = scanned[-len(RECORD_START) + 1 :]


def _find_each(text: bytes, part: bytes) -> Iterator[int]:
    offset = -1
    while (offset := text.find(part, offset + 1)) >= 0:
        yield offset


def _starts_later_group(file: BinaryIO, position: int, version: int) -> bool:
    file.seek(position)
    try:
        record = read_record(file)
    except JournalCorruptError:
        return False
    return record is not None and record.group > version
