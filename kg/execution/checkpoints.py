"""The read-only copies of the graph that workers open: directories of hard links, removed when nobody reads them.

The engine opens most files of a copy late, so a directory is needed as long as any worker lives that started in it.
"""

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

_PREFIX = "checkpoint-"


class Checkpointer(Protocol):
    """What can put a consistent copy of itself into a directory that does not exist yet."""

    def checkpoint(self, into: Path) -> None: ...


class Checkpoints:
    """The newest copy, taken when asked for. For one thread."""

    def __init__(self, source: Checkpointer, directory: Path) -> None:
        self._source, self._directory = source, directory.resolve()
        self._directory.mkdir(parents=True, exist_ok=True)
        self._current: tuple[int, Path] | None = None
        self.remove()

    def at_least(self, version: int) -> Path:
        """A copy taken after ``version`` was wanted; the ones before it stay until ``keep_only``."""
        if self._current is not None and self._current[0] >= version:
            return self._current[1]
        path = self._directory / f"{_PREFIX}{version}"
        self._source.checkpoint(path)
        self._current = (version, path)
        return path

    def keep_only(self, in_use: Collection[Path]) -> None:
        """Remove all copies but the current one and these."""
        current = self._current[1] if self._current is not None else None
        for path in self._directory.glob(f"{_PREFIX}*"):
            if path != current and path not in in_use:
                shutil.rmtree(path)

    def remove(self) -> None:
        """Remove all copies."""
        self._current = None
        self.keep_only(())
