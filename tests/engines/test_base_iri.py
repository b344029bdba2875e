"""The base IRI of the data in a remote engine is that of its home graphs; another is refused."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.directory_check import Level, examine
from kg.errors import BaseIriMismatchError
from kg.knowledge_graph import KnowledgeGraph
from kg.namespaces import DATASET, TYPE
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.change import Change

pytestmark = pytest.mark.slow

OTHER = "http://example.org/"


def test_data_under_another_base_iri_is_refused_naming_both(engine: str, tmp_path: Path) -> None:
    ours, theirs = (Settings(data_dir=tmp_path, store=engine, base_iri=base) for base in (DEFAULT_BASE_IRI, OTHER))
    graph = ox.NamedNode(f"{OTHER}graph/one")
    empty = KnowledgeGraph.open(ours)
    empty.store.apply(Change.from_quads(added=[ox.Quad(graph, TYPE, DATASET, graph)]))
    empty.close()
    with pytest.raises(BaseIriMismatchError) as refused:
        KnowledgeGraph.open(ours)
    assert (refused.value.recorded, refused.value.given) == (OTHER, DEFAULT_BASE_IRI)
    KnowledgeGraph.open(theirs).close()
    wrong = [result for result in examine(ours) if result.level is Level.WRONG]
    assert [(result.subject, result.cure) for result in wrong] == [("base IRI", f"set KG_BASE_IRI={OTHER}")]
    assert not [result for result in examine(theirs) if result.level is Level.WRONG]
