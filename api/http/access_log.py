"""The access log: one line of JSON a request, without tokens and without the text of queries (a hash stands for it).

Owns the fields of a line and how lines are written. Endpoints add to a line through the ASGI scope: ``outcome`` and
``reason`` for failures, ``asked`` and ``hash`` for queries and updates (``note_operation``).
"""

import hashlib
import logging
import threading
import time
from functools import lru_cache
from json.encoder import encode_basestring as _quote
from typing import Protocol, TextIO

from starlette.types import Scope

LOGGER = "api.access"
FLUSH_INTERVAL_S = 0.2
"""No line waits longer."""
_BUFFER_LINES = 1_000


def note_operation(scope: Scope, kind: str, text: str) -> None:
    """Name the query or update of a request, for the log and the metrics; its text becomes a hash."""
    scope["asked"] = kind
    scope["hash"] = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def format_line(scope: Scope, request_id: str, status: int, outcome: str, seconds: float, size: int) -> str:
    """The line of one request."""
    more = "".join(f', "{name}": {_quote(scope[name])}' for name in ("asked", "hash", "reason") if name in scope)
    return (
        f'{{"time": "{_format_time(int(time.time()))}", "request": "{request_id}", '
        f'"method": {_quote(scope["method"])}, '
        f'"path": {_quote(scope["path"])}, "status": {status}, "outcome": {_quote(outcome)}, '
        f'"seconds": {seconds:.6f}, "bytes": {size}{more}}}'
    )


@lru_cache(1)
def _format_time(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class AccessLog(Protocol):
    """Where lines go."""

    def write(self, line: str) -> None:
        """Add a line. Thread-safe and quick."""
        ...

    def flush(self) -> None:
        """Write buffered lines."""
        ...


class LoggerAccessLog:
    """Lines as records of a logger of Python, for programs that configure logging."""

    def __init__(self, name: str = LOGGER) -> None:
        self._logger = logging.getLogger(name)

    def write(self, line: str) -> None:
        self._logger.info("%s", line)

    def flush(self) -> None:
        """Nothing: a logger has no buffer here."""


class BufferedAccessLog:
    """Writes the lines of the last FLUSH_INTERVAL_S at once.

    Not a handler of Python's logging, whose records cost as much as the rest of a small request's logging.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._buffer_lock, self._stream_lock = threading.Lock(), threading.Lock()
        self._has_lines, self._is_closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="access-log", daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        with self._buffer_lock:
            self._lines.append(line)
            count = len(self._lines)
        if count == 1:
            self._has_lines.set()
        elif count >= _BUFFER_LINES:
            self.flush()

    def flush(self) -> None:
        # Two locks: a slow reader of the stream does not block those who add lines.
        with self._stream_lock:
            with self._buffer_lock:
                lines, self._lines = self._lines, []
                self._has_lines.clear()
            if lines:
                self._stream.write("\n".join(lines) + "\n")
                self._stream.flush()

    def close(self) -> None:
        """Write the rest and end the thread."""
        self._is_closing.set()
        self.flush()
        self._has_lines.set()

    def _run(self) -> None:
        while self._has_lines.wait() and not self._is_closing.wait(FLUSH_INTERVAL_S):
            self.flush()
