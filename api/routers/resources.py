"""``/id``, ``/page``, ``/data``, ``/graph``: every IRI of the data leads to a page or to RDF.

Owns paths, redirects and negotiation. What a description contains is for ``kg.views``, what a page shows of it for
``api.pages.resource_page``.
"""

from functools import partial
from typing import Annotated, Any

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from api.http import conneg, etag, rdf_response
from api.http.links import compact_iri, local_path
from api.pages.render import QUERIES, render_page
from api.pages.resource_page import common_values, list_contents, select_template
from api.state import state_of
from kg.errors import ConflictKgError, UnknownNameError
from kg.nearest_names import nearest_names
from kg.rdf_formats import RDF_BY_SUFFIX, RDF_SYNTAXES
from kg.store.query_template import QueryTemplate, text_of
from kg.views import description
from kg.views.description import BoundedDescription
from kg.views.resource_view import ViewBuilder, view_builder

router = APIRouter(tags=["Linked data"])

MAX_REFERRERS = 500
"""How many propositions and statements a page follows; the data has all of them."""
_GENID = "genid"
_SLUGS = QueryTemplate.read(QUERIES / "resource-slugs.rq")
_FORMAT_LABELS = {suffix: syntax.label for suffix, syntax in RDF_BY_SUFFIX.items()}

FormatName = Annotated[str | None, Query(alias="format")]


@router.get("/id/{kind}/{slug:path}")
def dereference(request: Request, kind: str, slug: str, format_: FormatName = None) -> Response:
    """303 to the page of a resource, or to its data in the preferred syntax; Turtle by default."""
    iri = _resource_iri(request, kind, slug)
    if not description.exists(state_of(request).services.knowledge_graph.store, iri):
        raise _unknown_resource(request, kind, slug)
    accept = request.headers.get("accept", "")
    path = _path_without_prefix(request, iri)
    if conneg.selects_html(accept, format_):
        return RedirectResponse(f"/page{path}", 303, {"Vary": "Accept"})
    media_type = conneg.select_media_type(RDF_SYNTAXES, accept, format_)
    suffix = conneg.find_format(RDF_SYNTAXES, media_type).suffix
    return RedirectResponse(f"/data{path}.{suffix}", 303, {"Vary": "Accept"})


@router.get("/.well-known/genid/{slug}", include_in_schema=False)
def dereference_skolem(request: Request, slug: str, format_: FormatName = None) -> Response:
    """The same for IRIs that replace blank nodes (RDF 1.1 Concepts, section 3.5)."""
    return dereference(request, _GENID, slug, format_)


@router.get("/data/{kind}/{name:path}")
def get_data(request: Request, kind: str, name: str) -> Response:
    """The description of a resource, ``NAME.EXTENSION``, in one of the six syntaxes of RDF."""
    slug, _, suffix = name.rpartition(".")
    if suffix not in RDF_BY_SUFFIX or not slug:
        raise UnknownNameError("syntax", suffix or name, sorted(RDF_BY_SUFFIX))
    about = _describe(request, kind, slug, None)
    headers = {"Link": _link_header(request, about.focus)}
    return rdf_response.respond(request, about.quads, RDF_SYNTAXES, RDF_BY_SUFFIX[suffix].media_type, headers)


@router.get("/page/{kind}/{slug:path}", include_in_schema=False)
def get_page(request: Request, kind: str, slug: str) -> Response:
    """The description of a resource as a page."""
    about = _describe(request, kind, slug, MAX_REFERRERS)
    builder = _view_builder(request, about)
    template, values = select_template(builder)
    response = _render(request, template, builder, _data_paths(request, about.focus), values)
    response.headers["Link"] = _link_header(request, about.focus)
    return etag.with_strong_etag(request, response)


@router.get("/graph/{slug:path}")
def get_graph(request: Request, slug: str, format_: FormatName = None) -> Response:
    """A home graph, which is a document: a page about it, or its content as RDF."""
    core = state_of(request).services.knowledge_graph
    prefix = f"{core.settings.base_iri}graph/"
    node = next((graph for graph in core.store.graphs() if graph.value == f"{prefix}{slug}"), None)
    if node is None:
        known = [graph.value.removeprefix(prefix) for graph in core.store.graphs() if graph.value.startswith(prefix)]
        raise UnknownNameError("home graph", slug, known)
    quads = list(core.store.quads(node))
    accept = request.headers.get("accept", "")
    if not conneg.selects_html(accept, format_):
        media_type = conneg.select_media_type(RDF_SYNTAXES, accept, format_)
        registered = conneg.find_format(RDF_SYNTAXES, media_type).media_type
        return rdf_response.respond(request, quads, RDF_SYNTAXES, registered, {"Vary": "Accept"})
    builder = _view_builder(request, BoundedDescription.of(node.value, quads))
    path = local_path(node.value, core.settings.base_iri)
    data_paths = {suffix: f"{path}?format={suffix}" for suffix in RDF_BY_SUFFIX}
    response = _render(request, "resource-graph.html", builder, data_paths, {"contents": list_contents(builder)})
    return etag.with_strong_etag(request, response)


def _resource_iri(request: Request, kind: str, slug: str) -> str:
    """The IRI of a resource. Raises UnknownNameError where the name is not part of an IRI."""
    base = state_of(request).services.settings.base_iri
    iri = f"{base}.well-known/genid/{slug}" if kind == _GENID else f"{base}id/{kind}/{slug}"
    try:
        return ox.NamedNode(iri).value
    except ValueError:
        raise UnknownNameError(kind, slug) from None


def _describe(request: Request, kind: str, slug: str, limit: int | None) -> BoundedDescription:
    core = state_of(request).services.knowledge_graph
    about = description.describe(core.store, core.schema, _resource_iri(request, kind, slug), limit)
    if about is None:
        raise _unknown_resource(request, kind, slug)
    return about


def _unknown_resource(request: Request, kind: str, slug: str) -> UnknownNameError:
    """The error, with the nearest names of that kind unless the query for them fails."""
    prefix = _resource_iri(request, kind, "")
    try:
        rows = _SLUGS.select_each(state_of(request).services.executor, [ox.Literal(prefix)]).rows
    except ConflictKgError:
        rows = ()
    slugs = [text_of(row["thing"]).removeprefix(prefix) for row in rows]
    return UnknownNameError(kind, slug, nearest_names(slug, slugs))


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


def _view_builder(request: Request, about: BoundedDescription) -> ViewBuilder:
    core = state_of(request).services.knowledge_graph
    return view_builder(core.store, core.schema, core.archive, about)


def _render(
    request: Request, template: str, builder: ViewBuilder, data_paths: dict[str, str], values: dict[str, Any]
) -> Response:
    return render_page(
        request,
        template,
        local=partial(local_path, base_iri=state_of(request).services.settings.base_iri),
        curie=compact_iri,
        data_paths=data_paths,
        format_labels=_FORMAT_LABELS,
        **common_values(builder, builder.description.focus),
        **values,
    )


for _route in [route for route in router.routes if isinstance(route, APIRoute)]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
