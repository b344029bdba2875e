"""Commits outlive what can happen to the file: cuts, damage, full disks, and failures of writing and syncing."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_disk import small_disk
from strace import inject

from kg.errors import JournalCorruptError, StoreError, StoreFullError, StoreInDoubtError
from kg.journal.journal import Journal, check_end, read_records
from kg.journal.record import GENESIS, Entry

from .conftest import entries_of, entry_of, numbered, open_and_read, record_groups

FIRST_SEGMENT = "000000000001.journal"


def versions_of(directory: Path, since: int = 0) -> list[int]:
    return [record.version for record in read_records(directory, since)]


def test_a_new_journal_has_no_commit(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "not" / "there")
    assert (journal.version, journal.digest, list(journal.read()), journal.flushed) == (0, GENESIS, [], 0)
    journal.close()


def test_commits_are_there_after_opening_again_and_the_next_one_continues_them(tmp_path: Path) -> None:
    record_groups(tmp_path, 1, 3)
    journal = Journal.open(tmp_path)
    assert journal.dataset_version == list(journal.read())[-1].dataset_version
    journal.append([entry_of()])
    records = list(journal.read())
    assert entries_of(records) == [*map(numbered, (1, 2, 3, 4)), entry_of()]
    assert [record.group for record in records] == [1, 2, 2, 2, 5]
    assert [record.previous for record in records] == [GENESIS, *(record.digest for record in records[:-1])]
    journal.close()


@pytest.mark.parametrize("since", range(8))
def test_commits_since_a_version_are_read_whatever_segment_they_are_in(tmp_path: Path, since: int) -> None:
    record_groups(tmp_path, 1, 2, 1, 3, segment_bytes=1)
    assert len(list(tmp_path.glob("*.journal"))) == 4
    assert entries_of(list(read_records(tmp_path, since))) == [numbered(number) for number in range(since + 1, 8)]


def test_a_segment_is_continued_up_to_its_size_and_not_further(tmp_path: Path) -> None:
    record_groups(tmp_path, *[1] * 40, segment_bytes=3000)
    sizes = {int(file.stem): file.stat().st_size for file in sorted(tmp_path.glob("*.journal"))}
    *full, _ = sizes.values()
    assert len(full) > 2
    assert all(3000 < size < 4000 for size in full)
    assert versions_of(tmp_path) == [*range(1, 41)]
    assert set(sizes) <= {*range(1, 41)}


def test_an_empty_last_segment_continues_the_one_before_it(tmp_path: Path) -> None:
    record_groups(tmp_path, 2)
    (tmp_path / "000000000003.journal").touch()
    assert len(open_and_read(tmp_path)) == 2


def test_room_that_was_allocated_ahead_is_no_commit(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "live")
    journal.append([numbered(1)])
    assert (tmp_path / "live" / FIRST_SEGMENT).stat().st_size > 1_000_000
    assert versions_of(tmp_path / "live") == [1], "another process may read while this one writes"
    shutil.copytree(tmp_path / "live", tmp_path / "killed")
    journal.close()
    assert len(open_and_read(tmp_path / "killed")) == 1


def test_the_room_is_given_back_when_the_journal_is_closed(tmp_path: Path) -> None:
    record_groups(tmp_path, 1)
    assert (tmp_path / FIRST_SEGMENT).stat().st_size < 1000


@pytest.mark.slow
@pytest.mark.parametrize("room", [0, 700])
def test_a_last_group_that_is_cut_at_any_byte_leaves_its_whole_commits_and_all_before(
    tmp_path: Path, room: int
) -> None:
    """Each commit is there whole or not at all, and none before one that is lost; a group has no such promise."""
    record_groups(tmp_path, 2, 2)
    segment = tmp_path / FIRST_SEGMENT
    data = segment.read_bytes()
    ends = [data.find(b'{"version": %d,' % version) for version in (1, 2, 3, 4)] + [len(data)]
    for length in range(ends[2], len(data) + 1):
        segment.write_bytes(data[:length] + bytes(room))
        expected = max(count for count, end in enumerate(ends) if end <= length)
        assert versions_of(tmp_path) == [*range(1, expected + 1)]
        if length % 40 == 0 or length in ends:
            assert len(open_and_read(tmp_path)) == expected


def test_a_later_whole_commit_of_a_torn_group_is_cut_with_it(tmp_path: Path) -> None:
    record_groups(tmp_path, 1, 3)
    damage(tmp_path / FIRST_SEGMENT, b"<x:o3>", b"<x:oX>")
    assert entries_of(open_and_read(tmp_path)) == [numbered(1), numbered(2)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<x:o2>", b"<x:oX>"),
        (b'{"version": 2', b'\0"version": 2'),
        (b'{"version": 2', b'{"version": 9'),
        (b"\nC ", b"\n\0 "),
        (b'\n{"version": 3', b' {"version": 3'),
    ],
)
@pytest.mark.parametrize("use", [Journal.open, lambda directory: list(read_records(directory))])
def test_damage_before_a_later_group_is_an_error_that_names_file_and_version(
    tmp_path: Path, before: bytes, after: bytes, use: Callable[[Path], object]
) -> None:
    record_groups(tmp_path, 1, 1, 1)
    damage(tmp_path / FIRST_SEGMENT, before, after, at=2)
    size = (tmp_path / FIRST_SEGMENT).stat().st_size
    with pytest.raises(JournalCorruptError, match=rf"{FIRST_SEGMENT}.*version [29]\b"):
        use(tmp_path)
    assert (tmp_path / FIRST_SEGMENT).stat().st_size == size, "nothing is cut"


def damage(segment: Path, before: bytes, after: bytes, at: int = 1) -> None:
    """Replace the first of these bytes in the record of that version or a later one."""
    data = segment.read_bytes()
    start = data.index(before, data.index(b'{"version": %d,' % at))
    assert len(before) == len(after)
    segment.write_bytes(data[:start] + after + data[start + len(after) :])


@pytest.mark.slow
def test_every_changed_byte_before_the_last_group_is_an_error(tmp_path: Path) -> None:
    record_groups(tmp_path, 1, 1)
    segment = tmp_path / FIRST_SEGMENT
    data = segment.read_bytes()
    for index in range(data.index(b'{"version": 2')):
        for changed in (0, data[index] ^ 1):
            segment.write_bytes(data[:index] + bytes([changed]) + data[index + 1 :])
            with pytest.raises(JournalCorruptError):
                Journal.open(tmp_path)


def test_a_missing_segment_is_an_error(tmp_path: Path) -> None:
    record_groups(tmp_path, 1, 1, 1, segment_bytes=1)
    (tmp_path / "000000000002.journal").unlink()
    with pytest.raises(JournalCorruptError, match="version 2 is missing"):
        list(read_records(tmp_path))
    (tmp_path / FIRST_SEGMENT).unlink()
    with pytest.raises(JournalCorruptError, match="begins at version 3"):
        list(read_records(tmp_path))
    assert versions_of(tmp_path, since=2) == [3]


def test_a_segment_that_lost_its_end_is_an_error(tmp_path: Path) -> None:
    record_groups(tmp_path, 2, 1, segment_bytes=1)
    segment = tmp_path / FIRST_SEGMENT
    segment.write_bytes(segment.read_bytes()[:-1])
    with pytest.raises(JournalCorruptError, match="version 2 is missing"):
        list(read_records(tmp_path))
    (tmp_path / "000000000003.journal").write_bytes(b"")
    with pytest.raises(JournalCorruptError, match="version 2 is missing"):
        Journal.open(tmp_path)


def test_a_commit_of_another_history_is_an_error(tmp_path: Path) -> None:
    for name in ("a", "b"):
        record_groups(tmp_path / name, 1, 1, 1, segment_bytes=1)
    (tmp_path / "b" / "000000000002.journal").replace(tmp_path / "a" / "000000000002.journal")
    with pytest.raises(JournalCorruptError, match="version 2 does not continue"):
        list(read_records(tmp_path / "a"))


def test_a_journal_that_ends_before_what_the_store_has_is_an_error(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    journal.append([numbered(1)])
    journal.mark_flushed()
    assert journal.flushed == 1
    journal.close()
    check_end(tmp_path, 1)
    (tmp_path / FIRST_SEGMENT).write_bytes(b"")
    with pytest.raises(JournalCorruptError, match="ends at version 0, but the store has 1"):
        Journal.open(tmp_path)


@pytest.mark.slow
def test_a_full_disk_records_nothing_and_is_over_once_there_is_space(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 3) as disk:
        journal = Journal.open(disk / "journal", segment_bytes=500_000)
        entry = entry_of(b'<x:s> <x:p> "%b" .\n' % bytes(range(65, 91)) * 5000)
        recorded = append_until_full(journal, entry)
        assert recorded > 1
        assert versions_of(disk / "journal") == [*range(1, recorded + 1)]
        subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
        journal.append([entry, entry])
        journal.close()
        assert len(open_and_read(disk / "journal")) == recorded + 2


def append_until_full(journal: Journal, entry: Entry) -> int:
    """How often the entry was recorded."""
    for recorded in range(100):
        try:
            journal.append([entry])
        except StoreFullError:
            return recorded
    raise AssertionError("the disk never filled")


@pytest.mark.parametrize("name", ["pwrite", "fdatasync"])
def test_a_write_or_sync_that_failed_is_not_tried_again_and_not_there_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    journal = Journal.open(tmp_path)
    journal.append([numbered(1)])
    calls: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(os, name, lambda *_: fail(calls, name))
        with pytest.raises(StoreError, match="nothing was changed") as failure:
            journal.append([numbered(2)])
        with pytest.raises(StoreError):
            journal.append([numbered(2)])
    assert type(failure.value) is StoreError
    assert calls == [name]
    with pytest.raises(StoreError, match="restart"):
        journal.append([numbered(3)])
    assert versions_of(tmp_path) == [1]
    journal.close()
    assert entries_of(open_and_read(tmp_path)) == [numbered(1)]


def fail(calls: list[str], name: str) -> int:
    calls.append(name)
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_commit_that_can_neither_be_synced_nor_cut_is_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal.open(tmp_path)
    journal.append([numbered(1)])
    calls: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("fdatasync", "ftruncate"):
            patch.setattr(os, name, lambda *_, name=name: fail(calls, name))
        with pytest.raises(StoreInDoubtError, match="in doubt"):
            journal.append([numbered(2)])
    journal.close()
    assert entries_of(open_and_read(tmp_path)) in ([numbered(1)], [numbered(1), numbered(2)])


def test_room_that_cannot_be_synced_stops_the_journal_and_records_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal.open(tmp_path)
    calls: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda *_: fail(calls, "fsync"))
        with pytest.raises(StoreError, match="nothing was changed"):
            journal.append([numbered(1)])
    with pytest.raises(StoreError, match="restart"):
        journal.append([numbered(1)])
    journal.close()
    assert open_and_read(tmp_path) == []


# Records numbered commits until one fails, and prints the numbers of those that were recorded.
_RECORD = """
import sys
from pathlib import Path
from kg.errors import ConflictKgError
from kg.journal.journal import Journal
from kg.journal.record import UNKNOWN, Entry
journal = Journal.open(Path(sys.argv[1]))
for number in range(1, 9):
    try:
        journal.append([Entry(provenance=UNKNOWN, time="", added=b"<x:s> <x:p> <x:o%d> .\\n" % number)])
        print(number, flush=True)
    except ConflictKgError as error:
        print(error, file=sys.stderr)
"""


@pytest.mark.slow
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
def test_nothing_is_acknowledged_after_an_error_of_the_kernel_and_what_was_is_there(tmp_path: Path, call: str) -> None:
    directory = tmp_path / "journal"
    trace = inject(tmp_path, f"{call}:error=EIO:when=4", [sys.executable, "-c", _RECORD, str(directory)])
    assert trace.stdout.split() == ["1", "2", "3"]
    assert trace.calls.count(call) == 4, "it is never tried again"
    assert len(open_and_read(directory)) == 3


def test_the_changes_of_a_commit_may_be_none(tmp_path: Path) -> None:
    entry = Entry(provenance=numbered(1).provenance, time="", created=("x:a",), dropped=("x:b",), graphs=("x:a", "x:b"))
    journal = Journal.open(tmp_path)
    journal.append([entry])
    journal.append([])
    assert entries_of(list(journal.read())) == [entry]
    journal.close()
