"""``/catalog``, ``/void.ttl``, ``/dumps``, ``/robots.txt``, ``/sitemap.xml``: how others find and fetch the data set.

Owns paths, negotiation and validators. What is said of the data set is for ``kg.catalog.description``, how dumps are
written for ``kg.catalog.dump_files``.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response

from api.http import conneg, etag
from api.http.html_response import html_headers
from api.http.links import LinkHeader
from api.http.public_address import public_path, public_url
from api.pages.catalog_page import CATALOG_DATA, CATALOG_PAGE, SITEMAP, VOID
from api.state import state_of
from kg.catalog.dump_files import ALL, SUFFIX, DumpSet
from kg.errors import StoreError, UnknownNameError
from kg.execution.interface import Call
from kg.rdf_formats import GRAPH_SYNTAXES

router = APIRouter(tags=["Data set"])

_WELL_KNOWN = "/.well-known/void"
_VOID = "/void.ttl"
_SITEMAP = "/sitemap.xml"
_GZIP = "application/gzip"
_ROBOTS = """User-agent: *
Disallow: {root}sparql
Disallow: {root}graphql
Disallow: {root}graphs
Disallow: {root}search
Sitemap: {address}{sitemap}
"""

FormatName = Annotated[str | None, Query(alias="format")]


@router.get("/catalog")
async def get_catalog(request: Request, format_: FormatName = None) -> Response:
    """The data sets with their licences, sizes, checksums and downloads: a page, or DCAT 3."""
    dumps = await _renew_dumps(request)
    arguments = {"address": _address(request), "dumps": dumps.members() if dumps else None}
    accept = request.headers.get("accept", "")
    links = LinkHeader()
    links.add(_VOID, "describedby", "text/turtle")
    headers = {"Vary": "Accept", "Link": links.format()}
    if conneg.selects_html(accept, format_):
        call = Call(procedure=CATALOG_PAGE, arguments=arguments)
        return await _send(request, call, html_headers() | headers)
    media_type = conneg.select_media_type(GRAPH_SYNTAXES, accept, format_)
    suffix = conneg.find_format(GRAPH_SYNTAXES, media_type).suffix
    arguments |= {"suffix": suffix, "media_type": media_type}
    return await _send(request, Call(procedure=CATALOG_DATA, arguments=arguments), headers)


@router.get(_WELL_KNOWN, include_in_schema=False)
async def get_well_known(_request: Request) -> Response:
    """302 to the description (https://www.w3.org/TR/void/#well-known)."""
    return RedirectResponse(_VOID, 302)


@router.get(_VOID)
async def get_void(request: Request) -> Response:
    """The description of the data set in VoID."""
    dumps = await _renew_dumps(request)
    arguments = {"address": _address(request), "dumps": dumps.members() if dumps else None}
    return await _send(request, Call(procedure=VOID, arguments=arguments), {})


@router.get("/dumps/{name:path}")
async def get_dump(request: Request, name: str) -> Response:
    """The quads of a home graph, or of all (``all.nq.gz``), sorted, compressed; the same data, the same bytes."""
    dumps = await _renew_dumps(request)
    if dumps is None:
        raise UnknownNameError("dump", name)
    known = [f"{dump.name}.{SUFFIX}" for dump in dumps.dumps]
    dump = dumps.find(name.removesuffix(f".{SUFFIX}")) if name.endswith(f".{SUFFIX}") else None
    files = state_of(request).services.dump_files
    if dump is None or files is None:
        raise UnknownNameError("dump", name, known[:20])
    tag = f'"{dump.sha256[:32]}"'
    links = LinkHeader()
    links.add("/catalog", "describedby")
    headers = {"ETag": tag, "Cache-Control": etag.REVALIDATE, "Link": links.format()}
    headers |= etag.version_headers(dumps.version if dump.name == ALL else dump.graph_version)
    if (response := etag.not_modified(request, tag, headers)) is not None:
        return response
    filename = f"{dump.name.replace('/', '-')}.{SUFFIX}"
    return FileResponse(files.path(dump), headers=headers, media_type=_GZIP, filename=filename)


@router.get("/robots.txt", include_in_schema=False)
async def get_robots(request: Request) -> Response:
    """Crawlers may read all pages and data; what computes an answer to a question is not for them (RFC 9309)."""
    root, address = public_path(request, "/"), _address(request)
    return PlainTextResponse(_ROBOTS.format(root=root, address=address, sitemap=_SITEMAP))


@router.get(_SITEMAP, include_in_schema=False)
async def get_sitemap(request: Request) -> Response:
    """The index of the parts of the sitemap."""
    return await _send(request, _call_sitemap(request, None), {})


@router.get("/sitemap/{part}.xml", include_in_schema=False)
async def get_sitemap_part(request: Request, part: int) -> Response:
    """The pages of incidents, actors, places, zones and sources."""
    return await _send(request, _call_sitemap(request, part), {})


def _call_sitemap(request: Request, part: int | None) -> Call:
    return Call(procedure=SITEMAP, arguments={"address": _address(request), "part": part})


async def _renew_dumps(request: Request) -> DumpSet | None:
    """The dumps of the current version, or of one before; None where none are offered, or they cannot be written."""
    files = state_of(request).services.dump_files
    if files is None or files.is_current:
        return files.current if files else None
    try:
        return await run_in_threadpool(files.renew)
    except StoreError:
        return files.current


def _address(request: Request) -> str:
    """The address of this server, as the client names it."""
    return public_url(request, "")


async def _send(request: Request, call: Call, headers: dict[str, str]) -> Response:
    """The reply, kept for the version of the data; 304 where the client has it."""
    state = state_of(request)
    reply = await state.reply_cache.get(request, call, state.services.knowledge_graph.store.version)
    tag = reply.properties["etag"]
    headers = headers | {"ETag": tag, "Cache-Control": etag.REVALIDATE} | etag.version_headers(reply.version)
    if (response := etag.not_modified(request, tag, headers)) is not None:
        return response
    return Response(reply.body, headers=headers, media_type=reply.media_type)


for _route in [route for route in router.routes if isinstance(route, APIRoute)]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
