"""What is not published: home graphs that are restricted, and what they describe, unless the operator says so."""

import pyoxigraph as ox

from api.services import Services
from kg.access_rights import find_restricted_graphs, is_described_in
from kg.errors import RestrictedError


def check_published(services: Services, resource: ox.NamedNode, kind: str, name: str) -> None:
    """Raise RestrictedError where the resource is a restricted home graph, or is described in one.

    One look-up where there is none that is restricted.
    """
    if services.settings.publish_restricted or services.settings.plain:
        return
    store = services.knowledge_graph.store
    restricted = find_restricted_graphs(store)
    if restricted and is_described_in(store, resource, restricted):
        raise RestrictedError(kind, name)
