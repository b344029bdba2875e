"""One commit as bytes: a header, the rows of an RDF Patch, and the digest that the next commit continues.

A row has a salt of its own, and the digest of the commit is that of the header and of the digests of the rows, not of
their size: a row can be replaced by its digest later, and the chain still verifies, while nobody can tell from it what
the row was.

    {"version": 7, "group": 7, "previous": "5f1c…", "agent": "…", "operation": "load", …}
    B <size of the rows in bytes>
    D <salt> <s> <p> <o> <g> .
    A <salt> <s> <p> <o> <g> .
    X <digest of a row that was redacted>
    C <digest>

RDF Patch (https://afs.github.io/rdf-patch/) has the letters A and D.
"""

import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import Any, BinaryIO

from kg.errors import JournalCorruptError

GENESIS = "0" * 64
"""What the first commit continues."""
_SALT_BYTES = 12
_SALT_WIDTH = _SALT_BYTES * 4 // 3
"""In base64."""
_REMOVED, _ADDED = b"D ", b"A "
_SIZE, _TRAILER = b"B %d\n", b"C %b\n"
_SIZE_LINE_MAX = 24
_TRAILER_SIZE = len(_TRAILER % GENESIS.encode())
RECORD_START = b'{"version": '
"""Of each record, and of no row."""
LARGE_BYTES = 32_000_000
"""Of rows, beyond which a record that is read leaves them in its file."""
_PART_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who makes a change, how and why."""

    agent: str
    """The name of the token, or of the user of the command line."""
    operation: str
    """What was asked for, such as ``load`` or ``update``."""
    reason: str = ""


UNKNOWN = Provenance(agent="", operation="change")
"""Of a change that nobody asked for by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A change to record. ``removed`` and ``added`` are N-Quads, one a line."""

    provenance: Provenance
    time: str
    """In UTC, as ISO 8601 writes it."""
    removed: bytes = b""
    added: bytes = b""
    created: tuple[str, ...] = ()
    """IRIs of graphs that exist from now on, even without a quad."""
    dropped: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()
    """IRIs of the graphs that the change touches."""


RowPart = tuple[bytes, bytes]
"""Some of the quads that are removed, and some of those that are added, as N-Quads."""


@dataclass(frozen=True, slots=True)
class StoredRows:
    """The rows of a large record, where they are; they do not change."""

    file: Path
    start: int
    size: int

    def parts(self) -> Iterator[RowPart]:
        """The quads, about a megabyte at a time."""
        with self.file.open("rb") as file:
            file.seek(self.start)
            for rows in _read_rows(file, self.size):
                removed, added, _ = _decode_rows(rows)
                yield b"".join(removed), b"".join(added)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A commit as it was recorded."""

    version: int
    group: int
    """The first version of those that were synced together."""
    digest: str
    previous: str
    entry: Entry
    """Without quads if the record is large: ``parts`` has those of any record."""
    removed_count: int
    added_count: int
    redacted: int
    """How many rows were replaced by their digests: the entry lacks them."""
    stored: StoredRows | None = None
    """The rows of a large record."""

    @property
    def dataset_version(self) -> str:
        """How answers name the version of the data."""
        return format_version(self.version, self.digest)

    def parts(self) -> Iterator[RowPart]:
        """What is removed and added, in parts that fit into memory; the rows that were redacted are missing."""
        if self.stored is not None:
            yield from self.stored.parts()
        else:
            yield self.entry.removed, self.entry.added


def format_version(version: int, digest: str) -> str:
    """The version of the data after a commit: its number, and the start of its digest."""
    return f"{version}-{digest[:12]}"


def encode(entry: Entry, version: int, previous: str, group: int) -> tuple[bytes, str]:
    """The record of this commit, and its digest; ``group`` is the first version of those that are synced together."""
    chunks: list[bytes] = []
    size = rows_size(entry.removed.count(b"\n") + entry.added.count(b"\n"), len(entry.removed) + len(entry.added))
    digest = write_record(entry, [(entry.removed, entry.added)], size, (version, group, previous), chunks.append)
    return b"".join([*chunks, format_trailer(digest)]), digest


def rows_size(count: int, quads_size: int) -> int:
    """How many bytes the rows of so many quads take, whose N-Quads have so many."""
    return quads_size + count * (len(_REMOVED) + _SALT_WIDTH + 1)


def record_size(entry: Entry, size: int, place: tuple[int, int, str]) -> int:
    """How many bytes the record takes."""
    return len(_encode_header(entry, place)) + len(_SIZE % size) + size + len(_TRAILER % GENESIS.encode())


def write_record(
    entry: Entry,
    parts: Iterable[RowPart],
    size: int,
    place: tuple[int, int, str],
    write: Callable[[bytes], object],
) -> str:
    """Write the record of a commit whose quads come in parts, those that are removed first; its digest.

    Its end is missing, which is ``format_trailer`` of the digest.

    ``size``: of all rows. ``place``: version, group, and the digest of the record before.
    """
    header = _encode_header(entry, place)
    digest = sha256(header)
    write(header + _SIZE % size)
    written = 0
    for removed, added in parts:
        for verb, n_quads in ((_REMOVED, removed), (_ADDED, added)):
            if n_quads:
                rows = _encode_rows(verb, n_quads)
                digest.update(b"".join([sha256(row).digest() for row in rows]))
                text = b"".join(rows)
                written += len(text)
                write(text)
    if written != size:
        raise ValueError(f"the quads take {written} bytes, not {size}")
    return digest.hexdigest()


