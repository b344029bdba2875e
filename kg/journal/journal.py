"""The file of commits. A commit is made when ``append`` returns: its record has reached the disk.

Invariants: records are only ever appended; a sync that failed is not tried again, because the kernel may have dropped
what it could not write; what follows the last whole record of the last segment was never acknowledged and is cut when
the journal is opened. A segment is named after its first version.
"""

import errno
import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from kg.errors import JournalCorruptError, StoreError, StoreFullError
from kg.journal.record import GENESIS, Entry, Record, decode, encode, format_version

_FLUSHED = "flushed"
"""The file with the last version whose changes the engine has on disk."""
_ROOM_BYTES = 1 << 20
"""Allocated ahead, so that a sync need not wait for the file system, and a full disk is seen before a record."""
_SEGMENT_BYTES = 64 << 20
_SUFFIX = ".journal"
_NOT_MADE = "nothing was changed; restart the server to write again"
_IN_DOUBT = "whether the change was made is in doubt until the server is restarted"
_NEXT_RECORD = b'\n{"version": '


class Journal:
    """The commits of one store; for one process at a time, and one thread at a time."""

    def __init__(self, directory: Path, file: int, segment: Path, start: int, version: int, digest: str) -> None:
        self._directory, self._file, self._segment = directory, file, segment
        self._end = start
        self._allocated = os.fstat(file).st_size
        self._failed = False
        self.version, self.digest = version, digest
        """Of the last commit; 0 and GENESIS before the first."""

    @classmethod
    def open(cls, directory: Path) -> Self:
        """The journal in the directory, made if there is none. Raises JournalCorruptError or another StoreError."""
        try:
            directory.mkdir(parents=True, exist_ok=True)
            segment = max(_segments(directory), default=None) or _create_segment(directory, 1)
            version, digest, end = _read_end(segment, directory)
            check_end(directory, version)
            file = os.open(segment, os.O_RDWR)
            os.ftruncate(file, end)
            os.fsync(file)
        except OSError as error:
            raise _to_store_error(error, directory) from error
        return cls(directory, file, segment, end, version, digest)

    @property
    def dataset_version(self) -> str:
        """The version of the data."""
        return format_version(self.version, self.digest)

    def append(self, entries: Sequence[Entry]) -> None:
        """Record commits, in this order, with one write and one sync; all or none.

        Raises StoreFullError, when none of them was recorded; or StoreError, when nothing more is recorded until the
        journal is opened again, and the message says whether it is known that they were not.
        """
        if self._failed:
            raise StoreError(f"{self._directory}: the journal could not be written; restart the server")
        version, digest, group = self.version, self.digest, self.version + 1
        records = []
        for entry in entries:
            version += 1
            record, digest = encode(entry, version, digest, group)
            records.append(record)
        data = b"".join(records)
        try:
            self._allocate(len(data))
        except OSError as error:
            raise _to_store_error(error, self._directory) from error
        self._write(data)
        self.version, self.digest = version, digest

    def read(self, since: int = 0) -> Iterator[Record]:
        """The commits after version ``since``, each verified by its digest and that of its predecessor.

        Raises JournalCorruptError.
        """
        return read_records(self._directory, since)

    @property
    def flushed(self) -> int:
        """The version up to which the engine has all changes on disk; it may have later ones."""
        return _read_flushed(self._directory)

    def mark_flushed(self) -> None:
        """Note that the engine has all changes up to this version on disk. Raises StoreError."""
        file = self._directory / _FLUSHED
        staged = file.with_suffix(".next")
        try:
            with staged.open("w", encoding="ascii") as stream:
                stream.write(str(self.version))
                stream.flush()
                os.fsync(stream.fileno())
            staged.replace(file)
            sync_directory(self._directory)
        except OSError as error:
            raise _to_store_error(error, self._directory) from error

    def close(self) -> None:
        """Close the file; the room that was allocated ahead is given back."""
        with suppress(OSError):
            os.ftruncate(self._file, self._end)
        os.close(self._file)

    def _allocate(self, size: int) -> None:
        """Make room for so many bytes, in a new segment if this one is full. Raises OSError."""
        if self._end > _SEGMENT_BYTES:
            segment = _create_segment(self._directory, self.version + 1)
            os.ftruncate(self._file, self._end)
            os.close(self._file)
            self._file, self._segment, self._end, self._allocated = os.open(segment, os.O_RDWR), segment, 0, 0
        if self._end + size > self._allocated:
            needed = self._end + size + _ROOM_BYTES - self._allocated
            os.posix_fallocate(self._file, self._allocated, needed)
            self._allocated += needed
            os.fsync(self._file)

    def _write(self, data: bytes) -> None:
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self._file, data[written:], self._end + written)
            os.fdatasync(self._file)
        except OSError as error:
            self._failed = True
            raise self._take_back(error) from error
        self._end += len(data)

    def _take_back(self, cause: OSError) -> StoreError:
        """Cut what was written and may have reached the disk or not."""
        try:
            os.ftruncate(self._file, self._end)
            os.fsync(self._file)
        except OSError:
            return StoreError(f"{self._directory}: {cause.strerror}; {_IN_DOUBT}")
        return StoreError(f"{self._directory}: {cause.strerror}; {_NOT_MADE}")


