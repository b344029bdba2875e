"""``/search``: which things and statements have certain words, as a page or as JSON.

Owns the parameters and their bounds, and negotiation. The text index finds candidates in this process; a worker looks
them up in the graph (``api.pages.search_page``).
"""

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from api.http import conneg, etag, reply_response
from api.http.conneg import Format
from api.http.html_response import SEARCH_POLICY, html_headers, respond_html
from api.http.text_search import find_candidates
from api.pages.search_page import JSON, SEARCH
from api.state import state_of
from kg.execution.interface import Call
from kg.search.hits import MAX_FIRST
from kg.search.text_index import MAX_CHARACTERS

router = APIRouter(tags=["Search"])

_JSON = Format(JSON, ("json",))
_FIRST, _MAX_OFFSET = 20, 1_000

Words = Annotated[
    str, Query(alias="q", max_length=MAX_CHARACTERS, description="names, words of quotes, ids, addresses")
]
Kind = Annotated[str, Query(max_length=40, description="only this kind, such as place, actor or statement")]
First = Annotated[int, Query(ge=1, le=MAX_FIRST)]
Offset = Annotated[int, Query(ge=0, le=_MAX_OFFSET)]
FormatName = Annotated[str | None, Query(alias="format")]


@router.get("/search")
async def search(
    request: Request,
    words: Words = "",
    kind: Kind = "",
    first: First = _FIRST,
    offset: Offset = 0,
    format_: FormatName = None,
) -> Response:
    """Things and statements with these words, the best first; what is said comes with its speaker, source and hedge."""
    state = state_of(request)
    accept = request.headers.get("accept", "")
    is_page = conneg.selects_html(accept, format_)
    if not is_page:
        conneg.select_media_type([_JSON], accept, format_)
    if is_page and not words.strip():
        return respond_html(state.renderer.render("search.html", query="", hits=None, kind=kind), policy=SEARCH_POLICY)
    candidates = (await find_candidates(state.services, [words]))[words]
    content = json.dumps([candidate.members() for candidate in candidates]).encode()
    arguments = {"words": words, "kind": kind, "first": first, "offset": offset, "is_page": is_page}
    result = await state.query_runner.run(request, Call(procedure=SEARCH, arguments=arguments, content=content))
    headers = {"Vary": "Accept", "Cache-Control": etag.REVALIDATE} | (html_headers(SEARCH_POLICY) if is_page else {})
    tag = result.properties.get("etag", "")
    if (response := etag.not_modified(request, tag, headers | {"ETag": tag})) is not None:
        result.close()
        return response
    return reply_response.respond(request, result, headers | {"ETag": tag})


for _route in [route for route in router.routes if isinstance(route, APIRoute)]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
