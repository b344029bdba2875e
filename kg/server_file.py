"""The file in a data directory with the address of the server that has it open, read by the command line.

Owns ``server.json``, readable by its owner only, because it contains the token with which the command line loads
documents through that server.
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
    """The URL of a server, and the token for writing through it."""

    url: str
    token: str


@contextmanager
def publish_address(directory: Path, address: ServerAddress) -> Iterator[None]:
    """Keep the address in the directory while the block runs."""
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
    """The address in the directory, or None. A server that was killed leaves its address: check that it answers."""
    try:
        return ServerAddress(**json.loads((directory / _FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None
