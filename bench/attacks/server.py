"""One ``kg serve`` in a process of its own, as operators start it, with its log and what is known of its processes.

Owns start, end, memory and log of the process. Does not know what is sent to it.
"""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.processes import find_free_port

TOKEN = "a-token-for-attacks-and-tests"
MAX_OPEN_FILES = 1024
"""The usual limit of open files, under which the server is started."""
_MAX_ADDRESS_SPACE = 12_000_000_000
_START_TIMEOUT_S = 180.0
_FAILURE = re.compile(r"^Traceback|Fatal Python error|Segmentation fault|^ERROR|was never retrieved", re.MULTILINE)
_EXIT_TIMEOUT_S = 60.0
_MAX_LINES, _SHOWN_LINES = 1_000, 14
"""Of a traceback."""


@dataclass(slots=True)
class KgServer:
    """A running server; ``process.pid`` is the web process."""

    process: "subprocess.Popen[bytes]"
    port: int
    directory: Path
    log: Path

    def is_running(self) -> bool:
        """Whether the web process that was started still runs."""
        return self.process.poll() is None

    def resident_mb(self) -> float:
        """Memory of the web process in 10^6 bytes; 0 once it has ended."""
        with suppress(OSError):
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            if found := re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE):
                return int(found[1]) * 1024 / 1e6
        return 0.0

    def get(self, path: str, timeout_s: float = 30.0) -> tuple[int, bytes]:
        """Status and body of a GET from this machine. Raises OSError."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Accept": "*/*"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=timeout_s) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def metric(self, name: str) -> float:
        """The value of a metric without labels; 0 without one, or without a server."""
        with suppress(OSError):
            if found := re.search(rf"^{re.escape(name)} (\S+)$", self.get("/metrics")[1].decode(), re.MULTILINE):
                return float(found[1])
        return 0.0

    def read_log(self, offset: int = 0) -> str:
        """The log from this offset in bytes."""
        with self.log.open("rb") as file:
            file.seek(offset)
            return file.read().decode(errors="replace")

    def terminate(self) -> float:
        """Send SIGTERM and return the seconds until the web process has ended; it is killed after a minute."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(_EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - started


def find_failures(log: str) -> list[str]:
    """Tracebacks (the frames nearest to the error), fatal errors, and access lines with status 500."""
    lines, found, at = log.splitlines(), [], 0
    while at < len(lines):
        start, at = at, at + 1
        if not (_FAILURE.search(lines[start]) or '"status": 500' in lines[start]):
            continue
        while at < len(lines) and not lines[at].startswith('{"time"') and at - start < _MAX_LINES:
            at += 1
        found.append("\n".join([lines[start], *lines[max(start + 1, at - _SHOWN_LINES) : at]]))
    return found


_UNLIMITED = {"KG_WRITE_RATE": "1000000", "KG_TOKEN_FAILURES": "1000000"}
"""What requests cost is of interest here, and not that there may be few of them."""


@contextmanager
def run_server(
    *options: str,
    settings: Mapping[str, str] | None = None,
    data: Path | None = None,
    stderr: int | None = None,
    work: Path | None = None,
) -> Iterator[KgServer]:
    """``kg serve OPTIONS`` in a new data directory (or a copy of ``data``), once it is ready; killed on exit.

    ``stderr`` is a file descriptor in place of the log. Raises RuntimeError with the end of the log.
    """
    directory = Path(tempfile.mkdtemp(prefix="kg-attacks-", dir=work))
    if data is not None:
        shutil.copytree(data, directory / "data")
    try:
        with start_server(directory, *options, settings=settings, stderr=stderr) as server:
            yield server
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def start_server(
    directory: Path,
    *options: str,
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
    stderr: int | None = None,
    tracer: Sequence[str] = (),
) -> Iterator[KgServer]:
    """``kg serve OPTIONS`` over ``data`` in this directory, once it is ready; killed on exit.

    ``tracer`` is put before the command, and must leave the web process our child. Raises RuntimeError with the end of
    the log.
    """
    log, port = directory / "log", port or find_free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment |= {"KG_WRITE_TOKEN": TOKEN, **_UNLIMITED, **(settings or {})}
    kg = str(Path(sys.executable).parent / "kg")
    command = [*tracer, kg, "serve", "--port", str(port), "--data-dir", str(directory / "data"), *options]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=stderr if stderr is not None else output,
            preexec_fn=_limit_resources,
        )
    server = KgServer(process, port, directory, log)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        process.kill()
        process.wait()


def _limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_OPEN_FILES, MAX_OPEN_FILES))
    # What would take all memory of this machine fails instead; far above what the web process may use.
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_ADDRESS_SPACE, resource.RLIM_INFINITY))


def _wait_until_ready(server: KgServer) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline and server.is_running():
        with suppress(OSError):
            if server.get("/readyz")[0] == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server is not ready:\n{server.read_log()[-3000:]}")
