from pathlib import Path

import pytest

from kg.knowledge_graph import load_shipped_schema
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the repository."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def schema() -> Schema:
    """The schema of the shipped ontology and shapes."""
    return load_shipped_schema(DEFAULT_BASE_IRI)
