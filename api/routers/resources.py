"""``/id``, ``/page``, ``/data``, ``/graph``: every IRI of the data leads to a page or to RDF.

Owns paths, redirects, negotiation and validators. Descriptions are computed by the procedures of
``api.pages.resource_procedures`` in a worker; this process only looks up whether an IRI exists.
"""

from dataclasses import replace
from typing import Annotated, Any

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.http import conneg, etag, reply_response
from api.http.graph_response import respond_graph
from api.http.html_response import html_headers
from api.http.links import local_path
from api.pages import resource_procedures as procedures
from api.state import state_of
from kg.errors import OverloadedError, QueryDeadlineError, QueryLimitError, StoreError, UnknownNameError
from kg.execution.interface import Call
from kg.rdf_formats import RDF_BY_SUFFIX, RDF_SYNTAXES
from kg.views.reader import ELSEWHERE

router = APIRouter(tags=["Linked data"])

_GENID = "genid"
_SUGGESTION_TIMEOUT_S = 2.0

FormatName = Annotated[str | None, Query(alias="format")]


@router.get("/id/{kind}/{slug:path}")
async def dereference(request: Request, kind: str, slug: str, format_: FormatName = None) -> Response:
    """303 to the page of a resource, or to its data in the preferred syntax; Turtle by default."""
    iri = _resource_iri(request, kind, slug)
    await _check_resource(request, kind, slug, iri)
    accept = request.headers.get("accept", "")
    path = _path_without_prefix(request, iri)
    if conneg.selects_html(accept, format_):
        return RedirectResponse(f"/page{path}", 303, {"Vary": "Accept"})
    media_type = conneg.select_media_type(RDF_SYNTAXES, accept, format_)
    suffix = conneg.find_format(RDF_SYNTAXES, media_type).suffix
    return RedirectResponse(f"/data{path}.{suffix}", 303, {"Vary": "Accept"})


@router.get("/.well-known/genid/{slug}", include_in_schema=False)
async def dereference_skolem(request: Request, slug: str, format_: FormatName = None) -> Response:
    """The same for IRIs that replace blank nodes (RDF 1.1 Concepts, section 3.5)."""
    return await dereference(request, _GENID, slug, format_)


@router.get("/data/{kind}/{name:path}")
async def get_data(request: Request, kind: str, name: str) -> Response:
    """The description of a resource, ``NAME.EXTENSION``, in one of the six syntaxes of RDF."""
    slug, _, suffix = name.rpartition(".")
    if suffix not in RDF_BY_SUFFIX or not slug:
        raise UnknownNameError("syntax", suffix or name, sorted(RDF_BY_SUFFIX))
    iri = _resource_iri(request, kind, slug)
    arguments = {"suffix": suffix, "media_type": RDF_BY_SUFFIX[suffix].media_type}
    headers = {"Link": _link_header(request, iri)}
    return await _describe(request, procedures.RESOURCE_DATA, (kind, slug, iri), arguments, headers)


@router.get("/page/{kind}/{slug:path}", include_in_schema=False)
async def get_page(request: Request, kind: str, slug: str) -> Response:
    """The description of a resource as a page."""
    iri = _resource_iri(request, kind, slug)
    headers = html_headers() | {"Link": _link_header(request, iri)}
    arguments = {"data_paths": _data_paths(request, iri)}
    return await _describe(request, procedures.RESOURCE_PAGE, (kind, slug, iri), arguments, headers)


@router.get("/graph/{slug:path}")
async def get_graph(request: Request, slug: str, format_: FormatName = None) -> Response:
    """A home graph, which is a document: a page about it, or its content as RDF."""
    await _check_graph(request, slug)
    accept = request.headers.get("accept", "")
    if conneg.selects_html(accept, format_):
        return await _respond(request, Call(procedure=procedures.GRAPH_PAGE, arguments={"slug": slug}), html_headers())
    media_type = conneg.select_media_type(RDF_SYNTAXES, accept, format_)
    suffix = conneg.find_format(RDF_SYNTAXES, media_type).suffix
    state = state_of(request)
    iri = f"{state.services.settings.base_iri}graph/{slug}"
    version = await run_in_threadpool(state.services.writer.graph_version, ox.NamedNode(iri))
    call = procedures.call_graph_data(iri, suffix, media_type)
    return await respond_graph(request, state.query_runner, version, call)


