"""``POST /bulk-load``, for ``kg load`` of the same machine: files that are too large to be sent, by their names."""

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.http.authorization import require_owner
from api.http.sparql_request import read_body
from api.state import state_of
from kg.bulk_load import load_in_bulk
from kg.data_directory import BULK
from kg.errors import BadParameterError
from kg.journal.record import Provenance
from kg.store.embedded import EmbeddedStore

router = APIRouter(include_in_schema=False)

_MAX_BYTES = 1_000_000


@router.post("/bulk-load")
async def bulk_load(request: Request) -> dict[str, Any]:
    """Load files of this machine; only for the token of the command line, as for ``/backup``.

    The body names them, with ``dryRun``, and the folder in the data directory where the load reports how far it is.
    """
    services = state_of(request).services
    require_owner(request, services, "load of files by their names")
    if not isinstance(services.knowledge_graph.store, EmbeddedStore):
        raise HTTPException(409, "a remote engine is loaded by its own means")
    files, folder, dry_run = _parse(await read_body(request, _MAX_BYTES))
    if folder.parent != (services.settings.data_dir / BULK).resolve():
        raise BadParameterError("folder", "is one of the bulk loads of the data directory")
    provenance = Provenance(agent="command line", operation="load")
    report = await run_in_threadpool(load_in_bulk, services.writer, files, folder, provenance, dry_run=dry_run)
    return report.members()


def _parse(body: bytes) -> tuple[list[Path], Path, bool]:
    try:
        members = json.loads(body)
        files, folder, dry_run = list(map(Path, members["files"])), Path(members["folder"]), bool(members["dryRun"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadParameterError("body", "is JSON with files, folder and dryRun") from error
    if not all(path.is_absolute() for path in (*files, folder)):
        raise BadParameterError("body", "names files by absolute paths")
    return files, folder, dry_run
