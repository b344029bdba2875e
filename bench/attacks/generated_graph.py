"""A data directory with one large home graph of generated data beside the shipped data. Knows of no attack."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from bench.attacks.server import run_server
from bench.generate import generate
from kg.data_directory import GRAPH_STORE
from kg.namespaces import DATASET, DCTERMS, TYPE
from kg.settings import DEFAULT_BASE_IRI

GENERATED_GRAPH = "/graph/generated"
"""The path of the graph on a server."""


def load_generated(quads: int, work: Path) -> Path:
    """A data directory with the shipped data, and at least so many generated quads in GENERATED_GRAPH.

    The store is filled directly: ``kg load`` validates every graph, which takes hours at such sizes.
    """
    with run_server(work=work) as server:
        server.terminate()
        directory = (server.directory / "data").rename(work / "loaded")
    store = ox.Store(str(directory / GRAPH_STORE))
    store.bulk_extend(_generate_quads(quads, work / "generated.nq"))
    store.flush()
    return directory


def _generate_quads(quads: int, file: Path) -> Iterator[ox.Quad]:
    generate(quads, file)
    graph = ox.NamedNode(DEFAULT_BASE_IRI.rstrip("/") + GENERATED_GRAPH)
    yield ox.Quad(graph, TYPE, DATASET, graph)
    yield ox.Quad(graph, ox.NamedNode(f"{DCTERMS}title"), ox.Literal("Generated data", language="en"), graph)
    for quad in ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
