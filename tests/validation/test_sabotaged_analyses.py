"""The random changes catch an analysis that misses what shapes read: five such analyses, with the same budget."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox
import pytest
from random_changes import COUNT, LARGE, SEED, RandomChanges
from sample_graph import SampleGraph, create_hard_graph, create_sample_graph

from kg.namespaces import SEVERITY_IN_DATASET, SH
from kg.store.interface import Pattern, QuadLookup
from kg.store.proposed_change import ProposedChange
from kg.validation import validator as validator_module
from kg.validation.shape_reads import ShapeReads, read_shapes
from kg.validation.validator import Validator

pytestmark = pytest.mark.slow

_COMPARED = frozenset(f"{SH}{name}" for name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"))


def drop_far_reads(shapes: Sequence[ox.Quad]) -> ShapeReads:
    reads = read_shapes(shapes)
    return replace(reads, reads=tuple(read for read in reads.reads if not read.prefix))


def drop_class_reads(shapes: Sequence[ox.Quad]) -> ShapeReads:
    reads = read_shapes(shapes)
    return replace(reads, reads=tuple(read for read in reads.reads if not read.member_of))


def record_compared_predicates_behind_the_path(shapes: Sequence[ox.Quad]) -> ShapeReads:
    """A constraint of a node shape that the values have compares what the values have."""
    quads: list[ox.Quad] = []
    for quad in shapes:
        if quad.predicate.value in _COMPARED:
            inner = ox.BlankNode()
            quads += [
                ox.Quad(quad.subject, ox.NamedNode(f"{SH}node"), inner),
                ox.Quad(inner, quad.predicate, quad.object),
            ]
        else:
            quads.append(quad)
    return read_shapes(quads)


def drop_severities(shapes: Sequence[ox.Quad]) -> ShapeReads:
    return read_shapes([quad for quad in shapes if quad.predicate != SEVERITY_IN_DATASET])


@dataclass(frozen=True)
class ChangedGraphs:
    """Of a graph, only what the named graphs of a change contain."""

    lookup: QuadLookup
    graphs: frozenset[object]

    def match(self, *pattern: object) -> Iterator[ox.Quad]:
        return (quad for quad in self.lookup.match(*pattern) if quad.graph_name in self.graphs)  # type: ignore[arg-type]

    def match_each(self, patterns: Sequence[Pattern]) -> list[list[ox.Quad]]:
        return [
            [quad for quad in quads if quad.graph_name in self.graphs] for quads in self.lookup.match_each(patterns)
        ]


def see_changed_graphs_alone(change: ProposedChange) -> ProposedChange:
    graphs = frozenset(quad.graph_name for quad in change.removed | change.added)
    return replace(change, after=ChangedGraphs(change.after, graphs))


def _as_is(change: ProposedChange) -> ProposedChange:
    return change


@pytest.mark.parametrize(
    ("read", "see", "create"),
    [
        pytest.param(drop_far_reads, _as_is, create_sample_graph, id="far-reads"),
        pytest.param(drop_class_reads, _as_is, create_sample_graph, id="class-reads"),
        pytest.param(read_shapes, see_changed_graphs_alone, create_sample_graph, id="changed-graphs-alone"),
        pytest.param(drop_severities, _as_is, create_sample_graph, id="severities"),
        pytest.param(drop_far_reads, _as_is, create_hard_graph, id="far-reads-hard"),
        pytest.param(drop_class_reads, _as_is, create_hard_graph, id="class-reads-hard"),
        pytest.param(record_compared_predicates_behind_the_path, _as_is, create_hard_graph, id="behind-the-path"),
    ],
)
def test_random_changes_catch_an_analysis_that_misses_reads(
    read: Callable[[Iterable[ox.Quad]], ShapeReads],
    see: Callable[[ProposedChange], ProposedChange],
    create: Callable[[], SampleGraph],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = create()
    monkeypatch.setattr(validator_module, "read_shapes", read)
    validator = Validator(graph.shapes)
    known = set(validator.validate(graph.quads))
    for change in RandomChanges(graph.quads, SEED).draw(COUNT):
        found = set(validator.validate_change(see(change), LARGE).findings)
        whole = set(validator.validate(change.after.match(None, None, None)))
        if not (found <= whole and whole - found <= known):
            return
    pytest.fail(f"not caught by {COUNT} changes")
