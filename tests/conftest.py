from pathlib import Path

import pytest
from hypothesis import settings
from shipped_data import ShippedData

from kg.knowledge_graph import load_shipped_schema
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI

# The profile ci of Hypothesis draws the same examples in each run.
settings.register_profile("soak", settings.get_profile("ci"), derandomize=False, max_examples=500)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the repository."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def schema() -> Schema:
    """The schema of the shipped ontology and shapes."""
    return load_shipped_schema(DEFAULT_BASE_IRI)


@pytest.fixture(scope="session")
def shipped_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> ShippedData:
    """The shipped data, to be copied."""
    folder = tmp_path_factory.getbasetemp()
    return ShippedData.prepare(folder if worker_id == "master" else folder.parent)
