"""A store remembers the base IRI of its data and refuses another; one from before is asked for its home graphs."""

import json
import os
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.data_directory import MANIFEST, Manifest, find_base_iri, read_manifest, write_manifest
from kg.errors import BaseIriMismatchError, JournalCorruptError, StoreFormatError, StoreLockedError
from kg.journal.journal import Journal, read_records
from kg.knowledge_graph import KnowledgeGraph
from kg.namespaces import DATASET, TYPE
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.history import restore_state

OTHER = "http://example.org/"


def settings(directory: Path, base_iri: str = DEFAULT_BASE_IRI, *, plain: bool = False) -> Settings:
    return Settings(data_dir=directory, base_iri=base_iri, plain=plain, empty=True)


def open_and_close(directory: Path, base_iri: str = DEFAULT_BASE_IRI, *, plain: bool = False) -> None:
    KnowledgeGraph.open(settings(directory, base_iri, plain=plain)).close()


def add_home_graph(directory: Path, base_iri: str = DEFAULT_BASE_IRI, *, home: bool = True) -> None:
    """Put a graph into the store without opening a knowledge graph, as a version from before the manifest would."""
    graph = ox.NamedNode(f"{base_iri}graph/one")
    store = EmbeddedStore.open(directory / "graph")
    store.apply(Change.from_quads(added=[ox.Quad(graph, TYPE, DATASET if home else graph, graph)]))
    store.close()


def test_a_new_directory_records_its_base_iri(tmp_path: Path) -> None:
    open_and_close(tmp_path, OTHER)
    assert read_manifest(tmp_path) == Manifest(base_iri=OTHER, plain=False)


def test_another_base_iri_is_refused_naming_both_and_the_cure(tmp_path: Path) -> None:
    open_and_close(tmp_path)
    add_home_graph(tmp_path)
    with pytest.raises(BaseIriMismatchError) as refused:
        open_and_close(tmp_path, OTHER)
    assert (refused.value.recorded, refused.value.given) == (DEFAULT_BASE_IRI, OTHER)
    assert f"set KG_BASE_IRI={DEFAULT_BASE_IRI}" in str(refused.value)
    open_and_close(tmp_path)  # the store was closed, and nothing was changed


def test_a_plain_store_refuses_another_base_iri_too(tmp_path: Path) -> None:
    open_and_close(tmp_path, plain=True)
    add_home_graph(tmp_path, home=False)
    with pytest.raises(BaseIriMismatchError):
        open_and_close(tmp_path, OTHER, plain=True)


def test_a_store_without_data_takes_another_base_iri(tmp_path: Path) -> None:
    open_and_close(tmp_path)
    open_and_close(tmp_path, OTHER)
    assert read_manifest(tmp_path) == Manifest(base_iri=OTHER, plain=False)


@pytest.mark.parametrize("home", [True, False])
def test_a_store_from_before_is_adopted_if_its_home_graphs_agree(tmp_path: Path, home: bool) -> None:
    add_home_graph(tmp_path, OTHER if home else DEFAULT_BASE_IRI, home=home)
    open_and_close(tmp_path, OTHER)
    assert read_manifest(tmp_path) == Manifest(base_iri=OTHER, plain=False)


def test_a_store_from_before_with_other_home_graphs_is_refused_and_not_marked(tmp_path: Path) -> None:
    add_home_graph(tmp_path, OTHER)
    with pytest.raises(BaseIriMismatchError) as refused:
        open_and_close(tmp_path)
    assert (refused.value.recorded, refused.value.given) == (OTHER, DEFAULT_BASE_IRI)
    assert not (tmp_path / MANIFEST).exists()


def test_plain_data_may_describe_home_graphs_of_elsewhere(tmp_path: Path) -> None:
    add_home_graph(tmp_path, OTHER)
    open_and_close(tmp_path, plain=True)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"format": 3, "base_iri": "http://a/", "plain": false}', '{"format": 1}', "\xff"]
)
def test_a_manifest_of_another_version_or_none_at_all_is_refused(tmp_path: Path, content: str) -> None:
    open_and_close(tmp_path)
    (tmp_path / MANIFEST).write_text(content, encoding="latin-1")
    with pytest.raises(StoreFormatError, match=str(tmp_path)):
        open_and_close(tmp_path)


