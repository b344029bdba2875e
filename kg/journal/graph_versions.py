"""The version at which each graph was last changed: what tells a client whether a graph is still as it was read.

Costs an entry for each graph that is changed, and nothing for a graph of any size. A graph without an entry has the
version at which the entries begin; it has not been changed since.
"""

from collections.abc import Iterable


class GraphVersions:
    """The versions of graphs, by IRI; for one writer."""

    def __init__(self, start: str) -> None:
        """``start``: the version of the data before the first change that is noted."""
        self._start = start
        self._changed: dict[str, str] = {}

    def note(self, graphs: Iterable[str], version: str) -> None:
        """A change that made this version touches the graphs."""
        self._changed |= dict.fromkeys(graphs, version)

    def of(self, graph: str) -> str:
        """The version of one graph. Two states of a graph have the same only if they are equal."""
        return self._changed.get(graph, self._start)
