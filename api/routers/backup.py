"""``POST /backup``, for ``kg backup`` of the same machine: a copy of the data while it is served."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.http.authorization import require_owner
from api.state import state_of
from kg.backup import create_backup
from kg.errors import BadParameterError
from kg.store.embedded import EmbeddedStore

router = APIRouter(include_in_schema=False)


@router.post("/backup")
async def backup(request: Request, directory: str) -> dict[str, Any]:
    """Back up store and journal to a folder of this machine; only for the token of the command line.

    Whoever has that can read the data directory, and no other client may name files of this machine.
    """
    services = state_of(request).services
    require_owner(request, services, "backup")
    into, store = Path(directory), services.knowledge_graph.store
    if not into.is_absolute():
        raise BadParameterError("directory", "is an absolute path")
    if not isinstance(store, EmbeddedStore):
        raise HTTPException(409, "a remote engine is backed up by its own means")
    made = await run_in_threadpool(create_backup, store, services.settings, into)
    return {"version": made.version, "files": len(made.files), "bytes": made.size}
