"""``/graphs`` and ``/graph/...``: the SPARQL 1.1 Graph Store HTTP Protocol, https://www.w3.org/TR/sparql11-http-rdf-update/.

Reading goes through the executor, as every query does; writing is for ``--plain`` mode with a token. A graph is named
by ``?graph=IRI`` or ``?default``, or by its own address where its IRI begins as this server's addresses do.
"""

import secrets
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageDefect
from email.message import Message
from email.policy import HTTP
from http import HTTPStatus
from typing import Annotated

import pyoxigraph as ox
from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api import services
from api.http import conneg, etag
from api.http.authorization import open_writer
from api.http.disconnect import run_query
from api.http.sparql_request import group_by_name, parse_parameters, read_body
from api.http.sparql_response import FORMATS, create_response
from kg.errors import BadParameterError, GraphSyntaxError, UnknownNameError
from kg.execution.interface import Query, QueryForm
from kg.rdf_formats import GRAPH_SYNTAXES

router = APIRouter(tags=["Graph store"])

PATHS = ("/graphs", "/graphs/")
READ, WRITE = ["GET", "HEAD"], ["PUT", "POST", "DELETE"]
ALLOW = ", ".join([*READ, *WRITE, "OPTIONS"])
BODY_MAX_BYTES = 64_000_000
_MULTIPART = "multipart/form-data"
_DEFAULT = "default"

Graph = ox.NamedNode | None
"""None is the default graph."""


async def body(request: Request) -> bytes:
    """The bytes that were sent by one who may write; 413 beyond BODY_MAX_BYTES."""
    if request.method not in WRITE:
        return b""
    open_writer(request)
    return await read_body(request, BODY_MAX_BYTES)


Body = Annotated[bytes, Depends(body)]


async def store(request: Request, body: Body) -> Response:
    """Read, replace, extend or delete a graph named by ``graph`` or ``default``; POST without either makes one."""
    given = group_by_name(parse_parameters(request.url.query))
    named, default = given.get("graph", []), given.get(_DEFAULT, [])
    if len(named) + len(default) > 1:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "give exactly one of graph=IRI and default")
    if named or default:
        return await on_graph(request, _iri(named[0]) if named else None, body)
    if request.method != "POST":
        raise HTTPException(HTTPStatus.BAD_REQUEST, "give graph=IRI or default")
    return await run_in_threadpool(_created, request, body)


async def direct(request: Request, body: Body) -> Response:
    """The same for a graph under its own address."""
    return await on_graph(request, addressed(request), body)


def addressed(request: Request) -> ox.NamedNode:
    """The graph under an address of this server: in the namespace of the data, or in plain mode the address itself."""
    settings = services.of(request).settings
    url = str(request.url.replace(query="", fragment=""))
    return _iri(url if settings.plain else settings.base_iri + request.url.path.removeprefix("/"))


async def on_graph(request: Request, graph: Graph, body: bytes) -> Response:
    """What the method asks for, done to one graph."""
    match request.method:
        case "PUT":
            return await run_in_threadpool(_put, request, graph, body)
        case "POST":
            return await run_in_threadpool(_post, request, graph, body)
        case "DELETE":
            return await run_in_threadpool(_deleted, request, graph)
        case _:
            return await read(request, graph)


async def read(request: Request, graph: Graph) -> Response:
    """The graph in the format that is preferred.

    Raises UnknownNameError, NotAcceptable, QueryLimitError or OverloadedError.
    """
    running = services.of(request)
    core = running.knowledge_graph.store
    wanted = group_by_name(parse_parameters(request.url.query)).get("format", ())
    formats = FORMATS[QueryForm.GRAPH]
    media_type = conneg.select_media_type(formats, request.headers.get("accept", ""), ",".join(wanted))
    if graph is not None and not await run_in_threadpool(core.contains_graph, graph):
        raise UnknownNameError("graph", graph.value)
    tag = etag.tag(core.version, str(graph), media_type)
    if (same := etag.unchanged(request, tag)) is not None:
        return same
    where = f"GRAPH {graph} {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {where} }}"
    written_as = conneg.find_format(formats, media_type).media_type
    result = await run_query(request, Query(text=text, media_type=written_as))
    return await create_response(request, result, media_type, etag.headers(tag))


