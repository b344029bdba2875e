"""The parent's side of one worker process: start it, ask it, read it with a deadline, end it.

Translates every way a worker can fail or die into the error family. One thread asks and
reads; ``kill`` and ``reap`` may come from any.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kg
from kg.errors import ConflictKgError, QueryDeadline, QueryLimit, QueryMemory, StoreFailure
from kg.execution.frames import HEADER, Frame
from kg.store.sparql import syntax_error

_START_TIMEOUT_S = 60.0
_GRACE_S = 0.25


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one query may use."""

    seconds: float
    memory_mb: int
    result_mb: int


class WorkerProcess:
    """One child process over one checkpoint. It dies with the *thread* that starts it, so that one must live long."""

    def __init__(self, checkpoint: Path, memory_mb: int, version: int) -> None:
        self.version, self.checkpoint = version, checkpoint
        self._memory_mb = memory_mb
        self._buffer = bytearray()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kg.execution.worker", str(checkpoint), str(memory_mb), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=_environment(),
        )
        assert self._process.stdout is not None
        self._fd = self._process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        try:
            frame, _ = self._frame(time.monotonic() + _START_TIMEOUT_S)
        except (EOFError, TimeoutError):
            self.reap()
            self.disconnect()
            raise StoreFailure("a query worker could not open its checkpoint of the graph") from None
        assert frame is Frame.READY

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], bounds: Bounds) -> Iterator[tuple[Frame, bytes]]:
        """HEAD, then CHUNKs, then END. Raises QuerySyntax, QueryLimit or StoreFailure instead of going on."""
        deadline = time.monotonic() + bounds.seconds
        request |= {"seconds": bounds.seconds + _GRACE_S, "result_bytes": bounds.result_mb * 1_000_000}
        try:
            self._send(json.dumps(request).encode())
            frame = Frame.HEAD
            while frame is not Frame.END:
                frame, payload = self._frame(deadline)
                if frame is Frame.ERROR:
                    raise _failure(json.loads(payload), bounds)
                yield frame, payload
        except TimeoutError:
            self.kill()
            raise QueryDeadline(bounds.seconds) from None
        except (EOFError, BrokenPipeError):
            raise self._cause_of_death(bounds) from None

    def kill(self) -> None:
        """SIGKILL, now; ``reap`` waits for its end."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def reap(self) -> None:
        """Kill it and wait until it is gone."""
        self.kill()
        self._process.wait()

    def disconnect(self) -> None:
        """Close the pipes. Only for who reads them: a closed descriptor's number is soon another pipe's."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _send(self, payload: bytes) -> None:
        assert self._process.stdin is not None
        data = memoryview(len(payload).to_bytes(4, "big") + payload)
        while data:
            data = data[self._process.stdin.write(data) :]

    def _frame(self, deadline: float) -> tuple[Frame, bytes]:
        kind, length = HEADER.unpack(self._bytes(HEADER.size, deadline))
        return Frame(kind), self._bytes(length, deadline)

    def _bytes(self, length: int, deadline: float) -> bytes:
        while len(self._buffer) < length:
            if not self._poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise TimeoutError
            data = os.read(self._fd, 1 << 17)
            if not data:
                raise EOFError
            self._buffer += data
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def _cause_of_death(self, bounds: Bounds) -> QueryLimit:
        # The pipe closes an instant before the process is gone; its own signal must be the one that is seen.
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        self.kill()
        code = self._process.wait()
        if code == -signal.SIGABRT:
            return QueryMemory(bounds.memory_mb)
        if code == -signal.SIGALRM:
            return QueryDeadline(bounds.seconds)
        return QueryLimit("stopped: the query was too much for the engine; simplify it")


def _failure(answer: dict[str, str], bounds: Bounds) -> ConflictKgError:
    message = answer["message"]
    match answer["kind"]:
        case "syntax":
            return syntax_error(message)
        case "memory":
            return QueryMemory(bounds.memory_mb)
        case "size":
            return QueryLimit(f"stopped: the result is larger than {bounds.result_mb} MB; narrow it, or use LIMIT")
        case _:
            return QueryLimit(f"the engine gave up: {message}")


def _environment() -> dict[str, str]:
    # Nothing secret goes to where outside queries run; arenas would eat into the limit of address space.
    package = Path(kg.__file__).parent.parent
    paths = [str(package), *(str(Path(path).resolve()) for path in sys.path if path)]
    return {"PYTHONPATH": os.pathsep.join(paths), "MALLOC_ARENA_MAX": "2"}
