from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

BASE = "https://w3id.org/conflict-kg/"


@pytest.fixture(scope="session")
def sources(repository: Path) -> Store:
    """The Turtle files of ontology, vocabularies, shapes and reference graphs, each in its own named graph."""
    store = Store()
    for folder in ("ontology", "shapes", "data/reference"):
        for file in sorted((repository / folder).rglob("*.ttl")):
            graph = NamedNode(f"file:///{file.relative_to(repository).as_posix()}")
            store.load(path=str(file), format=RdfFormat.TURTLE, base_iri=BASE, to_graph=graph)
    return store
