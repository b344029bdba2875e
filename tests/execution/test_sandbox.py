"""What a confined process can no longer do, tested from inside one."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ATTEMPTS = {
    "socket": "import socket; socket.socket()",
    "socket in a thread that was there before": (
        "gate.set(); thread.join(); raise outcome[0] if outcome else SystemExit(0)"
    ),
    "socketpair": "import socket; socket.socketpair()",
    "another program": "import os; os.execv(sys.executable, [sys.executable, '-c', ''])",
    "memory": "bytearray(200_000_000)",
}
CONFINED = """
import socket, sys, threading
from kg.execution.sandbox import confine
gate, outcome = threading.Event(), []

def attempt():
    gate.wait(5)
    try:
        socket.socket()
    except OSError as error:
        outcome.append(error)

thread = threading.Thread(target=attempt, daemon=True)
thread.start()
confine(100)
try:
    exec(sys.argv[1])
except (OSError, MemoryError):
    sys.exit(42)
"""


@pytest.mark.parametrize("name", ATTEMPTS)
def test_confined_process_cannot(name: str, repository: Path) -> None:
    command = [sys.executable, "-c", CONFINED, ATTEMPTS[name]]
    assert subprocess.run(command, cwd=repository, check=False).returncode == 42


def test_confined_process_can_read_files(repository: Path) -> None:
    command = [sys.executable, "-c", CONFINED, "open(sys.executable, 'rb').read(1)"]
    assert subprocess.run(command, cwd=repository, check=False).returncode == 0
