"""Programs whose system calls fail, or are recorded, by strace."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from required import skip_unless_required

_CALL = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(\w+)\(", re.MULTILINE)


@dataclass(frozen=True)
class Trace:
    """What a program printed, and its calls."""

    stdout: str
    stderr: str
    calls: list[str]


def strace_options(log: Path, calls: str, injection: str = "") -> list[str]:
    """What to put before a command; the test is skipped, loudly, where there is no strace, and fails in CI."""
    program = shutil.which("strace")
    if program is None or subprocess.run([program, "true"], capture_output=True).returncode:
        skip_unless_required("FAILURES OF THE DISK ARE NOT TESTED: there is no strace here, or it may not trace")
    assert program is not None
    options = [program, "--follow-forks", "--quiet=all", "--output", str(log), "-e", f"trace={calls}"]
    return [*options, "-e", f"inject={injection}"] if injection else options


@contextmanager
def failing_calls(pid: int, injection: str, paths: Sequence[Path], log: Path) -> Iterator[None]:
    """Within the block, calls of a running process fail on these files, as ``-e inject=`` of strace writes it.

    The test is skipped, loudly, where no process may be traced that runs already; in CI it fails.
    """
    options = strace_options(log, injection.partition(":")[0], injection)
    command = [*options, *(f"--trace-path={path}" for path in paths), f"--attach={pid}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
        try:
            while not all(map(_is_traced, Path(f"/proc/{pid}/task").iterdir())):
                if tracer.poll() is not None:
                    skip_unless_required(
                        "A DISK THAT BEGINS TO FAIL IS NOT TESTED: this process may not trace another (run it as root)"
                    )
                time.sleep(0.01)
            yield
        finally:
            tracer.terminate()


def _is_traced(task: Path) -> bool:
    with suppress(OSError):
        return "\nTracerPid:\t0\n" not in (task / "status").read_text()
    return True  # it has ended


def inject(folder: Path, injection: str, command: Sequence[str], paths: Sequence[Path] = ()) -> Trace:
    """Run the command to its end, with failures as ``-e inject=`` of strace writes them; on these files, if given."""
    log = folder / "strace.log"
    call = injection.partition(":")[0]
    options = [*strace_options(log, call, injection), *(f"--trace-path={path}" for path in paths)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([path for path in sys.path if path])}
    ended = subprocess.run([*options, *command], capture_output=True, text=True, env=environment)
    return Trace(ended.stdout, ended.stderr, _CALL.findall(log.read_text()))
