"""``/graphql``: GraphQL over HTTP, and GraphiQL for browsers; ``/graphql/schema``: the schema in SDL.

Requests are executed in workers, as queries are (``kg.graphql.procedure``).
"""

import logging
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.http import conneg, graphql_response
from api.http.conneg import NotAcceptableError
from api.http.etag import version_headers
from api.http.graphql_request import GraphQLRequestError, has_no_operation, read_request
from api.http.html_response import GRAPHIQL_POLICY, PAGE_POLICY, respond_html
from api.http.problem import answer_other_method
from api.http.reply_cache import STATIC
from api.http.text_search import find_candidates
from api.pages.graphiql import GRAPHIQL_PAGE, has_editor
from api.state import AppState, state_of
from kg.errors import ConflictKgError
from kg.execution.interface import Call, Result
from kg.execution.procedure import ProcedureFailedError
from kg.graphql.interface import PRINT_SCHEMA, Outcome

router = APIRouter(tags=["GraphQL"])

PATHS = ("/graphql", "/graphql/")
ALLOW = "GET, HEAD, POST, OPTIONS"
_log = logging.getLogger(__name__)


async def graphql(request: Request) -> Response:
    """Execute a GraphQL request; a browser that sends none gets GraphiQL."""
    if request.method != "POST" and has_no_operation(request) and _prefers_html(request):
        return await _graphiql(request)
    try:
        media_type = graphql_response.select_media_type(request)
    except NotAcceptableError as error:
        return graphql_response.create_not_acceptable_response(error)
    state = state_of(request)
    try:
        result, outcome = await _execute(state, request, await read_request(request))
    except GraphQLRequestError as error:
        return graphql_response.create_error_response(error.message, error.code, media_type, error.status)
    except ConflictKgError as error:
        return graphql_response.create_failure_response(error, media_type)
    except ProcedureFailedError as error:
        _log.error("a GraphQL request failed: %s", error)
        return graphql_response.create_internal_error_response(media_type)
    for bug in outcome.bugs:
        _log.error("a GraphQL request failed in part: %s", bug)
    partial_status = state.services.settings.graphql_partial_status
    return graphql_response.create_response(result, outcome, media_type, partial_status=partial_status)


async def _graphiql(request: Request) -> Response:
    reply = await state_of(request).reply_cache.get(request, Call(procedure=GRAPHIQL_PAGE), STATIC)
    return respond_html(reply.body, policy=GRAPHIQL_POLICY if has_editor() else PAGE_POLICY)


async def _execute(state: AppState, request: Request, call: Call) -> tuple[Result, Outcome]:
    """The response and its outcome. Raises ConflictKgError, ProcedureFailedError or ClientDisconnect.

    Each worker knows the documents that were sent to it. This process keeps all of them, and never looks into them: a
    worker says which texts a request searches, and the request is executed again with what the text index has found.
    """
    result = await state.query_runner.run(request, call)
    outcome = Outcome.from_properties(result.properties)
    while given := await _find_asked_for(state, outcome, call):
        result.close()
        call = replace(call, arguments={**call.arguments, **given})
        result = await state.query_runner.run(request, call)
        outcome = Outcome.from_properties(result.properties)
    if outcome.sent:
        state.sent_documents.put(*outcome.sent)
    return result, outcome


async def _find_asked_for(state: AppState, outcome: Outcome, call: Call) -> dict[str, Any]:
    """What the worker lacks and was not given: the document, or what a search finds; each worker may lack both."""
    if (
        outcome.missing
        and not call.arguments.get("document")
        and (document := state.sent_documents.get(outcome.missing))
    ):
        return {"document": document}
    if outcome.searches and not call.arguments.get("candidates"):
        found = await find_candidates(state.services, outcome.searches)
        return {"candidates": {text: [each.members() for each in items] for text, items in found.items()}}
    return {}


async def schema(request: Request) -> Response:
    """The schema in GraphQL's schema definition language."""
    state = state_of(request)
    version = state.services.knowledge_graph.store.version
    reply = await state.reply_cache.get(request, Call(procedure=PRINT_SCHEMA), version)
    headers = {"Vary": "Accept"} | version_headers(reply.version)
    return Response(reply.body, headers=headers, media_type=reply.media_type)


def other_methods(request: Request) -> Response:
    """OPTIONS, and the methods that GraphQL over HTTP does not have."""
    return answer_other_method(request, ALLOW)


def _prefers_html(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return conneg.prefers("text/html", accept, over=(graphql_response.RESPONSE, graphql_response.JSON))


for _path in PATHS:
    _in_schema = _path == PATHS[0]
    router.add_api_route(_path, graphql, methods=["GET"], include_in_schema=_in_schema)
    router.add_api_route(_path, graphql, methods=["POST"], include_in_schema=_in_schema)
    router.add_api_route(_path, graphql, methods=["HEAD"], include_in_schema=False)
    router.add_api_route(_path, other_methods, methods=["OPTIONS", "PUT", "PATCH", "DELETE"], include_in_schema=False)
router.add_api_route("/graphql/schema", schema, methods=["GET"])
router.add_api_route("/graphql/schema", schema, methods=["HEAD"], include_in_schema=False)
