"""``/id``, ``/page``, ``/data``, ``/cite``, ``/graph``: every IRI of the data leads to a page or to RDF.

Owns paths, redirects, negotiation and validators. Descriptions are computed by the procedures of
``api.pages.resource_procedures`` in a worker; this process only looks up whether an IRI exists.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.http import conneg, etag, reply_response
from api.http.graph_response import read_graph_state, respond_graph
from api.http.html_response import SEARCH_POLICY, html_headers
from api.http.links import header_target, local_path
from api.http.problem import answer_other_method
from api.http.public_address import public_url
from api.http.publication import check_published
from api.http.signposting import (
    Described,
    Facts,
    describe_graph_addresses,
    link_of_citation,
    link_of_data,
    link_of_graph,
    link_of_page,
    link_of_redirect,
)
from api.http.tombstone import respond_tombstone
from api.pages import resource_procedures as procedures
from api.pages.citation_formats import CITATION_FORMATS
from api.state import AppState, state_of
from kg.errors import OverloadedError, QueryDeadlineError, QueryLimitError, StoreError, UnknownNameError, WithdrawnError
from kg.execution.interface import Call
from kg.rdf_formats import RDF_BY_SUFFIX, RDF_SYNTAXES
from kg.store.withdrawals import Withdrawal
from kg.views.reader import ELSEWHERE
from kg.views.survivor import find_survivor

router = APIRouter(tags=["Linked data"])

_GENID = "genid"
_SUGGESTION_TIMEOUT_S = 2.0
_ALLOWED = "GET, HEAD, OPTIONS"
_OTHER_METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")

PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
FormatName = Annotated[str | None, Query(alias="format")]


@dataclass(frozen=True, slots=True)
class ResourceName:
    """A resource as a path names it."""

    kind: str
    slug: str
    iri: str
    base_iri: str

    @property
    def path(self) -> str:
        """``/KIND/SLUG``, which follows ``/page`` and ``/data``."""
        return local_path(self.iri, self.base_iri).removeprefix("/id").removeprefix("/.well-known")

    @property
    def addresses(self) -> Described:
        """Where it is described."""
        data = {suffix: f"/data{self.path}.{suffix}" for suffix in RDF_BY_SUFFIX}
        return Described(self.iri, self.base_iri, f"/page{self.path}", data)


@router.get("/id/{kind}/{slug:path}")
async def dereference(request: Request, kind: str, slug: str, format_: FormatName = None) -> Response:
    """303 to the page of a resource, or to its data in the preferred syntax; Turtle by default."""
    name = _resource_name(request, kind, slug)
    try:
        moved = await _check_resource(request, name)
    except WithdrawnError as error:
        return _respond_withdrawn(request, name.iri, error)
    if moved is not None:
        return _redirect(request, local_path(moved.iri, moved.base_iri))
    accept = request.headers.get("accept", "")
    about = name.addresses
    headers = {"Vary": "Accept", "Cache-Control": etag.REVALIDATE, "Link": link_of_redirect(about)}
    if conneg.selects_html(accept, format_):
        return RedirectResponse(about.page, 303, headers)
    media_type = conneg.select_media_type(RDF_SYNTAXES, accept, format_)
    suffix = conneg.find_format(RDF_SYNTAXES, media_type).suffix
    return RedirectResponse(about.data[suffix], 303, headers)


@router.get("/.well-known/genid/{slug}", include_in_schema=False)
async def dereference_skolem(request: Request, slug: str, format_: FormatName = None) -> Response:
    """The same for IRIs that replace blank nodes (RDF 1.1 Concepts, section 3.5)."""
    return await dereference(request, _GENID, slug, format_)


@router.get("/data/{kind}/{name:path}")
async def get_data(request: Request, kind: str, name: str, page: PageNumber = 1) -> Response:
    """The description of a resource, ``NAME.EXTENSION``, in one of the six syntaxes of RDF.

    What many resources refer to has further pages, which ``Link`` leads to.
    """
    slug, _, extension = name.rpartition(".")
    suffix = extension.rstrip("/").lower()
    if suffix not in RDF_BY_SUFFIX or not slug:
        raise UnknownNameError("syntax", extension or name, sorted(RDF_BY_SUFFIX))
    resource = _resource_name(request, kind, slug)
    try:
        moved = await _check_resource(request, resource)
    except WithdrawnError as error:
        return _respond_withdrawn(request, resource.iri, error, suffix)
    if moved is not None or suffix != extension:
        return _redirect(request, (moved or resource).addresses.data[suffix])
    arguments = {
        "suffix": suffix,
        "media_type": RDF_BY_SUFFIX[suffix].media_type,
        "page": page,
        "document": _address_of(request, resource.base_iri),
    }
    link = partial(link_of_data, resource.addresses, suffix)
    return await _respond(request, _call(procedures.RESOURCE_DATA, resource, arguments), {}, link)


@router.get("/page/{kind}/{slug:path}", include_in_schema=False)
async def get_page(request: Request, kind: str, slug: str) -> Response:
    """The description of a resource as a page."""
    name = _resource_name(request, kind, slug)
    if (moved := await _check_resource(request, name)) is not None:
        return _redirect(request, moved.addresses.page)
    about = name.addresses
    call = _call(procedures.RESOURCE_PAGE, name, {"data_paths": about.data, "day": _today()})
    return await _respond(request, call, html_headers(SEARCH_POLICY), partial(link_of_page, about))


@router.get("/cite/{kind}/{slug:path}")
async def get_citation(request: Request, kind: str, slug: str, format_: FormatName = None) -> Response:
    """How a resource is cited: text, BibTeX or CSL-JSON, by ``Accept`` or by ``format=txt``, ``bib`` or ``csl``."""
    name = _resource_name(request, kind, slug)
    if (moved := await _check_resource(request, name)) is not None:
        return _redirect(request, f"/cite{moved.path}")
    media_type = conneg.select_media_type(tuple(CITATION_FORMATS.values()), request.headers.get("accept", ""), format_)
    chosen = next(each for each, format_row in CITATION_FORMATS.items() if format_row.media_type == media_type)
    call = _call(procedures.CITATION, name, {"day": _today(), "format": chosen, "media_type": media_type})
    return await _respond(request, call, {"Vary": "Accept"}, partial(link_of_citation, name.addresses))


@router.get("/graph/{slug:path}")
async def get_graph(request: Request, slug: str, format_: FormatName = None) -> Response:
    """A home graph, which is a document: a page about it, or its content as RDF."""
    state = state_of(request)
    iri = f"{state.services.settings.base_iri}graph/{slug}"
    try:
        moved = await _check_graph(request, slug)
    except WithdrawnError as error:
        return _respond_withdrawn(request, iri, error)
    if moved is not None:
        return _redirect(request, moved)
    accept = request.headers.get("accept", "")
    about = describe_graph_addresses(iri, state.services.settings.base_iri)
    link = partial(link_of_graph, about)
    if conneg.selects_html(accept, format_):
        call = Call(procedure=procedures.GRAPH_PAGE, arguments={"slug": slug})
        return await _respond(request, call, html_headers() | {"Content-Location": about.page}, link)
    media_type = conneg.select_media_type(RDF_SYNTAXES, accept, format_)
    suffix = conneg.find_format(RDF_SYNTAXES, media_type).suffix
    graph_state = await run_in_threadpool(read_graph_state, state.services.writer, ox.NamedNode(iri))
    call = procedures.call_graph_data(iri, suffix, media_type)
    headers = {"Content-Location": about.data[suffix]}
    return await respond_graph(request, state, graph_state, call, headers, link)


def other_methods(request: Request) -> Response:
    """OPTIONS, and methods that these addresses do not have."""
    return answer_other_method(request, _ALLOWED)


def _today() -> str:
    """The day of a citation; a page of another day is another page."""
    return datetime.now(UTC).date().isoformat()


def _address_of(request: Request, base_iri: str) -> str:
    """The address of the request as the client knows it, without a query; under the base IRI if its host is none."""
    try:
        return ox.NamedNode(public_url(request)).value
    except ValueError:
        return base_iri + header_target(request.url.path.removeprefix("/"))


def _call(procedure: str, name: ResourceName, arguments: dict[str, Any]) -> Call:
    about = {"iri": name.iri, "kind": name.kind, "slug": name.slug}
    return Call(procedure=procedure, arguments=about | arguments)


async def _respond(request: Request, call: Call, headers: dict[str, str], link: Callable[[Facts], str]) -> Response:
    """The reply, or 304 where the client has it: then no worker is asked if the reply was sent lately."""
    state = state_of(request)
    store = state.services.knowledge_graph.store
    modified = store.last_modified()
    if (sent := state.sent_replies.find(etag.page_etag(store.version, state.started, call))) is not None:
        known = headers | _reply_headers(sent, link) | _modified(state, modified)
        if (response := etag.not_modified(request, sent.get("etag", ""), known)) is not None:
            return response
    try:
        result = await state.query_runner.run(request, call)
    except QueryDeadlineError as error:
        raise QueryLimitError(f"stopped after {error.seconds:g} seconds: there is too much; {ELSEWHERE}") from error
    state.sent_replies.note(etag.page_etag(result.version, state.started, call), result.properties)
    # A reply over another version than that of the time has no time.
    is_current = (result.version, modified) == (store.version, store.last_modified())
    times = _modified(state, modified) if is_current else {}
    return reply_response.respond(request, result, headers | _reply_headers(result.properties, link) | times)


def _reply_headers(properties: Mapping[str, Any], link: Callable[[Facts], str]) -> dict[str, str]:
    """The headers of a reply, which come from what it says; so the tag does, where one is sent."""
    tag = properties.get("etag", "")
    headers = {"Cache-Control": etag.REVALIDATE, "Link": link(Facts.of(properties))}
    return headers | ({"ETag": tag} if tag else {})


def _modified(state: AppState, modified: float | None) -> dict[str, str]:
    """When the description was last changed, at the latest: any graph may have statements about the resource."""
    return etag.modified_headers(max(modified, state.started_at)) if modified is not None else {}


def _respond_withdrawn(request: Request, iri: str, error: WithdrawnError, suffix: str = "") -> Response:
    """The tombstone in RDF for clients of RDF. Raises the error for others: it becomes a page or a problem."""
    response = respond_tombstone(request, iri, error, suffix)
    if response is None:
        raise error
    return response


def _redirect(request: Request, path: str) -> Response:
    """308 to the address by which this one is known, with the same query."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{header_target(path)}{query}", 308, {"Cache-Control": etag.REVALIDATE})


