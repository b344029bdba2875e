"""How far a bulk load is, in a file that every process of this machine can read: the one that waits shows it.

Owns the form of the file. Knows nothing of what is done.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PROGRESS = "progress.json"
_PAUSE_S = 0.2


@dataclass(frozen=True, slots=True)
class Progress:
    """The phase of a load, and how much of it is done."""

    phase: str
    done: int = 0
    total: int = 0
    """Of the same unit; 0 if unknown."""
    quads: int = 0
    seconds: float = 0.0
    """Since the phase began."""

    def describe(self) -> str:
        """As people read it: what is done, the rate, and the time that is left."""
        parts = [self.phase]
        if self.quads:
            parts.append(f"{self.quads:,} quads")
        if self.quads and self.seconds > 1:
            parts.append(f"{self.quads / self.seconds:,.0f} a second")
        if self.total and self.done and self.seconds > 1:
            left = self.seconds * (self.total - self.done) / self.done
            parts.append(f"{100 * self.done // self.total} %, {max(0, round(left))} s left")
        return ", ".join(parts)


class ProgressFile:
    """Reports how far a load is; cheap enough to be told often."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / PROGRESS
        self._phase, self._begun, self._written = "", 0.0, 0.0

    def report(self, phase: str, done: int = 0, total: int = 0, quads: int = 0) -> None:
        """So much of the phase is done. What cannot be written is not shown."""
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._begun = phase, now
        elif now - self._written < _PAUSE_S:
            return
        self._written = now
        staged = self._file.with_suffix(".next")
        try:
            staged.write_text(json.dumps(asdict(Progress(phase, done, total, quads, now - self._begun))))
            os.replace(staged, self._file)
        except OSError:
            return


def read_progress(folder: Path) -> Progress | None:
    """How far the load is that reports to this folder; None before its first report."""
    try:
        members: Mapping[str, Any] = json.loads((folder / PROGRESS).read_text())
        return Progress(**members)
    except (OSError, ValueError, TypeError):
        return None
