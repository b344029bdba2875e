"""Examining texts before they are queries: short ones once, long ones in line, holding up each other only.

What to look for is the guard's.
"""

from collections.abc import Callable
from functools import lru_cache

from kg.execution.guard import Shape
from kg.execution.line import Line
from kg.execution.remembering import CHARACTERS, remembering

_LONG_TEXTS = 8
"""Kept as well: who is to run a query asks about it a second time."""


class Examiner:
    """The shapes of texts. Raises what ``examine`` raises, or Overloaded."""

    def __init__(self, examine: Callable[[str], Shape], line_length: int) -> None:
        self._short, self._long = remembering(examine), lru_cache(_LONG_TEXTS)(examine)
        self._line = Line(line_length, "query-texts")

    def examined(self, text: str) -> Shape:
        """The shape of the text; for threads."""
        return self._short(text) if len(text) <= CHARACTERS else self._line.run(self._long, text)

    async def aexamined(self, text: str) -> Shape:
        """The same, for event loops."""
        return self._short(text) if len(text) <= CHARACTERS else await self._line.arun(self._long, text)

    def close(self) -> None:
        """End the thread."""
        self._line.close()
