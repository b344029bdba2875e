"""The access log: one line of JSON a request, without tokens and without the text of queries (a hash stands for it).

Owns the fields of a line; ``kg.log_writer`` writes them. Every text of a client is ASCII, escaped as in JSON and
bounded, so that it can neither begin a line nor reorder one on a screen. Endpoints add to a line through the ASGI
scope: ``outcome`` and ``reason`` for failures, ``asked`` and ``hash`` for queries and updates (``note_operation``).

A write that is refused to its client has an audit line besides: who, from where, what, which graphs, why.
"""

import hashlib
import json
import logging
import time
from collections.abc import Sequence
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Protocol

from starlette.types import Scope

LOGGER = "api.access"
TEXT_MAX_CHARACTERS = 1_000
"""Of a path or a reason; a longer one is cut."""
AUDITED_GRAPHS = 5
"""The graphs that an audit line names, at most."""


def note_operation(scope: Scope, kind: str, text: str) -> None:
    """Name the query or update of a request, for the log and the metrics; its text becomes a hash."""
    scope["asked"] = kind
    scope["hash"] = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def note_write(scope: Scope, operation: str) -> None:
    """Name the write that is asked for, for the audit."""
    scope["write"] = operation


def note_principal(scope: Scope, name: str, token_id: str) -> None:
    """Name whose token it is, for the audit; ``token_id`` is empty for a token without one."""
    scope["agent"], scope["token_id"] = name, token_id


def note_refusal(scope: Scope, reason: str, graphs: Sequence[str]) -> None:
    """Say why the write is refused to its client, and for which graphs, for the audit and the metrics."""
    scope["refusal"], scope["refused_graphs"] = reason, graphs[:AUDITED_GRAPHS]


def format_refusal(scope: Scope, request_id: str, status: int) -> str:
    """The audit line of a write that is refused."""
    members = {
        "time": _format_time(int(time.time())),
        "audit": "write-refused",
        "request": request_id,
        "client": scope.get("client_key", ""),
        "agent": scope.get("agent", ""),
        "token": scope.get("token_id", ""),
        "method": scope["method"],
        "path": _shorten(scope["path"]),
        "operation": scope.get("write", ""),
        "graphs": [_shorten(graph) for graph in scope["refused_graphs"]],
        "status": status,
        "reason": scope["refusal"],
    }
    return json.dumps(members)


def format_line(scope: Scope, request_id: str, status: int, outcome: str, seconds: float, size: int) -> str:
    """The line of one request."""
    more = "".join(f', "{name}": {_quote(scope[name])}' for name in ("asked", "hash", "reason") if name in scope)
    return (
        f'{{"time": "{_format_time(int(time.time()))}", "request": "{request_id}", '
        f'"method": {_quote(scope["method"])}, '
        f'"path": {_quote(scope["path"])}, "status": {status}, "outcome": {_quote(outcome)}, '
        f'"seconds": {seconds:.6f}, "bytes": {size}{more}}}'
    )


@lru_cache(1)
def _format_time(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _quote(text: str) -> str:
    return encode_basestring_ascii(_shorten(text))


def _shorten(text: str) -> str:
    return text if len(text) <= TEXT_MAX_CHARACTERS else f"{text[:TEXT_MAX_CHARACTERS]}..."


class AccessLog(Protocol):
    """Where lines go."""

    @property
    def dropped(self) -> int:
        """How many lines were lost so far, because they could not be written."""
        ...

    def write(self, line: str) -> None:
        """Add a line. Thread-safe; never waits."""
        ...

    def flush(self) -> object:
        """Write buffered lines; waits for a bounded time."""
        ...


class LoggerAccessLog:
    """Lines as records of a logger of Python, for programs that configure logging."""

    dropped = 0

    def __init__(self, name: str = LOGGER) -> None:
        self._logger = logging.getLogger(name)

    def write(self, line: str) -> None:
        self._logger.info("%s", line)

    def flush(self) -> None:
        """Nothing: a logger has no buffer here."""
