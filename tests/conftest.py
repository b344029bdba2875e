from pathlib import Path

import pytest
from hypothesis import settings
from shipped_data import ShippedData

from kg.knowledge_graph import load_shipped_schema
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI

# The profile ci of Hypothesis draws the same examples in each run.
settings.register_profile("soak", settings.get_profile("ci"), derandomize=False, max_examples=500)

LONGEST = ("test_random_changes.py", "test_second_implementation.py", "test_interrupted_load.py", "test_image.py")
"""Files that take minutes; a file is run by one process, and the others would wait for it at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest files first."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


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