def _put(request: Request, graph: Graph, body: bytes) -> Response:
    is_new = open_writer(request).put(graph, _triples(request, body, graph))
    return Response(status_code=HTTPStatus.CREATED if is_new else HTTPStatus.NO_CONTENT)


def _post(request: Request, graph: Graph, body: bytes) -> Response:
    is_new = open_writer(request).post(graph, _triples(request, body, graph))
    return Response(status_code=HTTPStatus.CREATED if is_new else HTTPStatus.NO_CONTENT)


def _deleted(request: Request, graph: Graph) -> Response:
    open_writer(request).delete(graph)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _created(request: Request, body: bytes) -> Response:
    """A graph of a name that we choose (section 5.5), which is also its address."""
    writing = open_writer(request)
    root = request.url.replace(path=f"/graph/{secrets.token_hex(8)}", query="", fragment="")
    graph = _iri(str(root))
    writing.put(graph, _triples(request, body, graph))
    return Response(status_code=HTTPStatus.CREATED, headers={"Location": graph.value})


def _triples(request: Request, body: bytes, graph: Graph) -> frozenset[ox.Triple]:
    """What was sent, relative IRIs taken against the graph (section 5). Raises HTTPException or GraphSyntaxError."""
    base = graph.value if graph is not None else str(request.url.replace(query="", fragment=""))
    sent = _documents(request.headers.get("content-type", ""), body)
    return frozenset(triple for content_type, document in sent for triple in _parsed(content_type, document, base))


def _documents(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    """The one document that was sent, or those of a form with files; each with its type."""
    if _media_type(content_type) != _MULTIPART:
        return [(content_type, body)]
    try:
        head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
        form = message_from_bytes(head + body, policy=HTTP.clone(raise_on_defect=True))
    except MessageDefect as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"the form cannot be read: {type(error).__name__}") from None
    return [(part.get_content_type(), _content(part)) for part in form.iter_parts()]


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)  # None for a form in the form, whose type will be refused
    return content if isinstance(content, bytes) else b""


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _parsed(content_type: str, document: bytes, base: str) -> Iterator[ox.Triple]:
    known = {alias: each for each in GRAPH_SYNTAXES for alias in (each.media_type, *each.aliases)}
    if (found := known.get(_media_type(content_type))) is None:
        offered = ", ".join([*(each.media_type for each in GRAPH_SYNTAXES), _MULTIPART])
        reason = f"a graph is sent as one of {offered}"
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, reason, {"Accept": offered})
    try:
        for quad in ox.parse(document, found.engine, base_iri=base, without_named_graphs=True, rename_blank_nodes=True):
            yield quad.triple
    except SyntaxError as error:
        raise GraphSyntaxError(error.msg, error.lineno, error.offset) from error


def _iri(text: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(text)
    except ValueError:
        raise BadParameterError("graph", f"{text!r} is not an absolute IRI") from None


def other_methods(request: Request) -> Response:
    """OPTIONS is answered; what is not offered is refused with the list of what is."""
    if request.method == "OPTIONS":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": ALLOW})
    raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, f"graphs take {ALLOW}", {"Allow": ALLOW})


for _path in (*PATHS, "/graph/{name:path}"):
    _act = store if _path in PATHS else direct
    _listed = _path != PATHS[1]
    for _method in (*READ, *WRITE):
        router.add_api_route(_path, _act, methods=[_method], include_in_schema=_listed and _method != "HEAD")
    router.add_api_route(_path, other_methods, methods=["OPTIONS", "PATCH"], include_in_schema=False)
