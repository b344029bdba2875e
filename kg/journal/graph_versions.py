"""The version at which each graph was last changed, and when: what tells a client whether a graph is as it was read.

Costs an entry for each graph that is changed, and nothing for a graph of any size. A graph without an entry has the
version at which the entries begin; it has not been changed since.
"""

from collections.abc import Iterable


class GraphVersions:
    """The versions of graphs, by IRI; for one writer. Times are seconds since 1970."""

    def __init__(self, start: str, start_time: float | None = None) -> None:
        """``start``: the version of the data before the first change that is noted. ``start_time``: not before it."""
        self._start, self._start_time = start, start_time
        self._changed: dict[str, tuple[str, float | None]] = {}
        self.last_time = start_time
        """Of the last change; None if it is not known."""

    def note(self, graphs: Iterable[str], version: str, time: float | None) -> None:
        """A change that made this version, and was seen from that time on if it is known, touches the graphs."""
        self._changed |= dict.fromkeys(graphs, (version, time))
        self.last_time = time

    def of(self, graph: str) -> str:
        """The version of one graph. Two states of a graph have the same only if they are equal."""
        version, _ = self._changed.get(graph, (self._start, None))
        return version

    def last_modified(self, graph: str) -> float | None:
        """When the graph was last changed; it may be later, and None if it is not known."""
        _, time = self._changed.get(graph, ("", self._start_time))
        return time
