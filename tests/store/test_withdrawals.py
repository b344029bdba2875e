"""What was withdrawn is known by name: at once, after restarts, after a crash, and without the file."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.journal.record import UNKNOWN
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

NODES = [ox.NamedNode(f"http://example.org/{name}") for name in "abcd"]
FILE = "withdrawn.sqlite"

Edit = tuple[int, int, bool]
"""A resource, a graph, and whether the resource is added to it or removed."""


def open_store(directory: Path) -> EmbeddedStore:
    return EmbeddedStore.open(directory / "graph", journal=directory / "journal", withdrawals=directory / FILE)


def quad(resource: int, graph: int) -> ox.Quad:
    return ox.Quad(NODES[resource], NODES[0], ox.Literal("x"), NODES[graph])


def apply(store: EmbeddedStore, edits: Sequence[Edit]) -> None:
    """One group of commits, one for each edit that changes something."""
    present = set(store.quads())
    changes = []
    for resource, graph, is_added in edits:
        edited = quad(resource, graph)
        if is_added is not (edited in present):
            added, removed = ([edited], []) if is_added else ([], [edited])
            changes.append((Change.from_quads(removed, added), UNKNOWN))
            present = present | {edited} if is_added else present - {edited}
    if changes:
        store.commit(changes)


def withdrawn(store: EmbeddedStore) -> set[ox.NamedNode]:
    return {node for node in NODES if not store.contains_resource(node) and store.find_withdrawal(node)}


EDITS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.booleans()), min_size=1, max_size=4)
RESTARTS = st.sampled_from(["", "", "restart", "without the file", "damaged file", "file of before"])


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(EDITS, RESTARTS), min_size=1, max_size=8))
def test_what_was_there_and_is_not_is_withdrawn_whatever_happens_to_the_file(
    steps: list[tuple[list[Edit], str]],
) -> None:
    with TemporaryDirectory() as folder:
        directory = Path(folder)
        seen: set[ox.NamedNode] = set()
        described: set[ox.NamedNode] = set()
        store = open_store(directory)
        before = (directory / FILE).read_bytes()
        for edits, restart in steps:
            apply(store, edits)
            seen |= {NODES[resource] for resource, _, is_added in edits if is_added}
            if restart:
                store.close()
                match restart:
                    case "without the file":
                        (directory / FILE).unlink()
                    case "damaged file":
                        (directory / FILE).write_bytes(b"not a database, and long enough to have a header" * 100)
                    case "file of before":
                        (directory / FILE).write_bytes(before)
                store = open_store(directory)
            described |= {node for node in NODES if store.contains_resource(node)}
            gone = {node for node in described if not store.contains_resource(node)}
            assert gone <= withdrawn(store) <= {node for node in seen if not store.contains_resource(node)}
        store.close()


def test_a_withdrawal_names_the_version_and_a_time(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store:
        apply(store, [(1, 0, True)])
        assert store.find_withdrawal(NODES[1]) is None
        apply(store, [(1, 0, False)])
        found = store.find_withdrawal(NODES[1])
        assert found is not None
        assert found.version == store.version
        assert found.time.endswith("+00:00")


def test_a_resource_that_is_still_described_elsewhere_is_not_withdrawn(tmp_path: Path) -> None:
    with closing(open_store(tmp_path)) as store:
        apply(store, [(1, 0, True), (1, 1, True)])
        apply(store, [(1, 0, False)])
        assert store.find_withdrawal(NODES[1]) is None


def test_a_store_that_cannot_keep_the_file_still_writes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).mkdir()
    with closing(open_store(tmp_path)) as store:
        apply(store, [(1, 0, True)])
        apply(store, [(1, 0, False)])
        assert not list(store.quads())
        assert store.find_withdrawal(NODES[1]) is None
    assert "nothing is known of withdrawn resources" in caplog.text
