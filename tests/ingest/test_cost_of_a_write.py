"""What is looked up for a write depends on the write, and not on the size of the graph."""

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from counting_store import CountingStore
from in_process import InProcessGraph

from bench.generate import Generator
from kg.ingest.change_sentences import compare_resources
from kg.ingest.ingestor import Ingestor
from kg.ingest.load_plan import summarize_change
from kg.ingest.proposed_write import ProposedWrite
from kg.namespaces import TYPE, value_of
from kg.store.change import Change
from kg.store.proposed_change import ProposedChange

SIZES = (10_000, 100_000)


@pytest.fixture(scope="module", params=[SIZES])
def stores(request: pytest.FixtureRequest) -> list[CountingStore]:
    """Generated graphs of two sizes."""
    stores = []
    for size in request.param:
        engine = ox.Store()
        for chunk in Generator(size).generate_chunks():
            engine.bulk_load(chunk, format=ox.RdfFormat.N_QUADS)
        stores.append(CountingStore(engine))
    return stores


def judge(ingestor: Ingestor, write: ProposedWrite, store: CountingStore) -> tuple[int, int, int]:
    """Check and describe the write; what has been looked up."""
    assert not [finding for finding in ingestor.check(write) if finding.severity == "Violation"]
    graphs = [graph.graph for graph in summarize_change(write)]
    assert compare_resources(write.change, graphs, ingestor.schema)
    return store.counts


def load(ingestor: Ingestor, store: CountingStore, path: Path) -> tuple[int, int, int]:
    """Load the document; what has been looked up when it was judged."""
    documents = ingestor.read_all([(str(path), path.read_bytes())], store)
    ingestor.propose(documents, store)
    store.reset()
    write = ingestor.propose(documents, store)
    counts = judge(ingestor, write, store)
    store.apply(Change.from_quads(write.change.removed, write.change.added))
    return counts


@pytest.mark.slow
def test_look_ups_are_as_many_and_as_large_in_a_graph_ten_times_as_large(
    register_graph: InProcessGraph, stores: list[CountingStore], example: Path
) -> None:
    ingestor = register_graph.ingestor
    assert [len(store.engine) // size for store, size in zip(stores, SIZES, strict=True)] == [1, 1]
    for name in ("register.ttl", "post.yaml"):
        small, large = (load(ingestor, store, example / name) for store in stores)
        assert_equal_cost(small, large)
    requests, patterns, found = small
    assert requests < 500
    assert patterns < 3_000
    assert found < 5_000
    small, large = (judge_statement(ingestor, store) for store in stores)
    assert_equal_cost(small, large)
    requests, patterns, found = small
    assert requests < 120
    assert patterns < 300
    assert found < 500


def assert_equal_cost(small: tuple[int, int, int], large: tuple[int, int, int]) -> None:
    """Roles of propositions are read side by side until the rarest is read: a few quads of others are found as well."""
    assert small[:2] == large[:2]
    assert large[2] - small[2] <= 10


def judge_statement(ingestor: Ingestor, store: CountingStore) -> tuple[int, int, int]:
    """Add a copy of a statement with its proposition and quote; what has been looked up."""
    graph = ox.NamedNode(f"{ingestor.base_iri}graph/post")
    statement = ox.NamedNode(f"{ingestor.base_iri}id/statement/post-farmers")
    nodes = _parts_of(store.engine, statement, graph)
    copies: dict[Any, Any] = {node: ox.NamedNode(f"{node.value}-again") for node in nodes}
    quads = {quad for node in nodes for quad in store.engine.quads_for_pattern(node, None, None, graph)}
    added = {
        ox.Quad(copies[quad.subject], quad.predicate, copies.get(quad.object, quad.object), graph) for quad in quads
    }
    assert len(added) > 20
    store.reset()
    write = ingestor.propose_change(ProposedChange.over(store, frozenset(), frozenset(added)), store)
    return judge(ingestor, write, store)


def _parts_of(engine: ox.Store, node: ox.NamedNode, graph: ox.NamedNode) -> set[ox.NamedNode]:
    """The node, and what belongs to it alone."""
    nodes, latest = {node}, [node]
    kinds = ("/id/proposition/", "/id/passage/", "/id/selector/", "/id/count/")
    for found in latest:
        for quad in engine.quads_for_pattern(found, None, None, graph):
            is_part = quad.predicate != TYPE and any(kind in value_of(quad.object) for kind in kinds)
            if is_part and isinstance(quad.object, ox.NamedNode) and quad.object not in nodes:
                nodes.add(quad.object)
                latest.append(quad.object)
    return nodes
