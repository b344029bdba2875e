"""The addresses of GraphQL: ``/graphql``, and ``/graphql/schema`` with the schema in its own language."""

import gc
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from threading import Lock
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from graphql import print_schema
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from api import services
from api.errors import blank_problem_type, problem_response
from api.http import conneg, graphql_response
from api.http.conneg import NotAcceptable
from api.http.graphql_request import GraphQLParameters, MalformedGraphQLRequest, has_no_operation, parse_graphql_request
from api.pages.graphiql import page
from kg.graphql.execute import GraphQLRequest, GraphQLResult, GraphQLService
from kg.graphql.request.persisted_documents import DocumentNotFound, PersistedDocuments
from kg.graphql.request.query_cost import RequestLimits

router = APIRouter(tags=["GraphQL"])

PATHS = ("/graphql", "/graphql/")
ALLOW = "GET, HEAD, POST, OPTIONS"
_MAKING = Lock()
THREADS = 32
"""How many requests are worked on at once. Threads of our own: the other routes keep theirs, however many wait here."""
_COLLECTING = 5_000, 20, 50
"""After how many new objects, and how often thorougher: a large request makes some hundred thousand."""
_Result = TypeVar("_Result")


async def answer(request: Request) -> Response:
    """Ask in GraphQL; a browser gets a page to ask from."""
    if request.method != "POST" and has_no_operation(request) and _is_browser(request):
        return await run_in_threadpool(page, request)
    try:
        chosen = graphql_response.select_media_type(request)
    except NotAcceptable as error:
        return graphql_response.create_not_acceptable_response(error)
    try:
        asked = await parse_graphql_request(request)
        outcome = await _aside(request, partial(_outcome, request, asked))
    except MalformedGraphQLRequest as error:
        return graphql_response.create_error_response(error.message, error.code, chosen, error.status)
    except DocumentNotFound as error:
        status = HTTPStatus.OK if chosen == graphql_response.JSON else HTTPStatus.NOT_FOUND
        return graphql_response.create_error_response(str(error), error.code, chosen, status)
    partial_status = services.of(request).settings.graphql_partial_status
    return await _aside(
        request, partial(graphql_response.create_response, outcome, chosen, partial_status=partial_status)
    )


def schema(request: Request) -> Response:
    """The schema in GraphQL's schema definition language."""
    return PlainTextResponse(f"{print_schema(api_of(request).schema)}\n", headers={"Vary": "Accept"})


def other_methods(request: Request) -> Response:
    """OPTIONS is answered; what is not offered is refused with the list of what is."""
    if request.method == "OPTIONS":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": ALLOW})
    answer_ = blank_problem_type(HTTPStatus.METHOD_NOT_ALLOWED)
    return problem_response(request, answer_, f"this service takes {ALLOW}", headers={"Allow": ALLOW})


def api_of(request: Request) -> GraphQLService:
    """The API of the app, made when it is first asked for."""
    state = request.app.state
    with _MAKING:
        if not hasattr(state, "graphql"):
            core = services.of(request)
            state.graphql = GraphQLService(
                core.knowledge_graph.schema,
                core.catalogue,
                core.settings.base_iri,
                limits=RequestLimits(seconds=core.settings.query_timeout_s),
                requires_attribution=core.settings.graphql_attribution,
            )
            state.graphql_documents = PersistedDocuments(core.settings.graphql_documents)
            _spare()
        found: GraphQLService = state.graphql
    return found


def _spare() -> None:
    """Spare what is there by now, schemas above all, from being looked through for garbage amid every large request.

    What a request reads is gone without looking when it ends, so that there is little to be found by looking often.
    """
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECTING)


async def _aside(request: Request, work: Callable[[], _Result]) -> _Result:
    """What the work gives, done where the event loop is not held up."""
    state = request.app.state
    if not hasattr(state, "graphql_threads"):
        state.graphql_threads = CapacityLimiter(THREADS)
    return await to_thread.run_sync(work, limiter=state.graphql_threads)


def _outcome(request: Request, asked: GraphQLParameters) -> GraphQLResult:
    api = api_of(request)
    documents: PersistedDocuments = request.app.state.graphql_documents
    return api.execute(
        GraphQLRequest(
            query=documents.text(asked.query, asked.document_id, asked.persisted_hash),
            variables=asked.variables,
            operation_name=asked.operation_name,
            explain=asked.explains,
            allow_mutation=request.method == "POST",
        ),
        services.of(request).executor,
    )


def _is_browser(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return conneg.prefers("text/html", accept, over=(graphql_response.RESPONSE, graphql_response.JSON))


for _path in PATHS:
    _listed = _path == PATHS[0]
    router.add_api_route(_path, answer, methods=["GET"], include_in_schema=_listed)
    router.add_api_route(_path, answer, methods=["POST"], include_in_schema=_listed)
    router.add_api_route(_path, answer, methods=["HEAD"], include_in_schema=False)
    router.add_api_route(_path, other_methods, methods=["OPTIONS", "PUT", "PATCH", "DELETE"], include_in_schema=False)
router.add_api_route("/graphql/schema", schema, methods=["GET"])
router.add_api_route("/graphql/schema", schema, methods=["HEAD"], include_in_schema=False)
