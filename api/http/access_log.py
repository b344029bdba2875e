"""Lines of the log on their way out: written many at a time, and none is lost where the server ends as it should."""

import logging
import threading
from typing import Protocol, TextIO

INTERVAL_S = 0.2
"""No line waits longer."""
_MOST_LINES = 1_000


class AccessLog(Protocol):
    """Where lines go."""

    def tell(self, line: str) -> None:
        """One line more. For any thread, and quick."""
        ...

    def flush(self) -> None:
        """Write what is held back."""
        ...


class LoggerAccessLog:
    """Lines that go through the logging of Python, for who configures it."""

    def __init__(self, name: str) -> None:
        self._log = logging.getLogger(name)

    def tell(self, line: str) -> None:
        self._log.info("%s", line)

    def flush(self) -> None:
        return None


class BufferedAccessLog:
    """Writes what was said in the last INTERVAL_S at once.

    Not a handler of Python's logging, whose records cost as much as the rest of a small request's telling.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._gathering, self._writing = threading.Lock(), threading.Lock()
        self._some, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def tell(self, line: str) -> None:
        with self._gathering:
            self._lines.append(line)
            count = len(self._lines)
        if count == 1:
            self._some.set()
        elif count >= _MOST_LINES:
            self.flush()

    def flush(self) -> None:
        # Who writes does not hold up who tells: a reader of the log may be slow.
        with self._writing:
            with self._gathering:
                lines, self._lines = self._lines, []
                self._some.clear()
            if lines:
                self._stream.write("\n".join(lines) + "\n")
                self._stream.flush()

    def close(self) -> None:
        """Write the rest and end."""
        self._closing.set()
        self.flush()
        self._some.set()

    def _run(self) -> None:
        while self._some.wait() and not self._closing.wait(INTERVAL_S):
            self.flush()
