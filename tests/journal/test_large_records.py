"""Commits that are too large for memory are recorded and read in parts, and are as good as any other."""

import os
from collections.abc import Iterator
from contextlib import closing
from errno import EIO
from pathlib import Path

import pytest

from kg.errors import JournalCorruptError, StoreError
from kg.journal import record, segment
from kg.journal.journal import Journal, StagedRecord, read_records
from kg.journal.record import RowPart, encode, read_last_digest

from .conftest import entry_of, numbered

COUNT = 300


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record of a few kilobytes is a large one."""
    monkeypatch.setattr(record, "LARGE_BYTES", 5_000)
    monkeypatch.setattr(record, "_PART_BYTES", 700)
    monkeypatch.setattr(segment, "_SCAN_BYTES", 900)


def lines(name: str, start: int, end: int) -> bytes:
    return b"".join(b"<x:s> <x:%b> <x:o%d> <x:g> .\n" % (name.encode(), number) for number in range(start, end))


def quads(verb: str) -> bytes:
    return lines(verb, 0, COUNT)


def parts(step: int = 50) -> Iterator[RowPart]:
    for start in range(0, COUNT, step):
        yield lines("removed", start, start + step), b""
    for start in range(0, COUNT, step):
        yield b"", lines("added", start, start + step)


def append_large(journal: Journal) -> None:
    journal.commit_large(stage(journal, parts()))


def stage(journal: Journal, quads_in_parts: Iterator[RowPart], count: int = 2 * COUNT) -> StagedRecord:
    return journal.stage_large(entry_of(), quads_in_parts, count, len(quads("removed") + quads("added")))


def record_three(directory: Path) -> Journal:
    """A small commit, a large one and a small one."""
    journal = Journal.open(directory)
    journal.append([numbered(1)])
    append_large(journal)
    journal.append([numbered(3)])
    return journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(record_three(tmp_path)) as journal:
        yield journal


def test_a_large_commit_is_read_in_parts_as_it_was_recorded(journal: Journal) -> None:
    small, large, last = journal.read()
    assert (small.entry, last.entry) == (numbered(1), numbered(3))
    assert large.entry.removed == large.entry.added == b"", "its quads stay in the file"
    read = list(large.parts())
    assert len(read) > 10
    assert max(len(removed) + len(added) for removed, added in read) < 1_000
    assert b"".join(removed for removed, _ in read) == quads("removed")
    assert b"".join(added for _, added in read) == quads("added")
    assert (large.removed_count, large.added_count, large.redacted) == (COUNT, COUNT, 0)
    assert last.previous == large.digest


def test_a_large_commit_has_the_form_of_any_other(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    append_large(journal)
    journal.close()
    whole, _ = encode(entry_of(removed=quads("removed"), added=quads("added")), 1, record.GENESIS, 1)
    (written, _) = sorted(tmp_path.glob("*.journal"))
    for row, expected in zip(written.read_bytes().splitlines(), whole.splitlines(), strict=True):
        if row.startswith((b"D ", b"A ")):
            assert [len(part) for part in row.split(b" ")] == [len(part) for part in expected.split(b" ")]
            assert row.split(b" ")[2:] == expected.split(b" ")[2:], "but for the salt"
        elif not row.startswith(b"C "):
            assert row == expected


def test_a_journal_is_opened_without_reading_a_large_commit_that_is_not_the_last(tmp_path: Path) -> None:
    with closing(record_three(tmp_path)) as journal:
        version = journal.dataset_version
    large = sorted(tmp_path.glob("*.journal"))[1]
    content = bytearray(large.read_bytes())
    content[len(content) // 2] ^= 1
    large.write_bytes(content)
    opened = Journal.open(tmp_path)
    assert opened.dataset_version == version
    opened.close()
    with pytest.raises(JournalCorruptError):
        list(read_records(tmp_path))


def test_a_journal_that_ends_with_a_large_commit_continues_it(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    append_large(journal)
    version = journal.dataset_version
    journal.close()
    again = Journal.open(tmp_path)
    assert again.dataset_version == version
    again.append([numbered(2)])
    assert [read.version for read in again.read()] == [1, 2]
    again.close()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.99])
def test_a_large_commit_that_was_not_written_to_its_end_was_never_made(tmp_path: Path, share: float) -> None:
    journal = Journal.open(tmp_path)
    journal.append([numbered(1)])
    append_large(journal)
    journal.close()
    _, torn, empty = sorted(tmp_path.glob("*.journal"))
    empty.unlink()
    content = torn.read_bytes()
    written = int(len(content) * share)
    torn.write_bytes(content[:written] + bytes(len(content) - written + 5_000))
    opened = Journal.open(tmp_path)
    assert [read.version for read in opened.read()] == [1]
    opened.append([numbered(2)])
    assert [read.entry for read in opened.read()] == [numbered(1), numbered(2)]
    opened.close()


@pytest.mark.parametrize("failure", [ValueError("the file has changed"), KeyboardInterrupt()])
def test_a_large_commit_that_is_interrupted_leaves_the_journal_as_it_was(
    journal: Journal, failure: BaseException
) -> None:
    version = journal.dataset_version

    def interrupted() -> Iterator[RowPart]:
        yield from list(parts())[:7]
        raise failure

    with pytest.raises(type(failure)):
        stage(journal, interrupted())
    assert journal.dataset_version == version
    journal.append([numbered(4)])
    append_large(journal)
    assert [read.version for read in journal.read()] == [1, 2, 3, 4, 5]


def test_quads_of_another_size_than_announced_are_not_recorded(journal: Journal) -> None:
    with pytest.raises(ValueError, match="bytes, not"):
        stage(journal, parts(), 2 * COUNT + 1)
    assert [read.version for read in journal.read()] == [1, 2, 3]


@pytest.mark.parametrize("name", ["pwrite", "fdatasync"])
def test_a_disk_that_fails_while_a_large_commit_is_written_leaves_it_out(
    journal: Journal, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(f"os.{name}", fail)
    with pytest.raises(StoreError, match="nothing was changed"):
        append_large(journal)
    monkeypatch.undo()
    with pytest.raises(StoreError, match="could not be written"):
        journal.append([numbered(4)])
    assert [read.version for read in read_records(tmp_path)] == [1, 2, 3]


@pytest.mark.parametrize("room", [0, 1, 699, 700, 701, 5_000])
def test_the_last_digest_is_found_before_any_room(tmp_path: Path, room: int) -> None:
    data, digest = encode(numbered(1), 1, record.GENESIS, 1)
    file = tmp_path / "segment"
    file.write_bytes(data + bytes(room))
    with file.open("rb") as stream:
        assert read_last_digest(stream) == digest
    file.write_bytes(data[:-1] + bytes(room))
    with file.open("rb") as stream:
        assert read_last_digest(stream) == ""


def test_a_large_commit_that_is_staged_is_none(tmp_path: Path) -> None:
    with closing(Journal.open(tmp_path)) as journal:
        journal.append([numbered(1)])
        stage(journal, parts())
    with closing(Journal.open(tmp_path)) as journal:
        assert [read.version for read in journal.read()] == [1]
        stage(journal, parts())
        journal.discard_large()
        journal.append([numbered(2)])
        append_large(journal)
        assert [read.version for read in journal.read()] == [1, 2, 3]


def test_a_journal_that_has_failed_stays_so_when_a_commit_is_discarded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_file: int) -> None:
        raise OSError(EIO, "Input/output error")

    with closing(Journal.open(tmp_path)) as journal:
        staged = stage(journal, parts())
        with monkeypatch.context() as patched:
            patched.setattr(os, "fdatasync", fail)
            with pytest.raises(StoreError):
                journal.commit_large(staged)
        journal.discard_large()
        with pytest.raises(StoreError, match="restart the server"):
            journal.append([numbered(1)])
