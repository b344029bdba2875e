"""The log of a server process: a bounded queue, and one thread that writes it to a file descriptor.

Nobody who logs ever waits for the reader of the log. What does not fit is dropped and counted, and the count is written
as a line of its own once the descriptor takes bytes again. ``redirect_stderr`` leads everything that the process writes
to ``sys.stderr`` through the queue: records of ``logging``, warnings, tracebacks of threads. Knows no field of a line.
"""

import contextlib
import io
import json
import logging
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator

STDERR = 2
FLUSH_INTERVAL_S = 0.2
"""No line waits longer, while the descriptor takes bytes."""
QUEUE_MAX_LINES = 20_000
QUEUE_MAX_BYTES = 4_000_000
LINE_MAX_CHARACTERS = 8_000
"""Of a line, a message or a traceback; the middle of a longer one is left out, because its end names the error."""
CLOSE_TIMEOUT_S = 1.0
"""How long the end of the process waits for the rest to be written."""
_BATCH_MAX_BYTES = 65_536


class LogWriter:
    """Writes lines to a descriptor. Thread-safe; no method but ``flush`` waits, and that one for a bounded time.

    It writes to the descriptor itself, in a daemon thread: the interpreter has nothing to flush at exit, and does not
    wait for a thread whose write never ends.
    """

    def __init__(self, descriptor: int, *, max_lines: int = QUEUE_MAX_LINES, max_bytes: int = QUEUE_MAX_BYTES) -> None:
        self._descriptor = descriptor
        self._max_lines, self._max_bytes = max_lines, max_bytes
        self._lines: deque[bytes] = deque()
        self._size = 0
        self._dropped = self._reported = 0
        self._is_writing = False
        # Re-entrant: the garbage collector may run a finalizer that logs while this thread adds a line.
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._has_lines, self._is_urgent = threading.Event(), threading.Event()
        threading.Thread(target=self._run, name="log-writer", daemon=True).start()

    @property
    def dropped(self) -> int:
        """How many lines were dropped so far."""
        return self._dropped

    def write(self, line: str) -> None:
        """Add a line, given without its line break; drop it if the queue is full."""
        data = f"{line}\n".encode(errors="backslashreplace")
        with self._lock:
            if len(self._lines) >= self._max_lines or self._size + len(data) > self._max_bytes:
                self._dropped += 1
                return
            self._lines.append(data)
            self._size += len(data)
            if len(self._lines) == 1:
                self._has_lines.set()

    def flush(self, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
        """Wait until all lines are written, for at most this long; whether they are."""
        self._is_urgent.set()
        with self._changed:
            return self._changed.wait_for(lambda: not self._lines and not self._is_writing, timeout_s)

    def _run(self) -> None:
        while self._has_lines.wait():
            self._is_urgent.wait(FLUSH_INTERVAL_S)
            self._is_urgent.clear()
            while batch := self._take_batch():
                is_written = _write_all(self._descriptor, b"".join(batch))
                with self._changed:
                    self._is_writing = False
                    if not is_written:
                        self._dropped += len(batch)
                    self._changed.notify_all()

    def _take_batch(self) -> list[bytes]:
        """The next lines, preceded by the number of those dropped since it was last written; empty if there is none."""
        with self._lock:
            batch: list[bytes] = []
            size = 0
            while self._lines and size < _BATCH_MAX_BYTES:
                batch.append(self._lines.popleft())
                size += len(batch[-1])
            self._size -= size
            if not batch:
                self._has_lines.clear()
                return batch
            self._is_writing = True
            if missing := self._dropped - self._reported:
                self._reported = self._dropped
                batch.insert(0, _format_record("warning", __name__, f"{missing} log lines were dropped") + b"\n")
            return batch


def _write_all(descriptor: int, data: bytes) -> bool:
    """Write all of it, however long the reader takes; False if there is no reader or no space."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            select.select((), (descriptor,), ())
        except (OSError, ValueError):
            return False
    return True


class LogStream(io.TextIOBase):
    """A text stream for ``sys.stderr`` whose complete lines go to a LogWriter, each thread's by itself."""

    def __init__(self, writer: LogWriter) -> None:
        self.writer = writer
        self._partial = threading.local()

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError("a text stream")  # click asks so whether a stream is binary
        *lines, rest = f"{getattr(self._partial, 'text', '')}{text}".split("\n")
        for line in lines:
            self.writer.write(_shorten(line))
        self._partial.text = rest[-LINE_MAX_CHARACTERS:]
        return len(text)

    def flush(self) -> None:
        """Nothing: flushing may wait, and whoever logs does not."""

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return os.isatty(STDERR)

    def fileno(self) -> int:
        return STDERR

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"


class LogHandler(logging.Handler):
    """Records of ``logging`` as lines of JSON, in which no text of a client can begin a new line."""

    def __init__(self, writer: LogWriter) -> None:
        super().__init__()
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._writer.write(_record_line(record))
        except Exception:  # noqa: BLE001  # as every handler: a record that cannot be formatted ends no request
            self.handleError(record)


def _record_line(record: logging.LogRecord) -> str:
    error = ""
    if record.exc_info:
        error = _EXCEPTION_FORMATTER.formatException(record.exc_info)
    return _format_record(record.levelname.lower(), record.name, record.getMessage(), error).decode()


_EXCEPTION_FORMATTER = logging.Formatter()


def _format_record(level: str, name: str, message: str, error: str = "") -> bytes:
    members = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "level": level,
        "logger": name,
        "message": _shorten(message),
    }
    if error:
        members["error"] = _shorten(error)
    return json.dumps(members).encode()


def _shorten(text: str, maximum: int = LINE_MAX_CHARACTERS) -> str:
    if len(text) <= maximum:
        return text
    half = maximum // 2
    return f"{text[:half]} [{len(text) - 2 * half} characters left out] {text[-half:]}"


@contextlib.contextmanager
def redirect_stderr(*, max_lines: int = QUEUE_MAX_LINES, max_bytes: int = QUEUE_MAX_BYTES) -> Iterator[LogWriter]:
    """Lead all that this process writes to stderr through a LogWriter while the block runs.

    The root logger gets a LogHandler, warnings and errors of threads become records. At the end the rest is written,
    with a bounded wait; if the reader takes nothing, stderr is left redirected, and the process can end.
    """
    writer = LogWriter(STDERR, max_lines=max_lines, max_bytes=max_bytes)
    previous, hook = sys.stderr, threading.excepthook
    root, handler = logging.getLogger(), LogHandler(writer)
    sys.stderr = LogStream(writer)
    threading.excepthook = _log_thread_error
    root.addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield writer
    finally:
        if writer.flush():
            logging.captureWarnings(False)
            root.removeHandler(handler)
            threading.excepthook = hook
            sys.stderr = previous


def _log_thread_error(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is None or isinstance(arguments.exc_value, SystemExit):
        return
    name = arguments.thread.name if arguments.thread else "a thread"
    error = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
    logging.getLogger(__name__).error("%s failed", name, exc_info=error)


def writer_of_process() -> LogWriter:
    """The writer to which ``sys.stderr`` is redirected, or a new one on stderr."""
    return sys.stderr.writer if isinstance(sys.stderr, LogStream) else LogWriter(STDERR)
