"""Who may see a home graph: one that is restricted is in no dump, no catalog and no published copy.

Owns what says so: ``dcterms:accessRights`` of the home graph, RESTRICTED of the authority table of the European Union.
Does not know what an operator makes of it.
"""

import pyoxigraph as ox

from kg.namespaces import DCTERMS
from kg.store.interface import QuadLookup

ACCESS_RIGHTS = ox.NamedNode(f"{DCTERMS}accessRights")
RESTRICTED = ox.NamedNode("http://publications.europa.eu/resource/authority/access-right/RESTRICTED")


def find_restricted_graphs(store: QuadLookup) -> frozenset[ox.NamedNode]:
    """The home graphs that say of themselves that they are restricted; one look-up."""
    return frozenset(
        quad.graph_name
        for quad in store.match(None, ACCESS_RIGHTS, RESTRICTED)
        if isinstance(quad.graph_name, ox.NamedNode) and quad.subject == quad.graph_name
    )


def is_described_in(store: QuadLookup, resource: ox.NamedNode, graphs: frozenset[ox.NamedNode]) -> bool:
    """Whether the resource is one of the graphs, or something is said of it there."""
    return resource in graphs or any(quad.graph_name in graphs for quad in store.match(resource, None, None))
