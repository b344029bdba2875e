"""The GraphQL service over the shipped data, without HTTP."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from shipped_data import ShippedData

from kg.graphql.execute import GraphQLRequest, GraphQLService
from kg.graphql.request.query_cost import RequestLimits
from kg.knowledge_graph import load_shipped_schema
from kg.questions.catalogue import Catalogue
from kg.schema.loader import load_schema
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Queryable

Execute = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def shipped_schema() -> Schema:
    return load_shipped_schema(DEFAULT_BASE_IRI)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="session")
def shipped_store(shipped_data: ShippedData) -> Iterator[EmbeddedStore]:
    """The shipped reference graphs and dossiers, ingested. Must not be changed."""
    with closing(shipped_data.store()) as store:
        yield store


@pytest.fixture(scope="session")
def make_service(shipped_schema: Schema, catalogue: Catalogue) -> Callable[..., GraphQLService]:
    """Creates a service over the shipped schema with these limits."""

    def make(requires_attribution: bool = True, **limits: Any) -> GraphQLService:
        return GraphQLService(shipped_schema, catalogue, DEFAULT_BASE_IRI, limits=RequestLimits(**limits),
                   requires_attribution=requires_attribution)  # fmt: skip

    return make


@pytest.fixture
def extend_ontology(tmp_path: Path, repository: Path, catalogue: Catalogue) -> Callable[..., GraphQLService]:
    """The service of a copy of ontology and shapes, with Turtle added to the two files of a subject."""

    def extend(subject: str, classes: str, shapes: str) -> GraphQLService:
        for name, added in (("ontology", classes), ("shapes", shapes)):
            shutil.copytree(repository / name, tmp_path / name)
            with (tmp_path / name / f"{subject}.ttl").open("a", encoding="utf-8") as file:
                file.write(added)
        schema = load_schema(tmp_path / "ontology", tmp_path / "shapes", DEFAULT_BASE_IRI)
        return GraphQLService(schema, catalogue, DEFAULT_BASE_IRI)

    return extend


@pytest.fixture(scope="session")
def service(make_service: Callable[..., GraphQLService]) -> GraphQLService:
    return make_service()


@pytest.fixture(scope="session")
def execute_on(shipped_store: EmbeddedStore) -> Callable[[GraphQLService], Execute]:
    """Binds a service to a store: a function that returns the formatted response to a query."""

    def bind(service: GraphQLService, store: Queryable = shipped_store) -> Execute:
        def execute(query: str, explain: bool = False, **variables: Any) -> dict[str, Any]:
            return service.execute(GraphQLRequest(query=query, variables=variables, explain=explain), store).formatted

        return execute

    return bind


@pytest.fixture(scope="session")
def execute(service: GraphQLService, execute_on: Callable[[GraphQLService], Execute]) -> Execute:
    """Executes a query; the response may have errors."""
    return execute_on(service)


@pytest.fixture(scope="session")
def query_data(execute: Execute) -> Execute:
    """Executes a query and returns the data; fails on errors."""

    def data(query: str, **variables: Any) -> dict[str, Any]:
        content = execute(query, **variables)
        assert "errors" not in content, content["errors"]
        response_data: dict[str, Any] = content["data"]
        return response_data

    return data


@pytest.fixture(scope="session")
def error_codes(execute: Execute) -> Callable[..., list[str]]:
    """Executes a query and returns the codes of its errors."""

    def codes(query: str, **variables: Any) -> list[str]:
        return [error["extensions"]["code"] for error in execute(query, **variables).get("errors", ())]

    return codes


@pytest.fixture(scope="session")
def union_engine() -> Iterator[str]:
    """The address of a SPARQL server in another process, stopped after the tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).parent / "oxigraph"
    command = [str(program), "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{url}/query", params={"query": "ASK {}"}, trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()
