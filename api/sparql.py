"""``/sparql``: the query half of the SPARQL 1.1 Protocol, https://www.w3.org/TR/sparql11-protocol/.

Owns requests and answers of that protocol; running a query is the executor's, showing one to people the pages'.
Nothing here changes data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl

import pyoxigraph as ox
from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api import negotiation, services
from api.errors import answer_to, message_of
from api.negotiation import Format
from api.pages import render
from api.pages.tables import table_of
from kg.errors import BadParameter, ConflictKgError, QueryForbidden
from kg.execution import Kind, Query, Result, guard

router = APIRouter(tags=["SPARQL"])

PATHS = ("/sparql", "/sparql/")
ALLOW = "GET, HEAD, POST, OPTIONS"
BODY_MAX_BYTES = 2_000_000
_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_UPDATE = "application/sparql-update"
_DESCRIPTION = Path(__file__).with_name("service-description.ttl")
_SD = "http://www.w3.org/ns/sparql-service-description#"

_JSON = Format("application/sparql-results+json", ("json", "srj"), ("application/json",))
_XML = Format("application/sparql-results+xml", ("xml", "srx"), ("application/xml",))
GRAPH_FORMATS = (
    Format("text/turtle", ("turtle", "ttl")),
    Format("application/n-triples", ("n-triples", "ntriples", "nt")),
    Format("application/rdf+xml", ("rdf+xml", "rdfxml", "rdf", "xml"), ("application/xml",)),
    Format("application/ld+json", ("json-ld", "jsonld", "json"), ("application/json",)),
)
FORMATS = {
    Kind.SOLUTIONS: (_JSON, _XML, Format("text/csv", ("csv",)), Format("text/tab-separated-values", ("tsv",))),
    Kind.BOOLEAN: (_JSON, _XML),
    Kind.GRAPH: GRAPH_FORMATS,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request asks for."""

    query: Query | None
    format: str | None


class ResultResponse(StreamingResponse):
    """Streams a result and gives its worker back, however the answer ends."""

    def __init__(self, result: Result, media_type: str) -> None:
        super().__init__(iter(result), media_type=media_type, headers={"Vary": "Accept"})
        self._result = result

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._result.close()


async def asked(request: Request) -> Asked:
    """The request read by the rules of the protocol. Raises HTTPException, BadParameter or QueryForbidden."""
    pairs = _pairs(request.url.query)
    if request.method == "POST":
        pairs += await _posted(request)
    texts = _values(pairs, "query")
    if _values(pairs, "update"):
        if texts:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "send either query or update, not both")
        raise QueryForbidden("update", "this service is read-only")
    if len(texts) > 1:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"send exactly one query, not {len(texts)}")
    if not texts and request.method == "POST":
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the parameter query is missing")
    wanted = _values(pairs, "format")
    return Asked(_query(request, texts[0], pairs) if texts else None, wanted[-1] if wanted else None)


def _query(request: Request, text: str, pairs: list[tuple[str, str]]) -> Query:
    return Query(
        text=text,
        default_graphs=_graphs(pairs, "default-graph-uri"),
        named_graphs=_graphs(pairs, "named-graph-uri"),
        base_iri=str(request.url.replace(query="", fragment="")),
        timeout_s=_seconds(_values(pairs, "timeout")),
    )


async def _posted(request: Request) -> list[tuple[str, str]]:
    content_type, _, parameters = request.headers.get("content-type", "").partition(";")
    content_type = content_type.strip().lower()
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if content_type not in (_FORM, _DIRECT, _UPDATE) or charset not in ("", "charset=utf-8"):
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"send {_FORM} or {_DIRECT}, in UTF-8",
            {"Accept-Post": f"{_FORM}, {_DIRECT}"},
        )
    text = _utf8(await _body(request))
    if content_type == _FORM:
        return _pairs(text)
    return [("query" if content_type == _DIRECT else "update", text)]


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX_BYTES:
            reason = f"the request is larger than {BODY_MAX_BYTES:,} bytes"
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
    return bytes(body)


def _utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the request is not UTF-8") from None


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the parameters cannot be read as UTF-8") from None


