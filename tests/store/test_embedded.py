"""What only the embedded store promises: its directory, its transactions, a full disk, a crash."""

import os
import re
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
from small_disk import small_disk

from kg.errors import StoreError, StoreFullError, StoreLockedError
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

from .conftest import addition, iri, quad, removal


def test_an_absent_directory_is_created_and_keeps_the_data(tmp_path: Path) -> None:
    directory = tmp_path / "not" / "there"
    with closing(EmbeddedStore.open(directory)) as store:
        store.apply(addition(quad("a", 1)))
    with closing(EmbeddedStore.open(directory)) as store:
        assert list(store.quads()) == [quad("a", 1)]


def test_a_directory_cannot_be_opened_twice(tmp_path: Path) -> None:
    with closing(EmbeddedStore.open(tmp_path)), pytest.raises(StoreLockedError, match=re.escape(str(tmp_path))):
        EmbeddedStore.open(tmp_path)


@pytest.mark.slow
def test_a_directory_cannot_be_opened_by_another_process(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreLockedError):
            EmbeddedStore.open(tmp_path)
        holder.communicate("")


_HOLD = """
import sys
from pathlib import Path
from kg.store.embedded import EmbeddedStore
store = EmbeddedStore.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def test_a_path_that_cannot_be_a_directory_raises_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as failure:
        EmbeddedStore.open(tmp_path / "file")
    assert type(failure.value) is StoreError


def test_a_checkpoint_contains_the_data_of_its_time_and_nothing_later(tmp_path: Path) -> None:
    with closing(EmbeddedStore.open(tmp_path / "live")) as store:
        store.apply(addition(quad("a", 1)))
        store.checkpoint(tmp_path / "copy")
        store.apply(addition(quad("b", 2)))
    with closing(EmbeddedStore.open(tmp_path / "copy")) as copy:
        assert list(copy.quads()) == [quad("a", 1)]


def test_a_checkpoint_to_an_existing_path_raises_store_error(tmp_path: Path) -> None:
    with closing(EmbeddedStore.open(tmp_path / "live")) as store, pytest.raises(StoreError):
        store.checkpoint(tmp_path / "live")


def test_an_iterator_returns_the_data_of_the_time_of_its_call() -> None:
    store = EmbeddedStore.in_memory()
    store.apply(addition(quad("a", 1)))
    quads = store.quads()
    store.apply(addition(quad("a", 2)))
    assert list(quads) == [quad("a", 1)]


def test_without_the_union_a_query_sees_the_default_graph_only() -> None:
    store = EmbeddedStore.in_memory(union=False)
    unnamed = ox.Quad(iri("u"), iri("p"), iri("o"))
    store.apply(addition(quad("a", 1), unnamed))
    rows = store.query("SELECT ?s { ?s ?p ?o }")
    assert isinstance(rows, ox.QuerySolutions)
    assert [row["s"] for row in rows] == [iri("u")]


def test_quads_with_blank_nodes_are_removed_exactly_and_the_others_stay() -> None:
    store = EmbeddedStore.in_memory(union=False)
    one, two = ox.BlankNode("one"), ox.BlankNode("two")
    p, nested = iri("p"), ox.Triple(one, iri("p"), ox.Literal("nested"))
    gone = {
        ox.Quad(one, p, ox.Literal("1"), iri("g")),
        ox.Quad(one, p, two),
        ox.Quad(iri("s"), p, nested, two),
        quad("plain", 1),
    }
    kept = {ox.Quad(two, p, ox.Literal("1"), iri("g")), ox.Quad(one, p, one), quad("plain", 2)}
    new = {ox.Quad(two, p, ox.Literal("new")), ox.Quad(two, p, one, iri("h"))}
    store.apply(addition(*gone, *kept))
    store.apply(Change.from_quads(removed=frozenset(gone), added=frozenset(new)))
    assert set(store.quads()) == kept | new


@pytest.mark.slow
def test_a_reader_never_sees_half_a_change(tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path)
    versions = [frozenset(quad(str(index), version) for index in range(50)) for version in range(60)]
    store.apply(addition(*versions[0]))
    seen: Counter[int] = Counter()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen[len({row.object for row in store.quads()})] += 1

    reader = threading.Thread(target=read)
    reader.start()
    for before, after in pairwise(versions):
        store.apply(Change.from_quads(removed=before, added=after))
    done.set()
    reader.join()
    store.close()
    assert set(seen) == {1}


@pytest.mark.slow
def test_a_crash_leaves_only_complete_changes(tmp_path: Path) -> None:
    last = 0
    for round_ in range(4):
        writer = subprocess.Popen([sys.executable, "-c", _WRITE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        with writer:
            assert writer.stdout is not None
            printed = [int(writer.stdout.readline()) for _ in range(20 + 15 * round_)]
            writer.kill()
            printed += [int(line) for line in writer.stdout.read().splitlines()]
        with closing(EmbeddedStore.open(tmp_path)) as store:
            values = Counter(int(row.object.value) for row in store.quads() if isinstance(row.object, ox.Literal))
        ((version, count),) = values.items()
        assert count == 100
        assert version in (printed[-1], printed[-1] + 1)
        assert version > last
        last = version


# Each change replaces the hundred quads of one version by those of the next, then prints which.
_WRITE = """
import sys
from pathlib import Path
import pyoxigraph as ox
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
def quads(version):
    n = ox.NamedNode
    return frozenset(
        ox.Quad(n(f"urn:x:{i}"), n("urn:x:p"), ox.Literal(str(version)), n("urn:x:g")) for i in range(100)
    )
