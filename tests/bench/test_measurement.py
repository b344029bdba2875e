"""Failing engines, simulated by small servers."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.engine_server import EngineServer
from bench.engines import Engine
from bench.measurement import Budget, DisagreementError, measure
from bench.processes import Command
from bench.query_set import PAGE, POINT, RESULTS_JSON, BenchmarkQuery

pytestmark = [pytest.mark.slow, pytest.mark.serial]

_SERVER = """
import http.server, json, sys, time
port, odd, slow = int(sys.argv[1]), sys.argv[2], sys.argv[3]
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if query == slow:
            time.sleep(60)
        value = {"type": "uri", "value": "urn:odd" if query == odd else "urn:x"}
        body = json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": value}]}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""
_QUERIES = [
    BenchmarkQuery(name, RESULTS_JSON, (name,)) for name in (POINT, PAGE, "parts", "labels", "two-hops", "below-unit")
]


def _never_load(_data: Path, _directory: Path) -> Command:
    raise NotImplementedError


@pytest.fixture
def serve(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., EngineServer]:
    def start(name: str, *, odd: str = "", slow: str = "", must_agree: bool = False) -> EngineServer:
        def command(_directory: Path, port: int) -> Command:
            return Command([sys.executable, "-c", _SERVER, str(port), odd, slow])

        engine = Engine(name=name, path="/", load=_never_load, serve=command, must_agree=must_agree, timeout_s=0.5)
        server = EngineServer(engine, tmp_path, tmp_path / f"{name}.log")
        request.addfinalizer(server.stop)
        return server

    return start


def test_failures_of_other_engines_are_reported_and_the_run_continues(
    serve: Callable[..., EngineServer], tmp_path: Path
) -> None:
    progress: list[str] = []
    ours, other = serve("ours", must_agree=True), serve("other", odd=PAGE, slow="parts")
    measure([ours, other], _QUERIES, Budget(runs=1, throughput_s=1), tmp_path, progress.append)
    assert set(other.figures.failed) == {PAGE, "parts"}
    assert "other rows" in other.figures.failed[PAGE]
    assert other.figures.failed["parts"] == "no response in time"
    assert set(other.figures.latency_ms) == {query.name for query in _QUERIES} - {PAGE, "parts"}
    assert set(other.figures.throughput) == {POINT}
    assert set(ours.figures.throughput) == {POINT, PAGE, "mix"}
    assert any("other is not measured" in line for line in progress)


def test_other_rows_of_an_engine_that_must_agree_fail_the_run(
    serve: Callable[..., EngineServer], tmp_path: Path
) -> None:
    servers = [serve("ours", must_agree=True), serve("oxigraph", odd=PAGE, must_agree=True)]
    with pytest.raises(DisagreementError, match=f"{PAGE}, oxigraph: 1 rows, 1 of ours; for example"):
        measure(servers, _QUERIES, Budget(runs=1, throughput_s=1), tmp_path, lambda _: None)
