"""Other engines, started as in docs/operating.md, and the server over each of them."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from shipped_data import ShippedData

from api.app import create_app
from api.services import open_services
from bench import virtuoso
from kg.settings import Settings

TOKEN = "a-token-for-tests-only"
_JARS = "org/apache/jena/jena-fuseki-server/*/jena-fuseki-server-*.jar"
_FUSEKI = """\
PREFIX : <#>
PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>
[] a fuseki:Server ; fuseki:services (:service) .
:service fuseki:name "ds" ; fuseki:dataset :data ;
    fuseki:endpoint [ fuseki:operation fuseki:query ; fuseki:name "query" ] ,
        [ fuseki:operation fuseki:update ; fuseki:name "update" ] .
:data a tdb2:DatasetTDB2 ; tdb2:location "$directory" ; tdb2:unionDefaultGraph $union .
"""

Starting = Callable[[Path, bool], "tuple[list[str], str]"]


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _oxigraph(_directory: Path, union: bool) -> tuple[list[str], str]:
    port = _port()
    program = str(Path(sys.executable).parent / "oxigraph")
    options = ["--union-default-graph"] if union else []
    return [program, "serve", "--bind", f"127.0.0.1:{port}", *options], f"http://127.0.0.1:{port}/query"


def _fuseki(directory: Path, union: bool) -> tuple[list[str], str]:
    java = shutil.which("java")
    repository = Path(os.environ.get("M2_REPO", Path.home() / ".m2" / "repository"))
    jar = max(repository.glob(_JARS), default=None)
    if java is None or jar is None:
        pytest.skip("APACHE JENA FUSEKI IS NOT TESTED: it needs java and its jar, see docs/operating.md")
    port = _port()
    configuration = directory / "fuseki.ttl"
    text = _FUSEKI.replace("$directory", str(directory / "tdb2")).replace("$union", str(union).lower())
    configuration.write_text(text)
    options = ["--localhost", f"--port={port}", f"--config={configuration}"]
    return [java, "-Xmx1G", "-jar", str(jar), *options], f"http://127.0.0.1:{port}/ds/query"


@contextmanager
def _running(command: list[str], url: str, directory: Path) -> Iterator[str]:
    process = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if httpx.get(url, params={"query": "ASK { GRAPH ?graph { ?s ?p ?o } }"}, trust_env=False).is_success:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        assert process.poll() is None
        yield url
    finally:
        process.kill()
        process.wait()


@contextmanager
def _serving(settings: Settings) -> Iterator[httpx.Client]:
    services = open_services(settings)
    config = uvicorn.Config(create_app(services), host="127.0.0.1", port=0, log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "*/*"}
        with httpx.Client(base_url=address, trust_env=False, timeout=60, headers=headers) as client:
            while client.get("/readyz").status_code != 200:
                time.sleep(0.1)
            services.writer.validate_all()  # until then, writes are answered with 503
            yield client
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def _running_virtuoso(directory: Path) -> Iterator[str]:
    """Virtuoso, in which anybody may update."""
    program, isql = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if program is None or isql is None:
        pytest.skip("VIRTUOSO IS NOT TESTED: it needs virtuoso-t and isql-vt (virtuoso-opensource of Debian)")
    port, sql_port = _port(), _port()
    command = virtuoso.server_command(program, directory, port, sql_port)
    with _running([*command.arguments], f"http://127.0.0.1:{port}/sparql", directory) as url:
        grant = [isql, f"127.0.0.1:{sql_port}", "dba", "dba", 'exec=GRANT SPARQL_UPDATE TO "SPARQL";']
        subprocess.run(grant, check=True, stdout=subprocess.DEVNULL, timeout=60)
        yield url


@pytest.fixture(
    params=["oxigraph", *(pytest.param(name, marks=pytest.mark.engines) for name in ("fuseki", "virtuoso"))]
)
def import_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty engine, for one test of imports."""
    if request.param == "virtuoso":
        with _running_virtuoso(tmp_path) as url:
            yield url
        return
    command, url = {"oxigraph": _oxigraph, "fuseki": _fuseki}[request.param](tmp_path, True)
    with _running(command, url, tmp_path):
        yield url


@pytest.fixture(scope="session", params=["oxigraph", pytest.param("fuseki", marks=pytest.mark.engines)])
def starting(request: pytest.FixtureRequest) -> Starting:
    """Starts an engine."""
    return {"oxigraph": _oxigraph, "fuseki": _fuseki}[request.param]


@pytest.fixture
def engine(starting: Starting, tmp_path: Path) -> Iterator[str]:
    """The address of an empty engine, for one test."""
    command, url = starting(tmp_path, True)
    with _running(command, url, tmp_path) as store:
        yield store


@pytest.fixture(scope="session")
def governed(starting: Starting, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The server with the shipped data in that engine."""
    directory = tmp_path_factory.mktemp("governed")
    command, url = starting(directory, True)
    with (
        _running(command, url, directory) as store,
        _serving(Settings(data_dir=directory, store=store, write_token=TOKEN, samples=False)) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def plain(starting: Starting, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The server in plain mode over that engine, empty."""
    directory = tmp_path_factory.mktemp("plain")
    command, url = starting(directory, False)
    settings = Settings(data_dir=directory, store=url, plain=True, write_token=TOKEN, query_timeout_s=5)
    with _running(command, url, directory), _serving(settings) as client:
        yield client


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory, shipped_data: ShippedData) -> Iterator[httpx.Client]:
    """The server with the shipped data in its own store."""
    directory = shipped_data.copy(tmp_path_factory.mktemp("embedded"))
    with _serving(Settings(data_dir=directory, workers=1, write_token=TOKEN)) as client:
        yield client
