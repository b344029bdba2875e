"""``/graphs`` and ``/graph/...``: the SPARQL 1.1 Graph Store HTTP Protocol, https://www.w3.org/TR/sparql11-http-rdf-update/.

A graph is named by ``?graph=IRI`` or ``?default`` (indirect identification, section 4.2), or by its own address (direct
identification, section 4.1). Reads run in the executor as every query does; writes need ``--plain`` mode and a token.
"""

import secrets
from http import HTTPStatus
from typing import Annotated

import pyoxigraph as ox
from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http import conneg, etag
from api.http.authorization import authorize_update, provenance_of
from api.http.form import parse_form
from api.http.problem import answer_other_method
from api.http.sparql_request import group_by_name, read_body
from api.http.sparql_response import create_response
from api.state import state_of
from kg.errors import BadParameterError, UnknownNameError
from kg.execution.interface import Call, Query
from kg.rdf_formats import RDF_SYNTAXES
from kg.update.procedures import DELETE_GRAPH, POST_GRAPH, PUT_GRAPH

router = APIRouter(tags=["Graph store"])

PATHS = ("/graphs", "/graphs/")
READ, WRITE = ["GET", "HEAD"], ["PUT", "POST", "DELETE"]
ALLOW = ", ".join([*READ, *WRITE, "OPTIONS"])
BODY_MAX_BYTES = 64_000_000

GraphName = ox.NamedNode | None
"""None is the default graph."""


async def read_authorized_body(request: Request) -> bytes:
    """The body of a write. Raises what ``authorize_update`` raises, and HTTPException 413 beyond BODY_MAX_BYTES."""
    if request.method not in WRITE:
        return b""
    authorize_update(request, state_of(request).services)
    return await read_body(request, BODY_MAX_BYTES)


Body = Annotated[bytes, Depends(read_authorized_body)]


async def indirect(request: Request, body: Body) -> Response:
    """Read, replace, extend or delete the graph of ``graph`` or ``default``; POST without either creates one."""
    parameters = group_by_name(parse_form(request.scope["query_string"]))
    names, defaults = parameters.get("graph", []), parameters.get("default", [])
    if len(names) + len(defaults) > 1:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "give exactly one of graph=IRI and default")
    if names or defaults:
        return await _dispatch(request, _parse_iri(names[0]) if names else None, body)
    if request.method != "POST":
        raise HTTPException(HTTPStatus.BAD_REQUEST, "give graph=IRI or default")
    return await run_in_threadpool(_create, request, body)


async def direct(request: Request, body: Body) -> Response:
    """The same for the graph of this address."""
    settings = state_of(request).services.settings
    address = str(request.url.replace(query="", fragment=""))
    # Governed graphs have IRIs in the namespace of the data, whatever host serves them.
    iri = address if settings.plain else settings.base_iri + request.url.path.removeprefix("/")
    return await _dispatch(request, _parse_iri(iri), body)


async def _dispatch(request: Request, name: GraphName, body: bytes) -> Response:
    match request.method:
        case "PUT" | "POST":
            return await run_in_threadpool(_write, request, name, body)
        case "DELETE":
            return await run_in_threadpool(_delete, request, name)
        case _:
            return await _read(request, name)


async def _read(request: Request, name: GraphName) -> Response:
    """The graph (section 5.2). Raises UnknownNameError, NotAcceptableError, QueryLimitError or OverloadedError."""
    state = state_of(request)
    store = state.services.knowledge_graph.store
    override = ",".join(group_by_name(parse_form(request.scope["query_string"])).get("format", ()))
    media_type = conneg.select_media_type(RDF_SYNTAXES, request.headers.get("accept", ""), override)
    if name is not None and not await run_in_threadpool(store.contains_graph, name):
        raise UnknownNameError("graph", name.value)
    tag = etag.weak_etag(store.version, str(name), media_type)
    if (response := etag.not_modified(request, tag)) is not None:
        return response
    pattern = f"GRAPH {name} {{ ?s ?p ?o }}" if name else "?s ?p ?o"
    registered_type = conneg.find_format(RDF_SYNTAXES, media_type).media_type
    query = Query(text=f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", media_type=registered_type)
    result = await state.query_runner.run(request, query)
    return await create_response(request, result, media_type, etag.validator_headers(tag))


def _write(request: Request, name: GraphName, body: bytes) -> Response:
    """PUT replaces the graph (section 5.3), POST adds to it (section 5.5); 201 if it is new."""
    is_new = _call(request, PUT_GRAPH if request.method == "PUT" else POST_GRAPH, name, body)
    return Response(status_code=HTTPStatus.CREATED if is_new else HTTPStatus.NO_CONTENT)


def _delete(request: Request, name: GraphName) -> Response:
    """Delete the graph (section 5.4)."""
    _call(request, DELETE_GRAPH, name, b"")
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _create(request: Request, body: bytes) -> Response:
    """Create a graph with a name of the server's choice (section 5.5), which is also its address."""
    name = _parse_iri(str(request.url.replace(path=f"/graph/{secrets.token_hex(8)}", query="", fragment="")))
    _call(request, PUT_GRAPH, name, body)
    return Response(status_code=HTTPStatus.CREATED, headers={"Location": name.value})


def _call(request: Request, procedure: str, name: GraphName, body: bytes) -> bool:
    """Have the write evaluated and commit it; whether the graph is new.

    Relative IRIs in the body are resolved against the name of the graph.
    """
    base_iri = name.value if name is not None else str(request.url.replace(query="", fragment=""))
    arguments = {
        "graph": name.value if name is not None else "",
        "content_type": request.headers.get("content-type", ""),
        "base_iri": base_iri,
    }
    call = Call(procedure=procedure, arguments=arguments, content=body)
    services = state_of(request).services
    provenance = provenance_of(request, services, f"{request.method} graph")
    return bool(services.writer.write(call, provenance)["is_new"])


def _parse_iri(text: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(text)
    except ValueError:
        raise BadParameterError("graph", f"{text!r} is not an absolute IRI") from None


def other_methods(request: Request) -> Response:
    """OPTIONS, and the methods that the protocol does not have."""
    return answer_other_method(request, ALLOW)


for _path in (*PATHS, "/graph/{name:path}"):
    _endpoint = indirect if _path in PATHS else direct
    _in_schema = _path != PATHS[1]
    for _method in (*READ, *WRITE):
        router.add_api_route(_path, _endpoint, methods=[_method], include_in_schema=_in_schema and _method != "HEAD")
    router.add_api_route(_path, other_methods, methods=["OPTIONS", "PATCH"], include_in_schema=False)
