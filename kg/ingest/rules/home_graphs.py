"""Rules about home graphs: named graphs that are documents."""

from collections.abc import Iterable

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding
from kg.ingest.proposed_write import ProposedWrite
from kg.ingest.rules.interface import order_of

_HOME_GRAPHS = frozenset(map(namespaces.value_of, namespaces.HOME_GRAPH_CLASSES))


def check_home_graph_described(write: ProposedWrite) -> Iterable[Finding]:
    """Each named graph describes itself as a home graph."""
    retyped = {quad.subject for quad in write.changed(namespaces.TYPE) if quad.object in namespaces.HOME_GRAPH_CLASSES}
    graphs = {quad.graph_name for quad in write.changed()} | retyped
    types = write.types(graphs)
    for graph in sorted(types, key=order_of):
        if types[graph].isdisjoint(_HOME_GRAPHS) and _is_graph(write, graph):
            name = namespaces.value_of(graph)
            cure = f"Add <{name}> a ck:Dossier, ck:Dataset or ck:Reference, with title, licence, recordedBy."
            document = write.graphs_of_documents.get(graph)
            location = document.locate(name, "") if document else None
            yield Finding("the graph does not say what it is", cure, location, name, "home-graph")


def check_named_graph(write: ProposedWrite) -> Iterable[Finding]:
    """Each triple belongs to a home graph."""
    outside = {quad.subject for quad in write.change.added if not isinstance(quad.graph_name, ox.NamedNode)}
    cure = "Say to which home graph it belongs: a dossier, a data set or a reference graph"
    for subject in sorted(map(namespaces.value_of, outside)):
        yield Finding("a triple outside any home graph", cure, None, subject, "home-graph")


def check_single_home_graph(write: ProposedWrite) -> Iterable[Finding]:
    """Each resource is described in one home graph only."""
    added = {quad.subject for quad in write.change.added}
    cure = "Describe it in one of them, and only refer to it in the other"
    for subject in sorted(added, key=order_of):
        graphs = sorted({namespaces.value_of(quad.graph_name) for quad in write.described[subject]})
        if len(graphs) > 1:
            message = f"described in {' and '.join(graphs)}"
            yield Finding(message, cure, None, namespaces.value_of(subject), "home-graph")


def check_distinct_documents(write: ProposedWrite) -> Iterable[Finding]:
    """No two documents of a load are the same home graph: one would silently become part of the other."""
    first: dict[ox.NamedNode, str] = {}
    for document in write.documents:
        for graph in document.graphs:
            if graph in first:
                cure = "Give one of them another id, or load only one"
                location = document.locate(graph.value, "")
                yield Finding(f"the same home graph as {first[graph]}", cure, location, graph.value, "home-graph")
            first.setdefault(graph, document.name)


def _is_graph(write: ProposedWrite, node: object) -> bool:
    """Whether a quad is in a graph of this name."""
    return isinstance(node, ox.NamedNode) and next(write.after.match(None, None, None, node), None) is not None
