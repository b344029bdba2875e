"""The version of the data: another one after each commit, the same one after a restart.

A reader gets the version before it reads: it then reads the data of that version or a later one, never an earlier one.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DatasetVersion:
    """The current version, stored in a file if one is given. For one writer at a time."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.current = self._read() or _format_version(0)

    @contextmanager
    def advance(self) -> Iterator[None]:
        """The context of a commit. The next version is stored before it, so that no restart returns to the old one."""
        following = _format_version(self.number + 1)
        if self._file is not None:
            staged = self._file.with_suffix(".next")
            staged.write_text(following, encoding="ascii")
            staged.replace(self._file)
        yield
        self.current = following

    @property
    def number(self) -> int:
        """How many commits there have been."""
        return int(self.current.partition("-")[0])

    def _read(self) -> str:
        if self._file is None or not self._file.exists():
            return ""
        text = self._file.read_text(encoding="ascii", errors="replace").strip()
        return text if text.partition("-")[0].isdecimal() else ""


def _format_version(number: int) -> str:
    return f"{number}-{secrets.token_hex(6)}"
