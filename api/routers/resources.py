"""``/id``, ``/page``, ``/data``, ``/graph``: every IRI of the data leads to a page or to RDF.

Owns addresses, negotiation and which template shows what. What belongs to a description, and how it is told, is for
``kg.views``: nothing contested reaches a page or a file here but together with its statements.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from api.http import conneg, etag, rdf_response
from api.http.links import compact_iri, local_path
from api.pages.render import render_page
from api.state import state_of
from kg import namespaces
from kg.errors import ConflictKgError, UnknownNameError
from kg.nearest_names import nearest_names
from kg.rdf_formats import RDF_BY_SUFFIX, RDF_SYNTAXES
from kg.schema.class_index import ClassIndex
from kg.store.query_template import QueryTemplate, text_of
from kg.views import description
from kg.views.description import BoundedDescription
from kg.views.resource_view import FieldView, StatementView, ViewBuilder, view_builder

router = APIRouter(tags=["Linked data"])

BEARING_MAX = 500
"""How many propositions and statements a page follows; the data has all of them."""
LISTED_MAX = 2000
_GENID = "genid"
_SLUGS = QueryTemplate.read(Path(__file__).parents[1] / "pages" / "queries" / "resource-slugs.rq")
_NOT_LISTED = (f"{namespaces.SKOS}hiddenLabel", f"{namespaces.CK}inferred", f"{namespaces.CK}inferenceNote")
_FORMAT_LABELS = {suffix: syntax.label for suffix, syntax in RDF_BY_SUFFIX.items()}


def iri_of(request: Request, kind: str, slug: str) -> str:
    """The IRI of a resource. Raises UnknownNameError where there can be none of that name."""
    base = state_of(request).services.settings.base_iri
    iri = f"{base}.well-known/genid/{slug}" if kind == _GENID else f"{base}id/{kind}/{slug}"
    try:
        return ox.NamedNode(iri).value
    except ValueError:
        raise UnknownNameError(kind, slug) from None


@router.get("/id/{kind}/{slug:path}")
def dereference(request: Request, kind: str, slug: str, format: str | None = None) -> Response:
    """303 to the page of a resource, or to its data in the syntax that is preferred; Turtle by default."""
    iri = iri_of(request, kind, slug)
    if not description.exists(state_of(request).services.knowledge_graph.store, iri):
        raise _unknown(request, kind, slug)
    accept = request.headers.get("accept", "")
    path = (
        local_path(iri, state_of(request).services.settings.base_iri).removeprefix("/id").removeprefix("/.well-known")
    )
    if (conneg.prefers_html(accept) and not format) or format == "html":
        return RedirectResponse(f"/page{path}", 303, {"Vary": "Accept"})
    return RedirectResponse(f"/data{path}.{_extension(accept, format)}", 303, {"Vary": "Accept"})


@router.get("/.well-known/genid/{slug}", include_in_schema=False)
def dereference_skolem(request: Request, slug: str, format: str | None = None) -> Response:
    """The same for IRIs that stand for blank nodes (RDF 1.1 Concepts, section 3.5)."""
    return dereference(request, _GENID, slug, format)


@router.get("/data/{kind}/{name:path}")
def data(request: Request, kind: str, name: str) -> Response:
    """The description of a resource, ``NAME.EXTENSION``, in one of the six syntaxes of RDF."""
    slug, _, suffix = name.rpartition(".")
    if suffix not in RDF_BY_SUFFIX or not slug:
        raise UnknownNameError("syntax", suffix or name, sorted(RDF_BY_SUFFIX))
    found = _described(request, kind, slug, None)
    headers = {"Link": _links(request, found.focus)}
    return rdf_response.respond(request, found.quads, RDF_SYNTAXES, RDF_BY_SUFFIX[suffix].media_type, headers)


@router.get("/page/{kind}/{slug:path}", include_in_schema=False)
def page(request: Request, kind: str, slug: str) -> Response:
    """The same for people: what is said, by whom, in which words."""
    found = _described(request, kind, slug, BEARING_MAX)
    core = state_of(request).services.knowledge_graph
    builder = view_builder(core.store, core.schema, core.archive, found)
    types = set(found.iris(found.focus, namespaces.TYPE.value))
    values: dict[str, Any] = _of_source(builder) if f"{namespaces.CK}Source" in types else {}
    if types & builder.class_index.statements:
        template, values = "resource-statement.html", _of_statement(builder)
    elif types & builder.class_index.propositions:
        template, values = "resource-proposition.html", {"said": builder.build_proposition(found.focus)}
    elif namespaces.PASSAGE.value in types:
        template, values = "resource-passage.html", _of_passage(builder)
    else:
        template, values = "resource.html", _of_thing(builder) | values
    answer = _page(request, template, builder, found.focus, data_path(request, found.focus), **values)
    answer.headers["Link"] = _links(request, found.focus)
    return etag.with_strong_etag(request, answer)


@router.get("/graph/{slug:path}")
def graph(request: Request, slug: str, format: str | None = None) -> Response:
    """A home graph: a page about it, or the whole of it as RDF."""
    core = state_of(request).services.knowledge_graph
    prefix = f"{core.settings.base_iri}graph/"
    node = next((each for each in core.store.graphs() if each.value == f"{prefix}{slug}"), None)
    if node is None:
        known = [each.value.removeprefix(prefix) for each in core.graphs() if each.value.startswith(prefix)]
        raise UnknownNameError("home graph", slug, known)
    quads = list(core.store.quads(node))
    accept = request.headers.get("accept", "")
    if not ((conneg.prefers_html(accept) and not format) or format == "html"):
        media_type = conneg.select_media_type(RDF_SYNTAXES, accept, format)
        registered = conneg.find_format(RDF_SYNTAXES, media_type).media_type
        return rdf_response.respond(request, quads, RDF_SYNTAXES, registered, {"Vary": "Accept"})
    builder = view_builder(core.store, core.schema, core.archive, BoundedDescription.of(node.value, quads))
    path = local_path(node.value, core.settings.base_iri)
    links = {suffix: f"{path}?format={suffix}" for suffix in RDF_BY_SUFFIX}
    answer = _page(request, "resource-graph.html", builder, node.value, links, contents=_contents(builder))
    return etag.with_strong_etag(request, answer)


def data_path(request: Request, iri: str) -> dict[str, str]:
    """Where the data of a resource lies, by extension."""
    path = (
        local_path(iri, state_of(request).services.settings.base_iri).removeprefix("/id").removeprefix("/.well-known")
    )
    return {suffix: f"/data{path}.{suffix}" for suffix in RDF_BY_SUFFIX}


def _described(request: Request, kind: str, slug: str, limit: int | None) -> BoundedDescription:
    core = state_of(request).services.knowledge_graph
    found = description.describe(core.store, core.schema, iri_of(request, kind, slug), limit)
    if found is None:
        raise _unknown(request, kind, slug)
    return found


def _unknown(request: Request, kind: str, slug: str) -> UnknownNameError:
    """With the nearest names of that kind; the search runs in a worker, and is given up rather than waited for."""
    prefix = iri_of(request, kind, "")
    try:
        rows = _SLUGS.select_each(state_of(request).services.executor, [ox.Literal(prefix)]).rows
    except ConflictKgError:
        rows = ()
    slugs = [text_of(row["thing"]).removeprefix(prefix) for row in rows]
    return UnknownNameError(kind, slug, nearest_names(slug, slugs))


def _extension(accept: str, wanted: str | None) -> str:
    media_type = conneg.select_media_type(RDF_SYNTAXES, accept, wanted)
    return conneg.find_format(RDF_SYNTAXES, media_type).suffix


def _links(request: Request, iri: str) -> str:
    """Signposting (https://signposting.org): the thing itself, and the other forms of its description."""
    forms = [
        f'<{path}>; rel="alternate"; type="{RDF_BY_SUFFIX[suffix].media_type}"'
        for suffix, path in data_path(request, iri).items()
    ]
    path = local_path(iri, state_of(request).services.settings.base_iri)
    page_path = path.replace("/.well-known/", "/", 1).replace("/id/", "/", 1)
    return ", ".join([f'<{path}>; rel="describes"', f'</page{page_path}>; rel="alternate"; type="text/html"', *forms])


def _page(
    request: Request, template: str, builder: ViewBuilder, focus: str, data_links: dict[str, str], **values: Any
) -> Response:
    about = builder.description
    home = about.home(focus)
    base = state_of(request).services.settings.base_iri
    return render_page(
        request,
        template,
        local=partial(local_path, base_iri=base),
        curie=compact_iri,
        iri=focus,
        title=builder.build_link(focus),
        kind=builder.build_class_link(focus),
        home=builder.build_link(home) if home else None,
        home_fields=builder.build_fields(home) if home else (),
        fields=[each for each in builder.build_fields(focus) if not _is_shown_above(each)],
        data_links=data_links,
        names=_FORMAT_LABELS,
        is_cut=about.is_cut,
        **values,
    )


def _is_shown_above(field: FieldView) -> bool:
    """The name is the heading, inference is told with its reason; spellings to search by are not names to show."""
    is_name = field.property == f"{namespaces.SKOS}prefLabel" and len(field.values) == 1
    return is_name or field.property in _NOT_LISTED


def _of_thing(builder: ViewBuilder) -> dict[str, Any]:
    focus, about = builder.description.focus, builder.description
    pointing = {s.value for found in about.subjects.get(focus, {}).values() for s in found if hasattr(s, "value")}
    propositions = set(builder.instances(builder.class_index.propositions))
    bearing = pointing & propositions
    statements = pointing & set(builder.instances(builder.class_index.statements))
    spoken = {each for each in statements if focus in about.iris(each, f"{namespaces.CK}speaker")}
    reported = {each for each in statements if focus in about.iris(each, f"{namespaces.CK}reportedIn")}
    others = {*builder.instances(frozenset({namespaces.PASSAGE.value}))} & pointing
    return {
        "said": [builder.build_proposition(each) for each in _by_kind(builder, bearing)],
        "acts_on": _told(builder, statements - spoken - reported),
        "spoken": _told(builder, spoken),
        "reported": _told(builder, reported),
        "passages": [builder.read_quotation(each) for each in sorted(others)],
        "inference_note": "",
    }


def _of_source(builder: ViewBuilder) -> dict[str, Any]:
    return {"inference_note": builder.description.text(builder.description.focus, f"{namespaces.CK}inferenceNote")}


def _of_statement(builder: ViewBuilder) -> dict[str, Any]:
    focus = builder.description.focus
    targets = [each for act in builder.class_index.acts for each in builder.description.iris(focus, act)]
    propositions = set(builder.instances(builder.class_index.propositions))
    return {
        "told": builder.build_statement(focus),
        "links": builder.build_statement_links(focus),
        "said": [builder.build_proposition(each) for each in targets if each in propositions],
    }


def _of_passage(builder: ViewBuilder) -> dict[str, Any]:
    focus = builder.description.focus
    return {
        "words": builder.read_quotation(focus),
        "quoting": _told(builder, builder.description.pointing(namespaces.QUOTE.value, focus)),
    }


def _told(builder: ViewBuilder, statements: Iterable[str]) -> list[StatementView]:
    return [builder.build_statement(each) for each in sorted(statements, key=builder.text_position)]


def _by_kind(builder: ViewBuilder, propositions: Iterable[str]) -> list[str]:
    return sorted(propositions, key=lambda each: (builder.build_class_link(each).text, each))


def _plural(label: str) -> str:
    return f"{label[:-1]}ies" if label.endswith("y") else f"{label}s"


def _contents(builder: ViewBuilder) -> list[tuple[str, list[Any]]]:
    """What a home graph describes, by class: statements in the order of the text, the rest by IRI."""
    families: ClassIndex = builder.class_index
    listed: list[tuple[str, list[Any]]] = []
    for name in ("Incident", "Actor", "Place", "Zone", "Source", "Geometry"):
        found = families.schema.find_class(name)
        members = builder.instances(frozenset(families.schema.subclasses(found.iri))) if found else []
        if found and members:
            listed.append((_plural(found.label), [builder.build_link(each) for each in members[:LISTED_MAX]]))
    statements = sorted(builder.instances(families.statements), key=builder.text_position)
    if statements:
        listed.insert(0, ("statements", [builder.build_link(each) for each in statements[:LISTED_MAX]]))
    return listed


for _route in [each for each in router.routes if isinstance(each, APIRoute)]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
