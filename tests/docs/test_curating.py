"""The guide for curators shows a dossier that loads and whose quotes are verified."""

import re
from pathlib import Path

import pytest
from in_process import InProcessGraph

from kg.ingest.verification import verify_text
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore

GUIDE = Path(__file__).parents[2] / "docs" / "curating.md"


def read_example(language: str) -> str:
    blocks = re.findall(rf"^```{language}\n(.*?)\n?```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 1
    return str(blocks[0])


@pytest.fixture
def knowledge_graph(tmp_path: Path) -> InProcessGraph:
    (tmp_path / "post.txt").write_bytes(read_example("text").encode())
    return InProcessGraph.create(Settings(archive_dir=tmp_path), EmbeddedStore.in_memory())


def test_dossier_of_the_guide_loads_without_findings(knowledge_graph: InProcessGraph) -> None:
    document = knowledge_graph.ingestor.read(read_example("yaml").encode(), "post.yaml")
    assert knowledge_graph.load([document]).warnings == ()


def test_quotes_of_the_guide_are_verified(knowledge_graph: InProcessGraph) -> None:
    knowledge_graph.load([knowledge_graph.ingestor.read(read_example("yaml").encode(), "post.yaml")])
    report = verify_text(knowledge_graph.store.quads(), read_example("text").encode())
    assert (report.verified, report.findings) == (3, ())
