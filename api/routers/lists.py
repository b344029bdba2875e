"""``/incidents``, ``/actors``, ``/places``, ``/zones``, ``/sources``, ``/statements``: lists as pages and as files.

Owns paths, negotiation and what links pages of a list. The index finds what is listed in this process, a worker reads
what a row shows (``api.pages.list_page``).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.http import conneg, etag, reply_response
from api.http.conneg import Format
from api.http.html_response import html_headers
from api.http.links import LinkHeader
from api.http.list_parameters import FILE_MAX, PAGE_MAX, PARAMETERS, ListRequest, parse_list_request
from api.http.public_address import public_url
from api.pages.list_files import SUFFIXES
from api.pages.list_page import HEADINGS, LIST_FILE, LIST_PAGE
from api.state import AppState, state_of
from kg.errors import BadParameterError, IndexNotReadyError, UnknownNameError
from kg.execution.interface import Call
from kg.lists.list_index import FacetCounts, ListIndex
from kg.lists.selection import STATEMENT, STATEMENT_ORDERS, THING_ORDERS
from kg.lists.statement_facts import FROM, WITHIN
from kg.store.embedded import EmbeddedStore

router = APIRouter(tags=["Lists"])

KINDS = {name: name.removesuffix("s") for name in HEADINGS}
"""Each list with the kind of what it lists."""
_HTML = "text/html"
_FORMATS = [Format(_HTML, ("html",)), *(Format(media_type, (suffix,)) for suffix, media_type in SUFFIXES.items())]
_COUNTED_TO = 1_000
"""Statements of a thing or facet are counted so far."""
_WITH_STATEMENTS = frozenset({"incident", "zone"})
"""Kinds of which a list shows statements; of others, their number."""
_SHOWN_STATEMENTS = 75
"""On a page, at most three of a thing."""
_COUNTED = {"source": (FROM, "source"), "place": (WITHIN, "place")}
"""Of which statements a list tells the number: those in a source, those of a place and of what lies in it."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the index has for a page."""

    members: tuple[str, ...]
    total: int
    statements: dict[str, list[str]]
    counts: dict[str, int]
    facets: FacetCounts


async def get_list(request: Request, list_: str, suffix: str = "") -> Response:
    """What is there, narrowed, ordered, in pages; as a file all of it. Each row has who says it in which source."""
    state = state_of(request)
    index = _index_of(state)
    if suffix not in ("", *SUFFIXES):
        raise UnknownNameError("file", f"{list_}.{suffix}", [f"{list_}.{known}" for known in SUFFIXES])
    media_type = SUFFIXES[suffix] if suffix else _select_format(request)
    given, base_iri = list(request.query_params.multi_items()), state.services.settings.base_iri
    most = PAGE_MAX if media_type == _HTML else FILE_MAX
    parsed = await run_in_threadpool(parse_list_request, given, list_, KINDS[list_], most, index, base_iri)
    if media_type == _HTML:
        return await _send_page(request, state, index, parsed)
    return await _send_file(request, state, index, parsed, media_type)


def _select_format(request: Request) -> str:
    accept, format_ = request.headers.get("accept", ""), request.query_params.get("format", "")
    if not format_ and conneg.prefers_html(accept):
        return _HTML
    return conneg.select_media_type(_FORMATS, accept, format_ or None)


async def _send_page(request: Request, state: AppState, index: ListIndex, parsed: ListRequest) -> Response:
    found = await run_in_threadpool(_find, index, parsed)
    last = _last_page(found.total, parsed.first)
    _check_page(parsed, last)
    call = Call(procedure=LIST_PAGE, arguments=_view(parsed, found, last))
    reply = await state.reply_cache.get(request, call, state.services.knowledge_graph.store.version)
    links = _link_pages(parsed, last, f"/{parsed.list}")
    for suffix, media_type in SUFFIXES.items():
        links.add(parsed.address(f"/{parsed.list}.{suffix}"), "alternate", media_type)
    tag = reply.properties["etag"]
    headers = html_headers() | {"ETag": tag, "Cache-Control": etag.REVALIDATE, "Link": links.format()}
    headers |= etag.version_headers(reply.version)
    if (response := etag.not_modified(request, tag, headers)) is not None:
        return response
    return Response(reply.body, headers=headers, media_type=reply.media_type)


async def _send_file(
    request: Request, state: AppState, index: ListIndex, parsed: ListRequest, media_type: str
) -> Response:
    """All rows, or those of one part of the list where a page is named; too many are refused before any is sent."""
    first = FILE_MAX if parsed.is_whole else parsed.file_rows
    offset = 0 if parsed.is_whole else (parsed.page - 1) * first
    found = await run_in_threadpool(
        index.select_rows, KINDS[parsed.list], parsed.selection, parsed.order, first, offset
    )
    last = _last_page(found.total, first)
    if parsed.is_whole and last > 1:
        raise BadParameterError(
            "page",
            f"the list has {found.total:,} rows, and a file at most {FILE_MAX:,}: narrow the list, such as by place or"
            f" source, or fetch its parts with page=1 to page={last}",
        )
    _check_page(parsed, last)
    suffix = next(suffix for suffix, known in SUFFIXES.items() if known == media_type)
    facts = {
        "what": HEADINGS[parsed.list],
        "address": "?".join(filter(None, (public_url(request, f"/{parsed.list}"), urlencode(parsed.parameters)))),
        "selected": ", ".join(f"{name}: {value}" for name, value in parsed.parameters.items()) or "all",
        "rows": f"{offset + 1 if found.rows else 0} to {offset + len(found.rows)} of {found.total}",
    }
    arguments = {"kind": KINDS[parsed.list], "suffix": suffix, "title": HEADINGS[parsed.list], "facts": facts}
    call = Call(procedure=LIST_FILE, arguments=arguments, content=json.dumps(found.rows).encode())
    result = await state.query_runner.run(request, call)
    links = _link_pages(parsed, last, f"/{parsed.list}.{suffix}")
    links.add(parsed.address(f"/{parsed.list}"), "alternate", "text/html")
    part = "" if parsed.is_whole else f"-{parsed.page}"
    headers = {
        "Vary": "Accept",
        "Cache-Control": etag.REVALIDATE,
        "Link": links.format(),
        "Content-Disposition": f'attachment; filename="{parsed.list}{part}.{suffix}"',
    }
    return reply_response.respond(request, result, headers)


