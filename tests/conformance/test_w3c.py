"""The suites of W3C over HTTP, where their runners and tests are: nothing that other engines pass may fail here.

``KG_CONFORMANCE`` is the folder of the runners with ``scores/`` of others, ``KG_RDF_TESTS`` a checkout of
w3c/rdf-tests. The runners need ``requests``.
"""

import importlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from api.app import create_app
from api.services import open_services
from kg.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.conformance]

TOKEN = "a-token-for-tests-only"
# What is not so here on purpose: multipart, whose test sends Turtle that does not parse, and escapes that could
# mean one thing to our guard and another to the engine.
OURS = {
    "graph-store": {"post_get_post_get_direct", "post_get_post_get_indirect"},
    "sparql-1.2": {"sparql12/codepoint-escapes/codepoint-esc-08", "sparql12/codepoint-escapes/codepoint-esc-09"},
}
SUITES = {
    "protocol": ("sparql_protocol.py", (), "ox-protocol.json"),
    "graph-store": ("graph_store_protocol.py", ("--direct", "$base/graph"), "ox-gsp.json"),
    "description": ("service_description.py", (), "ox-sd.json"),
    "sparql-1.1": ("sparql_eval.py", (), "ox-sparql1.1.json"),
    "sparql-1.0": ("sparql_eval.py", ("--suite", "1.0"), "ox-sparql1.0.json"),
    "sparql-1.2": ("sparql_eval.py", ("--suite", "1.2"), "ox-sparql1.2.json"),
    "rdf-1.1": ("rdf_syntax_gsp.py", ("--formats", "ttl,rdf,jsonld"), "ox-rdf1.1.json"),
}


@pytest.fixture(scope="module")
def folders() -> tuple[Path, Path]:
    """The runners, and the tests."""
    runners, tests = (os.environ.get(name, "") for name in ("KG_CONFORMANCE", "KG_RDF_TESTS"))
    if not runners or not tests:
        pytest.skip("THE SUITES OF W3C ARE NOT RUN: KG_CONFORMANCE and KG_RDF_TESTS do not name their folders")
    pytest.importorskip("requests", reason="the runners of the suites of W3C need requests")
    return Path(runners), Path(tests)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server in plain mode."""
    with serving(tmp_path_factory.mktemp("w3c"), plain=True) as address:
        yield address


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server in governed mode."""
    with serving(tmp_path_factory.mktemp("w3c"), plain=False) as address:
        yield address


@contextmanager
def serving(data_dir: Path, *, plain: bool) -> Iterator[str]:
    settings = Settings(data_dir=data_dir, plain=plain, empty=True, workers=1, write_token=TOKEN)
    server = uvicorn.Server(
        uvicorn.Config(create_app(open_services(settings)), host="127.0.0.1", port=0, log_level="critical")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    while not httpx.get(f"{address}/readyz", trust_env=False).is_success:
        time.sleep(0.01)
    yield address
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("name", SUITES)
def test_nothing_fails_that_others_pass(name: str, folders: tuple[Path, Path], base: str, tmp_path: Path) -> None:
    runners, tests = folders
    runner, options, score = SUITES[name]
    outcome = tmp_path / "outcome.json"
    command = [sys.executable, str(runners / runner), "--query", f"{base}/sparql", "--json", str(outcome)]
    if name != "description":
        command += ["--update", f"{base}/sparql", "--gsp", f"{base}/graphs", "--tests", str(tests), "--destroy-data"]
        command += ["--header", f"Authorization: Bearer {TOKEN}"]
    command += [each.replace("$base", base) for each in options]
    subprocess.run(command, capture_output=True, check=False, timeout=900, cwd=tmp_path)
    ours, theirs = json.loads(outcome.read_text()), json.loads((runners / "scores" / score).read_text())
    failed = {case for case, _ in ours["failed"]}
    assert ours["passed"]
    assert failed & set(theirs["passed"]) <= OURS.get(name, set())


def test_governed_mode_answers_queries_and_bad_requests_as_the_protocol_requires(
    folders: tuple[Path, Path], governed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Governed mode does not accept the data of the suite; what it says of queries and refusals holds all the same.
    runners, tests = folders
    monkeypatch.syspath_prepend(str(runners))
    common, exchange = importlib.import_module("_common"), importlib.import_module("_exchange")
    sent, wrong = 0, []
    with common.requests.Session() as session:
        session.trust_env, session.headers["Authorization"] = False, f"Bearer {TOKEN}"
        manifest = f"{common.Tests.ROOT}sparql/sparql11/protocol/manifest.ttl"
        for _, graph, entry in common.Tests(str(tests)).entries(manifest):
            name = entry[1].rsplit("#", 1)[-1]
            for request in exchange.exchanges(graph, entry) if name.startswith(("query_", "bad_")) else ():
                response = exchange.send(
                    session, request, f"{governed}{request['path'].replace('/sparql/', '/sparql')}", 60
                )
                sent += 1
                if response.status_code not in request["status"]:
                    wrong.append((name, response.status_code, response.text))
    assert sent > 20
    assert wrong == []
