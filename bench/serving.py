"""An engine that is loaded, started and asked; what was measured of it."""

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench import rows
from bench.client import Connection
from bench.engines import TIMEOUT_S, Engine
from bench.processes import disk_mb, free_port, memory_mb, running, settle
from bench.questions import ROWS
from bench.throughput import Flow

_PROBE = "SELECT * WHERE { ?zone a <https://w3id.org/conflict-kg/ontology#Zone> } LIMIT 1"
_ERROR = re.compile(r'"status": [45]|"level": "error"|^Traceback')

Say = Callable[[str], None]


@dataclass(slots=True)
class Figures:
    """What was measured of one engine. Times are milliseconds, sizes 10^6 bytes."""

    load_s: float = 0.0
    start_s: float = 0.0
    """From the start of the server to its first answer, and to when it has nothing more to do."""
    settled_s: float = 0.0
    disk_mb: int = 0
    memory_loaded_mb: int = 0
    memory_used_mb: int = 0
    latency_ms: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    """Why a query was not measured: the engine gave other rows, or none in time."""
    flows: dict[str, Flow] = field(default_factory=dict)


class Served:
    """An engine that answers, on a port of loopback."""

    def __init__(self, engine: Engine, directory: Path, log: Path) -> None:
        self.engine, self.figures = engine, Figures()
        self._directory, self._log = directory, log
        self._running = contextlib.ExitStack()
        self.start()

    def start(self) -> None:
        """Start the server and wait for it. Raises RuntimeError when it does not find its data in the time-out."""
        self.port = free_port()
        started = time.monotonic()
        self.process = self._running.enter_context(running(self.engine.serve(self._directory, self.port), self._log))
        self.connection = self._running.enter_context(Connection(self.port, self._wait()))
        self.figures.start_s = time.monotonic() - started

    def stop(self) -> None:
        self._running.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def ask(self, query: str, media_type: str) -> bytes:
        """The answer to a query. Raises OSError or RuntimeError."""
        return self.connection.post(self.engine.request(query, media_type))

    def memory_mb(self) -> int:
        return memory_mb(self.process)

    def refusals(self) -> list[str]:
        """What the server logged last of answers that were errors, where its log is like ours."""
        return [line for line in self._log.read_text(errors="replace").splitlines() if _ERROR.search(line)][-5:]

    def _wait(self) -> float:
        """The patience of a connection, once a probe finds data in the default graph."""
        deadline = time.monotonic() + TIMEOUT_S
        failure: object = "no data in the default graph"
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with Connection(self.port, TIMEOUT_S) as connection:
                    if rows.count(connection.post(self.engine.request(_PROBE, ROWS)), ROWS):
                        return self.engine.patience_s
            except (OSError, RuntimeError) as error:
                failure = error
            time.sleep(0.1)
        raise RuntimeError(f"{self.engine.name} does not answer: {failure}\n{ending(self._log)}")


@contextlib.contextmanager
def serving(engine: Engine, data: Path, work: Path, say: Say) -> Iterator[Served]:
    """The engine, loaded into a directory of its own and answering; stopped on leaving."""
    directory, log = work / f"{engine.name}-{data.stem}", work / f"{engine.name}-{data.stem}.log"
    directory.mkdir()
    say(f"{engine.name}: loading")
    load_s = engine.load(data, directory).run(log, 60 * TIMEOUT_S)
    served = Served(engine, directory, log)
    try:
        figures = served.figures
        figures.load_s = load_s
        figures.settled_s = figures.start_s + settle(served.process, TIMEOUT_S)
        figures.memory_loaded_mb, figures.disk_mb = served.memory_mb(), disk_mb(directory)
        say(
            f"{engine.name}: loaded in {figures.load_s:.1f} s, answers after {figures.start_s:.1f} s, "
            f"settled after {figures.settled_s:.1f} s, {figures.memory_loaded_mb} MB"
        )
        yield served
    finally:
        served.stop()


def ending(log: Path) -> str:
    """The last lines of a log."""
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""
