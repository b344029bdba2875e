"""``POST /load``: documents into the graph, with a token. Owns the format of the response.

The body is not read before the token has been checked, and is parsed by the ingest worker (``kg.ingest.load_request``).
"""

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.http.authorization import authorize
from api.http.form import parse_form
from api.http.sparql_request import group_by_name, read_body
from api.http.write_request import parse_dry_run
from api.http.write_response import respond_report, version_headers
from api.state import state_of
from kg.access.scope import Operation
from kg.execution.interface import Call
from kg.ingest.load_request import MAX_DOCUMENTS
from kg.writer import PLAN_LOAD_REQUEST, LoadReport

router = APIRouter(tags=["loading"])

_openapi_bearer = HTTPBearer(auto_error=False, description="a token of kg token, or KG_WRITE_TOKEN")
_DOCUMENT = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "the suffix names the syntax, as in post.yaml or reference.ttl"},
        "content": {"type": "string", "format": "byte", "description": "the bytes of the file in base64"},
    },
    "required": ["name", "content"],
    "additionalProperties": False,
}
_BODY = {
    "type": "object",
    "properties": {
        "documents": {"type": "array", "items": _DOCUMENT, "minItems": 1, "maxItems": MAX_DOCUMENTS},
        "dryRun": {"type": "boolean", "default": False, "description": "report the change and make none"},
    },
    "required": ["documents"],
    "additionalProperties": False,
}
_OPENAPI = {"requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}}}


@router.post("/load", dependencies=[Depends(_openapi_bearer)], openapi_extra=_OPENAPI)
async def load(request: Request) -> Response:
    """Load the documents, each replacing its home graphs, or with ``dryRun`` report what that would change.

    The response has, by home graph, the quads added and removed and the resources that are new, changed or gone, and
    the warnings; with ``dryRun`` also the statements and things that differ, in sentences. Documents that do not
    conform give 422 with the findings, and nothing has changed.
    """
    services = state_of(request).services
    authorization = authorize(request, services, Operation.LOAD)
    body = await read_body(request, services.settings.load_max_mb * 1_000_000)
    timeout_s = authorization.timeout_s
    arguments = {"dry_run": parse_dry_run(group_by_name(parse_form(request.scope["query_string"])))}
    client = request.scope.get("client_key", "")
    call = Call(procedure=PLAN_LOAD_REQUEST, arguments=arguments, content=body, timeout_s=timeout_s, client=client)
    provenance = authorization.create_provenance("load")
    properties = await run_in_threadpool(services.writer.write, call, provenance, permit=authorization.permit)
    return respond_report(request, LoadReport.from_properties(properties), version_headers(services))
