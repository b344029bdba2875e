"""Stores to query: small ones of given quads, and the shipped data as it is loaded."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from shipped_data import ShippedData

from kg.questions.catalogue import Catalogue
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Queryable

_VOCABULARIES = ox.NamedNode(f"{DEFAULT_BASE_IRI}ontology")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="session")
def vocabularies(repository: Path) -> list[ox.Quad]:
    files = sorted((repository / "ontology" / "vocab").glob("*.ttl"))
    quads = (quad for path in files for quad in ox.parse(path=path, base_iri=DEFAULT_BASE_IRI))
    return [ox.Quad(quad.subject, quad.predicate, quad.object, _VOCABULARIES) for quad in quads]


@pytest.fixture(scope="session")
def store_of(vocabularies: list[ox.Quad]) -> Callable[[Iterable[ox.Quad]], Queryable]:
    """A store of these quads and the vocabularies."""

    def create(quads: Iterable[ox.Quad]) -> Queryable:
        store = EmbeddedStore.in_memory()
        store.apply(Change.from_quads(added=frozenset([*quads, *vocabularies])))
        return store

    return create


@pytest.fixture(scope="session")
def shipped(shipped_data: ShippedData) -> Queryable:
    """The shipped ontology, reference graphs and dossiers."""
    return shipped_data.store()
