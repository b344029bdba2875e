"""What has to be looked at again and again while anything is under way: deadlines, and who stays too long."""

import threading
from collections.abc import Callable

INTERVAL_S = 0.02


class Watchdog:
    """Calls ``tick`` every INTERVAL_S from a thread of its own, between ``wake`` and ``rest``."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._awake, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="query-clock", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something is under way."""
        if not self._awake.is_set():
            self._awake.set()

    def rest(self) -> None:
        """Nothing is."""
        self._awake.clear()
        if self._closing.is_set():  # who closes it has waked it for the last time
            self._awake.set()

    def close(self) -> None:
        """End the thread; not to be called by it."""
        self._closing.set()
        self._awake.set()
        self._thread.join()

    def _run(self) -> None:
        while self._awake.wait() and not self._closing.wait(INTERVAL_S):
            self._tick()
