"""The scope of a token: which operations it may ask for, and which graphs it may change.

A graph is named exactly, or by the beginning of its IRI and ``*``. Knows no token.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from kg.errors import BadParameterError

ALL_GRAPHS = "*"
"""Every graph, the default graph among them."""
DEFAULT_GRAPH = "default"
"""The default graph, which can be written in plain mode only."""
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`*\x7f]*\*?')
_NAME = re.compile(r'[^\x00-\x20<>"{}|\\^`*\x7f:]+\*?')


class Operation(StrEnum):
    """The operations for which a token may be made."""

    LOAD = "load"
    """``POST /load``."""
    UPDATE = "update"
    """A SPARQL update."""
    PUT = "put"
    """Create or replace a graph, a dossier among them."""
    POST = "post"
    """Add to a graph."""
    PATCH = "patch"
    """Change some triples of a graph."""
    DELETE = "delete"
    """Delete a graph."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Operations and graphs; nothing else is permitted."""

    operations: frozenset[Operation]
    graphs: tuple[str, ...]
    """IRIs, beginnings of IRIs that end in ``*``, DEFAULT_GRAPH, ALL_GRAPHS."""

    def allows(self, operation: Operation) -> bool:
        """Whether it may be asked for."""
        return operation in self.operations

    @property
    def has_all_graphs(self) -> bool:
        """Whether any graph may be changed."""
        return ALL_GRAPHS in self.graphs

    def list_outside(self, graphs: Collection[str]) -> list[str]:
        """Those of the graphs that may not be changed, sorted; an empty name is the default graph."""
        if self.has_all_graphs:
            return []
        return sorted(graph for graph in graphs if not any(_matches(pattern, graph) for pattern in self.graphs))


EVERYTHING = Scope(frozenset(Operation), (ALL_GRAPHS,))


def _matches(pattern: str, graph: str) -> bool:
    if not graph:
        return pattern == DEFAULT_GRAPH
    if pattern.endswith("*"):
        return graph.startswith(pattern[:-1])
    return pattern != DEFAULT_GRAPH and pattern == graph


def parse_operations(texts: Iterable[str]) -> frozenset[Operation]:
    """The operations of these names; ``*`` is all that there are now. Raises BadParameterError."""
    operations: set[Operation] = set()
    for text in texts:
        try:
            operations.update(Operation if text == "*" else [Operation(text)])
        except ValueError:
            raise BadParameterError("operation", f"{text!r} is none of {', '.join(Operation)}, or *") from None
    return frozenset(operations)


def parse_graph(text: str, base_iri: str) -> str:
    """The graph, or the graphs that begin so, as a scope has them: IRIs, or names of home graphs under the base IRI.

    Raises BadParameterError.
    """
    if text in (ALL_GRAPHS, DEFAULT_GRAPH) or _IRI.fullmatch(text):
        return text
    if _NAME.fullmatch(text):
        return f"{base_iri}graph/{text}"
    raise BadParameterError(
        "graph", f"{text!r} is no IRI or name of a graph, nor the beginning of one that ends in *, nor * for all"
    )
