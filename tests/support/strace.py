"""Programs whose system calls fail, or are recorded, by strace."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

_CALL = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(\w+)\(", re.MULTILINE)


@dataclass(frozen=True)
class Trace:
    """What a program printed, and its calls."""

    stdout: str
    stderr: str
    calls: list[str]


def strace_options(log: Path, calls: str, injection: str = "") -> list[str]:
    """What to put before a command; the test is skipped, loudly, where there is no strace."""
    program = shutil.which("strace")
    if program is None or subprocess.run([program, "true"], capture_output=True).returncode:
        pytest.skip("FAILURES OF THE DISK ARE NOT TESTED: there is no strace here, or it may not trace")
    options = [program, "--follow-forks", "--quiet=all", "--output", str(log), "-e", f"trace={calls}"]
    return [*options, "-e", f"inject={injection}"] if injection else options


def inject(folder: Path, injection: str, command: Sequence[str]) -> Trace:
    """Run the command to its end, with failures as ``-e inject=`` of strace writes them."""
    log = folder / "strace.log"
    call = injection.partition(":")[0]
    ended = subprocess.run([*strace_options(log, call, injection), *command], capture_output=True, text=True)
    return Trace(ended.stdout, ended.stderr, _CALL.findall(log.read_text()))
