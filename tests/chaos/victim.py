"""One server that is killed and started again over the same data directory, and processes of it that are killed."""

import os
import random
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from strace import failing_calls

from bench.attacks.server import KgServer, find_failures, start_server
from bench.processes import find_free_port, list_process_tree, processor_s

_EXIT_TIMEOUT_S = 30.0
_OBSERVED_S = 0.05
_NUMBERS = range(1, 300)
"""Of the files of the engine."""


class Victim:
    """The server; started by ``start``, and again after each end."""

    def __init__(
        self, directory: Path, settings: Mapping[str, str], tracer: Callable[[], Sequence[str]] = tuple
    ) -> None:
        """``tracer``: what to put before the command at each start."""
        self.directory, self._settings, self._tracer = directory, settings, tracer
        self.port = find_free_port()
        self._running = ExitStack()
        self._server: KgServer | None = None
        self.kills: list[str] = []

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self.directory / "data"

    @property
    def server(self) -> KgServer:
        """The server that runs."""
        assert self._server is not None
        return self._server

    def files_of(self, owner: str) -> list[Path]:
        """The files of "journal" or "engine", by the names that they have or will be given."""
        if owner == "journal":
            return [self.data / "journal" / "000000000001.journal"]
        graph = self.data / "graph"
        files = [graph / f"{number:06}.{suffix}" for number in _NUMBERS for suffix in ("log", "sst", "dbtmp")]
        return [*files, *(graph / f"MANIFEST-{number:06}" for number in _NUMBERS)]

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        server = start_server(self.directory, port=self.port, settings=self._settings, tracer=self._tracer())
        self._server = self._running.enter_context(server)

    def kill(self) -> None:
        """Kill the web process at once; all its processes end with it."""
        processes = list_process_tree(self.server.process.pid)
        self._running.close()
        self.kills.append("server")
        deadline = time.monotonic() + _EXIT_TIMEOUT_S
        while left := [pid for pid in processes if _is_running(pid)]:
            assert time.monotonic() < deadline, f"{len(left)} processes outlive the server"
            time.sleep(0.02)

    def kill_at(self, call: str, owner: str) -> None:
        """Kill the web process at its next call of this kind on a file of "journal" or "engine"."""
        injection, log = f"{call}:signal=SIGKILL:when=1", self.directory / "strace.log"
        with failing_calls(self.server.process.pid, injection, self.files_of(owner), log):
            self.server.process.wait(_EXIT_TIMEOUT_S)
        self.kill()

    def kill_any(self, chance: random.Random) -> None:
        """Kill one of the processes behind the web process."""
        if others := sorted(list_process_tree(self.server.process.pid) - {self.server.process.pid}):
            self._kill(chance.choice(others), "any")

    def kill_busiest(self) -> None:
        """Kill that one of them that computes most: with many writers, the ingest worker at work."""
        before = self._measure()
        time.sleep(_OBSERVED_S)
        after = self._measure()
        if used := {pid: after[pid] - before[pid] for pid in after.keys() & before.keys()}:
            self._kill(max(used, key=lambda pid: used[pid]), "busiest")

    def end(self) -> None:
        """End it as operators do. Fails if the log has failures."""
        self.server.terminate()
        self._running.close()
        assert not (failures := find_failures(self.server.read_log())), "\n".join(failures[:3])

    def close(self) -> None:
        """End it in any case."""
        self._running.close()

    def _measure(self) -> dict[int, float]:
        others = list_process_tree(self.server.process.pid) - {self.server.process.pid}
        return {pid: processor_s(pid) for pid in others}

    def _kill(self, pid: int, kind: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.kills.append(kind)


def _is_running(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False