def _find(index: ListIndex, parsed: ListRequest) -> _Found:
    kind, selection = KINDS[parsed.list], parsed.selection
    page = index.select(kind, selection, parsed.order, parsed.first, (parsed.page - 1) * parsed.first)
    statements: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    if kind != STATEMENT:
        role, _ = _COUNTED.get(kind, (kind, ""))
        counts = index.count_statements(role, page.members, _COUNTED_TO + 1)
        if kind in _WITH_STATEMENTS and page.members:
            shown = min(3, _SHOWN_STATEMENTS // len(page.members))
            statements = index.statements_of(kind, page.members, selection, shown)
    return _Found(page.members, page.total, statements, counts, index.count_facets(kind, selection))


def _view(parsed: ListRequest, found: _Found, last: int) -> dict[str, Any]:
    """The arguments of the page."""
    kind, path = KINDS[parsed.list], f"/{parsed.list}"
    _, facet = _COUNTED.get(kind, (kind, "about"))
    return {
        "list": parsed.list,
        "kind": kind,
        "members": found.members,
        "statements": found.statements,
        "counts": {
            iri: {
                "number": number,
                "path": f"/statements?{urlencode({facet: iri})}",
            }
            for iri, number in found.counts.items()
        },
        "capped": _COUNTED_TO,
        "total": found.total,
        "first": parsed.first,
        "page": parsed.page,
        "last": last,
        "offset": (parsed.page - 1) * parsed.first,
        "path": path,
        "paths": {
            **{suffix: parsed.address(f"{path}.{suffix}") for suffix in SUFFIXES},
            **{relation: parsed.address(path, page=number) for relation, number in _relations(parsed.page, last)},
        },
        "order": parsed.order,
        "orders": list(STATEMENT_ORDERS if kind == STATEMENT else THING_ORDERS),
        "fields": {name: parsed.parameters.get(name, "") for name in PARAMETERS},
        "chosen": [
            {"name": name, "value": value, "path": parsed.address(path, without=name)}
            for name, value in parsed.chosen.items()
        ],
        "facets": [
            {
                "name": facet.value,
                "values": [
                    {
                        "value": item.value,
                        "name": item.name,
                        "number": item.statements,
                        "path": parsed.address(path, changed={facet.value: item.value}),
                    }
                    for item in values
                ],
            }
            for facet, values in found.facets.values.items()
            if facet.value not in parsed.parameters and values
        ],
        "is_sample": found.facets.is_sample,
    }


def _link_pages(parsed: ListRequest, last: int, path: str) -> LinkHeader:
    links = LinkHeader()
    if not parsed.is_whole or path == f"/{parsed.list}":
        for relation, number in _relations(parsed.page, last):
            links.add(parsed.address(path, page=number), relation)
    return links


def _relations(page: int, last: int) -> list[tuple[str, int]]:
    related = [("first", 1), ("last", last)]
    return related + [("prev", page - 1)] * (page > 1) + [("next", page + 1)] * (page < last)


def _last_page(total: int, first: int) -> int:
    return max(1, ceil(total / first))


def _check_page(parsed: ListRequest, last: int) -> None:
    if parsed.page > last:
        raise BadParameterError("page", f"there is no page {parsed.page}: the last is page={last}")


def _index_of(state: AppState) -> ListIndex:
    """The index; one that is not of the version of the data is renewed meanwhile. Raises IndexNotReadyError."""
    index, store = state.services.list_index, state.services.knowledge_graph.store
    if index is None or not isinstance(store, EmbeddedStore):
        raise IndexNotReadyError("lists are offered over the embedded store, and not in plain mode; query /sparql")
    if not index.is_of(store):
        index.renew(store)
        if not index.version:
            raise IndexNotReadyError("the lists are being made; try again in a few seconds")
    return index


_OPENAPI: Mapping[str, Any] = {
    "parameters": [
        {"name": name, "in": "query", "schema": {"type": "string"}, "description": description}
        for name, description in PARAMETERS.items()
    ]
}


def _add_routes(list_: str) -> None:
    async def page(request: Request) -> Response:
        return await get_list(request, list_)

    async def file(request: Request, suffix: str) -> Response:
        return await get_list(request, list_, suffix)

    for path, endpoint in ((f"/{list_}", page), (f"/{list_}.{{suffix}}", file)):
        summary = f"{HEADINGS[list_]}{', as a file' if endpoint is file else ''}"
        add = partial(router.add_api_route, path, endpoint)
        add(methods=["GET"], summary=summary, openapi_extra=dict(_OPENAPI))
        add(methods=["HEAD"], include_in_schema=False)


for _list in KINDS:
    _add_routes(_list)
