"""Quads that come in parts, as one file that the engine can load. Knows neither store nor journal."""

import io
from collections.abc import Iterable, Iterator
from typing import Any


class PartReader(io.RawIOBase):
    """Reads the parts one after the other; in memory is one of them."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts: Iterator[bytes] = iter(parts)
        self._part = memoryview(b"")

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As ``io.RawIOBase`` says."""
        while not self._part:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._part = memoryview(part)
        size = min(len(buffer), len(self._part))
        buffer[:size] = self._part[:size]
        self._part = self._part[size:]
        return size
