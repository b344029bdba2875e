"""The plan of a load: its change to the store, summarized by home graph.

Owns the comparison of the data before and after. Knows nothing of the rules that a load has to conform to.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding
from kg.ingest.change_sentences import ResourceChange
from kg.store.change import Change


@dataclass(frozen=True, slots=True)
class GraphChange:
    """What a load changes in one home graph: counts of quads, IRIs of resources."""

    graph: str
    added: int
    removed: int
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    @classmethod
    def from_members(cls, members: Mapping[str, Any]) -> Self:
        """The change from its members as JSON has them, with lists for tuples."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in members.items()
        }
        return cls(**values)


@dataclass(frozen=True)
class LoadPlan:
    """A load that conforms and has not been made yet."""

    change: Change = field(repr=False)
    graphs: tuple[GraphChange, ...]
    warnings: tuple[Finding, ...]
    resources: tuple[ResourceChange, ...] = ()
    """The statements and things that differ, in sentences; of a dry run only."""


def summarize_change(before: frozenset[ox.Quad], after: frozenset[ox.Quad]) -> tuple[GraphChange, ...]:
    """The change of each home graph that is changed, sorted by IRI."""
    old, new = _subjects(before), _subjects(after)
    added, removed = _group_by_graph(after - before), _group_by_graph(before - after)
    summaries = []
    for graph in sorted({*added, *removed}):
        touched = _subjects([*added.get(graph, ()), *removed.get(graph, ())])
        summaries.append(
            GraphChange(
                graph,
                len(added.get(graph, ())),
                len(removed.get(graph, ())),
                tuple(sorted(touched - old)),
                tuple(sorted(touched & old & new)),
                tuple(sorted(touched - new)),
            )
        )
    return tuple(summaries)


def _subjects(quads: Iterable[ox.Quad]) -> set[str]:
    return {namespaces.value_of(quad.subject) for quad in quads}


def _group_by_graph(quads: Iterable[ox.Quad]) -> Mapping[str, list[ox.Quad]]:
    groups: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        groups[namespaces.value_of(quad.graph_name)].append(quad)
    return groups
