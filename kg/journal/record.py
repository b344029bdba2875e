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
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, BinaryIO

from kg.errors import JournalCorruptError

GENESIS = "0" * 64
"""What the first commit continues."""
_SALT_BYTES = 12
_SIZE, _TRAILER = b"B %d\n", b"C %b\n"
_SIZE_LINE_MAX = 24
RECORD_START = b'{"version": '
"""Of each record, and of no row."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A commit as it was recorded."""

    version: int
    group: int
    """The first version of those that were synced together."""
    digest: str
    previous: str
    entry: Entry
    redacted: int
    """How many rows were replaced by their digests: the entry lacks them."""

    @property
    def dataset_version(self) -> str:
        """How answers name the version of the data."""
        return format_version(self.version, self.digest)


def format_version(version: int, digest: str) -> str:
    """The version of the data after a commit: its number, and the start of its digest."""
    return f"{version}-{digest[:12]}"


def encode(entry: Entry, version: int, previous: str, group: int) -> tuple[bytes, str]:
    """The record of this commit, and its digest; ``group`` is the first version of those that are synced together."""
    rows, digests = _encode_rows(entry)
    members = asdict(entry)
    del members["removed"], members["added"]
    members = {"version": version, "group": group, "previous": previous, **members.pop("provenance"), **members}
    header = json.dumps(members, ensure_ascii=False).encode() + b"\n"
    digest = sha256(header + digests).hexdigest()
    return b"".join((header, _SIZE % len(rows), rows, _TRAILER % digest.encode())), digest


def read_record(file: BinaryIO) -> Record | None:
    """The record that starts where the file is; None at the end of what was written.

    The file is behind it afterwards. Raises JournalCorruptError for one that is not what was written, or not all of it.
    """
    header = file.readline()
    if not header or header.startswith(b"\0"):
        return None
    try:
        members = json.loads(header)
        removed, added, digests, redacted = _decode_rows(_read_rows(file))
        digest = sha256(header + digests).hexdigest()
        record = _create_record(members, digest, removed, added, redacted)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise JournalCorruptError(str(error)) from error
    trailer = _TRAILER % digest.encode()
    if file.read(len(trailer)) != trailer:
        raise JournalCorruptError("its digest is not that of its rows")
    return record


def _read_rows(file: BinaryIO) -> bytes:
    line = file.readline(_SIZE_LINE_MAX)
    size = int(line.removeprefix(b"B "))
    if line != _SIZE % size or file.tell() + size > os.fstat(file.fileno()).st_size:
        raise ValueError("its end is missing")
    return file.read(size)


def _create_record(members: dict[str, Any], digest: str, removed: bytes, added: bytes, redacted: int) -> Record:
    provenance = Provenance(agent=members["agent"], operation=members["operation"], reason=members["reason"])
    created, dropped, graphs = (tuple(members[name]) for name in ("created", "dropped", "graphs"))
    entry = Entry(
        provenance=provenance,
        time=members["time"],
        removed=removed,
        added=added,
        created=created,
        dropped=dropped,
        graphs=graphs,
    )
    version, group, previous = int(members["version"]), int(members["group"]), str(members["previous"])
    return Record(version=version, group=group, digest=digest, previous=previous, entry=entry, redacted=redacted)


def _encode_rows(entry: Entry) -> tuple[bytes, bytes]:
    """The rows, and their digests one after the other."""
    lines = [(b"D ", line) for line in _lines(entry.removed)] + [(b"A ", line) for line in _lines(entry.added)]
    salts = b64encode(os.urandom(_SALT_BYTES * len(lines)))
    width = _SALT_BYTES * 4 // 3
    rows = [
        b"".join((verb, salts[width * number : width * (number + 1)], b" ", line, b"\n"))
        for number, (verb, line) in enumerate(lines)
    ]
    return b"".join(rows), b"".join([sha256(row).digest() for row in rows])


def _decode_rows(body: bytes) -> tuple[bytes, bytes, bytes, int]:
    """What is removed and added, the digests of the rows, and how many were redacted."""
    removed: list[bytes] = []
    added: list[bytes] = []
    digests: list[bytes] = []
    redacted = 0
    for row in body.splitlines(keepends=True):
        verb = row[:2]
        if verb == b"X ":
            digests.append(bytes.fromhex(row[2:].decode()))
            redacted += 1
            continue
        digests.append(sha256(row).digest())
        line = row[2:].partition(b" ")[2]
        {b"D ": removed, b"A ": added}[verb].append(line)
    return b"".join(removed), b"".join(added), b"".join(digests), redacted


def _lines(n_quads: bytes) -> Sequence[bytes]:
    return n_quads.split(b"\n")[:-1]
