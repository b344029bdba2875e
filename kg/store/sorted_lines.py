"""Lines sorted by their bytes, whatever their number; on disk, a few megabytes in memory. Knows no store."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from heapq import merge
from io import BufferedRandom
from pathlib import Path

_CHUNK_BYTES = 4_000_000
"""Sorted at once: the interpreter does nothing else meanwhile."""


def sort_lines(lines: Iterable[bytes], folder: Path | None = None) -> Iterator[bytes]:
    """The lines in order. ``folder``: for files that exist while they are read."""
    with ExitStack() as files:
        chunks: list[BufferedRandom] = []
        for lines_of_chunk in _divide(lines):
            chunk = files.enter_context(tempfile.TemporaryFile(dir=folder))
            chunk.writelines(sorted(lines_of_chunk))
            chunk.seek(0)
            chunks.append(chunk)
        yield from merge(*chunks)


def _divide(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line)
        if size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
