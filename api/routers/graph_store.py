"""``/graphs`` and ``/graph/...``: the SPARQL 1.1 Graph Store HTTP Protocol, https://www.w3.org/TR/sparql11-http-rdf-update/.

A graph is named by ``?graph=IRI`` or ``?default`` (indirect identification, section 4.2), or by its own address (direct
identification, section 4.1). Reads run in the executor as every query does; writes need a token. In governed mode they
are judged as loads are, PATCH is offered (RFC 5789) and preconditions are those of the graph's own state.
"""

import secrets
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple

import pyoxigraph as ox
from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http import conneg, etag
from api.http.authorization import Authorization, authorize
from api.http.form import parse_form
from api.http.graph_response import read_graph_state, respond_graph
from api.http.problem import answer_other_method
from api.http.public_address import public_url
from api.http.publication import check_published
from api.http.signposting import describe_graph_addresses, link_of_graph
from api.http.sparql_request import Parameters, group_by_name, read_body
from api.http.sparql_response import create_response
from api.http.write_request import DRY_RUN, parse_dry_run, parse_expected, parse_precondition
from api.http.write_response import respond_written
from api.pages.resource_procedures import call_graph_data
from api.state import state_of
from kg.access.scope import Operation
from kg.errors import BadParameterError, QueryForbiddenError, UnknownNameError, UnsupportedMediaTypeError
from kg.execution.interface import Call, Query
from kg.governed import interface as governed
from kg.governed.interface import ACCEPTED_MEDIA_TYPES, PATCH_MEDIA_TYPE, Unconditional
from kg.rdf_formats import RDF_SYNTAXES
from kg.settings import Settings
from kg.update.graph_body import media_type_of
from kg.update.procedures import DELETE_GRAPH, POST_GRAPH, PUT_GRAPH

router = APIRouter(tags=["Graph store"])

PATHS = ("/graphs", "/graphs/")
READ, WRITE = ["GET", "HEAD"], ["PUT", "POST", "DELETE"]
PATCH = "PATCH"

GraphName = ox.NamedNode | None
"""None is the default graph."""


class AuthorizedWrite(NamedTuple):
    """The body of a write whose client may ask for it, of some graph."""

    body: bytes
    authorization: Authorization


async def read_authorized(request: Request) -> AuthorizedWrite | None:
    """The write; None for a read. Raises what ``authorize`` raises, and HTTPException 413 beyond ``load_max_mb``."""
    if request.method not in (*WRITE, PATCH):
        return None
    services = state_of(request).services
    authorization = authorize(request, services, Operation(request.method.lower()))
    return AuthorizedWrite(await read_body(request, services.settings.load_max_mb * 1_000_000), authorization)


Received = Annotated[AuthorizedWrite | None, Depends(read_authorized)]


async def indirect(request: Request, write: Received) -> Response:
    """Read, replace, extend or delete the graph of ``graph`` or ``default``; POST without either creates one."""
    parameters = group_by_name(parse_form(request.scope["query_string"]))
    names, defaults = parameters.get("graph", []), parameters.get("default", [])
    if len(names) + len(defaults) > 1:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "give exactly one of graph=IRI and default")
    if names or defaults:
        return await _dispatch(request, _parse_iri(names[0]) if names else None, write)
    if write is None or request.method != "POST":
        raise HTTPException(HTTPStatus.BAD_REQUEST, "give graph=IRI or default")
    return await run_in_threadpool(_create, request, write)


async def direct(request: Request, write: Received) -> Response:
    """The same for the graph of this address."""
    settings = state_of(request).services.settings
    address = public_url(request)
    # Governed graphs have IRIs in the namespace of the data, whatever host serves them.
    iri = address if settings.plain else settings.base_iri + request.url.path.removeprefix("/")
    return await _dispatch(request, _parse_iri(iri), write)


async def _dispatch(request: Request, name: GraphName, write: AuthorizedWrite | None) -> Response:
    if write is None:
        return await _read(request, name)
    write.authorization.check_graphs([name.value if name else ""])
    if not state_of(request).services.settings.plain:
        return await run_in_threadpool(_write_governed, request, name, write)
    if parse_dry_run(_parameters(request)):
        raise BadParameterError(DRY_RUN, "is not offered in plain mode, which validates nothing")
    return await run_in_threadpool(_delete if request.method == "DELETE" else _write, request, name, write)