async def _describe(
    request: Request, procedure: str, name: tuple[str, str, str], arguments: dict[str, Any], headers: dict[str, str]
) -> Response:
    """The reply of a procedure that describes the resource of this kind, slug and IRI."""
    kind, slug, iri = name
    await _check_resource(request, kind, slug, iri)
    about = {"iri": iri, "kind": kind, "slug": slug}
    return await _respond(request, Call(procedure=procedure, arguments=about | arguments), headers)


async def _respond(request: Request, call: Call, headers: dict[str, str]) -> Response:
    """The reply, or 304 where the client has it: then no worker is asked."""
    state = state_of(request)
    version = state.services.knowledge_graph.store.version
    tag = etag.page_etag(version, state.started, call)
    if (response := etag.not_modified(request, tag, headers | _validator(tag))) is not None:
        return response
    try:
        result = await state.query_runner.run(request, call)
    except QueryDeadlineError as error:
        raise QueryLimitError(f"stopped after {error.seconds:g} seconds: there is too much; {ELSEWHERE}") from error
    tag = etag.page_etag(result.version, state.started, call)
    return reply_response.respond(request, result, headers | _validator(tag))


def _validator(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": etag.REVALIDATE} if tag else {}


async def _check_resource(request: Request, kind: str, slug: str, iri: str) -> None:
    """Raises UnknownNameError, with the nearest names, where no quad has this subject."""
    services = state_of(request).services
    store, node = services.knowledge_graph.store, ox.NamedNode(iri)
    # One look-up in the embedded store; a remote engine is asked in a thread.
    is_known = (
        await run_in_threadpool(store.contains_resource, node)
        if services.settings.store
        else (store.contains_resource(node))
    )
    if not is_known:
        arguments = {"prefix": _resource_iri(request, kind, ""), "kind": kind, "slug": slug}
        await _suggest(request, Call(procedure=procedures.UNKNOWN_RESOURCE, arguments=arguments))
        raise UnknownNameError(kind, slug)


async def _check_graph(request: Request, slug: str) -> None:
    """Raises UnknownNameError, with the names of graphs, where there is no such graph."""
    services = state_of(request).services
    store = services.knowledge_graph.store
    try:
        node = ox.NamedNode(f"{services.settings.base_iri}graph/{slug}")
    except ValueError:
        node = None
    if node is not None:
        is_known = (
            await run_in_threadpool(store.contains_graph, node)
            if services.settings.store
            else (store.contains_graph(node))
        )
        if is_known:
            return
    await _suggest(request, Call(procedure=procedures.UNKNOWN_GRAPH, arguments={"slug": slug}))
    raise UnknownNameError("home graph", slug)


async def _suggest(request: Request, call: Call) -> None:
    """Raises the UnknownNameError of the procedure; returns if it takes too long."""
    try:
        result = await state_of(request).query_runner.run(request, replace(call, timeout_s=_SUGGESTION_TIMEOUT_S))
    except (QueryLimitError, OverloadedError, StoreError):
        return
    result.close()


def _resource_iri(request: Request, kind: str, slug: str) -> str:
    """The IRI of a resource. Raises UnknownNameError where the name is not part of an IRI."""
    base = state_of(request).services.settings.base_iri
    iri = f"{base}.well-known/genid/{slug}" if kind == _GENID else f"{base}id/{kind}/{slug}"
    try:
        return ox.NamedNode(iri).value
    except ValueError:
        raise UnknownNameError(kind, slug) from None


def _path_without_prefix(request: Request, iri: str) -> str:
    """``/KIND/SLUG``, which follows ``/page`` and ``/data``."""
    path = local_path(iri, state_of(request).services.settings.base_iri)
    return path.removeprefix("/id").removeprefix("/.well-known")


def _data_paths(request: Request, iri: str) -> dict[str, str]:
    """The path of the data of a resource in each syntax, by suffix."""
    path = _path_without_prefix(request, iri)
    return {suffix: f"/data{path}.{suffix}" for suffix in RDF_BY_SUFFIX}


def _link_header(request: Request, iri: str) -> str:
    """Signposting (https://signposting.org): the resource, and the other forms of its description."""
    alternates = [
        f'<{path}>; rel="alternate"; type="{RDF_BY_SUFFIX[suffix].media_type}"'
        for suffix, path in _data_paths(request, iri).items()
    ]
    resource = local_path(iri, state_of(request).services.settings.base_iri)
    page = f"/page{_path_without_prefix(request, iri)}"
    return ", ".join([f'<{resource}>; rel="describes"', f'<{page}>; rel="alternate"; type="text/html"', *alternates])


for _route in [route for route in router.routes if isinstance(route, APIRoute)]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
