"""The parent's side of one worker: its socket, its end, and what the end means.

One party at a time asks and reads; ``kill`` may come from any.
"""

import json
import os
import re
import select
import signal
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kg.errors import (
    ConflictKgError,
    QueryDeadlineError,
    QueryLimitError,
    QueryMemoryError,
    QueryRefusedError,
    StoreError,
)
from kg.execution.async_reader import AsyncReader
from kg.execution.framing import FrameReader, FrameType
from kg.store.sparql_text import parse_syntax_error

_START_TIMEOUT_S = 60.0
_BEHIND = 10
_UNKNOWN_FUNCTION = re.compile(r"custom function (<[^>]*>) is not supported")
_PROCESS_CPU = 2  # CPUCLOCK_SCHED of another process, as clock_getcpuclockid(3) makes it


@dataclass(frozen=True, slots=True)
class ResourceLimits:
    """What one query may use."""

    seconds: float
    memory_mb: int
    result_mb: int


class Source(Protocol):
    """What workers are forked by."""

    def reap(self, worker: "WorkerHandle") -> None:
        """End it, wait until it is gone, and call its ``ended``."""
        ...


class WorkerHandle:
    """One process forked by ``source``; it has the graph of ``version``, from ``checkpoint`` or from its fork."""

    def __init__(
        self, pid: int, connection: socket.socket, source: "Source", version: int, checkpoint: Path | None
    ) -> None:
        self.pid, self.connection, self.source = pid, connection, source
        self.version, self.checkpoint = version, checkpoint
        self.inbox = FrameReader(connection)
        self.listener = AsyncReader(connection, self.inbox)
        self.end: Future[int] = Future()
        # The zygote reaps only what it is told to, so until then the number is this process's own.
        self._handle = os.pidfd_open(pid)
        self._clock = (~pid << 3) | _PROCESS_CPU
        self._computed_s = 0.0
        self._makes_way = False

    def wait_until_ready(self) -> None:
        """Raises StoreError, after having ended it."""
        self.connection.settimeout(_START_TIMEOUT_S)
        try:
            frame, _ = self.inbox.wait()
        except (EOFError, TimeoutError):
            self.disconnect()
            self.source.reap(self)
            raise StoreError("a query worker could not open its copy of the graph") from None
        assert frame is FrameType.READY
        self.connection.settimeout(None)

    def tell(self, data: bytes) -> bool:
        """Send frames; whether the worker is still there to read them."""
        try:
            sent = self._sent(data)
            if sent < len(data):
                self.connection.setblocking(True)
                self.connection.sendall(data[sent:])
        except OSError:
            return False
        return True

    def _sent(self, data: bytes) -> int:
        try:
            return self.connection.send(data)
        except BlockingIOError:  # some event loops (libuv's) make what they watch non-blocking
            return 0

    def computed_s(self) -> float:
        """Seconds of computing in all its life; what was last seen, once it is gone."""
        try:
            self._computed_s = time.clock_gettime(self._clock)
        except OSError:
            return self._computed_s
        return self._computed_s

    def make_way(self, *, for_others: bool) -> None:
        """Let other processes compute first, or no longer. Where the latter is not permitted it goes on making way."""
        if for_others is not self._makes_way:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.pid, _BEHIND if for_others else 0)
                self._makes_way = for_others

    def kill(self) -> None:
        """SIGKILL, now."""
        with suppress(OSError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def cut_off(self) -> None:
        """Kill it and let its reader see the end now, not only when the kernel has freed all its memory."""
        self.kill()
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def wait(self) -> None:
        """Until it has ended, its memory freed; it is still to be reaped."""
        ends = select.poll()
        ends.register(self._handle, select.POLLIN)
        ends.poll()

    def ended(self, status: int) -> None:
        """It is gone; ``status`` is its exit code, or minus the signal."""
        os.close(self._handle)
        self._handle = -1
        self.end.set_result(status)

    def disconnect(self) -> None:
        """Close the socket. Only for who reads it: a closed descriptor's number is soon another's."""
        self.listener.close()


def cause_of_death(status: int, bounds: ResourceLimits) -> QueryLimitError:
    """What a query did to its worker."""
    if status == -signal.SIGABRT:
        return QueryMemoryError(bounds.memory_mb)
    if status == -signal.SIGALRM:
        return QueryDeadlineError(bounds.seconds)
    return QueryLimitError("stopped: the query was too much for the engine; simplify it")


def failure(payload: bytes, bounds: ResourceLimits) -> ConflictKgError:
    """What a worker says that it could not do."""
    answer = json.loads(payload)
    message = answer["message"]
    match answer["kind"]:
        case "syntax":
            return parse_syntax_error(message)
        case "memory":
            return QueryMemoryError(bounds.memory_mb)
        case "size":
            return QueryLimitError(f"stopped: the result is larger than {bounds.result_mb} MB; narrow it, or use LIMIT")
        case _:
            if unknown := _UNKNOWN_FUNCTION.search(message):
                # SPARQL 1.1 would let it be an error in every row: a slip of the pen would look like "nothing found".
                return QueryRefusedError(
                    f"the function {unknown[1]} is not known here; take one of SPARQL 1.1 or leave it out"
                )
            return QueryLimitError(f"the engine gave up: {message}")