def read_records(directory: Path, since: int = 0) -> Iterator[Record]:
    """See ``Journal.read``; for a directory that another process may be appending to."""
    segments = sorted(_segments(directory))
    first = max((segment for segment in segments if _first_version(segment) <= since + 1), default=None)
    last: Record | None = None
    for segment in segments:
        if first is not None and segment < first:
            continue
        for record, _ in _read_segment(segment):
            if last is not None and (record.previous, record.version) != (last.digest, last.version + 1):
                raise JournalCorruptError(f"{segment}: version {record.version} does not continue the one before it")
            last = record
            if record.version > since:
                yield record


def check_end(directory: Path, version: int) -> None:
    """Raise JournalCorruptError if the journal once had commits after this version."""
    if version < (flushed := _read_flushed(directory)):
        raise JournalCorruptError(f"{directory}: it ends at version {version}, but the store has {flushed}")


def _read_flushed(directory: Path) -> int:
    try:
        return int((directory / _FLUSHED).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def _read_segment(segment: Path) -> Iterator[tuple[Record, int]]:
    """The whole records of a segment, each with where it ends. Raises JournalCorruptError."""
    if not segment.stat().st_size:
        return
    with segment.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        end, version = 0, _first_version(segment) - 1
        while True:
            try:
                decoded = decode(data, end)
            except JournalCorruptError as error:
                if _continues(data, end, version + 1):
                    raise JournalCorruptError(f"{segment}: {error}") from error
                return
            if decoded is None:
                return
            record, end = decoded
            version = record.version
            yield record, end


def _continues(data: mmap.mmap, start: int, version: int) -> bool:
    """Whether a group was synced after the one to which the version at ``start`` belongs.

    If not, the damage is that of a write which never came to its end, and was not acknowledged.
    """
    while (start := data.find(_NEXT_RECORD, start)) >= 0:
        start += 1
        with suppress(JournalCorruptError):
            decoded = decode(data, start)
            if decoded and decoded[0].group > version:
                return True
    return False


def _read_end(segment: Path, directory: Path) -> tuple[int, str, int]:
    """Version, digest and end of the last whole record."""
    version, digest, end = _first_version(segment) - 1, "", 0
    for record, record_end in _read_segment(segment):
        version, digest, end = record.version, record.digest, record_end
    return version, digest or _digest_before(segment, directory), end


def _digest_before(segment: Path, directory: Path) -> str:
    earlier = max((other for other in _segments(directory) if other < segment), default=None)
    return GENESIS if earlier is None else _read_end(earlier, directory)[1]


def _segments(directory: Path) -> list[Path]:
    return list(directory.glob(f"*{_SUFFIX}"))


def _first_version(segment: Path) -> int:
    return int(segment.stem)


def _create_segment(directory: Path, version: int) -> Path:
    """A new empty segment, whose name has reached the disk."""
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


def _to_store_error(error: OSError, directory: Path) -> StoreError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreFullError(directory)
    return StoreError(f"{directory}: {error.strerror}")
