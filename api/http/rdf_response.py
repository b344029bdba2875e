"""Responses whose body is an RDF document, with strong ETags (RFC 9110, section 8.8.3).

Owns the order of what is written, so that the same quads give the same bytes. Does not know what they describe.
"""

from collections.abc import Iterable, Mapping

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from api.http import conneg, etag
from kg import rdf_formats
from kg.namespaces import VOCABULARY_PREFIXES
from kg.rdf_formats import DATASET_SYNTAXES, RdfSyntax


def serialize(quads: Iterable[ox.Quad], syntax: RdfSyntax) -> bytes:
    """The quads in TriG or N-Quads, else their triples; sorted."""
    if syntax in DATASET_SYNTAXES:
        return rdf_formats.serialize(sorted(set(quads), key=_order), syntax, VOCABULARY_PREFIXES)
    return rdf_formats.serialize(rdf_formats.select_triples(quads), syntax, VOCABULARY_PREFIXES)


def respond(
    request: Request,
    quads: Iterable[ox.Quad],
    syntaxes: tuple[RdfSyntax, ...],
    media_type: str,
    headers: Mapping[str, str],
) -> Response:
    """The document under ``media_type``, which is that of one of the syntaxes or an alias of it; or 304."""
    body = serialize(quads, conneg.find_format(syntaxes, media_type))
    return etag.with_strong_etag(request, Response(body, media_type=media_type, headers=headers))


def _order(quad: ox.Quad) -> tuple[str, str]:
    return str(quad.graph_name), str(quad.triple)
