"""The folder of a copy: written beside, and put in place when it is complete.

Owns which folders may be replaced: those that do not exist, are empty, or have only what an earlier copy wrote there,
which its list of files says. Names of files come from ``api.static_site.addresses``, which keeps them inside.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from kg.errors import BadParameterError, StoreError

LIST = "files.txt"
"""The names of all files of a copy, one a line, this one included."""
_FIRST_LINE = "# Written by kg publish: a folder with only these files is replaced by the next copy.\n"
_NAMED = 3


class SiteFolder:
    """A copy that is being written, into ``NAME.next`` beside its place."""

    def __init__(self, place: Path) -> None:
        """Raises BadParameterError where the place has files that no copy wrote."""
        self._place = place.absolute()
        self._next, self._last = (self._place.with_name(f"{self._place.name}.{end}") for end in ("next", "last"))
        self._written: set[str] = set()
        for folder in (self._place, self._next, self._last):
            _check_replaceable(folder)

    def begin(self) -> None:
        """Make the folder beside; what an interrupted copy left there is removed."""
        for folder in (self._next, self._last):
            shutil.rmtree(folder, ignore_errors=True)
        self._next.mkdir(parents=True)
        (self._next / LIST).write_text(_FIRST_LINE, encoding="utf-8")

    def write(self, file: str, content: bytes) -> None:
        """Write a file; a second time the same is written again. Raises StoreError if it cannot be."""
        path = self._next / file
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise StoreError(f"{path} cannot be written: {error.strerror}") from error
        self._written.add(file)

    def copy(self, file: str, to: str) -> None:
        """Write a file that was written once more, under another name."""
        self.write(to, (self._next / file).read_bytes())

    def finish(self) -> int:
        """Put the copy in its place; how many files it has."""
        names = sorted({*self._written, LIST})
        self.write(LIST, (_FIRST_LINE + "".join(f"{name}\n" for name in names)).encode())
        try:
            if self._place.exists():
                os.replace(self._place, self._last)
            os.replace(self._next, self._place)
        except OSError as error:
            raise StoreError(f"{self._place} cannot be replaced: {error.strerror}") from error
        shutil.rmtree(self._last, ignore_errors=True)
        return len(names)

    def discard(self) -> None:
        """Remove what was written beside."""
        shutil.rmtree(self._next, ignore_errors=True)


def _check_replaceable(folder: Path) -> None:
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not folder.is_dir():
        raise BadParameterError("DIR", f"{folder} is no folder")
    present = set(_list_files(folder))
    if not present:
        return
    foreign = sorted(present - _read_list(folder)) if LIST in present else sorted(present)
    # One that was interrupted has its list's first line only: all in it is its own.
    if foreign and not _is_unfinished(folder):
        named = ", ".join(foreign[:_NAMED])
        raise BadParameterError("DIR", f"{folder} has files that kg publish did not write, such as {named}")


def _is_unfinished(folder: Path) -> bool:
    path = folder / LIST
    return folder.suffix == ".next" and path.is_file() and path.read_text(encoding="utf-8") == _FIRST_LINE


def _read_list(folder: Path) -> set[str]:
    text = (folder / LIST).read_text(encoding="utf-8", errors="replace")
    return set(text.removeprefix(_FIRST_LINE).splitlines()) if text.startswith(_FIRST_LINE) else set()


def _list_files(folder: Path) -> Iterable[str]:
    for path, folders, names in os.walk(folder):
        yield from (os.path.relpath(os.path.join(path, name), folder) for name in names)
        links = [name for name in folders if os.path.islink(os.path.join(path, name))]
        yield from (os.path.relpath(os.path.join(path, name), folder) for name in links)
