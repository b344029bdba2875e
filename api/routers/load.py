"""``POST /load``: documents in through the door, with a token. Owns the form of the request and of the answer."""

import base64
import binascii
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from api import services
from api.errors import finding_members
from api.http.authorization import require_token
from kg.errors import Finding, InputRejectedError
from kg.ingest.documents import MAX_BYTES, Document

router = APIRouter(tags=["loading"])

_bearer = HTTPBearer(auto_error=False, description="KG_WRITE_TOKEN, or the token in the data directory")


class PostedDocument(BaseModel):
    """A file: its name, whose suffix tells the syntax, and its bytes in base64."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=1000)
    content: str = Field(max_length=MAX_BYTES * 4 // 3 + 4)


class Load(BaseModel):
    """Documents that are loaded as one: all of them or none."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    documents: list[PostedDocument] = Field(min_length=1, max_length=1000)
    dry_run: bool = Field(default=False, alias="dryRun")


def permitted(request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> None:
    """Lets the request through with a token that may write; ``bearer`` is there for the OpenAPI description."""
    require_token(request, "loading")


@router.post("/load", dependencies=[Depends(permitted)])
def load(posted: Load, request: Request) -> dict[str, Any]:
    """Load the documents, each replacing its home graphs, or with ``dryRun`` tell what that would change.

    The answer has, by home graph, the quads added and removed and the resources that are new, changed or gone, and
    the warnings. Documents that do not conform give 422 with the findings, and nothing has changed.
    """
    running = services.of(request)
    documents: list[Document] = []
    findings: list[Finding] = []
    for each in posted.documents:
        try:
            documents.append(running.knowledge_graph.ingestor.read(_content(each), each.name))
        except InputRejectedError as error:
            findings += error.findings
    if findings:
        raise InputRejectedError(findings)
    plan = running.knowledge_graph.load(documents, dry_run=posted.dry_run, on_commit=running.executor.refresh)
    return {
        "graphs": [asdict(each) for each in plan.graphs],
        "warnings": [finding_members(each) for each in plan.warnings],
    }


def _content(document: PostedDocument) -> bytes:
    try:
        return base64.b64decode(document.content, validate=True)
    except binascii.Error:
        raise HTTPException(400, f"the content of {document.name!r} is not base64") from None
