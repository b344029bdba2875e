"""Temporary folders that are removed even if whoever made them is killed: by the next who looks for such.

A folder is locked while it is used (``flock``), and one that nobody has locked is abandoned.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def create_locked_folder(parent: Path, prefix: str = "") -> Iterator[Path]:
    """A new folder in ``parent``, removed at the end. Raises OSError."""
    folder, descriptor = _create(parent, prefix)
    try:
        yield folder
    finally:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


def _create(parent: Path, prefix: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix)).resolve()
        with suppress(FileNotFoundError):  # between these steps another process may take it for abandoned
            descriptor = os.open(folder, os.O_RDONLY)
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            if folder.exists():
                return folder, descriptor
            os.close(descriptor)


def remove_abandoned(parent: Path, prefix: str = "") -> None:
    """Remove the folders in ``parent`` whose makers were killed; those of other users stay."""
    for folder in parent.glob(f"{prefix}*"):
        _remove_if_abandoned(folder)


def _remove_if_abandoned(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # another process has been faster, or it is somebody else's
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)
