"""Small graphs for tests of the plan."""

from collections.abc import Callable

import pyoxigraph as ox
import pytest

from kg import namespaces
from kg.settings import DEFAULT_BASE_IRI


@pytest.fixture(scope="session")
def state_quads() -> Callable[[str, str], list[ox.Quad]]:
    """The quads of a state with this slug and English name."""

    def quads(slug: str, name: str) -> list[ox.Quad]:
        node, graph = (ox.NamedNode(f"{DEFAULT_BASE_IRI}{path}") for path in (f"id/actor/{slug}", "graph/g"))
        label = ox.NamedNode(f"{namespaces.SKOS}prefLabel")
        return [
            ox.Quad(node, namespaces.TYPE, ox.NamedNode(f"{namespaces.CK}State"), graph),
            ox.Quad(node, label, ox.Literal(name, language="en"), graph),
        ]

    return quads
