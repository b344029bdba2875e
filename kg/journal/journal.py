"""The file of commits. A commit is made when ``append`` returns: its record has reached the disk.

Invariants: records are only ever appended; a sync that failed is not tried again, because the kernel may have dropped
what it could not write; what follows the last whole record of the last segment was never acknowledged and is cut when
the journal is opened. A segment is named after its first version.
"""

import errno
import os
import shutil
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from kg.errors import JournalCorruptError, StoreError, StoreFullError, StoreInDoubtError
from kg.journal.graph_versions import GraphVersions
from kg.journal.record import (
    GENESIS,
    Entry,
    Record,
    RowPart,
    encode,
    format_trailer,
    format_version,
    record_size,
    rows_size,
    write_record,
)
from kg.journal.segment import (
    create_segment,
    first_version,
    list_segments,
    read_end,
    read_segment,
    sync_directory,
)

_FLUSHED = "flushed"
"""The file with the last version whose changes the engine has on disk."""
_ROOM_BYTES = 1 << 20
"""Allocated ahead, so that a sync need not wait for the file system, and a full disk is seen before a record."""
_SEGMENT_BYTES = 64 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_MADE = "nothing was changed; restart the server to write again"
_IN_DOUBT = "whether the change was made is in doubt until the server is restarted"


@dataclass(frozen=True, slots=True)
class StagedRecord:
    """A record that is written but for its end."""

    entry: Entry
    digest: str
    end: int
    """Where it goes on in its segment."""


class Journal:
    """The commits of one store; for one process at a time, and one thread at a time."""

    def __init__(
        self,
        directory: Path,
        file: int,
        end: int,
        version: int,
        digest: str,
        graph_versions: GraphVersions,
        segment_bytes: int = _SEGMENT_BYTES,
    ) -> None:
        self._directory, self._file, self._end = directory, file, end
        self._segment_bytes = segment_bytes
        self._allocated = os.fstat(file).st_size
        self.failed = False
        """Whether nothing more is recorded, because a write or sync has failed."""
        self.version, self.digest = version, digest
        """Of the last commit; 0 and GENESIS before the first."""
        self.graph_versions = graph_versions
        """Since the start of the segment that was the last one when this was opened."""

    @classmethod
    def open(cls, directory: Path, *, segment_bytes: int = _SEGMENT_BYTES) -> Self:
        """The journal in the directory, made if there is none; a segment that is larger than this is not continued.

        Raises JournalCorruptError or another StoreError.
        """
        try:
            directory.mkdir(parents=True, exist_ok=True)
            segment = max(list_segments(directory), default=None) or _start(directory)
            version, digest, end, graph_versions = read_end(segment)
            check_end(directory, version)
            file = os.open(segment, os.O_RDWR)
            os.ftruncate(file, end)
            os.fsync(file)
        except OSError as error:
            raise _to_store_error(error, directory) from error
        return cls(directory, file, end, version, digest, graph_versions, segment_bytes)

    @property
    def dataset_version(self) -> str:
        """The version of the data."""
        return format_version(self.version, self.digest)

    def append(self, entries: Sequence[Entry]) -> None:
        """Record commits, in this order, with one write and one sync; all or none.

        Raises StoreFullError, when none of them was recorded; or, when nothing more is recorded until the journal is
        opened again, StoreInDoubtError if it is not known whether they were, or another StoreError if they were not.
        """
        self.check_writable()
        version, digest, group = self.version, self.digest, self.version + 1
        records, dataset_versions = [], []
        for entry in entries:
            version += 1
            record, digest = encode(entry, version, digest, group)
            records.append(record)
            dataset_versions.append(format_version(version, digest))
        data = b"".join(records)
        self._allocate(len(data))
        self._write(data)
        self.version, self.digest = version, digest
        for entry, dataset_version in zip(entries, dataset_versions, strict=True):
            self.graph_versions.note(entry.graphs, dataset_version, time.time())

    def stage_large(self, entry: Entry, parts: Iterable[RowPart], count: int, quads_size: int) -> StagedRecord:
        """Write the record of one commit whose quads come in parts, but for its end, without which it is none.

        ``entry`` has no quads; there are ``count`` of them, which take ``quads_size`` bytes. The record has a segment
        of its own, which no later opening has to read. Nothing else may be appended until it is committed or
        discarded. Raises as ``append`` does.
        """
        self.check_writable()
        place = self.version + 1, self.version + 1, self.digest
        size = rows_size(count, quads_size)
        self._allocate(record_size(entry, size, place), starts_segment=self._end > 0)
        end = self._end

        def write(data: bytes) -> None:
            nonlocal end
            _write_at(self._file, data, end)
            end += len(data)

        try:
            digest = write_record(entry, parts, size, place, write)
        except OSError as error:
            self.failed = True
            raise self._take_back(error) from error
        except BaseException:
            self.discard_large()
            raise
        return StagedRecord(entry, digest, end)

    def commit_large(self, staged: StagedRecord) -> None:
        """Record the commit. Raises as ``append`` does."""
        self.check_writable()
        try:
            trailer = format_trailer(staged.digest)
            _write_at(self._file, trailer, staged.end)
            os.fdatasync(self._file)
        except OSError as error:
            self.failed = True
            raise self._take_back(error) from error
        self._end = staged.end + len(trailer)
        self.version, self.digest = self.version + 1, staged.digest
        self.graph_versions.note(staged.entry.graphs, self.dataset_version, time.time())
        with suppress(OSError):  # else the next commit follows in this one
            self._start_segment()

    def discard_large(self) -> None:
        """Cut what was written of a record that is not committed."""
        if isinstance(self._take_back(OSError(0, "it was discarded")), StoreInDoubtError):
            self.failed = True  # and never False again: what a sync has lost is not known
        self._allocated = self._end

    def check_writable(self) -> None:
        """Raise StoreError if the journal has failed."""
        if self.failed:
            raise StoreError(f"{self._directory}: the journal could not be written; restart the server")

    def read(self, since: int = 0) -> Iterator[Record]:
        """The commits after version ``since``, each verified by its digest and that of its predecessor.

        Raises JournalCorruptError.
        """
        return read_records(self._directory, since)

    @property
    def flushed(self) -> int:
        """The version up to which the engine has all changes on disk; it may have later ones."""
        return read_flushed(self._directory)

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

    def prepare_copy(self) -> Callable[[Path], None]:
        """A function that copies the commits of this time to a new journal, marked as flushed; for any thread."""
        segments = list_segments(self._directory)
        return partial(_copy, self._directory, segments, self._end, self.version)

    def close(self) -> None:
        """Close the file; the room that was allocated ahead is given back."""
        with suppress(OSError):
            os.ftruncate(self._file, self._end)
        os.close(self._file)

    def _allocate(self, size: int, *, starts_segment: bool = False) -> None:
        """Make room for so many bytes, in a new segment if this one is full. Raises StoreError; nothing was changed."""
        try:
            if starts_segment or self._end > self._segment_bytes:
                self._start_segment()
            if self._end + size <= self._allocated:
                return
            needed = self._end + size + _ROOM_BYTES - self._allocated
            os.posix_fallocate(self._file, self._allocated, needed)
        except OSError as error:
            raise _to_store_error(error, self._directory) from error
        self._allocated += needed
        try:
            os.fsync(self._file)
        except OSError as error:
            self.failed = True
            raise StoreError(f"{self._directory}: {error.strerror}; {_NOT_MADE}") from error

    def _start_segment(self) -> None:
        file = os.open(create_segment(self._directory, self.version + 1), os.O_RDWR)
        with suppress(OSError):
            os.ftruncate(self._file, self._end)
        os.close(self._file)
        self._file, self._end, self._allocated = file, 0, 0

    def _write(self, data: bytes) -> None:
        try:
            _write_at(self._file, data, self._end)
            os.fdatasync(self._file)
        except OSError as error:
            self.failed = True
            raise self._take_back(error) from error
        self._end += len(data)

    def _take_back(self, cause: OSError) -> StoreError:
        """Cut what was written and may have reached the disk or not."""
        try:
            os.ftruncate(self._file, self._end)
            os.fsync(self._file)
        except OSError:
            return StoreInDoubtError(f"{self._directory}: {cause.strerror}; {_IN_DOUBT}")
        return StoreError(f"{self._directory}: {cause.strerror}; {_NOT_MADE}")


