"""The procedures of ``--plain`` mode: updates and graph store writes, evaluated in the ingest worker to a change.

Owns how requests and changes cross the border between processes; the body of a reply is ``Change.to_bytes``. Over a
remote engine they run in the process that has the store, and return an empty change: the engine has made it already.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pyoxigraph as ox

from kg.execution.interface import Call
from kg.execution.procedure import Procedure, Reply
from kg.rdf_formats import N_QUADS
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Store
from kg.store.remote import RemoteStore
from kg.update import remote_engine
from kg.update.evaluation import Update, evaluate_update
from kg.update.graph_body import parse_triples
from kg.update.graph_store import GraphWrite, evaluate_delete, evaluate_post, evaluate_put
from kg.update.private_copy import Limits

UPDATE = "evaluate-update"
PUT_GRAPH = "evaluate-graph-put"
POST_GRAPH = "evaluate-graph-post"
DELETE_GRAPH = "evaluate-graph-delete"


def call_update(update: Update) -> Call:
    """The call that evaluates the update."""
    arguments = {"using": update.using, "using_named": update.using_named, "base_iri": update.base_iri}
    return Call(procedure=UPDATE, arguments=arguments, content=update.text.encode())


def create_update_procedures(settings: Settings) -> dict[str, Procedure]:
    """The procedures, with the limits of these settings."""
    limits = Limits(settings.change_max_quads)
    return {
        UPDATE: _update_within(limits),
        PUT_GRAPH: _write_graph_with(evaluate_put, limits, replaces=True),
        POST_GRAPH: _write_graph_with(evaluate_post, limits, replaces=False),
        DELETE_GRAPH: _delete_graph_within(limits),
    }


def _update_within(limits: Limits) -> Procedure:
    def update(store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        using, using_named = tuple(arguments["using"]), tuple(arguments["using_named"])
        received = Update(content.decode(), using, using_named, arguments["base_iri"])
        if isinstance(store, EmbeddedStore):
            return _reply(evaluate_update(store.engine, received, limits))
        remote_engine.run_update(_remote(store), received)
        return _reply(Change())

    return update


def _write_graph_with(
    evaluate: Callable[[ox.Store, ox.NamedNode | None, frozenset[ox.Triple], int], GraphWrite],
    limits: Limits,
    *,
    replaces: bool,
) -> Procedure:
    def write_graph(store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        graph = _graph(arguments)
        triples = parse_triples(arguments["content_type"], content, arguments["base_iri"])
        if isinstance(store, EmbeddedStore):
            write = evaluate(store.engine, graph, triples, limits.max_quads)
            return _reply(write.change, is_new=write.is_new)
        is_new = remote_engine.write_graph(_remote(store), graph, triples, replaces=replaces)
        return _reply(Change(), is_new=is_new)

    return write_graph


def _delete_graph_within(limits: Limits) -> Procedure:
    def delete_graph(store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        graph = _graph(arguments)
        if isinstance(store, EmbeddedStore):
            return _reply(evaluate_delete(store.engine, graph, limits.max_quads).change)
        remote_engine.delete_graph(_remote(store), graph)
        return _reply(Change())

    return delete_graph


def _graph(arguments: Mapping[str, Any]) -> ox.NamedNode | None:
    return ox.NamedNode(arguments["graph"]) if arguments["graph"] else None


def _remote(store: Store) -> RemoteStore:
    assert isinstance(store, RemoteStore)
    return store


def _reply(change: Change, *, is_new: bool = False) -> Reply:
    counts = {"added": change.added_count, "removed": change.removed_count}
    return Reply(
        media_type=N_QUADS.media_type, body=[change.to_bytes()], properties={"is_new": is_new, "counts": counts}
    )
