"""The engine of the embedded store on disk: how it is opened, and its errors as those of ``kg.errors``.

Owns what is known of the messages and files of RocksDB. Knows no change.
"""

import time
from pathlib import Path
from shutil import disk_usage

import pyoxigraph as ox

from kg.errors import StoreError, StoreFullError, StoreLockedError

ENGINE_ERRORS = (OSError, RuntimeError)
"""What the engine raises."""
_LOCKED_MESSAGES = ("While lock file:", "lock hold by current process")
_FULL_MESSAGES = ("No space left on device", "Disk quota exceeded")
_REOPEN_TIMEOUT_S = 5.0
_REOPEN_MARGIN_BYTES = 8_000_000


def open_engine(directory: Path) -> ox.Store:
    """The engine over this directory, which is made if absent. Raises StoreError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return ox.Store(directory)
    except ENGINE_ERRORS as error:
        raise create_store_error(error, directory) from error


def open_for_reading(directory: Path) -> ox.Store | None:
    """The engine over the files as they are, beside one that has them open; None if they cannot be read."""
    try:
        return ox.Store.read_only(str(directory))
    except ENGINE_ERRORS:
        return None


def open_when_unlocked(directory: Path) -> ox.Store:
    """Readers in this process may keep the engine that was closed alive for a little while."""
    deadline = time.monotonic() + _REOPEN_TIMEOUT_S
    while True:
        try:
            return open_engine(directory)
        except StoreLockedError as error:
            if time.monotonic() > deadline:
                raise StoreError(f"{directory}: queries from before the disk was full still run; try again") from error
            time.sleep(0.05)


def check_room(directory: Path) -> None:
    """Raise StoreFullError if the engine could not be opened again: that writes its log once more."""
    if disk_usage(directory).free < _log_size(directory) + _REOPEN_MARGIN_BYTES:
        raise StoreFullError(directory)


def create_store_error(error: Exception, directory: Path) -> StoreError:
    """The error of the engine as one of ours."""
    message = str(error)
    if _is_disk_full(error):
        return StoreFullError(directory)
    if any(text in message for text in _LOCKED_MESSAGES):
        return StoreLockedError(directory)
    return StoreError(f"{directory}: {message}")


def _is_disk_full(error: Exception) -> bool:
    return any(text in str(error) for text in _FULL_MESSAGES)


def _log_size(directory: Path) -> int:
    return sum(log.stat().st_size for log in directory.glob("*.log"))
