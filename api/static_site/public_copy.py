"""The data that is published: without the home graphs that are restricted, in a copy of the data directory.

Pages show what any graph says of a thing, so these graphs are removed before pages are made.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from api.services import Services, open_services
from kg.access_rights import find_restricted_graphs
from kg.backup import create_backup, restore_backup
from kg.errors import BadParameterError
from kg.knowledge_graph import KnowledgeGraph
from kg.settings import Settings
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import QuadLookup


@contextmanager
def open_public_services(settings: Settings) -> Iterator[Services]:
    """Services over what may be published, for an app, which closes them. Raises StoreError or BadParameterError."""
    services = open_services(settings)
    restricted = list_unpublished(services.knowledge_graph.store, settings)
    if not restricted:
        yield services
        return
    with tempfile.TemporaryDirectory(prefix="kg-publish-") as scratch:
        try:
            store = services.knowledge_graph.store
            if not isinstance(store, EmbeddedStore):
                raise cannot_leave_out(restricted)
            create_backup(store, settings, Path(scratch) / "backup")
        finally:
            services.close()
        public = replace(settings, data_dir=Path(scratch) / "data")
        restore_backup(Path(scratch) / "backup", public)
        _remove_graphs(public, restricted)
        yield open_services(public)


def list_unpublished(store: QuadLookup, settings: Settings) -> list[ox.NamedNode]:
    """The home graphs that are not published, by IRI."""
    restricted = [] if settings.publish_restricted else find_restricted_graphs(store)
    return sorted(restricted, key=lambda graph: graph.value)


def cannot_leave_out(restricted: list[ox.NamedNode]) -> BadParameterError:
    """Why a server that others run cannot be copied without these graphs."""
    names = ", ".join(graph.value for graph in restricted)
    reason = f"{names}: restricted, and on pages of the server; stop it first, or set yes if their terms allow it"
    return BadParameterError("KG_PUBLISH_RESTRICTED", reason)


def _remove_graphs(settings: Settings, graphs: list[ox.NamedNode]) -> None:
    knowledge_graph = KnowledgeGraph.open(settings)
    try:
        for graph in graphs:
            quads = frozenset(knowledge_graph.store.quads(graph))
            knowledge_graph.store.apply(Change.from_quads(removed=quads))
    finally:
        knowledge_graph.close()
