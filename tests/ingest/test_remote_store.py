"""A load over a remote engine is planned as over an embedded store, in few requests."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from in_process import InProcessGraph
from oxigraph_server import run_engine

from kg.errors import InputRejectedError
from kg.store.remote import RemoteStore


@pytest.fixture
def remote(register_graph: InProcessGraph) -> Iterator[InProcessGraph]:
    """A graph in an engine of its own."""
    with run_engine("--union-default-graph") as url, closing(RemoteStore.open(f"{url}/query")) as store:
        yield InProcessGraph(store, register_graph.ingestor, register_graph.settings)


@pytest.mark.slow
def test_a_load_over_a_remote_engine_is_planned_as_over_an_embedded_store(
    remote: InProcessGraph, knowledge_graph: InProcessGraph, example: Path, post: str
) -> None:
    remote.load(remote.read_files([example / "register.ttl"]))
    plans = []
    for graph in (remote, knowledge_graph):
        document = graph.ingestor.read(post.encode(), "post.yaml")
        plans.append(graph.ingestor.plan([document], graph.store, with_sentences=True))
        graph.store.apply(plans[-1].change)
    one, other = plans
    assert (one.graphs, one.warnings, one.resources) == (other.graphs, other.warnings, other.resources)
    assert set(one.change.added_quads()) == set(other.change.added_quads())
    rejections = []
    for graph in (remote, knowledge_graph):
        misspelt = post.replace("speaker: actor/council", "speaker: actor/counci", 1)
        with pytest.raises(InputRejectedError) as rejection:
            graph.ingestor.plan([graph.ingestor.read(misspelt.encode(), "post.yaml")], graph.store)
        rejections.append(rejection.value.findings)
    assert rejections[0] == rejections[1]