store = EmbeddedStore.open(Path(sys.argv[1]))
there = next(store.quads(), None)
version = int(there.object.value) if there else 0
while True:
    store.apply(Change.from_quads(removed=quads(version) if version else frozenset(), added=quads(version + 1)))
    version += 1
    print(version, flush=True)
"""


def _batch(number: int) -> Change:
    return addition(*(quad(f"{number}-{index}", os.urandom(400).hex(), f"g{number}") for index in range(200)))


def _fill(store: EmbeddedStore) -> tuple[int, StoreFullError]:
    """The number of batches that fitted, and the error of the one that did not."""
    for number in range(10_000):
        try:
            store.apply(_batch(number))
        except StoreFullError as error:
            return number, error
    raise AssertionError("the disk never filled")


@pytest.mark.slow
def test_a_full_disk_raises_changes_nothing_and_is_over_once_there_is_space(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 12) as disk, closing(EmbeddedStore.open(disk / "graph")) as store:
        complete, kept = _fill(store)
        assert complete > 0
        assert len(list(store.quads())) == complete * 200
        for change in (
            addition(quad("one", "more")),
            Change.from_quads(frozenset({quad("x", 1)}), frozenset({quad("x", 2)})),
        ):
            with pytest.raises(StoreFullError):
                store.apply(change)
        assert len(store.graphs()) == complete
        subprocess.run(["mount", "-o", "remount,size=60m", str(disk)], check=True)
        store.apply(addition(quad("one", "more")))
        assert len(list(store.quads())) == complete * 200 + 1
        assert kept.directory == disk / "graph", "an error that is kept must not keep the directory"


@pytest.mark.slow
def test_a_change_that_failed_on_a_full_disk_is_absent_after_reopening(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 12) as disk:
        with closing(EmbeddedStore.open(disk / "graph")) as store:
            complete, _ = _fill(store)
        subprocess.run(["mount", "-o", "remount,size=60m", str(disk)], check=True)
        with closing(EmbeddedStore.open(disk / "graph")) as store:
            assert len(list(store.quads())) == complete * 200


@pytest.mark.slow
def test_opening_on_a_full_disk_raises_store_full_error(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        (disk / "ballast").write_bytes(bytes(1_000_000))
        with pytest.raises(StoreFullError):
            EmbeddedStore.open(disk / "graph")


def test_removing_everything_leaves_an_empty_store() -> None:
    store = EmbeddedStore.in_memory()
    store.apply(addition(quad("a", 1), quad("b", 2, "h")))
    store.apply(removal(*store.quads()))
    assert not any(store.quads())
    assert store.graphs() == []


@pytest.mark.slow
def test_memory_does_not_grow_with_what_was_written(tmp_path: Path) -> None:
    program = subprocess.run(
        [sys.executable, "-c", _WRITE_AND_REMOVE, str(tmp_path)], capture_output=True, text=True, check=True
    )
    first, *others = map(int, program.stdout.split())
    assert max(others) < first + 60, "MB; without flushing each change adds more than that"


# Prints the resident memory after each of six changes of 80,000 quads.
_WRITE_AND_REMOVE = """
import sys
from pathlib import Path
import pyoxigraph as ox
from kg.execution import memory
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
n = ox.NamedNode
quads = [ox.Quad(n(f"urn:s:{i // 5}"), n(f"urn:p:{i % 7}"), ox.Literal(f"value {i}"), n("x:g")) for i in range(80_000)]
change = Change.from_quads(added=quads)
del quads
store = EmbeddedStore.open(Path(sys.argv[1]))
for _ in range(3):
    for step in (change, change.inverse()):
        store.apply(step)
        memory.trim()
        print(memory.resident_mb())
"""
