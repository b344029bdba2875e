"""A write as the integrity rules see it: the exact change, the graph with it, and look-ups from what has changed.

Owns which resources are touched and what is said of them. Rules look up nothing else than what touched resources lead
to, in batches, so that they cost what the change costs. Knows no rule.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar, cast

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding
from kg.ingest.documents import Document
from kg.ingest.integrity_context import IntegrityContext
from kg.ingest.known_names import KnownNames
from kg.store.cached_lookup import CachedLookup
from kg.store.interface import Pattern, Subject
from kg.store.proposed_change import ProposedChange

T = TypeVar("T")
_DESCRIBABLE = (ox.NamedNode, ox.BlankNode)


class ProposedWrite:
    """A change, the documents that it comes from (none for an update), and the graph as it would be."""

    def __init__(
        self,
        change: ProposedChange,
        context: IntegrityContext,
        names: KnownNames,
        documents: Sequence[Document] = (),
        findings: Sequence[Finding] = (),
        renewed: frozenset[str] = frozenset(),
    ) -> None:
        """``findings``: what was found when documents and dates were read.

        ``renewed``: IRIs of the graphs in which nobody else changes anything, but in which this program renews the
        ontology, or days derived by another version of it.
        """
        self.change, self.context, self.names, self.documents = change, context, names, documents
        self.findings, self.renewed = findings, renewed
        self.after = CachedLookup(change.after)
        self._is_reference: dict[object, bool] = {}
        self._views: dict[object, object] = {}

    @cached_property
    def subjects(self) -> frozenset[Subject]:
        """What the change says something of, or no longer says something of."""
        return frozenset(quad.subject for quad in self.changed())

    @cached_property
    def described(self) -> Mapping[Subject, Sequence[ox.Quad]]:
        """All that is said of the touched subjects after the change; nothing of those that are gone."""
        return self.describe(self.subjects)

    @cached_property
    def gone(self) -> frozenset[Subject]:
        """The touched subjects of which nothing is said any more."""
        return frozenset(subject for subject, quads in self.described.items() if not quads)

    @cached_property
    def graphs_of_documents(self) -> Mapping[object, Document]:
        """The document of each home graph that the documents replace."""
        return {graph: document for document in self.documents for graph in document.graphs}

    def changed(self, *predicates: ox.NamedNode) -> Iterator[ox.Quad]:
        """The quads of these predicates that are removed or added; of any predicate, without one."""
        removed, added = self._removed_by_predicate, self._added_by_predicate
        if not predicates:
            return chain(self.change.removed, self.change.added)
        return (quad for predicate in predicates for quad in (*removed.get(predicate, ()), *added.get(predicate, ())))

    def added(self, *predicates: ox.NamedNode) -> Iterator[ox.Quad]:
        """The quads of these predicates that are added."""
        return (quad for predicate in predicates for quad in self._added_by_predicate.get(predicate, ()))

    def touched(self, *predicates: ox.NamedNode) -> frozenset[Subject]:
        """The subjects of which a quad of these predicates is removed or added."""
        return frozenset(quad.subject for quad in self.changed(*predicates))

    def describe(self, nodes: Iterable[Subject]) -> dict[Subject, Sequence[ox.Quad]]:
        """All that is said of each of the nodes."""
        nodes = list(dict.fromkeys(nodes))
        return dict(zip(nodes, self.after.match_each([(node, None, None) for node in nodes]), strict=True))

    def values(self, nodes: Iterable[object], predicate: ox.NamedNode) -> dict[Any, frozenset[Any]]:
        """The objects of the predicate of each of the nodes that are no literals."""
        named = [node for node in dict.fromkeys(nodes) if isinstance(node, _DESCRIBABLE)]
        found = self.after.match_each([(node, predicate, None) for node in named])
        return {node: frozenset(quad.object for quad in quads) for node, quads in zip(named, found, strict=True)}

    def types(self, nodes: Iterable[object]) -> dict[Any, frozenset[str]]:
        """The IRIs of the classes of each of the nodes that are no literals."""
        found = self.values(nodes, namespaces.TYPE)
        return {node: frozenset(map(namespaces.value_of, types)) for node, types in found.items()}

    def referring(self, nodes: Iterable[Any], *predicates: ox.NamedNode) -> list[ox.Quad]:
        """The quads that point at one of the nodes by one of the predicates; by any, without one."""
        patterns: list[Pattern] = [
            (None, predicate, node) for node in dict.fromkeys(nodes) for predicate in predicates or (None,)
        ]
        return [quad for quads in self.after.match_each(patterns) for quad in quads]

    def states(self, quad: ox.Quad) -> bool:
        """Whether this write says so itself: it adds the quad, or replaces the home graph by one that contains it."""
        return quad in self.change.added or quad.graph_name in self.graphs_of_documents

    def is_reference(self, graph: object) -> bool:
        """Whether the graph is a reference graph after the change."""
        if graph not in self._is_reference:
            types = self.types([graph]) if isinstance(graph, ox.NamedNode) else {}
            self._is_reference[graph] = any(namespaces.REFERENCE.value in found for found in types.values())
        return self._is_reference[graph]

    def no_longer_references(self) -> Iterator[ox.NamedNode]:
        """The graphs that were reference graphs and are none."""
        for quad in self._removed_by_predicate.get(namespaces.TYPE, ()):
            graph = quad.subject
            if quad.object == namespaces.REFERENCE and isinstance(graph, ox.NamedNode) and not self.is_reference(graph):
                yield graph

    def in_graph(self, predicate: ox.NamedNode, graph: ox.NamedNode) -> Iterator[ox.Quad]:
        """All quads of the predicate in a graph: only for one that has become of another kind."""
        return self.after.match(None, predicate, None, graph)

    def view(self, create: Callable[["ProposedWrite"], T]) -> T:
        """What this makes of the write; made once, for all rules that need it."""
        if create not in self._views:
            self._views[create] = create(self)
        return cast(T, self._views[create])

    @cached_property
    def _removed_by_predicate(self) -> Mapping[ox.NamedNode, list[ox.Quad]]:
        return _group_by_predicate(self.change.removed)

    @cached_property
    def _added_by_predicate(self) -> Mapping[ox.NamedNode, list[ox.Quad]]:
        return _group_by_predicate(self.change.added)


def _group_by_predicate(quads: Iterable[ox.Quad]) -> Mapping[ox.NamedNode, list[ox.Quad]]:
    groups: dict[ox.NamedNode, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        groups[quad.predicate].append(quad)
    return groups
