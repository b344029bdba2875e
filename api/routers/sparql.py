"""``/sparql``: the SPARQL 1.1 Protocol, https://www.w3.org/TR/sparql11-protocol/.

Owns the answers of that protocol; reading a request is ``api.http.sparql_request``'s, running one the executor's or the
writer's, the format of a result ``api.http.sparql_response``'s, showing one to people the pages'.
"""

import hashlib
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pyoxigraph as ox
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api import services
from api.errors import client_message, problem_type_of
from api.http import conneg, etag
from api.http.authorization import open_writer
from api.http.disconnect import run_query
from api.http.service_description import TripleCounter, describe_service
from api.http.sparql_request import base_iri_of, parse_sparql_request
from api.http.sparql_response import FORMATS, create_response, select_format
from api.pages import sparql_editor
from api.pages.table import build_table
from kg.errors import ConflictKgError
from kg.execution.interface import Query, QueryForm
from kg.execution.serial_executor import SerialExecutor
from kg.execution.text_cache import MAX_CACHED_LENGTH, cache_by_text
from kg.namespaces import SERVICE_PREFIXES
from kg.rdf_formats import RDF_SYNTAXES, serialize
from kg.update.plain_writer import Update

router = APIRouter(tags=["SPARQL"])

PATHS = ("/sparql", "/sparql/")
ALLOW = "GET, HEAD, POST, OPTIONS"
_HTML = "html"


async def answer(request: Request) -> Response:
    """Run a SPARQL 1.1 query or update, or describe the service."""
    wish = await parse_sparql_request(request)
    if wish.update is not None:
        return await run_in_threadpool(_updated, request, wish.update)
    accept = request.headers.get("accept", "")
    if wish.format == _HTML or (wish.format is None and _is_page(accept)):
        return await run_in_threadpool(_page, request, wish.query)
    if wish.query is None:
        return await run_in_threadpool(_description, request, accept, wish.format)
    return await _queried(request, wish.query, accept, wish.format)


_is_page = cache_by_text(conneg.prefers_html)


async def _queried(request: Request, query: Query, accept: str, wanted: str | None) -> Response:
    """The result; its format is settled before the query runs."""
    _note(request, "query", query.text)
    running = services.of(request)
    kind = (await running.executor.ainspect(query.text)).form or QueryForm.SOLUTIONS
    media_type, written_as = select_format(kind, accept, wanted)
    version = running.knowledge_graph.store.version if await _is_settled(request, query.text) else ""
    tag = etag.tag_of(version, query, media_type)
    if (same := etag.unchanged(request, tag)) is not None:
        return same
    result = await run_query(request, replace(query, media_type=written_as))
    return await create_response(request, result, media_type, etag.headers(tag))


def _updated(request: Request, update: Update) -> Response:
    """Run the update; once this is answered, every reader sees it."""
    _note(request, "update", update.text)
    open_writer(request).update(update)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _note(request: Request, kind: str, text: str) -> None:
    """For the log and the metrics: what was asked, told by a hash."""
    request.scope["asked"] = kind
    request.scope["hash"] = _hash(text)


@cache_by_text
def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


async def _is_settled(request: Request, text: str) -> bool:
    if len(text) <= MAX_CACHED_LENGTH:
        return _is_settled_short(text)
    line: SerialExecutor = request.app.state.line
    return await line.arun(etag.is_settled, text)


_is_settled_short = cache_by_text(etag.is_settled)


def _description(request: Request, accept: str, wanted: str | None) -> Response:
    media_type = conneg.select_media_type(RDF_SYNTAXES, accept, wanted)
    running = services.of(request)
    counter: TripleCounter = request.app.state.counter
    version = running.knowledge_graph.store.version
    tag = etag.tag(version, base_iri_of(request), media_type)
    if (same := etag.unchanged(request, tag)) is not None:
        return same
    triples = describe_service(base_iri_of(request), running, counter.counts(running))
    body = serialize(triples, conneg.find_format(RDF_SYNTAXES, media_type), SERVICE_PREFIXES)
    return Response(body, media_type=media_type, headers=etag.headers(tag))


def _page(request: Request, query: Query | None) -> Response:
    """The editor, with the result below it where a query was sent."""
    if query is None:
        return sparql_editor.page(request, text=None)
    _note(request, "query", query.text)
    try:
        shown = _shown(request, query)
    except ConflictKgError as error:
        answer = problem_type_of(error)
        request.scope["outcome"] = answer.slug
        failure = {"title": answer.title, "detail": client_message(error)}
        return sparql_editor.page(request, status=answer.status, text=query.text, failure=failure)
    return sparql_editor.page(request, text=query.text, **shown)


def _shown(request: Request, query: Query) -> dict[str, Any]:
    executor = services.of(request).executor
    kind = executor.inspect(query.text).form or QueryForm.SOLUTIONS
    media_type = FORMATS[kind][0].media_type
    data = b"".join(executor.run(replace(query, media_type=media_type)))
    formats = [each.names[0] for each in FORMATS[kind]]
    if kind is QueryForm.GRAPH:
        return {"formats": formats, "turtle": data.decode()}
    parsed = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    if isinstance(parsed, ox.QueryBoolean):
        return {"formats": formats, "truth": bool(parsed)}
    return {"formats": formats, "table": build_table(parsed)}


ENDPOINTS = dict.fromkeys(PATHS, answer)
"""What ``Direct`` answers; the routes below tell of it, and of the methods that are refused."""


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
        _parameter("format", "string", "json, xml, csv, tsv, turtle, nt, rdf, jsonld, trig or nq; overrides Accept"),
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
