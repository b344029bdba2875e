"""Responses whose body is an RDF document, with strong ETags (RFC 9110, section 8.8.3).

Owns the order of what is written, so that the same quads give the same bytes. Does not know what they describe.
"""

import hashlib
from collections.abc import Iterable, Mapping

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from api.http import conneg
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
    return if_none_match(request, Response(body, media_type=media_type, headers=headers))


def if_none_match(request: Request, response: Response) -> Response:
    """The response with an ETag of its bytes; 304 where ``If-None-Match`` names that tag (section 13.1.2)."""
    content = bytes(response.body) + response.headers["content-type"].encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    known = [value.strip().removeprefix("W/") for value in request.headers.get("if-none-match", "").split(",")]
    if tag not in known and "*" not in known:
        return response
    kept = ("etag", "vary", "link", "cache-control", "content-location", "content-security-policy")
    headers = {name: response.headers[name] for name in kept if name in response.headers}
    return Response(status_code=304, headers=headers)


def _order(quad: ox.Quad) -> tuple[str, str]:
    return str(quad.graph_name), str(quad.triple)
