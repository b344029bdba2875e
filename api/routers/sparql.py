"""``/sparql``: the SPARQL 1.1 Protocol, https://www.w3.org/TR/sparql11-protocol/, and the query editor for browsers.

Owns which response an operation has; ``api.http.sparql_request`` parses, ``api.http.sparql_response`` formats results.
"""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.errors import client_message, problem_type_of
from api.http import conneg, etag, reply_response
from api.http.access_log import note_operation
from api.http.authorization import authorize
from api.http.html_response import PAGE_POLICY, YASGUI_POLICY, html_headers, respond_html
from api.http.problem import answer_other_method
from api.http.sparql_request import base_iri_of, parse_sparql_request
from api.http.sparql_response import FORMATS, create_response, select_format
from api.http.write_request import DRY_RUN
from api.http.write_response import respond_written
from api.pages.sparql_page import RESULT_PAGE, SERVICE_DESCRIPTION, has_editor, render_editor
from api.state import AppState, state_of
from kg.access.scope import Operation
from kg.errors import AccessReason, BadParameterError, ConflictKgError, InsufficientScopeError, QueryLimitError
from kg.execution.interface import Call, Query, QueryForm, QueryInfo
from kg.execution.text_cache import cache_by_text
from kg.governed import interface as governed
from kg.rdf_formats import RDF_SYNTAXES
from kg.update.evaluation import Update
from kg.update.procedures import call_update

router = APIRouter(tags=["SPARQL"])

PATHS = ("/sparql", "/sparql/")
ALLOW = "GET, HEAD, POST, OPTIONS"
_HTML = "html"
_prefers_html = cache_by_text(conneg.prefers_html)


async def sparql(request: Request) -> Response:
    """Run a SPARQL 1.1 query or update, or describe the service."""
    state = state_of(request)
    operation = await parse_sparql_request(request, state.services, state.query_runner)
    if operation.update is not None:
        return await run_in_threadpool(_run_update, request, operation.update, operation.dry_run)
    accept = request.headers.get("accept", "")
    if operation.format == _HTML or (operation.format is None and _prefers_html(accept)):
        return await _editor(request, operation.query)
    if operation.query is None:
        return await _describe(request, accept, operation.format)
    return await _run_query(request, state, operation.query, accept, operation.format)


async def _run_query(request: Request, state: AppState, query: Query, accept: str, override: str | None) -> Response:
    """The result; its format is selected before the query runs."""
    note_operation(request.scope, "query", query.text)
    services = state.services
    info = await services.executor.ainspect(query.text, client=query.client)
    form = info.form or QueryForm.SOLUTIONS
    media_type, registered_type = select_format(form, accept, override)
    version = services.knowledge_graph.store.version if info.is_deterministic else ""
    tag = etag.query_etag(version, query, media_type)
    if (response := etag.not_modified(request, tag)) is not None:
        return response
    result = await state.query_runner.run(request, replace(query, media_type=registered_type, info=info))
    # A commit since then may be in the result, or one before not yet: the tag must not outlive what it names.
    tag = etag.query_etag(result.version, query, media_type) if info.is_deterministic else ""
    return await create_response(request, result, media_type, etag.validator_headers(tag))


def _run_update(request: Request, update: Update, dry_run: bool) -> Response:
    """Run the update; every read that begins after the response sees it."""
    note_operation(request.scope, "update", update.text)
    services = state_of(request).services
    authorization = authorize(request, services, Operation.UPDATE)
    client = request.scope.get("client_key", "")
    if not services.settings.plain:
        timeout_s = authorization.timeout_s
        call = governed.call_update(update, dry_run=dry_run, timeout_s=timeout_s, client=client)
    elif dry_run:
        raise BadParameterError(DRY_RUN, "is not offered in plain mode, which validates nothing")
    elif services.settings.store and not authorization.principal.scope.has_all_graphs:
        reason = (
            "the engine evaluates updates itself: a token for certain graphs PUTs, POSTs or DELETEs them one by one"
        )
        raise InsufficientScopeError(AccessReason.GRAPH, reason, Operation.UPDATE)
    else:
        call = replace(call_update(update), client=client)
    provenance = authorization.create_provenance("update")
    properties = services.writer.write(call, provenance, permit=authorization.permit)
    return respond_written(request, services, properties)