def _start(directory: Path) -> Path:
    """The first segment of a new journal, which cannot be lost with the name of its directory. Raises OSError."""
    segment = create_segment(directory, 1)
    sync_directory(directory.parent)
    return segment


def _write_at(file: int, data: bytes, position: int) -> None:
    written = 0
    while written < len(data):
        written += os.pwrite(file, data[written:], position + written)


def read_records(directory: Path, since: int = 0) -> Iterator[Record]:
    """See ``Journal.read``; for a directory that another process may be appending to."""
    segments = list_segments(directory)
    first = bisect_right(segments, since + 1, key=first_version) - 1
    if segments and first < 0:
        raise JournalCorruptError(f"{directory}: it begins at version {first_version(segments[0])}, not {since + 1}")
    digest = GENESIS if first == 0 and first_version(segments[0]) == 1 else ""
    version = first_version(segments[first]) - 1 if segments else 0
    for segment in segments[max(first, 0) :]:
        if first_version(segment) != version + 1:
            raise JournalCorruptError(f"{directory}: version {version + 1} is missing before {segment.name}")
        for record, _ in read_segment(segment, digest):
            version, digest = record.version, record.digest
            if version > since:
                yield record


def _copy(directory: Path, segments: Sequence[Path], end: int, version: int, into: Path) -> None:
    """Copy the segments, the last one up to ``end``. Raises StoreError."""
    try:
        into.mkdir()
        for segment in segments:
            copy = shutil.copyfile(segment, into / segment.name)
        if segments:
            os.truncate(copy, end)
        (into / _FLUSHED).write_text(str(version), encoding="ascii")
    except OSError as error:
        raise _to_store_error(error, directory) from error


def check_end(directory: Path, version: int) -> None:
    """Raise JournalCorruptError if the journal once had commits after this version."""
    if version < (flushed := read_flushed(directory)):
        raise JournalCorruptError(f"{directory}: it ends at version {version}, but the store has {flushed}")


def read_flushed(directory: Path) -> int:
    """See ``Journal.flushed``."""
    try:
        return int((directory / _FLUSHED).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def _to_store_error(error: OSError, directory: Path) -> StoreError:
    if error.errno in _FULL:
        return StoreFullError(directory)
    return StoreError(f"{directory}: {error.strerror}")
