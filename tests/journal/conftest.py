"""Journals under test, and commits to record."""

from collections.abc import Sequence
from pathlib import Path

from kg.journal.journal import Journal, read_records
from kg.journal.record import Entry, Provenance, Record

CURATOR = Provenance(agent="curator", operation="load", reason="because")


def entry_of(added: bytes = b"", removed: bytes = b"", provenance: Provenance = CURATOR) -> Entry:
    """A change at some time."""
    return Entry(provenance=provenance, time="2026-11-25T10:00:00.000+00:00", added=added, removed=removed)


def numbered(number: int) -> Entry:
    """A change of two rows that no other has."""
    return entry_of(f"<x:s> <x:p> <x:o{number}> <x:g> .\n<x:s> <x:q> <x:o{number}> <x:g> .\n".encode())


def record_groups(directory: Path, *sizes: int, segment_bytes: int = 1 << 20) -> None:
    """Groups of so many commits, numbered from 1."""
    journal = Journal.open(directory, segment_bytes=segment_bytes)
    for size in sizes:
        journal.append([numbered(journal.version + 1 + offset) for offset in range(size)])
    journal.close()


def entries_of(records: Sequence[Record]) -> list[Entry]:
    return [record.entry for record in records]


def open_and_read(directory: Path) -> list[Record]:
    """What is there after the journal was opened, which continues: one more commit follows."""
    journal = Journal.open(directory)
    records = list(journal.read())
    journal.append([numbered(99)])
    assert [record.entry for record in journal.read(since=len(records))] == [numbered(99)]
    journal.close()
    assert list(read_records(directory))[:-1] == records
    return records
