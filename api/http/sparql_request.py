"""Parses a request of the SPARQL 1.1 Protocol: https://www.w3.org/TR/sparql11-protocol/. Runs nothing."""

from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

import pyoxigraph as ox
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from api.http.authorization import authenticate_write, has_valid_token, is_from_owner
from api.http.disconnect import QueryRunner
from api.http.form import PARSE_FORM, Pairs, parse_form
from api.http.public_address import PUBLIC_URL, public_url
from api.http.write_request import parse_dry_run
from api.services import Services
from kg.access.scope import Operation
from kg.errors import BadParameterError
from kg.execution.interface import Call, Query
from kg.update.evaluation import Update

QUERY_MAX_BYTES = 2_000_000
"""A query of the most characters fits, however it is encoded."""
UPDATE_MAX_BYTES = 6_000_000
_CACHED_MAX_LENGTH = 500
_LONG_FORM_BYTES = 100_000
"""A longer form is parsed in a worker: two megabytes take tens of milliseconds."""
_FORM = "application/x-www-form-urlencoded"
_DIRECT = {"application/sparql-query": "query", "application/sparql-update": "update"}
_CONTENT_TYPES = ", ".join([_FORM, *_DIRECT])
_BYTE_ORDER_MARK = "\ufeff"
_DATASET = {"query": ("default-graph-uri", "named-graph-uri"), "update": ("using-graph-uri", "using-named-graph-uri")}

Parameters = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """A query, an update, or neither: then the service description is requested."""

    query: Query | None
    update: Update | None
    format: str | None
    dry_run: bool = False
    """Of an update: only report what it would change."""


async def parse_sparql_request(request: Request, services: Services, runner: QueryRunner) -> SparqlRequest:
    """The request (section 2). Raises HTTPException, BadParameterError, OverloadedError or ClientDisconnect.

    An update that is the body itself needs a valid token before it is read: raises InvalidTokenError, RateLimitError or
    TokenFileError.
    """
    query_string = request.scope["query_string"]
    pairs = parse_form(query_string) if query_string else []
    if request.method == "POST":
        pairs += await _parse_body(request, services, runner)
    parameters = group_by_name(pairs)
    queries, updates = parameters.get("query", ()), parameters.get("update", ())
    count = len(queries) + len(updates)
    if count > 1:
        expected = "query or update, not both" if queries and updates else f"exactly one query or update, not {count}"
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"send {expected}")
    if not count and request.method == "POST":
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the parameter query (or update) is missing")
    if updates and request.method != "POST":
        raise HTTPException(HTTPStatus.BAD_REQUEST, "an update is sent by POST only")
    query = _build_query(request, services, queries[0], parameters) if queries else None
    update = _build_update(request, updates[0], parameters) if updates else None
    dry_run = bool(updates) and parse_dry_run(parameters)
    return SparqlRequest(query, update, ",".join(parameters.get("format", ())) or None, dry_run)


def _build_query(request: Request, services: Services, text: str, parameters: Parameters) -> Query:
    return Query(
        text=text.removeprefix(_BYTE_ORDER_MARK),
        default_graphs=_graphs(parameters, "query", 0),
        named_graphs=_graphs(parameters, "query", 1),
        base_iri=base_iri_of(request),
        reads_all="authorization" in request.headers and is_from_owner(request, services),
        timeout_s=_parse_seconds(parameters["timeout"][-1]) if "timeout" in parameters else None,
        client=request.scope.get("client_key", ""),
    )


def _build_update(request: Request, text: str, parameters: Parameters) -> Update:
    graphs, named_graphs = (_graphs(parameters, "update", index) for index in (0, 1))
    return Update(text.removeprefix(_BYTE_ORDER_MARK), graphs, named_graphs, base_iri_of(request))


async def _parse_body(request: Request, services: Services, runner: QueryRunner) -> Pairs:
    """The parameters in the body (sections 2.1.2, 2.1.3, 2.2.1 and 2.2.2)."""
    content_type = request.headers.get("content-type", "")
    find_name = _cached_body_parameter if len(content_type) <= _CACHED_MAX_LENGTH else _body_parameter
    name = find_name(content_type)
    if name == "update":
        authenticate_write(request, services, Operation.UPDATE)  # before its body is read
    max_bytes = UPDATE_MAX_BYTES if has_valid_token(request, services) else QUERY_MAX_BYTES
    body = await read_body(request, max_bytes)
    if name:
        return [(name, decode_utf8(body))]
    if len(body) <= _LONG_FORM_BYTES:
        return parse_form(body)
    call = Call(procedure=PARSE_FORM, content=body, client=request.scope.get("client_key", ""))
    reply = await runner.run(request, call)
    return [(name, value) for name, value in reply.properties["pairs"]]


def _body_parameter(content_type: str) -> str:
    """The name of the parameter that the body is; empty for a form. Raises HTTPException 415."""
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if media_type not in (_FORM, *_DIRECT) or charset not in ("", "charset=utf-8"):
        headers = {"Accept-Post": _CONTENT_TYPES}
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {_CONTENT_TYPES}, in UTF-8", headers)
    return _DIRECT.get(media_type, "")


_cached_body_parameter = lru_cache(16)(_body_parameter)


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The body. Raises HTTPException 413 beyond that many bytes, or ClientDisconnect."""
    parts, size, has_more = [], 0, True
    while has_more and size <= max_bytes:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part, has_more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        parts.append(part)
    if size > max_bytes:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the request is larger than {max_bytes:,} bytes")
    return b"".join(parts)


def decode_utf8(data: bytes) -> str:
    """The text, without a byte order mark. Raises HTTPException 400 if it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the request is not UTF-8") from None


def group_by_name(pairs: Pairs) -> Parameters:
    """The values of each parameter, in their order."""
    parameters: Parameters = {}
    for name, value in pairs:
        parameters.setdefault(name, []).append(value)
    return parameters


def base_iri_of(request: Request) -> str:
    """The address of the request, against which relative IRIs are resolved; empty if its Host makes it no IRI."""
    scope = request.scope
    if PUBLIC_URL in scope:
        address = public_url(request)
        return address if _is_iri(address) else ""
    server = tuple(scope["server"]) if scope.get("server") else None
    host = request.headers.get("host")
    is_short = len(scope["path"]) + len(host or "") <= _CACHED_MAX_LENGTH
    return (_cached_base_iri if is_short else _base_iri)(scope["scheme"], server, host, scope["path"])


def _base_iri(scheme: str, server: tuple[str, int] | None, host: str | None, path: str) -> str:
    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    address = str(URL(scope={"scheme": scheme, "server": server, "path": path, "headers": headers}))
    return address if _is_iri(address) else ""


_cached_base_iri = lru_cache(256)(_base_iri)


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _graphs(parameters: Parameters, operation: str, index: int) -> tuple[str, ...]:
    for stray in _DATASET["update" if operation == "query" else "query"]:
        if stray in parameters:
            own = " and ".join(_DATASET[operation])
            raise BadParameterError(stray, f"does not belong to a {operation}, which has {own}")
    name = _DATASET[operation][index]
    iris = tuple(parameters.get(name, ()))
    for iri in iris:
        if not _is_iri(iri):
            raise BadParameterError(name, f"{iri!r} is not an absolute IRI")
    return iris


def _parse_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise BadParameterError("timeout", f"{text!r} is not a number of seconds above 0")
    return seconds
