"""Examining texts before they are queries: short ones once, long ones in line, holding up each other only.

What to look for is the guard's.
"""

from collections.abc import Callable
from functools import lru_cache

from kg.execution.guard import QueryInfo
from kg.execution.serial_executor import SerialExecutor
from kg.execution.text_cache import CHARACTERS, remembering

_LONG_TEXTS = 8
"""Kept as well: who is to run a query asks about it a second time."""


class CachedGuard:
    """The shapes of texts. Raises what ``examine`` raises, or Overloaded."""

    def __init__(self, examine: Callable[[str], QueryInfo], line_length: int) -> None:
        self._short, self._long = remembering(examine), lru_cache(_LONG_TEXTS)(examine)
        self._line = SerialExecutor(line_length, "query-texts")

    def examined(self, text: str) -> QueryInfo:
        """The shape of the text; for threads."""
        return self._short(text) if len(text) <= CHARACTERS else self._line.run(self._long, text)

    async def aexamined(self, text: str) -> QueryInfo:
        """The same, for event loops."""
        return self._short(text) if len(text) <= CHARACTERS else await self._line.arun(self._long, text)

    def close(self) -> None:
        """End the thread."""
        self._line.close()
