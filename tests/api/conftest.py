"""A real server on a free port of the loopback, over a small data set."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import uvicorn

from api.app import create_app
from api.http.uvicorn_protocol import HttpProtocol
from api.services import Services, open_services
from kg.questions.catalogue import Catalogue
from kg.settings import Settings
from kg.store.change import Change

EXAMPLE = Path(__file__).with_name("example.trig")
TIMEOUT_S = 3.0
PATIENT_S = 30.0
"""For servers of which no test asks what never ends."""


@contextmanager
def _serving(services: Services, wait_until_ready: bool = True) -> Iterator[str]:
    """Serve an app over these services; its address."""
    config = uvicorn.Config(create_app(services), host="127.0.0.1", port=0, log_level="critical", http=HttpProtocol)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        while wait_until_ready and not httpx.get(f"{address}/readyz", trust_env=False).is_success:
            time.sleep(0.01)
        yield address
    finally:
        server.should_exit = True
        thread.join()


def _services_in(directory: Path, query_timeout_s: float = TIMEOUT_S) -> Services:
    """Services over the example, with short limits."""
    services = open_services(
        Settings(data_dir=directory, query_timeout_s=query_timeout_s, query_memory_mb=400, workers=1, result_max_mb=4)
    )
    change = Change.from_quads(added=frozenset(ox.parse(path=EXAMPLE)))
    services.knowledge_graph.store.apply(change)
    services.executor.refresh(change, services.knowledge_graph.store.version)
    return services


@pytest.fixture(scope="session")
def serving() -> Callable[[Services], AbstractContextManager[str]]:
    return _serving


@pytest.fixture(scope="session")
def services_in() -> Callable[..., Services]:
    return _services_in


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="session")
def metric() -> Callable[[httpx.Client, str], float]:
    """The value of a metric by its name and labels; 0 without one."""

    def read(client: httpx.Client, name: str) -> float:
        sample = re.search(rf"^{re.escape(name)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
        return float(sample[1]) if sample else 0.0

    return read


@pytest.fixture(scope="session")
def timeout_s() -> float:
    """The server's own limit for a query."""
    return TIMEOUT_S


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with _serving(_services_in(tmp_path_factory.mktemp("data"))) as address:
        yield address


TOKEN = "a-token-for-tests-only"


@pytest.fixture(scope="session")
def token() -> str:
    """The write token of ``plain_client``."""
    return TOKEN


@pytest.fixture(scope="session")
def plain_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server in plain mode, empty at first, to which tests write."""
    directory = tmp_path_factory.mktemp("plain")
    settings = Settings(
        data_dir=directory, plain=True, empty=True, workers=1, write_token=TOKEN, query_timeout_s=PATIENT_S
    )
    with _serving(open_services(settings)) as address:
        yield address


@pytest.fixture(scope="session")
def plain_client(plain_address: str) -> Iterator[httpx.Client]:
    """A client with the write token."""
    headers = {"Accept": "*/*", "Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=plain_address, trust_env=False, timeout=30, headers=headers) as client:
        yield client


@pytest.fixture
def plain(plain_client: httpx.Client) -> httpx.Client:
    """The same, with all data dropped."""
    response = plain_client.post("/sparql", content="DROP ALL", headers={"Content-Type": "application/sparql-update"})
    assert response.status_code == 204
    return plain_client


INVENTED = Path(__file__).parents[1] / "ingest" / "dossier"


@pytest.fixture(scope="session")
def governed_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server in governed mode, empty at first, to which tests write."""
    directory = tmp_path_factory.mktemp("governed")
    settings = Settings(data_dir=directory, empty=True, workers=1, write_token=TOKEN, query_timeout_s=PATIENT_S)
    with _serving(open_services(settings)) as address:
        yield address


@pytest.fixture(scope="session")
def governed_client(governed_address: str) -> Iterator[httpx.Client]:
    """A client with the write token."""
    headers = {"Accept": "*/*", "Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=governed_address, trust_env=False, timeout=60, headers=headers) as client:
        yield client


@pytest.fixture
def governed(governed_client: httpx.Client) -> httpx.Client:
    """The same, with the invented conflict as it is in its files: /graph/invented and the dossier /graph/post."""
    put_invented(governed_client)
    return governed_client


def put_invented(client: httpx.Client) -> None:
    """Put the reference graph and the dossier of the invented conflict, and delete all else that tests write."""
    graphs = client.get("/sparql", params={"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "format": "csv"})
    kept = ("/ontology", "/graph/invented", "/graph/post")
    for graph in graphs.text.split()[1:]:
        if not graph.endswith(kept):
            assert client.delete("/graphs", params={"graph": graph}, headers={"If-Match": "*"}).status_code == 204
    register = f"@base <https://w3id.org/conflict-kg/> .\n{(INVENTED / 'register.ttl').read_text()}"
    for path, body, media_type in (
        ("/graph/invented", register.encode(), "text/turtle"),
        ("/graph/post", (INVENTED / "post.yaml").read_bytes(), "application/yaml"),
    ):
        condition = {"If-Match": "*"} if client.head(path).is_success else {"If-None-Match": "*"}
        response = client.put(path, content=body, headers={"Content-Type": media_type, **condition})
        assert response.is_success, response.text


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, trust_env=False, timeout=30, headers={"Accept": "*/*"}) as client:
        yield client


@pytest.fixture
def ask(client: httpx.Client) -> Callable[..., httpx.Response]:
    """GET /sparql with a query, an Accept header and further parameters."""

    def get(query: str, accept: str = "*/*", **parameters: str) -> httpx.Response:
        return client.get("/sparql", params={"query": query, **parameters}, headers={"Accept": accept})

    return get
