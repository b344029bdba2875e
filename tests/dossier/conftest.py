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
def registered(archive: Path) -> KnowledgeGraph:
    """A publication that holds the ontology and the register; tests that change it take ``publication``."""
    found = KnowledgeGraph.from_store(Settings(archive_dir=archive), EmbeddedStore.in_memory())
    found.load(found.ingestor.read_all([HERE / "register.ttl"]))
    return found


@pytest.fixture
def publication(registered: KnowledgeGraph) -> KnowledgeGraph:
    """A publication of its own that holds the ontology and the register."""
    store = EmbeddedStore.in_memory()
    store.apply(Change(frozenset(), frozenset(registered.store.quads())))
    return KnowledgeGraph(registered.settings, store, registered.schema, registered.ingestor, registered.archive)


@pytest.fixture(scope="session")
def rejected(registered: KnowledgeGraph) -> Callable[[bytes, str], tuple[Finding, ...]]:
    """The findings with which a document is rejected; that the store is as before has been seen to."""
    before = frozenset(registered.store.quads())

    def load(data: bytes, name: str) -> tuple[Finding, ...]:
        with pytest.raises(InputRejectedError) as rejection:
            registered.load([registered.ingestor.read(data, name)])
        assert frozenset(registered.store.quads()) == before
        return rejection.value.findings

    return load


@pytest.fixture(scope="session")
def post() -> str:
    """The dossier of the invented post."""
    return POST.read_text(encoding="utf-8")


@pytest.fixture
def quads_of_post(registered: KnowledgeGraph, post: str) -> frozenset[ox.Quad]:
    return registered.ingestor.read(post.encode(), "post.yaml").quads
