"""A running engine: loaded, started, queried and stopped, with the figures measured of it."""

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench import result_rows
from bench.client import Connection
from bench.engines import TIMEOUT_S, Engine
from bench.processes import disk_mb, find_free_port, memory_mb, run_process, wait_until_idle
from bench.query_set import RESULTS_JSON
from bench.throughput import Throughput

_PROBE = "SELECT * WHERE { ?zone a <https://w3id.org/conflict-kg/ontology#Zone> } LIMIT 1"
_ERROR = re.compile(r'"status": [45]|"level": "error"|^Traceback')

Report = Callable[[str], None]
"""Prints a line of progress."""


@dataclass(slots=True)
class Figures:
    """What was measured of one engine. Times are in seconds or milliseconds, sizes in 10^6 bytes."""

    load_s: float = 0.0
    start_s: float = 0.0
    """From the start of the process to the first response."""
    settled_s: float = 0.0
    """From the start of the process until it is idle."""
    disk_mb: int = 0
    memory_loaded_mb: int = 0
    memory_used_mb: int = 0
    latency_ms: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    """Why a query was not measured: other rows than ours, or no response in time."""
    throughput: dict[str, Throughput] = field(default_factory=dict)


class EngineServer:
    """The server process of an engine, on a port of loopback."""

    def __init__(self, engine: Engine, directory: Path, log: Path) -> None:
        self.engine, self.figures = engine, Figures()
        self._directory, self._log = directory, log
        self._resources = contextlib.ExitStack()
        self.start()

    def start(self) -> None:
        """Start the server and wait for it. Raises RuntimeError if it does not find its data in time."""
        self.port = find_free_port()
        started = time.monotonic()
        command = self.engine.serve(self._directory, self.port)
        self.process = self._resources.enter_context(run_process(command, self._log))
        self._wait_until_ready()
        self.connection = self._resources.enter_context(Connection(self.port, self.engine.timeout_s))
        self.figures.start_s = time.monotonic() - started

    def stop(self) -> None:
        self._resources.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def query(self, query: str, accept: str) -> bytes:
        """The body of the response. Raises OSError or RuntimeError."""
        return self.connection.send(self.engine.build_request(query, accept))

    def memory_mb(self) -> int:
        return memory_mb(self.process)

    def recent_errors(self) -> list[str]:
        """The last errors in the log, if its format is that of conflict-kg."""
        return [line for line in self._log.read_text(errors="replace").splitlines() if _ERROR.search(line)][-5:]

    def _wait_until_ready(self) -> None:
        """Probe until the default graph contains data."""
        deadline = time.monotonic() + TIMEOUT_S
        failure: object = "no data in the default graph"
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with Connection(self.port, TIMEOUT_S) as connection:
                    response = connection.send(self.engine.build_request(_PROBE))
                    if result_rows.count_rows(response, RESULTS_JSON):
                        return
            except (OSError, RuntimeError) as error:
                failure = error
            time.sleep(0.1)
        raise RuntimeError(f"{self.engine.name} does not respond: {failure}\n{_read_tail(self._log)}")


@contextlib.contextmanager
def run_engine(engine: Engine, data: Path, work: Path, report: Report) -> Iterator[EngineServer]:
    """Load the engine into its own directory and serve it; stopped on exit."""
    directory, log = work / f"{engine.name}-{data.stem}", work / f"{engine.name}-{data.stem}.log"
    directory.mkdir()
    report(f"{engine.name}: loading")
    load_s = engine.load(data, directory).run(log, 60 * TIMEOUT_S)
    server = EngineServer(engine, directory, log)
    try:
        figures = server.figures
        figures.load_s = load_s
        figures.settled_s = figures.start_s + wait_until_idle(server.process, TIMEOUT_S)
        figures.memory_loaded_mb, figures.disk_mb = server.memory_mb(), disk_mb(directory)
        report(
            f"{engine.name}: loaded in {figures.load_s:.1f} s, responds after {figures.start_s:.1f} s, "
            f"idle after {figures.settled_s:.1f} s, {figures.memory_loaded_mb} MB"
        )
        yield server
    finally:
        server.stop()


def _read_tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""
