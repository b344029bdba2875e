"""``POST /load``: documents into the graph, with a token. Owns the format of the request and of the response."""

import base64
import binascii
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from api.errors import finding_members
from api.http.authorization import require_token
from api.state import state_of
from kg.errors import Finding, InputRejectedError
from kg.ingest.documents import MAX_BYTES, Document
from kg.ingest.ingestor import Ingestor

router = APIRouter(tags=["loading"])

_openapi_bearer = HTTPBearer(auto_error=False, description="KG_WRITE_TOKEN, or the token in the data directory")


class PostedDocument(BaseModel):
    """A file: its name, whose suffix names the syntax, and its bytes in base64."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=1000)
    content: str = Field(max_length=MAX_BYTES * 4 // 3 + 4)


class Load(BaseModel):
    """Documents that are loaded together: all of them or none."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    documents: list[PostedDocument] = Field(min_length=1, max_length=1000)
    dry_run: bool = Field(default=False, alias="dryRun")


def require_write_token(request: Request) -> None:
    """Raises HTTPException 401 without a token that may write, before the body is read."""
    require_token(request, state_of(request).services, "loading")


@router.post("/load", dependencies=[Depends(_openapi_bearer), Depends(require_write_token)])
def load(posted: Load, request: Request) -> dict[str, Any]:
    """Load the documents, each replacing its home graphs, or with ``dryRun`` report what that would change.

    The response has, by home graph, the quads added and removed and the resources that are new, changed or gone, and
    the warnings. Documents that do not conform give 422 with the findings, and nothing has changed.
    """
    services = state_of(request).services
    graph = services.knowledge_graph
    documents = _read_documents(graph.ingestor, posted)
    plan = graph.load(documents, dry_run=posted.dry_run, on_commit=services.executor.refresh)
    return {
        "graphs": [asdict(change) for change in plan.graphs],
        "warnings": [finding_members(warning) for warning in plan.warnings],
    }


def _read_documents(ingestor: Ingestor, posted: Load) -> list[Document]:
    """The documents, parsed. Raises InputRejectedError with the findings of all of them."""
    documents: list[Document] = []
    findings: list[Finding] = []
    for document in posted.documents:
        try:
            documents.append(ingestor.read(_decode(document), document.name))
        except InputRejectedError as error:
            findings += error.findings
    if findings:
        raise InputRejectedError(findings)
    return documents


def _decode(document: PostedDocument) -> bytes:
    try:
        return base64.b64decode(document.content, validate=True)
    except binascii.Error:
        raise HTTPException(400, f"the content of {document.name!r} is not base64") from None
