"""The name of a state of the data: another one after each commit, the same one after a restart.

A reader takes the name before it reads: what it reads is then that state or a later one, never an earlier one.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DatasetVersion:
    """The current name, kept in a file where there is one. Changed by one writer at a time."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.current = self._read() or _name(0)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Around a commit. The next name is written down before, so that no restart can go back to the old one."""
        coming = _name(self.number + 1)
        if self._file is not None:
            staged = self._file.with_suffix(".next")
            staged.write_text(coming, encoding="ascii")
            staged.replace(self._file)
        yield
        self.current = coming

    @property
    def number(self) -> int:
        """How many commits there were."""
        return int(self.current.partition("-")[0])

    def _read(self) -> str:
        if self._file is None or not self._file.exists():
            return ""
        text = self._file.read_text(encoding="ascii", errors="replace").strip()
        return text if text.partition("-")[0].isdecimal() else ""


def _name(number: int) -> str:
    return f"{number}-{secrets.token_hex(6)}"