def test_data_from_before_the_journal_is_its_first_commit(tmp_path: Path) -> None:
    graph, empty, blank = ox.NamedNode("x:g"), ox.NamedNode("x:empty"), ox.BlankNode("kept")
    quads = [ox.Quad(blank, ox.NamedNode("x:p"), ox.Literal(str(number)), graph) for number in range(50_000)]
    store = EmbeddedStore.open(tmp_path / "graph")
    store.apply(Change.from_quads(added=quads, created=[empty.value]))
    store.close()
    (tmp_path / MANIFEST).write_text(json.dumps({"format": 1, "base_iri": DEFAULT_BASE_IRI, "plain": True}))
    (tmp_path / "journal.next").mkdir()  # of an adoption that was interrupted
    (tmp_path / "journal.next" / "000000000001.journal").write_text("torn")
    for _ in range(2):
        opened = KnowledgeGraph.open(settings(tmp_path, plain=True))
        assert set(opened.store.quads()) == set(quads)
        version = opened.store.version
        opened.close()
        assert read_manifest(tmp_path) == Manifest(base_iri=DEFAULT_BASE_IRI, plain=True)
        records = list(read_records(tmp_path / "journal"))
        assert [record.entry.provenance.operation for record in records] == ["adopt"] * 3
        assert records[-1].dataset_version == version
        restored = restore_state(tmp_path / "journal", 3)
        assert set(restored.quads()) == set(quads)
        assert restored.contains_graph(empty)
        assert not (tmp_path / "journal.next").exists()


def test_a_directory_that_has_lost_its_journal_is_refused(tmp_path: Path) -> None:
    open_and_close(tmp_path)
    shutil.rmtree(tmp_path / "journal")
    with pytest.raises(JournalCorruptError, match="missing"):
        open_and_close(tmp_path)
    assert not (tmp_path / "journal").exists()


def test_a_store_that_was_moved_away_is_made_again_from_the_journal(tmp_path: Path) -> None:
    graph = KnowledgeGraph.open(settings(tmp_path, plain=True))
    quad = ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.BlankNode("kept"), ox.NamedNode("x:g"))
    graph.store.apply(Change.from_quads(added=[quad]))
    version = graph.store.version
    graph.close()
    shutil.rmtree(tmp_path / "graph")
    graph = KnowledgeGraph.open(settings(tmp_path, plain=True))
    assert list(graph.store.quads()) == [quad]
    assert graph.store.version == version
    graph.close()


def test_unknown_members_of_the_manifest_are_ignored(tmp_path: Path) -> None:
    open_and_close(tmp_path)
    members = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps({**members, "more": 1}))
    open_and_close(tmp_path)


def test_a_locked_store_is_reported_as_locked(tmp_path: Path) -> None:
    graph = KnowledgeGraph.open(settings(tmp_path))
    with pytest.raises(StoreLockedError):
        open_and_close(tmp_path)
    graph.close()


def test_a_copy_keeps_its_base_iri(tmp_path: Path) -> None:
    open_and_close(tmp_path / "a", OTHER)
    add_home_graph(tmp_path / "a", OTHER)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with pytest.raises(BaseIriMismatchError):
        open_and_close(tmp_path / "b")


def test_the_base_iri_of_home_graphs_is_found_by_queries_alone() -> None:
    store = EmbeddedStore.in_memory()
    assert find_base_iri(OTHER, store) == ""
    graph = ox.NamedNode("http://a/graph/x")
    store.apply(Change.from_quads(added=[ox.Quad(graph, TYPE, DATASET, graph)]))
    assert find_base_iri(OTHER, store) == "http://a/"
    assert find_base_iri("http://a/", store) == "http://a/"


def test_a_manifest_has_reached_the_disk_before_it_takes_its_name(
    tmp_path: Path, synced: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before: list[list[Path]] = []
    replace = Path.replace

    def note_and_replace(path: Path, target: Path) -> Path:
        before.append(list(synced))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", note_and_replace)
    write_manifest(tmp_path, Manifest(base_iri=OTHER, plain=False))
    assert before == [[tmp_path / f"{MANIFEST}.next"]]
    assert synced[1:] == [tmp_path, tmp_path.parent]


def test_a_new_journal_is_not_lost_with_the_name_of_its_directory(tmp_path: Path, synced: list[Path]) -> None:
    Journal.open(tmp_path / "journal").close()
    assert {tmp_path / "journal", tmp_path} <= set(synced)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files and directories that are synced, in order."""
    paths: list[Path] = []
    sync = os.fsync

    def note_and_sync(file: int) -> None:
        paths.append(Path(os.readlink(f"/proc/self/fd/{file}")))
        sync(file)

    monkeypatch.setattr(os, "fsync", note_and_sync)
    return paths
