"""The command line's way in when a server holds the data directory: loads go through that server's door.

Owns the client side of ``POST /load``. Reading through a server needs nothing here: it is a SPARQL endpoint.
"""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from kg.errors import Finding, InputRejectedError, Severity, SourceLocation, StoreUnreachableError
from kg.ingest.documents import read_bytes
from kg.ingest.ingestor import GraphChange, LoadPlan
from kg.server_file import ServerAddress
from kg.store.interface import Change

TIMEOUT_S = 600.0


def answers(address: ServerAddress) -> bool:
    """Whether a server is alive at the address."""
    try:
        return httpx.get(f"{address.url}/healthz", timeout=5.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def load(address: ServerAddress, paths: Sequence[Path], *, dry_run: bool) -> LoadPlan:
    """Load the files through the server, which reads, checks and commits them as one.

    Raises InputRejectedError with the server's findings, or StoreUnreachableError. The plan lists the change by
    graph, without its quads.
    """
    documents = [{"name": str(path), "content": base64.b64encode(read_bytes(path)).decode()} for path in paths]
    body = {"dryRun": dry_run, "documents": documents}
    headers = {"Authorization": f"Bearer {address.token}", "Accept": "application/json"}
    try:
        answer = httpx.post(f"{address.url}/load", json=body, headers=headers, timeout=TIMEOUT_S, trust_env=False)
        told = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise StoreUnreachableError(address.url, str(error) or type(error).__name__) from error
    if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY and "findings" in told:
        raise InputRejectedError([_finding(each) for each in told["findings"]])
    if answer.status_code != httpx.codes.OK:
        raise StoreUnreachableError(address.url, str(told.get("detail") or told))
    changes = tuple(GraphChange(**_as_tuples(each)) for each in told["graphs"])
    return LoadPlan(Change(frozenset(), frozenset()), changes, tuple(_finding(each) for each in told["warnings"]))


def _as_tuples(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def _finding(told: Mapping[str, Any]) -> Finding:
    location = SourceLocation(told["document"], told["line"], told["column"]) if told["document"] else None
    return Finding(
        told["message"],
        told["cure"],
        location,
        told["subject"],
        told["rule"],
        told["path"],
        told["value"],
        Severity(told["severity"]),
    )
