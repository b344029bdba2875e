"""Whatever interrupts a store: each commit that was acknowledged is there when it is opened again, each other is there
whole or not at all, and the journal verifies.
"""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import settings as hypothesis_settings
from power_cut import TRACED_CALLS, cut_power, read_synced_lengths
from random_commits import RandomHistory, changes_of, list_empty_graphs
from small_disk import small_disk
from strace import inject, strace_options

from kg.errors import StoreError, StoreFullError, StoreInDoubtError
from kg.journal.journal import read_records
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

from .conftest import addition, quad

ROUNDS = 10
SEED = 20261125

# Commits random changes in groups, and prints its process id, then the version after each group.
_COMMIT = """
import os, random, sys
from pathlib import Path
from random_commits import RandomHistory
from kg.errors import ConflictKgError
from kg.journal.record import UNKNOWN
from kg.store import embedded
embedded._FLUSH_BYTES = 100_000
directory, seed, most = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
store = embedded.EmbeddedStore.open(directory / "graph", journal=directory / "journal")
print(os.getpid(), flush=True)
number = int(store.version.partition("-")[0])
history, chance = RandomHistory(seed).skip_to(number), random.Random(number)
while history.length < most:
    try:
        store.commit([(history.draw(), UNKNOWN) for _ in range(chance.choice([1, 1, 2, 5]))])
        print(history.length, flush=True)
    except ConflictKgError as error:
        print("failed", type(error).__name__, flush=True)
        history = RandomHistory(seed).skip_to(int(store.version.partition("-")[0]))
"""
_LARGEST_GROUP = 5


def open_store(directory: Path) -> EmbeddedStore:
    return EmbeddedStore.open(directory / "graph", journal=directory / "journal")


def check_history(directory: Path, seed: int) -> int:
    """How many changes of the history are there; all of these are, in journal and store, and nothing else is."""
    with closing(open_store(directory)) as store:
        records = list(read_records(directory / "journal"))
        history = RandomHistory(seed).skip_to(len(records))
        assert store.version == (records[-1].dataset_version if records else store.version)
        assert set(store.quads()) == history.quads
        assert list_empty_graphs(store.engine) == history.empty_graphs
    for record, change in zip(records, changes_of(seed, len(records)), strict=True):
        entry = record.entry
        assert Change(entry.removed, entry.added, entry.created, entry.dropped) == change
    return len(records)


@pytest.mark.slow
def test_after_power_cuts_all_that_was_acknowledged_is_there_and_all_else_whole_or_not_at_all(tmp_path: Path) -> None:
    is_soak = hypothesis_settings.get_profile("soak") == hypothesis_settings.default
    seed = random.randrange(10**6) if is_soak else SEED
    chance, there, lost = random.Random(seed), 0, 0
    for round_ in range(ROUNDS * 20 if is_soak else ROUNDS):
        log = tmp_path / "strace.log"
        command = [*strace_options(log, TRACED_CALLS), "--decode-fds=path", "--string-limit=0"]
        command += [sys.executable, "-c", _COMMIT, str(tmp_path / "data"), str(seed), "1000000"]
        acknowledged = kill_after(command, groups=chance.randint(0, 30), first=there)
        lost += cut_power(tmp_path / "data", log.read_text(), chance)
        there = check_history(tmp_path / "data", seed)
        assert acknowledged <= there <= acknowledged + _LARGEST_GROUP, f"round {round_} of seed {seed}"
    assert lost > 100_000, "hardly anything was lost, so nothing was tested"
    assert there > ROUNDS * 10


def test_synced_lengths_are_those_of_calls_that_ended_even_if_the_trace_divides_them() -> None:
    trace = """\
7 pwrite64(3</d/1.journal>, ""..., 100, 0 <unfinished ...>
8 write(4</d/2.log>, ""..., 50) = 50
7 <... pwrite64 resumed>) = 100
7 fdatasync(3</d/1.journal> <unfinished ...>
8 fdatasync(4</d/2.log>) = -1 EIO (Input/output error)
7 <... fdatasync resumed>)           = 0
7 pwrite64(3</d/1.journal>, ""..., 20, 100) = 20
7 fdatasync(3</d/1.journal> <unfinished ...>
7 +++ killed by SIGKILL +++
"""
    assert read_synced_lengths(trace) == {Path("/d/1.journal"): 100, Path("/d/2.log"): 0}


