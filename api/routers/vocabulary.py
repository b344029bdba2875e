"""``/ontology``, ``/shapes``, ``/vocab``, ``/alignments``, ``/context``: the terms, as pages and as RDF.

Owns paths, negotiation and validators. What is served (``api.pages.vocabulary_page``) is kept until the data changes.
"""

from typing import Annotated

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from api.http import conneg, etag
from api.http.html_response import html_headers
from api.pages.term_page import find_term
from api.pages.vocabulary_page import (
    ALIGNMENTS,
    CONTEXT,
    ONTOLOGY,
    SCHEMES,
    SHAPES,
    VOCABULARY_DATA,
    VOCABULARY_PAGE,
    find_shape,
    is_version,
)
from api.state import state_of
from kg import namespaces
from kg.errors import UnknownNameError
from kg.execution.interface import Call
from kg.nearest_names import nearest_names
from kg.rdf_formats import GRAPH_SYNTAXES
from kg.schema.model import Schema, Scheme, local_name

router = APIRouter(tags=["Vocabulary"])

_CACHE = {"Cache-Control": "max-age=300"}

FormatName = Annotated[str | None, Query(alias="format")]


@router.get("/ontology")
async def get_ontology(request: Request, format_: FormatName = None) -> Response:
    """The ontology: an index with a page for each term, or RDF."""
    return await _respond(request, format_, ONTOLOGY)


@router.get("/ontology/{name}")
async def get_term(request: Request, name: str, format_: FormatName = None) -> Response:
    """One term of the ontology: a page, or RDF. The number of a version leads to that version: there is one."""
    if is_version(_schema(request), name):
        return await _respond(request, format_, ONTOLOGY)
    schema = _schema(request)
    if find_term(schema, name) is None:
        names = map(local_name, (*schema.classes, *schema.properties))
        raise UnknownNameError("term", name, nearest_names(name, sorted(names)))
    return await _respond(request, format_, f"{ONTOLOGY}/{name}")


@router.get("/shapes")
async def get_shapes(request: Request, format_: FormatName = None) -> Response:
    """The SHACL shapes that data must conform to, with a message for every constraint."""
    return await _respond(request, format_, SHAPES)


@router.get("/shapes/{name}")
async def get_shape(request: Request, name: str, format_: FormatName = None) -> Response:
    """One node shape with its rules: a page, or RDF."""
    shapes = _schema(request).node_shapes
    if find_shape(_schema(request), f"{SHAPES}/{name}") is None:
        raise UnknownNameError("shape", name, nearest_names(name, [local_name(shape.iri) for shape in shapes]))
    return await _respond(request, format_, f"{SHAPES}/{name}")


@router.get("/alignments")
async def get_alignments(request: Request, format_: FormatName = None) -> Response:
    """How the terms relate to those of other vocabularies, as RDF."""
    return await _respond_rdf(request, format_, ALIGNMENTS)


@router.get("/vocab")
async def get_schemes(request: Request, format_: FormatName = None) -> Response:
    """All concept schemes."""
    return await _respond(request, format_, SCHEMES)


@router.get("/vocab/{scheme}")
async def get_scheme(request: Request, scheme: str, format_: FormatName = None) -> Response:
    """One concept scheme with its concepts."""
    if _find_scheme(request, scheme) is None:
        raise UnknownNameError("concept scheme", scheme, sorted(map(local_name, _schema(request).schemes)))
    return await _respond(request, format_, scheme)


@router.get("/vocab/{scheme}/{concept}")
async def get_concept(request: Request, scheme: str, concept: str) -> Response:
    """Redirects to the scheme, which describes the concept."""
    known = _find_scheme(request, scheme)
    slugs = sorted(member.slug for member in known.concepts) if known else []
    if concept not in slugs and not (known and _is_added(request, f"{known.iri}/{concept}")):
        raise UnknownNameError("concept", f"{scheme}/{concept}", [f"{scheme}/{slug}" for slug in slugs])
    return RedirectResponse(f"/vocab/{scheme}#{concept}", 303, {"Vary": "Accept"})


@router.get("/context")
@router.get("/context.jsonld")
async def get_context(request: Request) -> Response:
    """The JSON-LD context that ontology and shapes imply."""
    return await _send(request, Call(procedure=CONTEXT), {"Vary": "Accept"})


def _schema(request: Request) -> Schema:
    return state_of(request).services.knowledge_graph.schema


def _find_scheme(request: Request, name: str) -> Scheme | None:
    return _schema(request).schemes.get(f"{namespaces.VOCAB}{name}")


def _is_added(request: Request, iri: str) -> bool:
    """Whether a reference graph describes this concept."""
    try:
        return state_of(request).services.open_visible_store().contains_resource(ox.NamedNode(iri))
    except ValueError:  # no IRI
        return False


async def _respond(request: Request, wanted: str | None, subject: str) -> Response:
    """The page for browsers, else the quads; Turtle where every type is acceptable."""
    if not conneg.selects_html(request.headers.get("accept", ""), wanted):
        return await _respond_rdf(request, wanted, subject)
    return await _send(request, Call(procedure=VOCABULARY_PAGE, arguments={"subject": subject}), html_headers())


async def _respond_rdf(request: Request, wanted: str | None, subject: str) -> Response:
    media_type = conneg.select_media_type(GRAPH_SYNTAXES, request.headers.get("accept", ""), wanted)
    suffix = conneg.find_format(GRAPH_SYNTAXES, media_type).suffix
    arguments = {"subject": subject, "suffix": suffix, "media_type": media_type}
    return await _send(request, Call(procedure=VOCABULARY_DATA, arguments=arguments), {"Vary": "Accept"})


async def _send(request: Request, call: Call, headers: dict[str, str]) -> Response:
    state = state_of(request)
    reply = await state.reply_cache.get(request, call, state.services.knowledge_graph.store.version)
    tag = reply.properties["etag"]
    headers = headers | _CACHE | {"ETag": tag} | etag.version_headers(reply.version)
    if (response := etag.not_modified(request, tag, headers)) is not None:
        return response
    return Response(reply.body, headers=headers, media_type=reply.media_type)


for _route in [route for route in router.routes if isinstance(route, APIRoute)]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
