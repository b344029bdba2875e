"""A budget of memory in this process: for results that clients have not taken yet, and for requests that wait.

A result that the budget does not hold stays in its worker, whose socket is then full; so one that nobody reads costs a
worker until its deadline, and this process nothing more. A request that it does not hold is rejected.
"""

import threading


class MemoryBudget:
    """Counts the bytes that all holders have. For any thread."""

    def __init__(self, *, total: int, one: int, always: int) -> None:
        """Bytes: of all holders together, of one of them, and of one even when the total is used up."""
        self._total, self._one, self._always = total, one, always
        self._held = 0
        self._lock = threading.Lock()

    def allows(self, held: int) -> bool:
        """Whether one holder may have so many bytes."""
        return held <= self._always or (held <= self._one and self._held <= self._total)

    def add(self, size: int) -> None:
        """A holder has so many more bytes, or fewer if negative."""
        with self._lock:
            self._held += size
