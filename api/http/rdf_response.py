"""RDF documents over HTTP: which syntaxes there are, quads written in them, and answers that need not be sent twice.

Owns the table of RDF formats, their extensions, and ETags (RFC 9110, section 8.8.3). Knows not what they describe.
"""

import hashlib
from collections.abc import Iterable

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from api.http.conneg import Format
from api.http.links import PREFIXES

TRIPLES = (
    Format("text/turtle", ("turtle", "ttl", "n3"), ("text/n3",)),
    Format("application/n-triples", ("n-triples", "ntriples", "nt")),
    Format("application/rdf+xml", ("rdf+xml", "rdfxml", "rdf", "xml"), ("application/xml",)),
    Format("application/ld+json", ("json-ld", "jsonld", "json"), ("application/json",)),
)
QUADS = (
    Format("application/trig", ("trig",)),
    Format("application/n-quads", ("n-quads", "nquads", "nq")),
)
ALL = (*TRIPLES, *QUADS)
SUFFIXES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "trig": "application/trig",
    "nq": "application/n-quads",
}
NAMES = {
    "ttl": "Turtle",
    "jsonld": "JSON-LD",
    "nt": "N-Triples",
    "rdf": "RDF/XML",
    "trig": "TriG",
    "nq": "N-Quads",
}
_WITH_PREFIXES = ("text/turtle", "application/trig", "application/rdf+xml")


def serialize(quads: Iterable[ox.Quad], media_type: str) -> bytes:
    """The quads in that syntax, or their triples where it has no graphs; the same bytes for the same quads."""
    syntax = ox.RdfFormat.from_media_type(media_type)
    assert syntax is not None
    if media_type in {each.media_type for each in QUADS}:
        items: list[ox.Quad] | list[ox.Triple] = sorted(set(quads), key=_with_graph)
    else:
        items = sorted({quad.triple for quad in quads}, key=str)
    prefixes = PREFIXES if media_type in _WITH_PREFIXES else None
    return ox.serialize(items, format=syntax, prefixes=prefixes) or b""


def _with_graph(quad: ox.Quad) -> tuple[str, str]:
    return str(quad.graph_name), str(quad.triple)


def unless_known(request: Request, answer: Response) -> Response:
    """The answer with a strong ETag, or 304 where the client has these bytes already."""
    tag = f'"{hashlib.sha256(bytes(answer.body) + answer.headers["content-type"].encode()).hexdigest()[:32]}"'
    answer.headers["ETag"] = tag
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if tag not in known and "*" not in known:
        return answer
    kept = ("etag", "vary", "link", "cache-control", "content-location", "content-security-policy")
    return Response(status_code=304, headers={name: answer.headers[name] for name in kept if name in answer.headers})