def _values(pairs: list[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in pairs if key == name]


def _graphs(pairs: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    iris = tuple(_values(pairs, name))
    for iri in iris:
        try:
            ox.NamedNode(iri)
        except ValueError:
            raise BadParameter(name, f"{iri!r} is not an absolute IRI") from None
    return iris


def _seconds(values: Sequence[str]) -> float | None:
    if not values:
        return None
    try:
        seconds = float(values[-1])
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise BadParameter("timeout", f"{values[-1]!r} is not a number of seconds above 0")
    return seconds


def answer(asked: Annotated[Asked, Depends(asked)], request: Request) -> Response:
    """Run a SPARQL 1.1 query, or describe the service."""
    accept = request.headers.get("accept", "")
    if asked.format is None and negotiation.prefers_html(accept):
        return _page(request, asked.query)
    if asked.query is None:
        return _description(request, accept, asked.format)
    result, media_type = _run(request, asked.query, accept, asked.format)
    if request.method == "HEAD":
        result.close()
        return Response(media_type=media_type, headers={"Vary": "Accept"})
    return ResultResponse(result, media_type)


def _run(request: Request, query: Query, accept: str, wanted: str | None) -> tuple[Result, str]:
    """The result and the type it is sent under; the format is settled before the query runs."""
    formats = FORMATS[guard.examined(query.text).kind or Kind.SOLUTIONS]
    media_type = negotiation.chosen(formats, accept, wanted)
    return _running(request, query, negotiation.format_of(formats, media_type).media_type), media_type


def _running(request: Request, query: Query, media_type: str) -> Result:
    return services.of(request).executor.run(
        Query(
            text=query.text,
            media_type=media_type,
            default_graphs=query.default_graphs,
            named_graphs=query.named_graphs,
            base_iri=query.base_iri,
            timeout_s=query.timeout_s,
        )
    )


def _description(request: Request, accept: str, wanted: str | None) -> Response:
    media_type = negotiation.chosen(GRAPH_FORMATS, accept, wanted)
    endpoint = str(request.url.replace(query="", fragment=""))
    triples = [quad.triple for quad in ox.parse(path=_DESCRIPTION, base_iri=endpoint)]
    if services.of(request).settings.plain:
        union = ox.NamedNode(f"{_SD}UnionDefaultGraph")
        triples = [triple for triple in triples if triple.object != union]
    rdf = ox.RdfFormat.from_media_type(negotiation.format_of(GRAPH_FORMATS, media_type).media_type)
    prefixes = {"sd": _SD, "formats": "http://www.w3.org/ns/formats/"}
    body = ox.serialize(triples, format=rdf, prefixes=prefixes)
    return Response(body, media_type=media_type, headers={"Vary": "Accept"})


def _page(request: Request, query: Query | None) -> Response:
    """The form, with the result below it where a query was sent."""
    if query is None:
        return render(request, "sparql.html", text=None)
    try:
        shown = _shown(request, query)
    except ConflictKgError as error:
        answer = answer_to(error)
        failure = {"title": answer.title, "detail": message_of(error)}
        return render(request, "sparql.html", status=answer.status, text=query.text, failure=failure)
    return render(request, "sparql.html", text=query.text, **shown)


def _shown(request: Request, query: Query) -> dict[str, Any]:
    kind = guard.examined(query.text).kind or Kind.SOLUTIONS
    media_type = FORMATS[kind][0].media_type
    data = b"".join(_running(request, query, media_type))
    formats = [each.names[0] for each in FORMATS[kind]]
    if kind is Kind.GRAPH:
        return {"formats": formats, "turtle": data.decode()}
    parsed = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    if isinstance(parsed, ox.QueryBoolean):
        return {"formats": formats, "truth": bool(parsed)}
    return {"formats": formats, "table": table_of(parsed)}


def other_methods(request: Request) -> Response:
    """OPTIONS is answered; what is not offered is refused with the list of what is."""
    if request.method == "OPTIONS":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": ALLOW})
    raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, f"this service takes {ALLOW}", {"Allow": ALLOW})


def _parameter(name: str, kind: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": kind}, "description": description}


_DOCUMENTED = {
    "parameters": [
        _parameter("query", "string", "exactly one SPARQL 1.1 query; without one the service describes itself"),
        _parameter("default-graph-uri", "string", "a graph of the default graph; may be repeated"),
        _parameter("named-graph-uri", "string", "a named graph; may be repeated"),
        _parameter("format", "string", "json, xml, csv, tsv, turtle, nt, rdf or jsonld; overrides Accept"),
        _parameter("timeout", "number", "seconds; the server's own limit stays the highest"),
    ]
}

for _path in PATHS:
    _listed = _path == PATHS[0]
    router.add_api_route(_path, answer, methods=["GET"], openapi_extra=_DOCUMENTED, include_in_schema=_listed)
    router.add_api_route(_path, answer, methods=["POST"], include_in_schema=_listed)
    router.add_api_route(_path, answer, methods=["HEAD"], include_in_schema=False)
    _others = ["OPTIONS", "PUT", "PATCH", "DELETE"]
    router.add_api_route(_path, other_methods, methods=_others, include_in_schema=False)