async def _read(request: Request, name: GraphName) -> Response:
    """The graph (section 5.2). Raises UnknownNameError, NotAcceptableError, QueryLimitError or OverloadedError."""
    state = state_of(request)
    store = state.services.knowledge_graph.store
    override = ",".join(_parameters(request).get("format", ()))
    media_type = conneg.select_media_type(RDF_SYNTAXES, request.headers.get("accept", ""), override)
    if name is not None and not await run_in_threadpool(store.contains_graph, name):
        raise UnknownNameError("graph", name.value)
    if name is not None:
        await run_in_threadpool(check_published, state.services, name, "graph", name.value)
    if name is not None and not state.services.settings.plain:
        suffix = conneg.find_format(RDF_SYNTAXES, media_type).suffix
        call = call_graph_data(name.value, suffix, media_type)
        base_iri = state.services.settings.base_iri
        about = describe_graph_addresses(name.value, base_iri)
        return await respond_graph(
            request,
            state,
            await run_in_threadpool(read_graph_state, state.services.writer, name),
            call,
            {"Content-Location": about.data[suffix]},
            partial(link_of_graph, about),
        )
    tag = etag.weak_etag(store.version, str(name), media_type)
    if (response := etag.not_modified(request, tag)) is not None:
        return response
    pattern = f"GRAPH {name} {{ ?s ?p ?o }}" if name else "?s ?p ?o"
    registered_type = conneg.find_format(RDF_SYNTAXES, media_type).media_type
    query = Query(text=f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", media_type=registered_type)
    result = await state.query_runner.run(request, query)
    tag = etag.weak_etag(result.version, str(name), media_type)
    return await create_response(request, result, media_type, etag.validator_headers(tag))


_GOVERNED = {"PUT": governed.PUT_GRAPH, "POST": governed.POST_GRAPH, "DELETE": governed.DELETE_GRAPH}


def _write_governed(request: Request, name: GraphName, received: AuthorizedWrite) -> Response:
    """The write judged, and made or only reported. Raises InputRejectedError and as ``Writer.write`` does."""
    if name is None:
        reason = "it is the union of the home graphs; name one of them with graph=IRI, or by its own address"
        raise QueryForbiddenError("default", reason)
    services = state_of(request).services
    content_type = request.headers.get("content-type", "")
    if request.method == PATCH and media_type_of(content_type) != PATCH_MEDIA_TYPE:
        raise UnsupportedMediaTypeError("a patch", [PATCH_MEDIA_TYPE])
    write = governed.GraphWrite(
        procedure=_GOVERNED.get(request.method, governed.PATCH_GRAPH),
        graph=name.value,
        content_type=content_type,
        content=received.body,
        precondition=parse_precondition(request, _refused_without(request.method, services.settings)),
        dry_run=parse_dry_run(_parameters(request)),
    )
    authorization = received.authorization
    client = request.scope.get("client_key", "")
    call = governed.call_graph_write(write, timeout_s=authorization.timeout_s, client=client)
    properties = services.writer.write(
        call,
        authorization.create_provenance(f"{request.method} graph"),
        expected=parse_expected(request, name.value),
        permit=authorization.permit,
    )
    return respond_written(request, services, properties)


def _refused_without(method: str, settings: Settings) -> Unconditional:
    """Which graphs a client without a precondition may not change: adding to one loses nothing that others wrote."""
    if settings.require_if_match:
        return Unconditional.ALL
    return Unconditional.NONE if method == "POST" else Unconditional.DOSSIERS


def _parameters(request: Request) -> Parameters:
    return group_by_name(parse_form(request.scope["query_string"]))


def _write(request: Request, name: GraphName, write: AuthorizedWrite) -> Response:
    """PUT replaces the graph (section 5.3), POST adds to it (section 5.5); 201 if it is new."""
    is_new = _call(request, PUT_GRAPH if request.method == "PUT" else POST_GRAPH, name, write)
    return Response(status_code=HTTPStatus.CREATED if is_new else HTTPStatus.NO_CONTENT)


def _delete(request: Request, name: GraphName, write: AuthorizedWrite) -> Response:
    """Delete the graph (section 5.4)."""
    _call(request, DELETE_GRAPH, name, write)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _create(request: Request, write: AuthorizedWrite) -> Response:
    """Create a graph with a name of the server's choice (section 5.5), which is also its address."""
    path = f"/graph/{secrets.token_hex(8)}"
    address = public_url(request, path)
    settings = state_of(request).services.settings
    name = _parse_iri(address if settings.plain else settings.base_iri + path.removeprefix("/"))
    write.authorization.check_graphs([name.value])
    if settings.plain:
        _call(request, PUT_GRAPH, name, write)
        return Response(status_code=HTTPStatus.CREATED, headers={"Location": address})
    response = _write_governed(request, name, write)
    if response.status_code == HTTPStatus.CREATED:
        response.headers["Location"] = address
    return response


def _call(request: Request, procedure: str, name: GraphName, write: AuthorizedWrite) -> bool:
    """Have the write evaluated and commit it; whether the graph is new.

    Relative IRIs in the body are resolved against the name of the graph.
    """
    base_iri = name.value if name is not None else public_url(request)
    arguments = {
        "graph": name.value if name is not None else "",
        "content_type": request.headers.get("content-type", ""),
        "base_iri": base_iri,
    }
    call = Call(procedure=procedure, arguments=arguments, content=write.body)
    writer, authorization = state_of(request).services.writer, write.authorization
    provenance = authorization.create_provenance(f"{request.method} graph")
    return bool(writer.write(call, provenance, permit=authorization.permit)["is_new"])


def _parse_iri(text: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(text)
    except ValueError:
        raise BadParameterError("graph", f"{text!r} is not an absolute IRI") from None


def other_methods(request: Request) -> Response:
    """OPTIONS, and the methods that the protocol does not have."""
    is_plain = state_of(request).services.settings.plain
    methods = [*READ, *WRITE, *([] if is_plain else [PATCH]), "OPTIONS"]
    response = answer_other_method(request, ", ".join(methods))
    if not is_plain:
        response.headers["Accept-Patch"] = PATCH_MEDIA_TYPE
    return response


async def patch(request: Request, write: Received) -> Response:
    """Change the graph by a SPARQL update of it alone; not in plain mode."""
    if state_of(request).services.settings.plain:
        return other_methods(request)
    is_direct = request.url.path not in PATHS
    return await (direct if is_direct else indirect)(request, write)


_openapi_bearer = HTTPBearer(auto_error=False, description="a token of kg token, or KG_WRITE_TOKEN")


def _describe_write(method: str) -> dict[str, Any]:
    """What OpenAPI says of a write."""
    parameters = [
        _parameter(DRY_RUN, "query", "report what would change, and change nothing"),
        _parameter("If-Match", "header", "the ETag that the graph has been read with, or *"),
        _parameter("If-None-Match", "header", "*: the graph must not exist"),
    ]
    media_types = {PATCH: [PATCH_MEDIA_TYPE], "DELETE": []}.get(method, ACCEPTED_MEDIA_TYPES)
    content = {media_type: {"schema": {"type": "string"}} for media_type in media_types}
    body = {"requestBody": {"required": True, "content": content}} if content else {}
    return {"parameters": parameters, **body}


def _parameter(name: str, place: str, description: str) -> dict[str, Any]:
    type_ = "boolean" if place == "query" else "string"
    return {"name": name, "in": place, "schema": {"type": type_}, "description": description}


for _path in (*PATHS, "/graph/{name:path}"):
    _endpoint = indirect if _path in PATHS else direct
    _in_schema = _path != PATHS[1]
    for _method in (*READ, *WRITE):
        router.add_api_route(
            _path,
            _endpoint,
            methods=[_method],
            include_in_schema=_in_schema and _method != "HEAD",
            openapi_extra=_describe_write(_method) if _method in WRITE else None,
            dependencies=[Depends(_openapi_bearer)] if _method in WRITE else [],
        )
    router.add_api_route(
        _path,
        patch,
        methods=[PATCH],
        include_in_schema=_in_schema,
        openapi_extra=_describe_write(PATCH),
        dependencies=[Depends(_openapi_bearer)],
    )
    router.add_api_route(_path, other_methods, methods=["OPTIONS"], include_in_schema=False)
