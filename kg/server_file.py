"""Who holds a data directory: the server that does leaves its address there, for the command line to find.

Owns one file, ``server.json``, readable by its owner only, because it carries the token with which the command line
loads through that server.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

_FILE = "server.json"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server answers, and the token for writing through it."""

    url: str
    token: str


@contextmanager
def publish_address(directory: Path, address: ServerAddress) -> Iterator[None]:
    """Leave the address in the directory for as long as the block runs."""
    path = directory / _FILE
    directory.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        json.dump(asdict(address), file)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def read_address(directory: Path) -> ServerAddress | None:
    """The address that a server left in the directory, or None; whether it still answers is for the caller to see."""
    try:
        return ServerAddress(**json.loads((directory / _FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None
