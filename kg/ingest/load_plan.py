"""The plan of a load: its change to the store, summarized by home graph.

Owns the summary. Knows nothing of the rules that a load has to conform to.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding
from kg.ingest.change_sentences import ResourceChange
from kg.ingest.proposed_write import ProposedWrite
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
    renewed: tuple[str, ...] = ()
    """IRIs of the graphs that the program itself renews, and nobody who loads: see ``ProposedWrite``."""

    def members(self, *, dry_run: bool) -> dict[str, Any]:
        """The plan without its change, as JSON values; read by ``kg.writer.LoadReport``."""
        return {
            "dry_run": dry_run,
            "graphs": [asdict(graph) for graph in self.graphs],
            "warnings": [asdict(warning) for warning in self.warnings],
            "resources": [asdict(resource) for resource in self.resources],
            "renewed": list(self.renewed),
        }


def summarize_change(write: ProposedWrite) -> tuple[GraphChange, ...]:
    """The change of each home graph that is changed, sorted by IRI."""
    change = write.change
    old = {
        namespaces.value_of(subject)
        for subject, quads in write.described.items()
        if any(quad not in change.added for quad in quads)
    } | {namespaces.value_of(quad.subject) for quad in change.removed}
    gone = set(map(namespaces.value_of, write.gone))
    added, removed = _group_by_graph(change.added), _group_by_graph(change.removed)
    summaries = []
    for graph in sorted({*added, *removed}):
        touched = {namespaces.value_of(quad.subject) for quad in (*added.get(graph, ()), *removed.get(graph, ()))}
        summaries.append(
            GraphChange(
                graph,
                len(added.get(graph, ())),
                len(removed.get(graph, ())),
                tuple(sorted(touched - old)),
                tuple(sorted(touched & old - gone)),
                tuple(sorted(touched & gone)),
            )
        )
    return tuple(summaries)


def _group_by_graph(quads: Iterable[ox.Quad]) -> Mapping[str, list[ox.Quad]]:
    groups: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        groups[namespaces.value_of(quad.graph_name)].append(quad)
    return groups
