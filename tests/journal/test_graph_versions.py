"""The version of a graph changes with the graph alone, and stays through restarts."""

from pathlib import Path

import pyoxigraph as ox

from kg.journal.record import UNKNOWN
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

ONE, OTHER, THIRD = (ox.NamedNode(f"http://example.org/{name}") for name in ("one", "other", "third"))


def write(store: EmbeddedStore, graph: ox.NamedNode, value: str) -> None:
    store.apply(Change.from_quads(added=[ox.Quad(graph, graph, ox.Literal(value), graph)]))


def open_store(directory: Path) -> EmbeddedStore:
    return EmbeddedStore.open(directory / "graph", journal=directory / "journal")


def test_a_write_changes_the_version_of_its_graph_alone(tmp_path: Path) -> None:
    for store in (open_store(tmp_path), EmbeddedStore.in_memory()):
        write(store, ONE, "a")
        one, other = store.graph_version(ONE), store.graph_version(OTHER)
        write(store, OTHER, "b")
        assert store.graph_version(ONE) == one
        assert store.graph_version(OTHER) != other
        write(store, ONE, "c")
        assert store.graph_version(ONE) not in (one, other)
        store.close()


def test_graphs_of_a_group_have_versions_of_their_own(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    quads = (ox.Quad(graph, graph, graph, graph) for graph in (ONE, OTHER))
    store.commit([(Change.from_quads(added=[quad]), provenance) for quad in quads for provenance in [UNKNOWN]])
    assert len({store.graph_version(graph) for graph in (ONE, OTHER, THIRD)}) == 3
    store.close()


def test_versions_stay_through_a_restart(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for graph, value in ((ONE, "a"), (OTHER, "b"), (ONE, "c")):
        write(store, graph, value)
    versions = [store.graph_version(graph) for graph in (ONE, OTHER, THIRD)]
    store.close()
    reopened = open_store(tmp_path)
    assert [reopened.graph_version(graph) for graph in (ONE, OTHER, THIRD)] == versions
    reopened.close()


def test_a_dropped_graph_has_another_version(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    write(store, ONE, "a")
    before = store.graph_version(ONE)
    store.apply(Change.from_quads(removed=[ox.Quad(ONE, ONE, ox.Literal("a"), ONE)], dropped=[ONE.value]))
    assert store.graph_version(ONE) != before
    store.close()


def test_the_time_of_a_change_is_known_after_a_restart_and_is_not_before_it_was_seen(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    write(store, ONE, "a")
    write(store, OTHER, "b")
    seen = [store.last_modified(graph) for graph in (ONE, OTHER, None)]
    store.close()
    again = open_store(tmp_path)
    known = [again.last_modified(graph) for graph in (ONE, OTHER, None)]
    again.close()
    for before, after in zip(seen, known, strict=True):
        assert before is not None
        assert after is not None
        assert before - 0.001 <= after <= before + 1


def test_a_change_of_one_graph_leaves_the_time_of_another(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    write(store, ONE, "a")
    first = store.last_modified(ONE)
    write(store, OTHER, "b")
    assert store.last_modified(ONE) == first
    last = store.last_modified()
    assert first is not None
    assert last is not None
    assert last > first
    store.close()