def kill_after(command: list[str], *, groups: int, first: int) -> int:
    """Kill the program after so many groups; the last version that it has acknowledged."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(path) for path in sys.path if path])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        acknowledged = [first, *(int(process.stdout.readline()) for _ in range(groups))]
        os.kill(pid, signal.SIGKILL)
        return [*acknowledged, *map(int, process.stdout.read().split())][-1]


@pytest.mark.slow
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "fsync", "write"])
@pytest.mark.parametrize("when", [1, 3, 9, 25])
def test_an_error_of_the_kernel_loses_nothing_that_was_acknowledged(tmp_path: Path, call: str, when: int) -> None:
    """It strikes journal and engine, and stays: no call of that kind succeeds from then on."""
    directory = tmp_path / "data"
    check_history(directory, SEED)
    command = [sys.executable, "-c", _COMMIT_FOR_A_WHILE, str(directory), str(SEED), "60"]
    trace = inject(tmp_path, f"{call}:error=EIO:when={when}+", command, files_of(directory))
    *acknowledged, _ = map(int, ["0", *trace.stdout.split(), "0"])
    assert acknowledged[-1] <= check_history(directory, SEED) <= acknowledged[-1] + _LARGEST_GROUP


def files_of(directory: Path) -> list[Path]:
    """The files that a store writes, by the names that journal and engine will give them."""
    graph, journal = directory / "graph", directory / "journal"
    names = [f"{number:06}.{suffix}" for number in range(150) for suffix in ("log", "sst", "dbtmp")]
    names += [f"MANIFEST-{number:06}" for number in range(150)]
    return [graph, journal, journal / "000000000001.journal", journal / "flushed.next", *(graph / n for n in names)]


_COMMIT_FOR_A_WHILE = _COMMIT.replace('print("failed", type(error).__name__, flush=True)', "break").replace(
    "print(os.getpid(), flush=True)", ""
)


class FailingEngine:
    """What the engine does when its disk fails: it reads, and writes nothing until it is opened again."""

    def __init__(self, engine: ox.Store) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> object:
        if name in ("load", "update", "extend", "flush"):
            raise OSError("IO error: While fdatasync: Input/output error")
        return getattr(self._engine, name)


@contextmanager
def failing_engine(store: EmbeddedStore) -> Iterator[None]:
    """The engine of the store fails until it is opened again."""
    store._engine = FailingEngine(store.engine)  # type: ignore[assignment] # noqa: SLF001
    yield


def test_a_commit_that_the_engine_refuses_is_made_after_opening_it_again(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store:
        store.apply(addition(quad("a", 1)))
        with failing_engine(store):
            store.apply(addition(quad("a", 2)))
        assert set(store.quads()) == {quad("a", 1), quad("a", 2)}
        assert store.version.startswith("2-")
        assert not store.blocked_reason


def test_a_commit_that_cannot_be_made_is_in_doubt_until_the_next_one_which_comes_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(tmp_path)) as store:
        store.apply(addition(quad("a", 1)))
        version = store.version
        with monkeypatch.context() as patch, failing_engine(store):
            patch.setattr("kg.store.embedded.check_room", fail_for_want_of_room)
            with pytest.raises(StoreInDoubtError, match="do not send it again"):
                store.apply(addition(quad("a", 2)))
            assert list(store.quads()) == [quad("a", 1)], "readers go on"
            assert store.version == version
            assert "recorded" in store.blocked_reason
            with pytest.raises(StoreFullError):
                store.apply(addition(quad("a", 3)))
            with pytest.raises(StoreFullError):
                store.recover()
        store.recover()
        assert set(store.quads()) == {quad("a", 1), quad("a", 2)}
        assert store.version.startswith("2-")
        assert not store.blocked_reason
        store.apply(addition(quad("a", 4)))
    with closing(open_store(tmp_path)) as store:
        assert set(store.quads()) == {quad("a", 1), quad("a", 2), quad("a", 4)}


def test_readers_go_on_where_the_engine_cannot_be_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(open_store(tmp_path)) as store:
        store.apply(addition(quad("a", 1)))
        with monkeypatch.context() as patch, failing_engine(store):
            patch.setattr("kg.store.embedded.open_when_unlocked", fail_to_open)
            with pytest.raises(StoreInDoubtError):
                store.apply(addition(quad("a", 2)))
            assert list(store.quads()) == [quad("a", 1)]
            with pytest.raises(StoreError):
                store.apply(addition(quad("a", 3)))
            assert list(store.quads()) == [quad("a", 1)]
        store.recover()
        assert set(store.quads()) == {quad("a", 1), quad("a", 2)}
        store.apply(addition(quad("a", 4)))
    with closing(open_store(tmp_path)) as store:
        assert set(store.quads()) == {quad("a", 1), quad("a", 2), quad("a", 4)}


def fail_to_open(directory: Path) -> ox.Store:
    raise StoreError(f"{directory}: IO error: Input/output error")


def fail_for_want_of_room(directory: Path) -> None:
    raise StoreFullError(directory)


def test_a_commit_in_doubt_is_made_when_the_store_is_opened_even_if_it_was_closed_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(tmp_path)) as store:
        store.apply(addition(quad("a", 1)))
        with monkeypatch.context() as patch:
            patch.setattr("kg.store.embedded.check_room", fail_for_want_of_room)
            patch.setattr("kg.store.embedded.write_change", fail_to_write)
            with pytest.raises(StoreInDoubtError):
                store.apply(addition(quad("a", 2)))
    with closing(open_store(tmp_path)) as store:
        assert set(store.quads()) == {quad("a", 1), quad("a", 2)}


def fail_to_write(_engine: ox.Store, _change: Change) -> None:
    raise OSError("IO error")


def test_nothing_is_written_after_the_journal_has_failed_and_readers_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(tmp_path)) as store:
        store.apply(addition(quad("a", 1)))
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", fail_to_sync)
            with pytest.raises(StoreError, match="nothing was changed"):
                store.apply(addition(quad("a", 2)))
        with pytest.raises(StoreError, match="restart"):
            store.apply(addition(quad("a", 3)))
        with pytest.raises(StoreError, match="restart"):
            store.recover()
        assert "restart" in store.blocked_reason
        assert list(store.quads()) == [quad("a", 1)]
    with closing(open_store(tmp_path)) as store:
        assert list(store.quads()) == [quad("a", 1)]


def fail_to_sync(_file: int) -> None:
    raise OSError(5, "Input/output error")


def test_a_flush_that_fails_loses_nothing_and_the_next_commit_opens_the_engine_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(tmp_path)) as store:
        with monkeypatch.context() as patch, failing_engine(store):
            patch.setattr("kg.store.embedded._FLUSH_BYTES", 0)
            patch.setattr("kg.store.embedded.write_change", lambda *_: None)
            store.apply(addition(quad("a", 1)))
        store.apply(addition(quad("a", 2)))
        assert set(store.quads()) == {quad("a", 1), quad("a", 2)}


@pytest.mark.slow
def test_on_a_full_disk_nothing_is_lost_and_writing_goes_on_once_there_is_space(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 14) as disk, closing(open_store(disk)) as store:
        history, complete = RandomHistory(SEED), 0
        try:
            while True:
                store.apply(history.draw())
                complete = history.length
        except StoreError:
            there = int(store.version.partition("-")[0])
        assert there == complete
        assert set(store.quads()) == RandomHistory(SEED).skip_to(there).quads
        subprocess.run(["mount", "-o", "remount,size=80m", str(disk)], check=True)
        store.recover()
        history = RandomHistory(SEED).skip_to(int(store.version.partition("-")[0]))
        store.apply(history.draw())
        store.close()
        assert check_history(disk, SEED) == history.length
