"""Engines that fail at something, played by small servers."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.engines import Engine
from bench.measuring import Disagreement, Effort, measured
from bench.processes import Command
from bench.questions import PAGE, POINT, ROWS, Question
from bench.serving import Served

pytestmark = pytest.mark.slow

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
_ASKED = [Question(name, ROWS, (name,)) for name in (POINT, PAGE, "parts", "labels", "two-hops", "below-unit")]


@pytest.fixture
def serve(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Served]:
    def start(name: str, *, odd: str = "", slow: str = "", is_judged: bool = False) -> Served:
        def command(directory: Path, port: int) -> Command:
            return Command([sys.executable, "-c", _SERVER, str(port), odd, slow])

        def load(data: Path, directory: Path) -> Command:
            raise NotImplementedError

        engine = Engine(name=name, path="/", load=load, serve=command, is_judged=is_judged, patience_s=0.5)
        served = Served(engine, tmp_path, tmp_path / f"{name}.log")
        request.addfinalizer(served.stop)
        return served

    return start


def test_other_rows_of_an_engine_are_told_and_the_run_goes_on(serve: Callable[..., Served], tmp_path: Path) -> None:
    told: list[str] = []
    ours, other = serve("ours", is_judged=True), serve("other", odd=PAGE, slow="parts")
    measured([ours, other], _ASKED, Effort(runs=1, crowd_s=1), tmp_path, told.append)
    assert set(other.figures.failed) == {PAGE, "parts"}
    assert "other rows" in other.figures.failed[PAGE]
    assert other.figures.failed["parts"] == "no answer in time"
    assert set(other.figures.latency_ms) == {each.name for each in _ASKED} - {PAGE, "parts"}
    assert set(other.figures.flows) == {POINT}
    assert set(ours.figures.flows) == {POINT, PAGE, "mix"}
    assert any("other is not measured" in line for line in told)


def test_other_rows_of_a_judged_engine_fail_the_run(serve: Callable[..., Served], tmp_path: Path) -> None:
    servers = [serve("ours", is_judged=True), serve("oxigraph", odd=PAGE, is_judged=True)]
    with pytest.raises(Disagreement, match=f"{PAGE}, oxigraph: 1 rows, 1 of ours; for example"):
        measured(servers, _ASKED, Effort(runs=1, crowd_s=1), tmp_path, lambda _: None)
