"""Servers under measurement: started on loopback, asked for their memory, and ended, whatever happens."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PATIENCE_S = 20.0
_IDLE_S = 0.08
"""Of computing in a second, by a server at rest."""
_QUIET_SECONDS = 3
"""So many in a row: on a busy machine a server may have to wait for its turn."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, what to add to the environment, and where."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None

    def run(self, log: Path, timeout_s: float) -> float:
        """Run to the end; the seconds it took. Raises RuntimeError with the end of the log."""
        started = time.monotonic()
        with running(self, log) as process:
            try:
                code = process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                raise RuntimeError(f"not done in {timeout_s:.0f} s: {' '.join(self.arguments)}") from None
        if code:
            raise RuntimeError(f"{' '.join(self.arguments)} failed:\n{log.read_text(errors='replace')[-2000:]}")
        return time.monotonic() - started


@contextlib.contextmanager
def running(command: Command, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process, in a session of its own, with its output in ``log``; ended with all its children on leaving."""
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
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_S)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def memory_mb(process: subprocess.Popen[bytes]) -> int:
    """Resident memory of the process and all below it, shared pages counted once (PSS), in 10^6 bytes."""
    return round(sum(map(_pss_kb, _tree(process.pid))) * 1024 / 1e6)


def settle(process: subprocess.Popen[bytes], patience_s: float) -> float:
    """Wait until nothing below the process computes any more, as after loading in the background; seconds waited."""
    started = time.monotonic()
    before, quiet = 0.0, 0
    while quiet < _QUIET_SECONDS and time.monotonic() - started < patience_s:
        time.sleep(1)
        now = sum(map(_computed_s, _tree(process.pid)))
        quiet = quiet + 1 if now - before < _IDLE_S else 0
        before = now
    return time.monotonic() - started


def disk_mb(directory: Path) -> int:
    """What a directory takes, hard links counted once, in 10^6 bytes."""
    files = {(s.st_dev, s.st_ino): s.st_blocks for f in directory.rglob("*") if (s := f.lstat()) and f.is_file()}
    return round(sum(files.values()) * 512 / 1e6)


def _tree(root: int) -> set[int]:
    parents = dict(filter(None, map(_parent, Path("/proc").glob("[0-9]*/stat"))))
    found = {root}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _parent(stat: Path) -> tuple[int, int] | None:
    try:
        return int(stat.parent.name), int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return None


def _computed_s(pid: int) -> float:
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
