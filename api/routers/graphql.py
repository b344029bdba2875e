"""``/graphql``: GraphQL over HTTP, and GraphiQL for browsers; ``/graphql/schema``: the schema in SDL.

Requests block (``kg.graphql`` is synchronous) and run in threads of their own.
"""

from functools import partial
from http import HTTPStatus

from anyio import to_thread
from fastapi import APIRouter, Request
from graphql import print_schema
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from api.http import conneg, graphql_response
from api.http.conneg import NotAcceptableError
from api.http.graphql_request import GraphQLParameters, GraphQLRequestError, has_no_operation, parse_graphql_request
from api.http.problem import answer_other_method
from api.pages.graphiql import graphiql_page
from api.state import AppState, state_of
from kg.graphql.execute import GraphQLRequest
from kg.graphql.request.persisted_documents import DocumentNotFoundError

router = APIRouter(tags=["GraphQL"])

PATHS = ("/graphql", "/graphql/")
ALLOW = "GET, HEAD, POST, OPTIONS"


async def graphql(request: Request) -> Response:
    """Execute a GraphQL request; a browser that sends none gets GraphiQL."""
    if request.method != "POST" and has_no_operation(request) and _prefers_html(request):
        return await run_in_threadpool(graphiql_page, request)
    try:
        media_type = graphql_response.select_media_type(request)
    except NotAcceptableError as error:
        return graphql_response.create_not_acceptable_response(error)
    state = state_of(request)
    try:
        parameters = await parse_graphql_request(request)
        execute = partial(_execute, state, parameters, media_type, allow_mutation=request.method == "POST")
        return await to_thread.run_sync(execute, limiter=state.graphql.limiter)
    except GraphQLRequestError as error:
        return graphql_response.create_error_response(error.message, error.code, media_type, error.status)
    except DocumentNotFoundError as error:
        status = HTTPStatus.OK if media_type == graphql_response.JSON else HTTPStatus.NOT_FOUND
        return graphql_response.create_error_response(str(error), error.code, media_type, status)


def _execute(state: AppState, parameters: GraphQLParameters, media_type: str, *, allow_mutation: bool) -> Response:
    """Execute and serialize, in a thread. Raises DocumentNotFoundError."""
    services, documents = state.services, state.graphql.documents
    request = GraphQLRequest(
        query=documents.resolve(parameters.query, parameters.document_id, parameters.persisted_hash),
        variables=parameters.variables,
        operation_name=parameters.operation_name,
        explain=parameters.explain,
        allow_mutation=allow_mutation,
    )
    result = state.graphql.service.execute(request, services.executor)
    partial_status = services.settings.graphql_partial_status
    return graphql_response.create_response(result, media_type, partial_status=partial_status)


def schema(request: Request) -> Response:
    """The schema in GraphQL's schema definition language."""
    sdl = print_schema(state_of(request).graphql.service.schema)
    return PlainTextResponse(f"{sdl}\n", headers={"Vary": "Accept"})


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
