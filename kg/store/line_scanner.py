"""A file to write lines into that are looked at and not kept. Knows neither store nor quads."""

import io
from collections.abc import Callable
from typing import Any

_PART_BYTES = 1 << 20


def open_scanner(scan: Callable[[bytes], object]) -> io.BufferedWriter:
    """A file that gives what is written into it to the function, whole lines at a time, the rest when it is closed."""
    return io.BufferedWriter(_LineScanner(scan), _PART_BYTES)


class _LineScanner(io.RawIOBase):
    def __init__(self, scan: Callable[[bytes], object]) -> None:
        self._scan, self._buffer = scan, bytearray()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any) -> int:
        """As ``io.RawIOBase`` says."""
        self._buffer += data
        if len(self._buffer) >= _PART_BYTES:
            end = self._buffer.rfind(b"\n") + 1
            self._scan(bytes(self._buffer[:end]))
            del self._buffer[:end]
        return len(data)

    def close(self) -> None:
        """Scan the rest."""
        if not self.closed and self._buffer:
            self._scan(bytes(self._buffer))
            self._buffer.clear()
        super().close()
