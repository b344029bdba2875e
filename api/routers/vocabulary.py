"""``/ontology``, ``/shapes``, ``/vocab``, ``/alignments``, ``/context``: the terms, as pages and as RDF.

Everything served here is read from ontology and shapes and fixed for the life of the process. How pages group and
order the terms is for ``api.pages.ontology_page``.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from api.http import conneg, etag, rdf_response
from api.http.links import compact_iri, local_path
from api.pages.ontology_page import group_classes, group_concepts, list_shapes
from api.pages.render import read_query, render_page
from api.state import state_of
from kg import jsonld_context, namespaces
from kg.errors import UnknownNameError
from kg.rdf_formats import GRAPH_SYNTAXES, JSON_LD
from kg.schema.model import Schema, Scheme, local_name

router = APIRouter(tags=["Vocabulary"])

EXAMPLES = ("ontology-names", "ontology-coverage", "ontology-accounts")
_CACHE = {"Cache-Control": "max-age=300"}

FormatName = Annotated[str | None, Query(alias="format")]


@router.get("/ontology")
def get_ontology(request: Request, format_: FormatName = None) -> Response:
    """The ontology: one page for people, or RDF."""
    schema = _schema(request)

    def values() -> dict[str, Any]:
        return {
            "schema": schema,
            "groups": group_classes(schema),
            "examples": list(map(read_query, EXAMPLES)),
            "group_concepts": group_concepts,
            "prefixes": namespaces.QUERY_PREFIXES,
        }

    return _respond(request, format_, schema.ontology, "ontology.html", values)


@router.get("/shapes")
def get_shapes(request: Request, format_: FormatName = None) -> Response:
    """The SHACL shapes that data must conform to, with a message for every constraint."""
    schema = _schema(request)
    return _respond(request, format_, schema.shapes, "shapes.html", lambda: {"shapes": list_shapes(schema)})


@router.get("/alignments")
def get_alignments(request: Request, format_: FormatName = None) -> Response:
    """How the terms relate to those of other vocabularies, as RDF."""
    return _respond_rdf(request, format_, _schema(request).alignments)


@router.get("/vocab")
def get_schemes(request: Request, format_: FormatName = None) -> Response:
    """All concept schemes."""
    schema = _schema(request)
    quads = [quad for quad in schema.ontology if _describes(quad, "", namespaces.VOCAB)]
    return _respond(request, format_, quads, "vocab.html", lambda: {"schemes": tuple(schema.schemes.values())})


@router.get("/vocab/{scheme}")
def get_scheme(request: Request, scheme: str, format_: FormatName = None) -> Response:
    """One concept scheme with its concepts."""
    known = _find_scheme(request, scheme)
    if known is None:
        raise UnknownNameError("concept scheme", scheme, sorted(map(local_name, _schema(request).schemes)))
    quads = [quad for quad in _schema(request).ontology if _describes(quad, known.iri, f"{known.iri}/")]
    values = {"scheme": known, "groups": group_concepts(known)}
    return _respond(request, format_, quads, "scheme.html", lambda: values)


@router.get("/vocab/{scheme}/{concept}")
def get_concept(request: Request, scheme: str, concept: str) -> Response:
    """Redirects to the scheme, which describes the concept."""
    known = _find_scheme(request, scheme)
    slugs = sorted(member.slug for member in known.concepts) if known else []
    if concept not in slugs:
        raise UnknownNameError("concept", f"{scheme}/{concept}", [f"{scheme}/{slug}" for slug in slugs])
    return RedirectResponse(f"/vocab/{scheme}#{concept}", 303, {"Vary": "Accept"})


@router.get("/context")
@router.get("/context.jsonld")
def get_context(request: Request) -> Response:
    """The JSON-LD context that ontology and shapes imply."""
    body = {"@context": jsonld_context.build_context(_schema(request), state_of(request).services.settings.base_iri)}
    text = json.dumps(body, ensure_ascii=False, indent=1)
    headers = {"Vary": "Accept", **_CACHE}
    return etag.with_strong_etag(request, Response(text, media_type=JSON_LD.media_type, headers=headers))


def _schema(request: Request) -> Schema:
    return state_of(request).services.knowledge_graph.schema


def _find_scheme(request: Request, name: str) -> Scheme | None:
    return _schema(request).schemes.get(f"{namespaces.VOCAB}{name}")


def _describes(quad: ox.Quad, iri: str, namespace: str) -> bool:
    """Whether the subject is this IRI or lies in the namespace."""
    subject = quad.subject
    return isinstance(subject, ox.NamedNode) and (subject.value == iri or subject.value.startswith(namespace))


def _respond(
    request: Request, wanted: str | None, quads: Sequence[ox.Quad], template: str, values: Callable[[], dict[str, Any]]
) -> Response:
    """The page for browsers, else the quads; Turtle where every type is acceptable."""
    if not conneg.selects_html(request.headers.get("accept", ""), wanted):
        return _respond_rdf(request, wanted, quads)
    local = partial(local_path, base_iri=state_of(request).services.settings.base_iri)
    page = render_page(request, template, local=local, curie=compact_iri, formats=GRAPH_SYNTAXES, **values())
    page.headers.update(_CACHE)
    return etag.with_strong_etag(request, page)


def _respond_rdf(request: Request, wanted: str | None, quads: Sequence[ox.Quad]) -> Response:
    media_type = conneg.select_media_type(GRAPH_SYNTAXES, request.headers.get("accept", ""), wanted)
    return rdf_response.respond(request, quads, GRAPH_SYNTAXES, media_type, {"Vary": "Accept", **_CACHE})


for _route in [route for route in router.routes if isinstance(route, APIRoute)]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
