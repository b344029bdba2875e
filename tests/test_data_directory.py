"""A store remembers the base IRI of its data and refuses another; one from before is asked for its home graphs."""

import json
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.data_directory import MANIFEST, Manifest, find_base_iri, read_manifest
from kg.errors import BaseIriMismatchError, StoreFormatError, StoreLockedError
from kg.knowledge_graph import KnowledgeGraph
from kg.namespaces import DATASET, TYPE
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

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
    "content", ["", "{", "[]", "{}", '{"format": 2, "base_iri": "http://a/", "plain": false}', '{"format": 1}', "\xff"]
)
def test_a_manifest_of_another_version_or_none_at_all_is_refused(tmp_path: Path, content: str) -> None:
    open_and_close(tmp_path)
    (tmp_path / MANIFEST).write_text(content, encoding="latin-1")
    with pytest.raises(StoreFormatError, match=str(tmp_path)):
        open_and_close(tmp_path)


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
