"""``/``, ``/problems`` and ``/warnings``: the first page, and what problem documents and warnings of queries mean."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.http.etag import version_headers
from api.http.html_response import SEARCH_POLICY, respond_html
from api.http.public_address import public_url
from api.http.reply_cache import STATIC
from api.pages.home_page import (
    HOME_PAGE,
    LISTED,
    LISTED_KINDS,
    PROBLEMS_PAGE,
    WARNINGS_PAGE,
    WARNINGS_PATH,
    render_home,
)
from api.state import AppState, state_of
from kg.errors import ConflictKgError
from kg.execution.interface import Call
from kg.namespaces import UNNAMED
from kg.schema.model import local_name

router = APIRouter(include_in_schema=False)

_COUNT_TIMEOUT_S = 5.0


@router.get("/")
async def home(request: Request) -> Response:
    """What this is, what it contains, and where the endpoints are; without counts if counting takes too long."""
    state = state_of(request)
    endpoint = public_url(request, "/sparql")
    arguments = {"endpoint": endpoint, "overview": await run_in_threadpool(_look_over, state)}
    call = Call(procedure=HOME_PAGE, arguments=arguments, timeout_s=_COUNT_TIMEOUT_S)
    try:
        reply = await state.reply_cache.get(request, call, state.services.knowledge_graph.store.version)
    except ConflictKgError:
        return respond_html(render_home(state.renderer, endpoint), policy=SEARCH_POLICY)
    response = respond_html(reply.body, policy=SEARCH_POLICY)
    response.headers.update(version_headers(reply.version))
    return response


def _look_over(state: AppState) -> dict[str, Any] | None:
    """What the lists begin with, and how long they are; None where they are not of the version of the data."""
    index, store = state.services.list_index, state.services.knowledge_graph.store
    if index is None or not index.is_of(store):
        return None
    overview = index.overview(LISTED_KINDS, LISTED, [local_name(iri) for iri in UNNAMED])
    return {
        "totals": index.count_all(),
        "things": {
            kind: {"total": found.total, "listed": [[thing.iri, thing.name] for thing in found.things]}
            for kind, found in overview.items()
        },
    }


@router.get("/problems")
async def problems(request: Request) -> Response:
    """The problem types, each with the meaning that its error states."""
    reply = await state_of(request).reply_cache.get(request, Call(procedure=PROBLEMS_PAGE), STATIC)
    return respond_html(reply.body)


@router.get(f"/{WARNINGS_PATH}")
async def warnings(request: Request) -> Response:
    """The rules of the lint of queries, each with an example and its cure."""
    reply = await state_of(request).reply_cache.get(request, Call(procedure=WARNINGS_PAGE), STATIC)
    return respond_html(reply.body)


for _route in [route for route in router.routes if isinstance(route, APIRoute)]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
