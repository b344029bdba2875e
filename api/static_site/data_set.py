"""The description of the data set, without what only a server has."""

import pyoxigraph as ox

from kg import rdf_formats
from kg.catalog.description import DCAT, PREFIXES
from kg.namespaces import TYPE, VOID
from kg.rdf_formats import RdfSyntax

_SERVICE = ox.NamedNode(f"{DCAT}DataService")
_ENDPOINT = ox.NamedNode(f"{VOID}sparqlEndpoint")


def remove_services(content: bytes, syntax: RdfSyntax) -> bytes:
    """The document without services and endpoints."""
    triples = [quad.triple for quad in ox.parse(content, format=syntax.engine)]
    services = {triple.subject for triple in triples if triple.predicate == TYPE and triple.object == _SERVICE}
    kept = [
        triple
        for triple in triples
        if triple.predicate != _ENDPOINT and triple.subject not in services and triple.object not in services
    ]
    return rdf_formats.serialize(sorted(kept, key=str), syntax, PREFIXES)
