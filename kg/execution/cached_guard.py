"""Examining texts before they are queries: short ones once, long ones in line, holding up each other only.

What to look for is the guard's.
"""

from collections.abc import Callable
from functools import lru_cache

from kg.execution.guard import QueryInfo
from kg.execution.serial_executor import SerialExecutor
from kg.execution.text_cache import MAX_CACHED_LENGTH, cache_by_text

_LONG_TEXTS = 8
"""Kept as well: who is to run a query asks about it a second time."""


class CachedGuard:
    """The shapes of texts. Raises what ``examine`` raises, or OverloadedError."""

    def __init__(self, examine: Callable[[str], QueryInfo], queue_length: int) -> None:
        self._short, self._long = cache_by_text(examine), lru_cache(_LONG_TEXTS)(examine)
        self._line = SerialExecutor(queue_length, "query-texts")

    def inspect(self, text: str) -> QueryInfo:
        """The shape of the text; for threads."""
        return self._short(text) if len(text) <= MAX_CACHED_LENGTH else self._line.run(self._long, text)

    async def ainspect(self, text: str) -> QueryInfo:
        """The same, for event loops."""
        return self._short(text) if len(text) <= MAX_CACHED_LENGTH else await self._line.arun(self._long, text)

    def close(self) -> None:
        """End the thread."""
        self._line.close()
