"""The memory of this process for results: parts that workers have sent and clients have not taken yet.

A result that the budget does not hold stays in its worker, whose socket is then full; so one that nobody reads costs a
worker until its deadline, and this process nothing more.
"""

import threading


class ResultBudget:
    """Counts the bytes that all results hold. For any thread."""

    def __init__(self, *, total: int = 32_000_000, one: int = 4_000_000, always: int = 256_000) -> None:
        """Bytes: of all results together, of one of them, and of one even when the total is used up."""
        self._total, self._one, self._always = total, one, always
        self._held = 0
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """Bytes that are held now."""
        return self._held

    def allows(self, held: int) -> bool:
        """Whether a result may hold so many bytes."""
        return held <= self._always or (held <= self._one and self._held <= self._total)

    def add(self, size: int) -> None:
        """A result holds so many more bytes, or fewer if negative."""
        with self._lock:
            self._held += size
