"""Client of the writes and backups of a server, for the command line while that server has the data directory open.

Reading through a server needs nothing here but its search: it is a SPARQL endpoint.
"""

import base64
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from kg.bulk_load import BulkReport
from kg.document_calls import DocumentFile
from kg.errors import (
    BackupError,
    Finding,
    InputRejectedError,
    Severity,
    SourceLocation,
    StoreUnreachableError,
    UpdateConflictError,
)
from kg.ingest.change_sentences import ResourceChange
from kg.ingest.load_plan import GraphChange
from kg.search.hits import MAX_FIRST, Hit
from kg.server_file import ServerAddress
from kg.writer import LoadReport

TIMEOUT_S = 600.0
INDEXING_S = 60.0
"""How long a search waits for a server that indexes its graph."""
VALIDATING_S = 120.0
"""How long a write waits for a server that asks to send it again later, as while it validates its graph."""
_RETRY_S = 0.5


def is_alive(address: ServerAddress) -> bool:
    """Whether a server answers at the address."""
    try:
        return httpx.get(f"{address.url}/healthz", timeout=5.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def load(address: ServerAddress, files: Sequence[DocumentFile], *, dry_run: bool) -> LoadReport:
    """Load the files through the server, all or none.

    Raises InputRejectedError with the server's findings, or StoreUnreachableError.
    """
    documents = [{"name": file.name, "content": base64.b64encode(file.content).decode()} for file in files]
    return _send(address, "/load", json={"dryRun": dry_run, "documents": documents})


def load_in_bulk(address: ServerAddress, files: Sequence[Path], folder: Path, *, dry_run: bool) -> BulkReport:
    """Have the server load files of this machine that are too large to be sent. Raises as ``load`` does."""
    members = {"files": [str(file.resolve()) for file in files], "folder": str(folder), "dryRun": dry_run}
    return BulkReport.from_members(_post(address, "/bulk-load", json=members, timeout=None))


def update(address: ServerAddress, text: str, *, dry_run: bool) -> LoadReport:
    """Run the update through the server.

    Raises InputRejectedError with the server's findings, UpdateConflictError or StoreUnreachableError.
    """
    headers = {"Content-Type": "application/sparql-update", "Prefer": "return=representation"}
    return _send(address, f"/sparql?dry-run={str(dry_run).lower()}", headers, content=text)


def _send(address: ServerAddress, path: str, headers: Mapping[str, str] | None = None, **content: Any) -> LoadReport:
    """The report that the server answers with."""
    body = _post(address, path, headers, **content)
    graphs = tuple(map(GraphChange.from_members, body["graphs"]))
    warnings = tuple(_parse_finding(warning) for warning in body["warnings"])
    return LoadReport(graphs, warnings, tuple(ResourceChange(**members) for members in body["resources"]))


def _post(address: ServerAddress, path: str, headers: Mapping[str, str] | None = None, **options: Any) -> Any:
    """The members of the answer, if the request has been done; sent again while the server asks for that."""
    headers = {"Authorization": f"Bearer {address.token}", "Accept": "application/json", **(headers or {})}
    options = {"timeout": TIMEOUT_S, **options}
    started = time.monotonic()
    try:
        while True:
            response = httpx.post(f"{address.url}{path}", headers=headers, trust_env=False, **options)
            if "Retry-After" not in response.headers or time.monotonic() - started > VALIDATING_S:
                break
            time.sleep(_RETRY_S)
        body = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise StoreUnreachableError(address.url, str(error) or type(error).__name__) from error
    if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY and "findings" in body:
        raise InputRejectedError([_parse_finding(finding) for finding in body["findings"]])
    if response.status_code == httpx.codes.CONFLICT:
        raise UpdateConflictError(body["detail"])
    if response.status_code != httpx.codes.OK:
        raise StoreUnreachableError(address.url, str(body.get("detail") or body))
    return body


def back_up(address: ServerAddress, directory: Path) -> Mapping[str, Any]:
    """Have the server back up its data to a directory of this machine: version, number of files, and bytes.

    Raises BackupError or StoreUnreachableError.
    """
    headers = {"Authorization": f"Bearer {address.token}", "Accept": "application/json"}
    parameters = {"directory": str(directory)}
    try:
        response = httpx.post(
            f"{address.url}/backup", params=parameters, headers=headers, timeout=TIMEOUT_S, trust_env=False
        )
        body: Mapping[str, Any] = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise StoreUnreachableError(address.url, str(error) or type(error).__name__) from error
    if response.status_code == httpx.codes.CONFLICT:
        raise BackupError(directory, str(body.get("detail") or body).removeprefix(f"{directory}: "))
    if response.status_code != httpx.codes.OK:
        raise StoreUnreachableError(address.url, str(body.get("detail") or body))
    return body


def search(address: ServerAddress, words: str, kind: str) -> Sequence[Hit]:
    """What the server finds, the best first. While it indexes the graph, waits; raises StoreUnreachableError."""
    parameters: dict[str, str | int] = {"q": words, "kind": kind, "format": "json", "first": MAX_FIRST}
    started = time.monotonic()
    while True:
        try:
            response = httpx.get(f"{address.url}/search", params=parameters, timeout=TIMEOUT_S, trust_env=False)
            body = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise StoreUnreachableError(address.url, str(error) or type(error).__name__) from error
        if response.status_code == httpx.codes.OK:
            return [Hit.from_members(members) for members in body["hits"]]
        if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() - started > INDEXING_S:
            raise StoreUnreachableError(address.url, str(body.get("detail") or body))
        time.sleep(_RETRY_S)


def _parse_finding(members: Mapping[str, Any]) -> Finding:
    document = members["document"]
    return Finding(
        members["message"],
        members["cure"],
        SourceLocation(document, members["line"], members["column"]) if document else None,
        members["subject"],
        members["rule"],
        members["path"],
        members["value"],
        Severity(members["severity"]),
    )
