"""Turns at computing, of which there is one interpreter: many requests wait for engines at once, few compute.

A dozen threads that compute would take the interpreter from everything else in the process, the event loop included.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

CONCURRENCY = 2


class ConcurrencyLimiter:
    """So many may compute at once."""

    def __init__(self, at_once: int = CONCURRENCY) -> None:
        self._free = threading.BoundedSemaphore(at_once)

    @contextmanager
    def taken(self, within_s: float) -> Iterator[bool]:
        """A turn, for as long as the block runs; False where none came within that time."""
        has_come = self._free.acquire(timeout=max(0.0, within_s))
        try:
            yield has_come
        finally:
            if has_come:
                self._free.release()

    @contextmanager
    def release_while_waiting(self) -> Iterator[None]:
        """Let another have the turn while this one waits for something else."""
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()
