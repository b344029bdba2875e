"""Writes over a remote engine: it evaluates them itself, and commits each as one update request.

Nothing can be evaluated here first: there is no copy of its graph, and its blank nodes cannot be named.
"""

from collections.abc import Collection

import pyoxigraph as ox

from kg.errors import UnknownNameError
from kg.store.remote import RemoteStore
from kg.store.sparql_text import quad_data
from kg.update.evaluation import Update, inspect_with_dataset


def run_update(store: RemoteStore, update: Update) -> None:
    """Run the update. Raises QueryRefusedError, BadParameterError or StoreUnreachableError."""
    store.update(inspect_with_dataset(update).text, base_iri=update.base_iri)


def write_graph(
    store: RemoteStore, graph: ox.NamedNode | None, triples: Collection[ox.Triple], *, replaces: bool
) -> bool:
    """Add the triples to the graph (None: the default graph), or replace it; True if the graph is new."""
    is_new = graph is not None and not store.contains_graph(graph)
    operations = []
    if replaces and not is_new:
        operations.append(f"CLEAR GRAPH {graph}" if graph else "CLEAR DEFAULT")
    if triples:
        name = graph or ox.DefaultGraph()
        data = quad_data(ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in triples)
        operations.append(f"INSERT DATA {{\n{data}}}")
    elif is_new:
        operations.append(f"CREATE SILENT GRAPH {graph}")
    if operations:
        store.update(" ;\n".join(operations))
    return is_new


def delete_graph(store: RemoteStore, graph: ox.NamedNode | None) -> None:
    """Drop the named graph, or clear the default graph. Raises UnknownNameError if there is no such graph."""
    if graph is not None and not store.contains_graph(graph):
        raise UnknownNameError("graph", graph.value)
    store.update(f"DROP GRAPH {graph}" if graph else "CLEAR DEFAULT")
