"""Over another engine tokens permit what they permit over the embedded store, or less."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.services import open_services
from kg.access.issuance import make_token
from kg.access.scope import Operation, Scope
from kg.access.token_file import TokenFile
from kg.settings import Settings

pytestmark = pytest.mark.slow

GRAPHS = "https://w3id.org/conflict-kg/graph/"
REGISTER = Path(__file__).parents[1] / "ingest" / "dossier" / "register.ttl"
Opening = Callable[[bool], TestClient]


@pytest.fixture
def opening(engine: str, tmp_path: Path) -> Iterator[Opening]:
    """Opens a server over an empty engine, in plain mode or not; its client has a token for one graph."""
    with ExitStack() as stack:

        def open_client(plain: bool) -> TestClient:
            settings = Settings(data_dir=tmp_path / "data", store=engine, plain=plain, empty=True)
            scope, now = Scope(frozenset(Operation), (f"{GRAPHS}invented",)), datetime.now(UTC)
            _, token = make_token(TokenFile(settings.data_dir), "curator", scope, now + timedelta(hours=1), now)
            services = open_services(settings)
            client = stack.enter_context(TestClient(create_app(services)))
            client.headers["Authorization"] = f"Bearer {token}"
            while not client.get("/readyz").is_success:
                time.sleep(0.05)
            services.writer.validate_all()  # until then, writes are answered with 503
            return client

        yield open_client


def put(client: TestClient, graph: str) -> int:
    content = f"@base <https://w3id.org/conflict-kg/> .\n{REGISTER.read_text()}".replace("graph/invented", graph)
    headers = {"Content-Type": "text/turtle"}
    parameters = {"graph": GRAPHS + graph.removeprefix("graph/")}
    return int(client.put("/graphs", params=parameters, content=content, headers=headers).status_code)


def update(client: TestClient, text: str) -> int:
    headers = {"Content-Type": "application/sparql-update"}
    return int(client.post("/sparql", content=text, headers=headers).status_code)


def count(client: TestClient) -> str:
    query = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    return str(client.get("/sparql", params={"query": query, "format": "csv"}).text)


def test_governed_writes_change_permitted_graphs_only(opening: Opening) -> None:
    client = opening(False)
    assert put(client, "graph/invented") == 201
    before = count(client)
    assert put(client, "graph/other") == 403
    template = "{ GRAPH <%s> { <%s> <http://purl.org/dc/terms/description> %s } }"
    both = " ".join(["INSERT DATA", template % (f"{GRAPHS}invented", f"{GRAPHS}invented", '"More"@en')])
    other = " ".join(["INSERT DATA", template % (f"{GRAPHS}other", f"{GRAPHS}invented", '"More"@en')])
    assert update(client, f"{both} ; {other}") in (403, 422)
    assert count(client) == before


def test_in_plain_mode_the_engine_evaluates_no_update_for_a_token_of_one_graph(opening: Opening) -> None:
    client = opening(True)
    assert put(client, "graph/invented") == 201
    before = count(client)
    assert put(client, "graph/other") == 403
    assert update(client, f"INSERT DATA {{ GRAPH <{GRAPHS}other> {{ <x:s> <x:p> 1 }} }}") == 403
    assert update(client, f"INSERT DATA {{ GRAPH <{GRAPHS}invented> {{ <x:s> <x:p> 1 }} }}") == 403
    assert count(client) == before