async def _check_resource(request: Request, name: ResourceName) -> ResourceName | None:
    """None where a quad has this subject, or the name by which it is known, as in other letters or after a merge.

    Raises UnknownNameError, with the nearest names, where there is none.
    """
    if await _contains(request, name.iri):
        await _check_published(request, ox.NamedNode(name.iri), name.kind, name.slug)
        return None
    for slug in dict.fromkeys((name.slug.rstrip("/"), name.slug.rstrip("/").lower())):
        other = _resource_name(request, name.kind if name.kind == _GENID else name.kind.lower(), slug)
        if slug and other != name and await _contains(request, other.iri):
            return other
    if (survivor := await _find_survivor(request, name)) is not None:
        return survivor
    if (withdrawal := await _find_withdrawal(request, ox.NamedNode(name.iri))) is not None:
        raise WithdrawnError(name.kind, name.slug, withdrawal.version, withdrawal.time)
    prefix = _resource_name(request, name.kind, "").iri
    arguments = {"prefix": prefix, "kind": name.kind, "slug": name.slug}
    await _suggest(request, Call(procedure=procedures.UNKNOWN_RESOURCE, arguments=arguments))
    raise UnknownNameError(name.kind, name.slug)


async def _find_survivor(request: Request, name: ResourceName) -> ResourceName | None:
    """The resource with which this one was merged, if it is one of ours; a look-up in the store."""
    services = state_of(request).services
    iri = await run_in_threadpool(lambda: find_survivor(services.open_visible_store(), ox.NamedNode(name.iri)))
    path = iri.removeprefix(f"{name.base_iri}id/")
    kind, _, slug = path.partition("/")
    return _resource_name(request, kind, slug) if path != iri and slug and iri != name.iri else None


