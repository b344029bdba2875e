"""What the requests to a worker read of its copy of the graph: all of it, or what is not hidden.

Owns which of the two a request reads, and that what is hidden is looked up once for each version of the data. Which
graphs are hidden is for ``procedure.LIST_HIDDEN``.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.execution.engine_view import hide_graphs
from kg.execution.graph_copy import GraphCopy
from kg.execution.procedure import Procedures, list_hidden
from kg.store.embedded import EmbeddedStore

READS_ALL = "reads_all"
"""The member of a request that also reads what is hidden."""


class GraphView(NamedTuple):
    """The graph as a request reads it."""

    engine: ox.Store
    store: EmbeddedStore
    """The same for procedures."""


class GraphViews:
    """The views of one copy, which changes between requests."""

    def __init__(self, copy: GraphCopy, procedures: Procedures, *, union: bool) -> None:
        """``union``: what procedures query is the union of all named graphs."""
        self._copy, self._procedures, self._union = copy, procedures, union
        self._whole = GraphView(copy.engine, copy.to_store(union=union))
        self._visible: GraphView | None = None

    def follow(self) -> None:
        """The copy has changed."""
        self._whole.store.follow(self._copy.version)
        self._visible = None

    def of(self, request: Mapping[str, Any]) -> GraphView:
        """What this request reads."""
        if request[READS_ALL]:
            return self._whole
        if self._visible is None:
            whole = self._whole.store
            store = hide_graphs(whole, list_hidden(self._procedures, whole), union=self._union)
            self._visible = self._whole if store is whole else GraphView(store.engine, store)
        return self._visible
