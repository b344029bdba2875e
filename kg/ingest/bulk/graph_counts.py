"""How much a bulk load changes. Imports nothing, so that commands start quickly."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GraphCounts:
    """How many quads a bulk load changes in a home graph."""

    graph: str
    added: int
    removed: int
