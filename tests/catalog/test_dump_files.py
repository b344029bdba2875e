"""Dumps: what is in them, that the same data gives the same bytes, and that only what has changed is written again."""

import gzip
import hashlib
import tempfile
from collections.abc import Set
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.access_rights import ACCESS_RIGHTS, RESTRICTED
from kg.catalog.dump_files import ALL, DumpFiles, DumpSet
from kg.errors import StoreError
from kg.store import sorted_lines
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

BASE = "http://example.org/"
A, B = (ox.NamedNode(f"{BASE}graph/{name}") for name in "ab")
TERMS = st.sampled_from(
    [ox.Literal("a\nb"), ox.Literal("جوبر", language="ar"), ox.NamedNode(f"{BASE}é"), ox.Literal(7)]
)
QUADS = st.builds(
    lambda number, term, graph: ox.Quad(ox.NamedNode(f"{BASE}{number}"), ox.NamedNode(f"{BASE}p"), term, graph),
    st.integers(0, 30),
    TERMS,
    st.sampled_from([A, B]),
)


class Bench:
    """A store with a journal, and its dumps."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.seconds = 0.0
        self.store = EmbeddedStore.open(folder / "graph", journal=folder / "journal")
        self.files = DumpFiles(self.store, folder / "dumps", BASE, lambda: self.seconds)

    def change(self, added: Set[ox.Quad], removed: Set[ox.Quad] = frozenset()) -> None:
        self.store.apply(Change.from_quads(removed, added))

    def renew(self) -> DumpSet:
        self.seconds += 1_000
        return self.files.renew()

    def read(self, name: str) -> bytes:
        dump_set = self.renew()
        dump = dump_set.find(name)
        assert dump is not None
        content = self.files.path(dump).read_bytes()
        assert hashlib.sha256(content).hexdigest() == dump.sha256
        assert len(content) == dump.size
        text = gzip.decompress(content)
        assert text.count(b"\n") == dump.quads
        return text


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "one")


def quad(number: int, graph: ox.NamedNode) -> ox.Quad:
    return ox.Quad(ox.NamedNode(f"{BASE}{number}"), ox.NamedNode(f"{BASE}p"), ox.Literal(number), graph)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quads=st.sets(QUADS, min_size=1), removed=st.sets(QUADS), chunk_bytes=st.sampled_from([1, 200, 4_000_000]))
def test_a_dump_has_all_quads_in_an_order_that_depends_on_nothing_else(
    quads: set[ox.Quad],
    removed: set[ox.Quad],
    chunk_bytes: int,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path_factory.mktemp("dumps")
    one, other = Bench(folder / "one"), Bench(folder / "other")
    one.change(quads)
    other.change(removed - quads)
    other.change(quads, removed - quads)
    text = one.read(ALL)
    monkeypatch.setattr(sorted_lines, "_CHUNK_BYTES", chunk_bytes)
    assert other.read(ALL) == text
    assert set(ox.parse(text, format=ox.RdfFormat.N_QUADS)) == quads
    assert text == b"".join(one.read(dump.name) for dump in one.renew().dumps if dump.graph)
    for dump in one.renew().dumps:
        same = other.renew().find(dump.name)
        assert same is not None
        assert same.sha256 == dump.sha256


def test_only_what_has_changed_is_written_again(bench: Bench) -> None:
    bench.change({quad(1, A), quad(2, B)})
    before = bench.renew()
    bench.change({quad(3, B)})
    after = bench.renew()
    assert after.version == bench.store.version
    assert [dump.name for dump in after.dumps if dump in before.dumps] == ["graph/a"]
    names = {bench.files.path(dump).name for dump in after.dumps}
    assert {file.name for file in (bench.files.path(after.dumps[0]).parent).glob("*.gz")} == names


def test_dumps_are_known_again_after_a_restart(bench: Bench, tmp_path: Path) -> None:
    bench.change({quad(1, A)})
    dumps = bench.renew()
    again = DumpFiles(bench.store, tmp_path / "one" / "dumps", BASE)
    assert (again.current, again.is_current) == (dumps, True)


def take_a_second(bench: Bench) -> None:
    """Let a second pass while the store is copied."""
    checkpoint = bench.store.checkpoint

    def wait(into: Path) -> str:
        bench.seconds += 1
        return checkpoint(into)

    bench.store.checkpoint = wait  # type: ignore[method-assign]


def test_while_data_changes_all_the_time_dumps_are_written_now_and_then(bench: Bench) -> None:
    bench.change({quad(1, A)})
    take_a_second(bench)
    first = bench.files.renew()
    bench.change({quad(2, A)})
    bench.seconds += 9.5
    assert bench.files.renew() is first
    assert not bench.files.is_current
    bench.seconds += 1
    assert bench.files.renew() is not first


def test_dumps_that_cannot_be_written_leave_the_old_ones(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.change({quad(1, A)})
    dumps = bench.renew()
    bench.change({quad(2, A)})

    def fail(**_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "TemporaryFile", fail)
        with pytest.raises(StoreError, match="No space left"):
            bench.renew()
    assert bench.files.current == dumps
    assert all(bench.files.path(dump).exists() for dump in dumps.dumps)
    assert bench.read("graph/a").count(b"\n") == 2


def test_a_graph_that_is_restricted_meanwhile_is_in_no_dump_any_more(bench: Bench) -> None:
    bench.change({quad(1, A), quad(2, B)})
    assert b"<http://example.org/1>" in bench.read(ALL)
    bench.files.renew()
    bench.change({ox.Quad(A, ACCESS_RIGHTS, RESTRICTED, A)})
    # At once, although older dumps are good enough otherwise.
    assert bench.files.current is None
    kept = bench.files.renew()
    assert [dump.graph for dump in kept.dumps] == ["", B.value]
    assert b"<http://example.org/1>" not in bench.read(ALL)


def test_dumps_are_written_again_where_the_operator_decides_otherwise(bench: Bench, tmp_path: Path) -> None:
    bench.change({quad(1, A), quad(2, B), ox.Quad(A, ACCESS_RIGHTS, RESTRICTED, A)})
    assert len(bench.renew().dumps) == 2
    folder = tmp_path / "one" / "dumps"
    published = DumpFiles(bench.store, folder, BASE, includes_restricted=True)
    assert len(published.renew().dumps) == 3
    again = DumpFiles(bench.store, folder, BASE)
    assert again.current is None
    assert len(again.renew().dumps) == 2
