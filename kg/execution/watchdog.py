"""A thread that looks at running queries at short intervals, and sleeps while there are none. Knows no query."""

import threading
from collections.abc import Callable

INTERVAL_S = 0.02


class Watchdog:
    """Calls ``check`` every INTERVAL_S in a thread of its own, between ``resume`` and ``pause``."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self._active, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="query-watchdog", daemon=True)
        self._thread.start()

    def resume(self) -> None:
        """There are queries to watch."""
        if not self._active.is_set():
            self._active.set()

    def pause(self) -> None:
        """There are none."""
        self._active.clear()
        if self._closing.is_set():  # ``close`` has set it for the last time
            self._active.set()

    def close(self) -> None:
        """End the thread; not to be called by it."""
        self._closing.set()
        self._active.set()
        self._thread.join()

    def _run(self) -> None:
        while self._active.wait() and not self._closing.wait(INTERVAL_S):
            self._check()
