"""Graphs of an invented conflict, whose files are in ``dossier/``: a register of actors and places, and one post."""

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from in_process import InProcessGraph

from kg.errors import Finding, InputRejectedError
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore

EXAMPLE = Path(__file__).parent / "dossier"


@pytest.fixture(scope="session")
def example() -> Path:
    """The folder of the invented conflict."""
    return EXAMPLE


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that contains the text of the post and nothing else."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "post.txt").write_bytes((EXAMPLE / "post.txt").read_bytes())
    return folder


@pytest.fixture(scope="session")
def register_graph(archive: Path) -> InProcessGraph:
    """A knowledge graph of the ontology and the register, not to be changed."""
    knowledge_graph = InProcessGraph.create(Settings(archive_dir=archive), EmbeddedStore.in_memory())
    knowledge_graph.load(knowledge_graph.read_files([EXAMPLE / "register.ttl"]))
    return knowledge_graph


@pytest.fixture
def knowledge_graph(register_graph: InProcessGraph) -> InProcessGraph:
    """A knowledge graph of the ontology and the register, for one test."""
    store = EmbeddedStore.in_memory()
    store.apply(Change.from_quads(added=frozenset(register_graph.store.quads())))
    shared = register_graph
    return InProcessGraph(store, shared.ingestor, shared.settings)


@pytest.fixture(scope="session")
def reject(register_graph: InProcessGraph) -> Callable[[bytes, str], tuple[Finding, ...]]:
    """Loads a document that must be rejected, and returns the findings; checks that the store is unchanged."""
    before = frozenset(register_graph.store.quads())

    def load(data: bytes, name: str) -> tuple[Finding, ...]:
        with pytest.raises(InputRejectedError) as rejection:
            register_graph.load([register_graph.ingestor.read(data, name)])
        assert frozenset(register_graph.store.quads()) == before
        return rejection.value.findings

    return load


@pytest.fixture(scope="session")
def post() -> str:
    """The dossier of the post."""
    return (EXAMPLE / "post.yaml").read_text(encoding="utf-8")


@pytest.fixture
def post_quads(register_graph: InProcessGraph, post: str) -> frozenset[ox.Quad]:
    """The quads of that dossier."""
    return register_graph.ingestor.read(post.encode(), "post.yaml").quads
