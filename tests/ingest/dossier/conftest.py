"""An invented conflict: its register, one post about it, and a store that holds the register."""

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import Finding, InputRejectedError
from kg.knowledge_graph import KnowledgeGraph, load_shipped_schema
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Change

HERE = Path(__file__).parent
POST = HERE / "post.yaml"


@pytest.fixture(scope="session")
def schema() -> Schema:
    """The schema of the shipped ontology and shapes."""
    return load_shipped_schema(DEFAULT_BASE_IRI)


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the text of the post and nothing else."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "post.txt").write_bytes((HERE / "post.txt").read_bytes())
    return folder


@pytest.fixture(scope="session")
def register_graph(archive: Path) -> KnowledgeGraph:
    """A publication that holds the ontology and the register; tests that change it take ``knowledge_graph``."""
    found = KnowledgeGraph.from_store(Settings(archive_dir=archive), EmbeddedStore.in_memory())
    found.load(found.ingestor.read_all([HERE / "register.ttl"]))
    return found


@pytest.fixture
def knowledge_graph(register_graph: KnowledgeGraph) -> KnowledgeGraph:
    """A knowledge_graph of its own that holds the ontology and the register."""
    store = EmbeddedStore.in_memory()
    store.apply(Change(frozenset(), frozenset(register_graph.store.quads())))
    return KnowledgeGraph(
        register_graph.settings, store, register_graph.schema, register_graph.ingestor, register_graph.archive
    )


@pytest.fixture(scope="session")
def reject(register_graph: KnowledgeGraph) -> Callable[[bytes, str], tuple[Finding, ...]]:
    """The findings with which a document is rejected; that the store is as before has been seen to."""
    before = frozenset(register_graph.store.quads())

    def load(data: bytes, name: str) -> tuple[Finding, ...]:
        with pytest.raises(InputRejectedError) as rejection:
            register_graph.load([register_graph.ingestor.read(data, name)])
        assert frozenset(register_graph.store.quads()) == before
        return rejection.value.findings

    return load


@pytest.fixture(scope="session")
def post() -> str:
    """The dossier of the invented post."""
    return POST.read_text(encoding="utf-8")


@pytest.fixture
def post_quads(register_graph: KnowledgeGraph, post: str) -> frozenset[ox.Quad]:
    return register_graph.ingestor.read(post.encode(), "post.yaml").quads
