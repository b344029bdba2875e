"""Which project files run for one warm request: the counts that docs/architecture.md states are the counts seen here.

Method: the server runs in threads of this process, with the protocol class of ``kg serve``, over the shipped data and
one query worker. After three warm-up requests a profile function (``threading.setprofile``) records, for four more
requests, every call of a function in ``kg`` or ``api``; the one with the fewest files is used. Counted are files,
crossings (calls from one project file to another) and re-entries (crossings into a file that is already on the stack,
that is, control that goes back up). What a timer of the event loop runs is not.
The worker process is not counted.
"""

import asyncio
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import httpx
import pytest
import uvicorn
from shipped_data import ShippedData

from api.app import create_app
from api.http.uvicorn_protocol import HttpProtocol
from api.services import open_services
from kg.settings import DEFAULT_BASE_IRI, Settings

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "kg" / "questions" / "who-declared-which-zone.graphql").read_text(encoding="utf-8")
ZONE = f"{DEFAULT_BASE_IRI}id/zone/east-ghouta"
WARM_UP = 3
RECORDED = 4

pytestmark = [pytest.mark.slow, pytest.mark.serial]


@dataclass
class Trace:
    """Records the calls of functions in ``kg`` and ``api`` while ``is_recording``."""

    is_recording: bool = False
    files: Counter[str] = field(default_factory=Counter)
    crossings: int = 0
    reentries: int = 0
    names: dict[str, str | None] = field(default_factory=dict)

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        if not self.is_recording or event != "call" or (name := self._name(frame)) is None:
            return
        if _is_of_a_timer(frame):
            return
        self.files[name] += 1
        callers = list(self._callers(frame))
        if callers and callers[0] != name:
            self.crossings += 1
            self.reentries += name in callers

    def _callers(self, frame: FrameType) -> Iterator[str]:
        while caller := frame.f_back:
            if name := self._name(caller):
                yield name
            frame = caller

    def _name(self, frame: FrameType) -> str | None:
        """The path of a project file; None for every other file."""
        path = frame.f_code.co_filename
        if path not in self.names:
            inside = Path(path).relative_to(ROOT) if path.startswith(f"{ROOT}/") else Path()
            self.names[path] = str(inside) if inside.parts[:1] in (("kg",), ("api",)) else None
        return self.names[path]


def _is_of_a_timer(frame: FrameType | None) -> bool:
    """Whether a timer of the event loop runs it: on a busy machine these run beside any request."""
    while frame and frame.f_code is not asyncio.Handle._run.__code__:  # noqa: SLF001
        frame = frame.f_back
    return frame is not None and isinstance(frame.f_locals["self"], asyncio.TimerHandle)


@contextmanager
def traced_server(directory: Path, trace: Trace) -> Iterator[str]:
    threading.setprofile(trace)
    app = create_app(open_services(Settings(data_dir=directory, workers=1)))
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", http=HttpProtocol, loop="asyncio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        while httpx.get(f"{address}/readyz", trust_env=False).status_code != httpx.codes.OK:
            time.sleep(0.1)
        yield address
    finally:
        threading.setprofile(None)
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def trace() -> Trace:
    return Trace()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, shipped_data: ShippedData, trace: Trace) -> Iterator[httpx.Client]:
    with (
        traced_server(shipped_data.copy(tmp_path_factory.mktemp("data")), trace) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60) as client,
    ):
        yield client


def requests() -> dict[str, httpx.Request]:
    query = f"SELECT ?label {{ <{ZONE}> <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }}"
    json = {"Accept": "application/json"}
    question = {"zone": "east-ghouta", "place": "ein-tarma"}
    graphql = {"query": DOCUMENT, "variables": {"zone": ZONE}, "operationName": "WhoDeclaredWhichZone"}
    return {
        "small SPARQL GET": httpx.Request("GET", "http://x/sparql", params={"query": query}),
        "GraphQL main request": httpx.Request("POST", "http://x/graphql", json=graphql, headers=json),
        "yes/no question": httpx.Request(
            "GET", "http://x/questions/does-zone-cover-place", params=question, headers=json
        ),
    }


def record(client: httpx.Client, trace: Trace, request: httpx.Request) -> Trace:
    """The trace of the request that ran the fewest files: now and then a thread runs beside a request."""
    seen: list[Trace] = []
    for _ in range(WARM_UP + RECORDED):
        trace.is_recording = False
        trace.files.clear()
        trace.crossings = trace.reentries = 0
        time.sleep(0.2)  # nothing of an earlier request is still running
        trace.is_recording = True
        response = client.request(
            request.method, request.url.raw_path.decode(), content=request.read(), headers=request.headers
        )
        time.sleep(0.05)
        trace.is_recording = False
        assert response.status_code == httpx.codes.OK, response.text
        assert "errors" not in response.text
        seen.append(Trace(files=trace.files.copy(), crossings=trace.crossings, reentries=trace.reentries))
    return min(seen[WARM_UP:], key=lambda recorded: len(recorded.files))


@pytest.mark.parametrize("name", list(requests()))
def test_no_more_files_run_than_the_architecture_page_states(
    name: str, client: httpx.Client, trace: Trace, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = record(client, trace, requests()[name])
    with capsys.disabled():
        print(f"\n{name}: {len(seen.files)} files, {seen.crossings} crossings, {seen.reentries} re-entries")
        print("  " + "\n  ".join(f"{file} {calls}" for file, calls in sorted(seen.files.items())))
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| {re.escape(name)} \| (\d+) → (\d+) ", page, re.MULTILINE)
    assert row, f"docs/architecture.md has no row for {name}"
    assert len(seen.files) <= int(row[2])