async def _describe(request: Request, accept: str, override: str | None) -> Response:
    """The service description (section 2.1 of https://www.w3.org/TR/sparql11-service-description/)."""
    state, endpoint = state_of(request), base_iri_of(request)
    media_type = conneg.select_media_type(RDF_SYNTAXES, accept, override)
    version = state.services.knowledge_graph.store.version
    tag = etag.weak_etag(version, endpoint, media_type)
    if (response := etag.not_modified(request, tag)) is not None:
        return response
    suffix = conneg.find_format(RDF_SYNTAXES, media_type).suffix
    arguments = {"endpoint": endpoint, "suffix": suffix, "media_type": media_type, "has_counts": True}
    call = Call(procedure=SERVICE_DESCRIPTION, arguments=arguments)
    try:
        reply = await state.reply_cache.get(request, call, version)
    except QueryLimitError:
        call = replace(call, arguments=arguments | {"has_counts": False})
        reply = await state.reply_cache.get(request, call, version)
    tag = etag.weak_etag(reply.version, endpoint, media_type)
    headers = etag.validator_headers(tag) | etag.version_headers(reply.version)
    return Response(reply.body, media_type=media_type, headers=headers)


async def _editor(request: Request, query: Query | None) -> Response:
    """The editor, with the result of the query, if any, below it."""
    state, policy = state_of(request), YASGUI_POLICY if has_editor() else PAGE_POLICY
    if query is None:
        return respond_html(render_editor(state.renderer, state.services.catalogue, None), policy=policy)
    note_operation(request.scope, "query", query.text)
    try:
        info = await state.services.executor.ainspect(query.text, client=query.client)
        result = await state.query_runner.run(request, _create_page_call(query, info))
    except ConflictKgError as error:
        problem_type = problem_type_of(error)
        request.scope["outcome"] = problem_type.slug
        failure = {"title": problem_type.title, "detail": client_message(error)}
        body = render_editor(state.renderer, state.services.catalogue, query.text, failure=failure)
        return respond_html(body, status=problem_type.status, policy=policy)
    return reply_response.respond(request, result, html_headers(policy))


def _create_page_call(query: Query, info: QueryInfo) -> Call:
    """The call that runs the query and shows its result on the page."""
    formats = FORMATS[info.form or QueryForm.SOLUTIONS]
    arguments = {
        "text": query.text,
        "default_graphs": query.default_graphs,
        "named_graphs": query.named_graphs,
        "base_iri": query.base_iri,
        "names_dataset": info.names_dataset,
        "timeout_s": query.timeout_s,
        "formats": [format_.names[0] for format_ in formats],
    }
    return Call(procedure=RESULT_PAGE, arguments=arguments, timeout_s=query.timeout_s, client=query.client)


def other_methods(request: Request) -> Response:
    """OPTIONS, and the methods that the protocol does not have."""
    return answer_other_method(request, ALLOW)


def _parameter(name: str, type_: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": type_}, "description": description}


_OPENAPI = {
    "parameters": [
        _parameter("query", "string", "exactly one SPARQL 1.1 query; without one the service describes itself"),
        _parameter("default-graph-uri", "string", "a graph of the default graph; may be repeated"),
        _parameter("named-graph-uri", "string", "a named graph; may be repeated"),
        _parameter("format", "string", "json, xml, csv, tsv, turtle, nt, rdf, jsonld, trig or nq; overrides Accept"),
        _parameter("timeout", "number", "seconds; the server's own limit stays the highest"),
    ]
}

ENDPOINTS = dict.fromkeys(PATHS, sparql)
"""What ``FastPathMiddleware`` calls; the routes below document it and answer the other methods."""

for _path in PATHS:
    _in_schema = _path == PATHS[0]
    router.add_api_route(_path, sparql, methods=["GET"], openapi_extra=_OPENAPI, include_in_schema=_in_schema)
    router.add_api_route(_path, sparql, methods=["POST"], include_in_schema=_in_schema)
    router.add_api_route(_path, sparql, methods=["HEAD"], include_in_schema=False)
    router.add_api_route(_path, other_methods, methods=["OPTIONS", "PUT", "PATCH", "DELETE"], include_in_schema=False)