def format_trailer(digest: str) -> bytes:
    """The end of the record with this digest."""
    return _TRAILER % digest.encode()


def _encode_header(entry: Entry, place: tuple[int, int, str]) -> bytes:
    version, group, previous = place
    members = asdict(entry)
    del members["removed"], members["added"]
    members = {"version": version, "group": group, "previous": previous, **members.pop("provenance"), **members}
    return json.dumps(members, ensure_ascii=False).encode() + b"\n"


def read_record(file: BinaryIO) -> Record | None:
    """The record that starts where the file is; None at the end of what was written.

    The file is behind it afterwards. Raises JournalCorruptError for one that is not what was written, or not all of it.
    """
    first = file.read(1)
    if first in (b"", b"\0"):
        return None
    header = first + file.readline()
    try:
        members = json.loads(header)
        size = _read_size(file)
        start, rows = file.tell(), _VerifiedRows(header, is_kept=size <= LARGE_BYTES)
        for part in _read_rows(file, size):
            rows.add(part)
        digest = rows.digest.hexdigest()
        stored = None if size <= LARGE_BYTES else StoredRows(Path(file.name), start, size)
        record = _create_record(members, digest, rows, stored)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise JournalCorruptError(str(error)) from error
    trailer = _TRAILER % digest.encode()
    if file.read(len(trailer)) != trailer:
        raise JournalCorruptError("its digest is not that of its rows")
    return record


def read_last_digest(file: BinaryIO) -> str:
    """The digest of the record that ends with the file, but for room behind it; empty if none does.

    Not verified: for a file whose records have been.
    """
    end = file.seek(0, os.SEEK_END)
    tail = b""
    while end and not tail:
        start = max(0, end - _PART_BYTES)
        file.seek(start)
        tail = file.read(end - start).rstrip(b"\0")
        end = start
    file.seek(max(0, end + len(tail) - _TRAILER_SIZE))
    trailer = file.read(_TRAILER_SIZE)
    digest = trailer[2:-1].decode("ascii", "replace")
    return digest if trailer == _TRAILER % digest.encode() and len(digest) == len(GENESIS) else ""


class _VerifiedRows:
    """What was read of the rows of a record so far."""

    def __init__(self, header: bytes, *, is_kept: bool) -> None:
        self._is_kept = is_kept
        self.digest = sha256(header)
        self.removed: list[bytes] = []
        self.added: list[bytes] = []
        self.removed_count = self.added_count = self.redacted = 0

    def add(self, rows: bytes) -> None:
        removed, added, digests = _decode_rows(rows)
        self.digest.update(b"".join(digests))
        self.removed_count += len(removed)
        self.added_count += len(added)
        self.redacted += len(digests) - len(removed) - len(added)
        if self._is_kept:
            self.removed += removed
            self.added += added


def _read_size(file: BinaryIO) -> int:
    line = file.readline(_SIZE_LINE_MAX)
    size = int(line.removeprefix(b"B "))
    if line != _SIZE % size or file.tell() + size > os.fstat(file.fileno()).st_size:
        raise ValueError("its end is missing")
    return size


def _read_rows(file: BinaryIO, size: int) -> Iterator[bytes]:
    """So many bytes of the file, in parts of whole rows."""
    rest = b""
    while size:
        chunk = file.read(min(size, _PART_BYTES))
        if not chunk:
            raise ValueError("its end is missing")
        size -= len(chunk)
        chunk = rest + chunk
        end = chunk.rfind(b"\n") + 1
        rest = chunk[end:]
        if end:
            yield chunk[:end]
    if rest:
        yield rest


def _create_record(members: dict[str, Any], digest: str, rows: _VerifiedRows, stored: StoredRows | None) -> Record:
    provenance = Provenance(agent=members["agent"], operation=members["operation"], reason=members["reason"])
    created, dropped, graphs = (tuple(members[name]) for name in ("created", "dropped", "graphs"))
    entry = Entry(
        provenance=provenance,
        time=members["time"],
        removed=b"".join(rows.removed),
        added=b"".join(rows.added),
        created=created,
        dropped=dropped,
        graphs=graphs,
    )
    return Record(
        version=int(members["version"]),
        group=int(members["group"]),
        digest=digest,
        previous=str(members["previous"]),
        entry=entry,
        removed_count=rows.removed_count,
        added_count=rows.added_count,
        redacted=rows.redacted,
        stored=stored,
    )


def _encode_rows(verb: bytes, n_quads: bytes) -> list[bytes]:
    """A row for each quad, with a salt of its own."""
    lines = n_quads.split(b"\n")[:-1]
    salts = b64encode(os.urandom(_SALT_BYTES * len(lines)))
    each_salt = [salts[start : start + _SALT_WIDTH] for start in range(0, len(salts), _SALT_WIDTH)]
    return [b"%b%b %b\n" % parts for parts in zip(repeat(verb), each_salt, lines)]


def _decode_rows(body: bytes) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """What is removed and added, and the digests of the rows; a row that was redacted has a digest only."""
    removed: list[bytes] = []
    added: list[bytes] = []
    digests: list[bytes] = []
    quads = {_REMOVED: removed, _ADDED: added}
    for row in body.splitlines(keepends=True):
        verb = row[:2]
        if verb == b"X ":
            digests.append(bytes.fromhex(row[2:].decode()))
            continue
        digests.append(sha256(row).digest())
        quads[verb].append(row[2:].partition(b" ")[2])
    return removed, added, digests
