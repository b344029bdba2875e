"""What a process imports: workers no web framework, the web process nothing that executes GraphQL, and neither it nor
the command line what validates documents: that takes half a second, and the ingest worker does it.
"""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

WEB = {"fastapi", "starlette", "uvicorn"}
GRAPHQL = {"graphql", "strawberry"}
VALIDATION = {"pyshacl", "rdflib"}


def imported_by(module: str) -> set[str]:
    """The packages that are imported with this module."""
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("api.procedures", WEB),
        ("kg.execution.forkserver", WEB | GRAPHQL | VALIDATION),
        ("api.app", GRAPHQL | VALIDATION),
        ("kg.cli", GRAPHQL | VALIDATION),
    ],
)
def test_a_process_imports_only_what_it_runs(module: str, forbidden: set[str]) -> None:
    assert imported_by(module) & forbidden == set()
