"""What is not published: home graphs that are restricted, and what only they describe, unless the operator says so.

Owns the refusal by name, in the web process. What is in other graphs is answered without them, by the workers.
"""

import pyoxigraph as ox

from api.services import Services
from kg.access_rights import find_restricted_graphs, is_described_by_others
from kg.errors import RestrictedError


def check_published(services: Services, resource: ox.NamedNode, kind: str, name: str) -> None:
    """Raise RestrictedError where the resource is a restricted home graph, or is described in such graphs alone.

    One look-up where there is none that is restricted.
    """
    if not services.settings.hides_restricted:
        return
    store = services.knowledge_graph.store
    restricted = find_restricted_graphs(store)
    if restricted and not is_described_by_others(store, resource, restricted):
        raise RestrictedError(kind, name)
