"""``/compare``: sources or speakers side by side on one incident, place or zone, as a page, JSON or CSV.

Owns the parameters and negotiation; a worker computes it (``api.pages.compare_page``).
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from api.http import conneg, etag, reply_response
from api.http.conneg import Format
from api.http.html_response import html_headers, respond_html
from api.pages.compare_page import COMPARE, CSV, JSON, MAX_COLUMNS
from api.state import state_of
from kg.execution.interface import Call

router = APIRouter(tags=["Compare"])

_FORMATS = (Format(JSON, ("json",)), Format(CSV, ("csv",)))
_HTML = "text/html"
_MAX_LENGTH = 500

Name = Annotated[str, Query(max_length=_MAX_LENGTH)]
Thing = Annotated[
    str, Query(max_length=_MAX_LENGTH, description="incident, place or zone: kind/name, its name, or its IRI")
]
Sources = Annotated[
    list[Name] | None, Query(alias="source", max_length=MAX_COLUMNS, description="a source; may be repeated")
]
Speakers = Annotated[
    list[Name] | None, Query(alias="speaker", max_length=MAX_COLUMNS, description="an actor; may be repeated")
]
FormatName = Annotated[str | None, Query(alias="format", description="json, csv or html; overrides Accept")]


@router.get("/compare")
async def compare(
    request: Request,
    thing: Thing = "",
    source: Sources = None,
    speaker: Speakers = None,
    format_: FormatName = None,
) -> Response:
    """Claims about a thing in rows, who says what in each source in cells; without sources those that say most."""
    state = state_of(request)
    accept = request.headers.get("accept", "")
    is_page = conneg.selects_html(accept, format_)
    media_type = _HTML if is_page else conneg.select_media_type(_FORMATS, accept, format_)
    if is_page and not thing.strip():
        return respond_html(state.renderer.render("compare-start.html"))
    arguments = {
        "thing": thing,
        "sources": [text for text in source or () if text.strip()],
        "speakers": [text for text in speaker or () if text.strip()],
        "media_type": media_type,
    }
    result = await state.query_runner.run(request, Call(procedure=COMPARE, arguments=arguments))
    headers = {"Vary": "Accept", "Cache-Control": etag.REVALIDATE} | (html_headers() if is_page else {})
    return reply_response.respond(request, result, headers)


for _route in [route for route in router.routes if isinstance(route, APIRoute)]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
