"""Caches of what the text of a query alone determines: clients repeat the same query with every page they show.

Bounded in number and in length of the texts; results of queries are never cached.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from kg.execution.interface import QueryInfo
from kg.execution.serial_executor import SerialExecutor

Value = TypeVar("Value")

CACHE_SIZE = 256
MAX_CACHED_LENGTH = 4000
_LONG_TEXTS = 8


def cache_by_text(function: Callable[[str], Value]) -> Callable[[str], Value]:
    """The function with a cache of its values for short texts; exceptions are not cached."""
    cached = lru_cache(CACHE_SIZE)(function)
    return lambda text: cached(text) if len(text) <= MAX_CACHED_LENGTH else function(text)


class CachedGuard:
    """A guard that caches its findings and inspects long texts one by one, off the event loop.

    Raises what ``inspect`` raises, or OverloadedError if too many long texts wait.
    """

    def __init__(self, inspect: Callable[[str], QueryInfo], queue_length: int) -> None:
        self._short, self._long = lru_cache(CACHE_SIZE)(inspect), lru_cache(_LONG_TEXTS)(inspect)
        self._serial_executor = SerialExecutor(queue_length, "query-texts")

    def inspect(self, text: str) -> QueryInfo:
        """What is known of the text; for threads."""
        return self._short(text) if len(text) <= MAX_CACHED_LENGTH else self._serial_executor.run(self._long, text)

    async def ainspect(self, text: str) -> QueryInfo:
        """The same, for event loops."""
        if len(text) <= MAX_CACHED_LENGTH:
            return self._short(text)
        return await self._serial_executor.arun(self._long, text)

    def close(self) -> None:
        """End the thread."""
        self._serial_executor.close()