async def _find_withdrawal(request: Request, node: ox.NamedNode) -> Withdrawal | None:
    """The commit that withdrew what is not described; a look-up on disk."""
    return await run_in_threadpool(state_of(request).services.knowledge_graph.store.find_withdrawal, node)


async def _contains(request: Request, iri: str) -> bool:
    services = state_of(request).services
    store, node = services.knowledge_graph.store, ox.NamedNode(iri)
    # One look-up in the embedded store; a remote engine is asked in a thread.
    if services.settings.store:
        return await run_in_threadpool(store.contains_resource, node)
    return store.contains_resource(node)


async def _check_published(request: Request, node: ox.NamedNode, kind: str, name: str) -> None:
    """Raise RestrictedError where it is not published; a remote engine is asked in a thread."""
    services = state_of(request).services
    if services.settings.store:
        await run_in_threadpool(check_published, services, node, kind, name)
    else:
        check_published(services, node, kind, name)


async def _check_graph(request: Request, slug: str) -> str | None:
    """None where there is such a graph, or the path by which it is known.

    Raises UnknownNameError, with the names of graphs, where there is none.
    """
    services = state_of(request).services
    for candidate in dict.fromkeys((slug, slug.rstrip("/"), slug.rstrip("/").lower())):
        try:
            node = ox.NamedNode(f"{services.settings.base_iri}graph/{candidate}")
        except ValueError:
            break
        if await run_in_threadpool(services.knowledge_graph.store.contains_graph, node):
            await _check_published(request, node, "home graph", slug)
            return None if candidate == slug else local_path(node.value, services.settings.base_iri)
        if candidate == slug and (withdrawal := await _find_withdrawal(request, node)) is not None:
            raise WithdrawnError("home graph", slug, withdrawal.version, withdrawal.time)
    await _suggest(request, Call(procedure=procedures.UNKNOWN_GRAPH, arguments={"slug": slug}))
    raise UnknownNameError("home graph", slug)


async def _suggest(request: Request, call: Call) -> None:
    """Raises the UnknownNameError of the procedure; returns if it takes too long."""
    try:
        result = await state_of(request).query_runner.run(request, replace(call, timeout_s=_SUGGESTION_TIMEOUT_S))
    except (QueryLimitError, OverloadedError, StoreError):
        return
    result.close()


def _resource_name(request: Request, kind: str, slug: str) -> ResourceName:
    """The resource of the path. Raises UnknownNameError where the name is not part of an IRI."""
    base = state_of(request).services.settings.base_iri
    iri = f"{base}.well-known/genid/{slug}" if kind == _GENID else f"{base}id/{kind}/{slug}"
    try:
        return ResourceName(kind, slug, ox.NamedNode(iri).value, base)
    except ValueError:
        raise UnknownNameError(kind, slug) from None


for _route in [route for route in router.routes if isinstance(route, APIRoute)]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
    if not _route.path.startswith("/graph/"):  # whose other methods are those of the graph store
        router.add_api_route(_route.path, other_methods, methods=list(_OTHER_METHODS), include_in_schema=False)
