"""The file in a data directory with the address of the server that has it open, read by the command line.

Owns ``server.json``, readable by its owner only, because it contains the token with which the command line loads
documents through that server.
"""

import ipaddress
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

SERVER_FILE = "server.json"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The URL of a server, and the token for writing through it."""

    url: str
    token: str


def host_and_port(host: str, port: int) -> str:
    """Both as in a URL: an IPv6 address is in brackets, its zone escaped (RFC 3986 and RFC 6874)."""
    return f"[{host.replace('%', '%25')}]:{port}" if ":" in host else f"{host}:{port}"


def local_url(host: str, port: int) -> str:
    """The URL by which this machine reaches a server that listens there: loopback for a wildcard address."""
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        if address.is_unspecified:
            host = "::1" if address.version == 6 else "127.0.0.1"
    return f"http://{host_and_port(host, port)}"


@contextmanager
def publish_address(directory: Path, address: ServerAddress) -> Iterator[None]:
    """Keep the address in the directory while the block runs."""
    path = directory / SERVER_FILE
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
        return ServerAddress(**json.loads((directory / SERVER_FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None
