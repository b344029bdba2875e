"""Programs whose system calls fail, or are recorded, by strace."""

import os
import re
import shutil
import subprocess
import sys
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


def inject(folder: Path, injection: str, command: Sequence[str], paths: Sequence[Path] = ()) -> Trace:
    """Run the command to its end, with failures as ``-e inject=`` of strace writes them; on these files, if given."""
    log = folder / "strace.log"
    call = injection.partition(":")[0]
    options = [*strace_options(log, call, injection), *(f"--trace-path={path}" for path in paths)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([path for path in sys.path if path])}
    ended = subprocess.run([*options, *command], capture_output=True, text=True, env=environment)
    return Trace(ended.stdout, ended.stderr, _CALL.findall(log.read_text()))
