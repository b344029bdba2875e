"""Processes of the servers under measurement: started, observed through /proc, and terminated in any case."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_TERMINATION_S = 20.0
_IDLE_CPU_S = 0.08
"""Most processor time in a second of an idle server."""
_IDLE_SECONDS = 3
"""Consecutive idle seconds required: on a busy machine a server may wait for a processor."""


@dataclass(frozen=True, slots=True)
class Command:
    """Arguments, additions to the environment, and the working directory."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None

    def run(self, log: Path, timeout_s: float) -> float:
        """Run to completion and return the seconds taken. Raises RuntimeError with the end of the log."""
        started = time.monotonic()
        with run_process(self, log) as process:
            try:
                code = process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                raise RuntimeError(f"not completed in {timeout_s:.0f} s: {' '.join(self.arguments)}") from None
        if code:
            raise RuntimeError(f"{' '.join(self.arguments)} failed:\n{log.read_text(errors='replace')[-2000:]}")
        return time.monotonic() - started


@contextlib.contextmanager
def run_process(command: Command, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process in its own session, with its output in ``log``; terminated with all its children on exit."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command.arguments,
            env={**os.environ, **command.environment},
            cwd=command.directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _terminate(process)


def _terminate(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_TERMINATION_S)


def find_free_port() -> int:
    """An unused port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def memory_mb(process: subprocess.Popen[bytes]) -> int:
    """Proportional set size (PSS) of the process and its descendants, in 10^6 bytes."""
    return round(sum(map(_pss_kb, list_process_tree(process.pid))) * 1024 / 1e6)


def wait_until_idle(process: subprocess.Popen[bytes], timeout_s: float) -> float:
    """Wait until the process and its descendants are idle, and return the seconds waited."""
    started = time.monotonic()
    before, idle_seconds = 0.0, 0
    while idle_seconds < _IDLE_SECONDS and time.monotonic() - started < timeout_s:
        time.sleep(1)
        now = sum(map(processor_s, list_process_tree(process.pid)))
        idle_seconds = idle_seconds + 1 if now - before < _IDLE_CPU_S else 0
        before = now
    return time.monotonic() - started


def disk_mb(directory: Path) -> int:
    """Disk usage of a directory in 10^6 bytes, hard links counted once."""
    files = {(s.st_dev, s.st_ino): s.st_blocks for f in directory.rglob("*") if (s := f.lstat()) and f.is_file()}
    return round(sum(files.values()) * 512 / 1e6)


def list_process_tree(root: int) -> set[int]:
    """The process and its descendants."""
    parents = dict(filter(None, map(_parent_entry, Path("/proc").glob("[0-9]*/stat"))))
    tree = {root}
    while children := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= children
    return tree


def _parent_entry(stat: Path) -> tuple[int, int] | None:
    try:
        return int(stat.parent.name), int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return None


def processor_s(pid: int) -> float:
    """Seconds of processor time that the process has used; 0 once it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _pss_kb(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return int(rollup.partition("\nPss:")[2].split()[0])
