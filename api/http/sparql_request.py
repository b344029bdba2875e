"""A request of the SPARQL 1.1 Protocol, read: https://www.w3.org/TR/sparql11-protocol/. Runs nothing."""

from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.http.authorization import has_valid_token
from api.http.disconnect import ClientDisconnected
from kg.errors import BadParameterError
from kg.execution.interface import Query
from kg.execution.serial_executor import SerialExecutor
from kg.update.plain_writer import Update

QUERY_MAX_BYTES = 2_000_000
"""A query of the most characters fits, however it is encoded."""
UPDATE_MAX_BYTES = 6_000_000
_LISTENED_TO_BYTES = 64_000_000
_ADDRESS_CHARACTERS = 500
_LONG_CHARACTERS = 20_000
_FORM = "application/x-www-form-urlencoded"
_DIRECT = {"application/sparql-query": "query", "application/sparql-update": "update"}
_TYPES = ", ".join([_FORM, *_DIRECT])
_DATASET = {"query": ("default-graph-uri", "named-graph-uri"), "update": ("using-graph-uri", "using-named-graph-uri")}

Pairs = list[tuple[str, str]]
Given = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """What one request asks for: a query, an update, or with neither a description of the service."""

    query: Query | None
    update: Update | None
    format: str | None


async def parse_sparql_request(request: Request) -> SparqlRequest:
    """The request by the rules of the protocol. Raises HTTPException, BadParameterError or ClientLeft."""
    query_string = request.scope["query_string"]
    given = group_by_name(await _pairs(request, utf8(query_string)) if query_string else [])
    if request.method == "POST":
        await _add_posted(request, given)
    queries, updates = given.get("query", ()), given.get("update", ())
    count = len(queries) + len(updates)
    if count > 1:
        both = "query or update, not both" if queries and updates else f"exactly one query or update, not {count}"
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"send {both}")
    if not count and request.method == "POST":
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the parameter query (or update) is missing")
    if updates and request.method != "POST":
        raise HTTPException(HTTPStatus.BAD_REQUEST, "an update is sent by POST only")
    query = _query(request, queries[0], given) if queries else None
    update = _update(request, updates[0], given) if updates else None
    return SparqlRequest(query, update, ",".join(given.get("format", ())) or None)


def _query(request: Request, text: str, given: Given) -> Query:
    return Query(
        text=text,
        default_graphs=_graphs(given, "query", 0),
        named_graphs=_graphs(given, "query", 1),
        base_iri=base_iri_of(request),
        timeout_s=_seconds(given["timeout"][-1]) if "timeout" in given else None,
    )


def _update(request: Request, text: str, given: Given) -> Update:
    return Update(text, _graphs(given, "update", 0), _graphs(given, "update", 1), base_iri_of(request))


async def _add_posted(request: Request, given: Given) -> None:
    content = request.headers.get("content-type", "")
    kind = (_remembered_kind if len(content) <= _ADDRESS_CHARACTERS else _kind_of_body)(content)
    most = UPDATE_MAX_BYTES if has_valid_token(request) else QUERY_MAX_BYTES
    text = utf8(await read_body(request, most))
    if kind != _FORM:
        given.setdefault(kind, []).append(text)
        return
    for name, value in await _pairs(request, text):
        given.setdefault(name, []).append(value)


async def _pairs(request: Request, text: str) -> Pairs:
    """Decoding takes a second for what could be a few megabytes of percent signs."""
    if len(text) <= _LONG_CHARACTERS:
        return parse_parameters(text)
    line: SerialExecutor = request.app.state.line
    return await line.arun(parse_parameters, text)


def _kind_of_body(content: str) -> str:
    """The form, or the parameter that the body is. 415 for what is neither."""
    content_type, _, parameters = content.partition(";")
    content_type = content_type.strip().lower()
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if content_type not in (_FORM, *_DIRECT) or charset not in ("", "charset=utf-8"):
        headers = {"Accept-Post": _TYPES}
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {_TYPES}, in UTF-8", headers)
    return _DIRECT.get(content_type, _FORM)


_remembered_kind = lru_cache(16)(_kind_of_body)


async def read_body(request: Request, most: int) -> bytes:
    """The body, if it has at most that many bytes; else 413. Raises ClientLeft."""
    parts, size, is_more = [], 0, True
    # What is too much is read nevertheless, up to a point: many clients hear no answer before they have sent all.
    while is_more and size <= most + _LISTENED_TO_BYTES:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        part, is_more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size <= most:
            parts.append(part)
    if size > most:
        reason = f"the request is larger than {most:,} bytes"
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
    return b"".join(parts)


def utf8(data: bytes) -> str:
    """The text; 400 where it is none."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the request is not UTF-8") from None


def parse_parameters(text: str) -> Pairs:
    """The parameters in their order, empty ones too; 400 where they cannot be read."""
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the parameters cannot be read as UTF-8") from None


def group_by_name(pairs: Pairs) -> Given:
    """The values of each parameter, in their order."""
    given: Given = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    return given


def base_iri_of(request: Request) -> str:
    """The address that was asked, for relative IRIs; empty where a client names a host that makes it no IRI."""
    scope = request.scope
    server = tuple(scope["server"]) if scope.get("server") else None
    host = request.headers.get("host")
    find = _remembered_base if len(scope["path"]) + len(host or "") <= _ADDRESS_CHARACTERS else _base
    return find(scope["scheme"], server, host, scope["path"])


def _base(scheme: str, server: tuple[str, int] | None, host: str | None, path: str) -> str:
    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    address = str(URL(scope={"scheme": scheme, "server": server, "path": path, "headers": headers}))
    return address if _is_iri(address) else ""


_remembered_base = lru_cache(256)(_base)


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _graphs(given: Given, kind: str, place: int) -> tuple[str, ...]:
    for stray in _DATASET["update" if kind == "query" else "query"]:
        if stray in given:
            raise BadParameterError(stray, f"does not belong to a {kind}, which has {' and '.join(_DATASET[kind])}")
    name = _DATASET[kind][place]
    iris = tuple(given.get(name, ()))
    for iri in iris:
        if not _is_iri(iri):
            raise BadParameterError(name, f"{iri!r} is not an absolute IRI")
    return iris


def _seconds(given: str) -> float:
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise BadParameterError("timeout", f"{given!r} is not a number of seconds above 0")
    return seconds
