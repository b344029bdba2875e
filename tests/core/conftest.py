import pytest

from kg.knowledge_graph import shipped_schema
from kg.schema import Schema
from kg.settings import DEFAULT_BASE_IRI


@pytest.fixture(scope="session")
def schema() -> Schema:
    """The schema of the shipped ontology and shapes."""
    return shipped_schema(DEFAULT_BASE_IRI)
