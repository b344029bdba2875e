"""A graph that is added to one that conforms, as screens read it: the added quads with their boundary.

Owns what the boundary is, and when there is one. Two graphs are apart if neither describes a resource that the other
one describes, and the kept one points at none that the added one describes. Then a rule can find something new only
about what is added, and what it reads of the kept graph is what this says of the resources that are pointed at. Knows
no rule.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, Self

import pyoxigraph as ox

from kg import namespaces
from kg.ingest.integrity_context import IntegrityContext
from kg.ingest.screens.screened_graph import ScreenedGraph
from kg.store.embedded import EmbeddedStore
from kg.store.interface import QuadLookup, Subject
from kg.store.joined_lookup import JoinedLookup
from kg.store.query_template import Term


class AddedGraph(ScreenedGraph):
    """Named graphs, with what the kept graph says of the resources that they point at, and of quotes of their sources.

    What screens need of all that is kept, they read of ``whole``, by ``select_of_each`` and as ``reference_graphs``.
    """

    def __init__(self, added: EmbeddedStore, kept: EmbeddedStore, context: IntegrityContext) -> None:
        """The graphs must be apart. ``added`` is in memory; the quads of the boundary are added to it."""
        super().__init__(added, context)
        self._kept = kept
        self.graphs = frozenset(added.graphs())
        """Those that are added."""
        pointed_at = [target for (target,) in self.select("undescribed")]
        descriptions = _describe(kept, pointed_at)
        self._missing = frozenset(node for node in pointed_at if not descriptions[node])
        descriptions |= _describe_quotes(kept, self._list_quoted(descriptions))
        self.boundary = [quad for quads in descriptions.values() for quad in quads]
        """What is kept, and has been added to the graph in memory."""
        added.engine.extend(self.boundary)
        self._whole = JoinedLookup(added, kept, frozenset(descriptions))

    @classmethod
    def read(cls, added: EmbeddedStore, kept: EmbeddedStore, context: IntegrityContext) -> Self | None:
        """The graph, completed by its boundary; None, and nothing is added, if the two are not apart."""
        return cls(added, kept, context) if _are_apart(added, kept, context) else None

    @property
    def whole(self) -> QuadLookup:
        """What is added and what is kept."""
        return self._whole

    def select_of_each(self, name: str, terms: Mapping[str, Iterable[Term]] | None = None) -> Iterator[tuple[Any, ...]]:
        """The solutions about what is added, and then those about what is kept; a few are in both."""
        kept = ScreenedGraph(self._kept, self.context)
        listed = {variable: list(values) for variable, values in (terms or {}).items()}
        return chain(self.select(name, listed), kept.select(name, listed))

    @cached_property
    def undescribed(self) -> frozenset[Any]:
        """The IRIs that the added graphs point at and nothing describes."""
        return self._missing

    def _list_quoted(self, nodes: Iterable[Any]) -> set[Any]:
        """Those of the nodes that the added graphs quote."""
        return {quad.object for quad in self.store.match(None, namespaces.HAS_SOURCE, None)}.intersection(nodes)


def _are_apart(added: EmbeddedStore, kept: EmbeddedStore, context: IntegrityContext) -> bool:
    """Whether the kept graph neither describes nor points at what the added one describes, its graphs included.

    A graph that conforms points at no IRI of ours that it does not describe itself.
    """
    subjects = (subject for (subject,) in ScreenedGraph(added, context).select("subjects"))
    for node in chain(subjects, added.graphs()):
        if next(kept.match(node, None, None), None) is not None:
            return False
        is_own = namespaces.value_of(node).startswith(context.own)
        if not is_own and next(kept.match(None, None, node), None) is not None:
            return False
    return True


def _describe(graph: QuadLookup, nodes: Iterable[Any]) -> dict[Subject, Sequence[ox.Quad]]:
    """All that the graph says of each of the nodes."""
    nodes = list(dict.fromkeys(nodes))
    return dict(zip(nodes, graph.match_each([(node, None, None) for node in nodes]), strict=True))


def _describe_quotes(graph: QuadLookup, sources: Iterable[Any]) -> dict[Subject, Sequence[ox.Quad]]:
    """All that the graph says of its passages of these sources, and of their selectors."""
    quoting = graph.match_each([(None, namespaces.HAS_SOURCE, source) for source in sources])
    passages = _describe(graph, (quad.subject for quads in quoting for quad in quads))
    links = (quad for quads in passages.values() for quad in quads if quad.predicate == namespaces.HAS_SELECTOR)
    return passages | _describe(graph, (link.object for link in links if isinstance(link.object, ox.NamedNode)))
