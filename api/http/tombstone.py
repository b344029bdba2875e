"""410 for what was withdrawn (RFC 9110, section 15.5.11): a tombstone in RDF; others get the problem."""

from http import HTTPStatus

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from api.http import conneg, etag
from kg import namespaces
from kg.errors import WithdrawnError
from kg.rdf_formats import RDF_BY_SUFFIX, RDF_SYNTAXES, RdfSyntax, serialize

_OTHERS = ("application/problem+json", "application/json", "text/html", "text/plain")
_PREFIXES = namespaces.select_prefixes("prov", "xsd")


def respond_tombstone(request: Request, iri: str, error: WithdrawnError, suffix: str = "") -> Response | None:
    """The tombstone in the syntax of the suffix, or that which the client prefers; None if it prefers none."""
    accept = request.headers.get("accept", "")
    if suffix and not conneg.prefers_html(accept):
        syntax = RDF_BY_SUFFIX[suffix]
    else:
        preferred = [syntax for syntax in RDF_SYNTAXES if conneg.prefers(syntax.media_type, accept, over=_OTHERS)]
        if not preferred:
            return None
        syntax = conneg.find_format(RDF_SYNTAXES, conneg.select_media_type(preferred, accept))
    request.scope["outcome"] = "withdrawn"
    headers = {"Vary": "Accept", "Cache-Control": etag.REVALIDATE}
    return Response(write_tombstone(iri, error, syntax), HTTPStatus.GONE, headers, media_type=syntax.media_type)


def write_tombstone(iri: str, error: WithdrawnError, syntax: RdfSyntax) -> bytes:
    """What is known of a withdrawn resource: when it was withdrawn, and in which version of the data."""
    subject, entity = ox.NamedNode(iri), ox.NamedNode(f"{namespaces.PROV}Entity")
    time = ox.Literal(error.withdrawn_at, datatype=ox.NamedNode(f"{namespaces.XSD}dateTime"))
    triples = [
        ox.Triple(subject, namespaces.TYPE, entity),
        ox.Triple(subject, ox.NamedNode(f"{namespaces.PROV}invalidatedAtTime"), time),
        ox.Triple(subject, ox.NamedNode(f"{namespaces.RDFS}comment"), ox.Literal(str(error), language="en")),
    ]
    return serialize(triples, syntax, _PREFIXES)
