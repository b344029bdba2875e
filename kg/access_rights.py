"""Who may see a home graph: one that is restricted is in no answer of a server, no dump and no published copy.

Owns what says so: ``dcterms:accessRights`` of the home graph, RESTRICTED of the authority table of the European Union;
and look-ups without some graphs. Does not know what an operator makes of it.
"""

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kg.namespaces import DCTERMS
from kg.store.interface import Object, Pattern, QuadLookup, Subject

ACCESS_RIGHTS = ox.NamedNode(f"{DCTERMS}accessRights")
RESTRICTED = ox.NamedNode("http://publications.europa.eu/resource/authority/access-right/RESTRICTED")


def find_restricted_graphs(store: QuadLookup) -> frozenset[ox.NamedNode]:
    """The home graphs that say of themselves that they are restricted; one look-up."""
    return frozenset(
        quad.graph_name
        for quad in store.match(None, ACCESS_RIGHTS, RESTRICTED)
        if isinstance(quad.graph_name, ox.NamedNode) and quad.subject == quad.graph_name
    )


def is_restricted(graph: ox.NamedNode, quads: Iterable[ox.Quad]) -> bool:
    """Whether these quads, which are in the graph, say of it that it is restricted."""
    restriction = ox.Triple(graph, ACCESS_RIGHTS, RESTRICTED)
    return any(quad.triple == restriction for quad in quads)


def is_described_by_others(store: QuadLookup, resource: ox.NamedNode, graphs: frozenset[ox.NamedNode]) -> bool:
    """Whether the resource is none of the graphs, and something is said of it in another."""
    return resource not in graphs and any(quad.graph_name not in graphs for quad in store.match(resource, None, None))


class LookupWithout:
    """A ``kg.store.interface.QuadLookup`` that finds no quad of some graphs."""

    def __init__(self, store: QuadLookup, hidden: frozenset[ox.NamedNode]) -> None:
        self._store, self._hidden = store, hidden

    def match(
        self,
        subject: Subject | None,
        predicate: ox.NamedNode | None,
        object_: Object | None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        """See ``kg.store.interface.QuadLookup.match``."""
        found = self._store.match(subject, predicate, object_, graph)
        return (quad for quad in found if quad.graph_name not in self._hidden)

    def match_each(self, patterns: Sequence[Pattern]) -> list[list[ox.Quad]]:
        """See ``kg.store.interface.QuadLookup.match_each``."""
        found = self._store.match_each(patterns)
        return [[quad for quad in quads if quad.graph_name not in self._hidden] for quads in found]
