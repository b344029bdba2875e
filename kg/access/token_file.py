"""The file of access tokens in the data directory: read by the server whenever it has changed, written by ``kg token``.

Owns ``tokens.json``, readable by its owner only, although it contains no secret. A file that cannot be read contains no
token: whoever reads it gets an error, and nobody gets in. Judges no token.
"""

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kg.access.token import Token
from kg.errors import TokenFileError
from kg.journal.segment import sync_directory

TOKEN_FILE = "tokens.json"
_FORMAT = 1
_ROOT = 0


class TokenFile:
    """The tokens of a data directory, for any thread."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / TOKEN_FILE
        self._lock = threading.Lock()
        self._signature: tuple[int, ...] | None = None
        self._tokens: Mapping[str, Token] = {}

    def find(self, id_: str) -> Token | None:
        """The token with this id, as the file has it now; None without one. Raises TokenFileError."""
        with self._lock:
            if (signature := self._sign()) != self._signature:
                self._tokens = {token.id: token for token in self.read()}
                self._signature = signature
            return self._tokens.get(id_)

    def read(self) -> Sequence[Token]:
        """All tokens, oldest first; none without the file. Raises TokenFileError."""
        try:
            return _parse(self.path.read_bytes())
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise TokenFileError(self.path, error.strerror or "it cannot be opened") from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise TokenFileError(self.path, f"it is not what kg token writes: {error!r}") from error

    def change(self, change: Callable[[Sequence[Token]], Sequence[Token]]) -> None:
        """Write what ``change`` makes of the tokens; one process after the other, whole or not at all, and durably.

        Raises TokenFileError, and what ``change`` raises; then the file is as it was.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _lock_directory(self.path.parent):
                self._write(change(self.read()))
        except OSError as error:
            raise TokenFileError(self.path, f"it cannot be written: {error.strerror}") from error

    def _write(self, tokens: Sequence[Token]) -> None:
        content = json.dumps({"format": _FORMAT, "tokens": [token.members() for token in tokens]}, indent=2)
        staged = self.path.with_suffix(".next")
        staged.unlink(missing_ok=True)
        with os.fdopen(os.open(staged, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(content + "\n")
            file.flush()
            if os.geteuid() == _ROOT:  # the server is hardly run by root, and has to read it
                owner = self.path.parent.stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            os.fsync(file.fileno())
        staged.replace(self.path)
        sync_directory(self.path.parent)

    def _sign(self) -> tuple[int, ...]:
        """What differs between any two contents of the file, each of which is a file of its own; empty without one."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise TokenFileError(self.path, error.strerror or "it cannot be opened") from error
        return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size


def _parse(content: bytes) -> Sequence[Token]:
    members = json.loads(content.decode())
    if members["format"] != _FORMAT:
        raise ValueError(f"its format is {members['format']!r}, this version reads {_FORMAT}")
    tokens = tuple(map(Token.from_members, members["tokens"]))
    if len({token.id for token in tokens}) != len(tokens):
        raise ValueError("an id is there twice")
    return tokens


@contextmanager
def _lock_directory(directory: Path) -> Iterator[None]:
    """Keep out others who would change the file; one that is killed leaves nothing behind."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
