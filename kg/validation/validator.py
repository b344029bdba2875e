"""Validation of a graph, or of a change by what it can affect; findings in words that a curator can act on.

Owns the choice between the two, the severities in data sets, and what the second judge is asked. An exception of an
engine is raised and never counts as conformance.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

import pyoxigraph as ox

from kg.errors import Finding, Severity
from kg.namespaces import DATASET, SEVERITY_IN_DATASET, TYPE, value_of
from kg.store.interface import QuadLookup
from kg.store.proposed_change import ProposedChange
from kg.validation.addition import Addition, PairsByAddition
from kg.validation.affected_pairs import (
    SAMPLE_PAIRS,
    SUBCLASS_OF,
    AffectedPairs,
    AffectsTooMuchError,
    Pairs,
    Subclasses,
    select_sample,
)
from kg.validation.engine import ShaclEngine
from kg.validation.judgement import Judgement
from kg.validation.pyshacl_engine import PyShaclEngine, is_ill_typed
from kg.validation.read_set import ReadSets
from kg.validation.shape_reads import read_shapes
from kg.validation.shapes_graph import mark, retarget

MAX_PAIRS = 20_000
"""Beyond, the whole graph is validated."""
_QUADS_PER_PAIR = 50
"""The whole of a small graph costs less than so many pairs."""
MAX_SECOND_PAIRS = 1_000
"""Of a change that affects more, the second judge is asked about so many of them: that takes about a second."""
HasMore = Callable[[int], bool]
"""Whether a graph has more quads than these."""
_BATCH = 10_000
"""Quads that are serialised together."""


class Validator:
    """Validates by the shapes; one instance serves a whole process."""

    def __init__(self, shapes: Iterable[ox.Quad]) -> None:
        """Raises UnsupportedShapesError."""
        shapes = list(shapes)
        reads = read_shapes(shapes)
        retargeted = retarget(shapes)
        self._severities = {
            value_of(quad.subject): Severity(value_of(quad.object).rsplit("#", 1)[1])
            for quad in shapes
            if quad.predicate == SEVERITY_IN_DATASET
        }
        self._pairs, self._read_sets = AffectedPairs(reads), ReadSets(reads)
        self._by_addition = PairsByAddition(reads)
        self._whole, self._partial = ShaclEngine.compile(shapes), ShaclEngine.compile(retargeted)
        self._second = PyShaclEngine.compile(retargeted)
        self._subclasses = Subclasses(())
        self._observed: list[Judgement] | None = None

    def validate(self, quads: Iterable[ox.Quad]) -> list[Finding]:
        """The findings about the union of the quads' graphs; empty when it conforms.

        ``subject`` is the focus node, ``rule`` the shape, ``path`` a predicate IRI or empty. A finding about a
        resource of a ck:Dataset has the severity that the shape gives for data sets. Sorted and distinct.
        """
        quads = list(quads)
        datasets = {quad.subject for quad in quads if quad.predicate == TYPE and quad.object == DATASET}
        lowered = {value_of(quad.subject) for quad in quads if quad.graph_name in datasets}
        found = self._whole.validate(to_n_quads(quads))
        return _arrange(find_ill_typed(quads), self._lower(found, lowered))

    def validate_graph(self, graph: QuadLookup) -> list[Finding]:
        """The same for all graphs of a lookup; in memory are their N-Quads, and not an object for each quad."""
        texts: list[bytes] = []
        ill_typed: list[Finding] = []
        quads = graph.match(None, None, None)
        while batch := list(islice(quads, _BATCH)):
            texts.append(to_n_quads(batch))
            ill_typed += find_ill_typed(batch)
        found = self._whole.validate(b"".join(texts))
        return _arrange(ill_typed, self._lower(found, self._find_in_datasets(graph, found)))

    def validate_file(self, n_quads: Path, graph: QuadLookup, ill_typed: Sequence[Finding]) -> list[Finding]:
        """The same for a graph that is also a file of N-Quads. ``ill_typed``: what ``find_ill_typed`` finds in it."""
        found = self._whole.validate_file(n_quads)
        return _arrange(list(ill_typed), self._lower(found, self._find_in_datasets(graph, found)))

    def validate_addition(self, addition: Addition, ill_typed: Sequence[Finding]) -> list[Finding] | None:
        """The findings that the graph has by what is added to it; ``ill_typed`` as for ``validate_file``.

        None, and nothing is judged, if only the whole graph can tell: because of what the shapes read, or because the
        addition affects too much of what is kept.
        """
        if not self._by_addition.can_find:
            return None
        subclasses = self._read_subclasses(addition.whole)
        found = self._by_addition.find(addition, subclasses)
        if found is None or sum(map(len, found.candidates.values())) > MAX_PAIRS:
            return None
        kept = self._pairs.select_targets(addition.whole, found.candidates, subclasses)
        read = chain(self._read_sets.extract(addition.whole, kept), subclasses.axioms)
        with addition.file.open("ab") as file:
            ox.serialize(addition.boundary, file, format=ox.RdfFormat.N_QUADS)
            ox.serialize(chain(read, mark(found.described), mark(kept)), file, format=ox.RdfFormat.N_TRIPLES)
        results = self._partial.validate_file(addition.file)
        graded = self._lower(results, self._find_in_datasets(addition.whole, results))
        return _arrange(list(ill_typed), graded)

    def judge_sample(self, change: ProposedChange) -> Judgement:
        """The judgement about some of the pairs that a change affects, for the second judge; it has no findings."""
        subclasses = self._read_subclasses(change.after)
        try:
            pairs = select_sample(self._pairs.find(change, subclasses, MAX_PAIRS), MAX_SECOND_PAIRS)
        except AffectsTooMuchError as too_much:
            pairs = too_much.sample
        found, read_set = self._judge(change.after, pairs)
        return Judgement((), None, read_set, not found)

    def validate_change(self, change: ProposedChange, quads_after: int | HasMore) -> Judgement:
        """The findings that the graph has by the change; the graph before must conform.

        ``quads_after``: the size of the graph, or a function that compares it. Above MAX_PAIRS pairs, and where it
        costs less, the whole graph is validated.
        """
        judgement = self._judge_change(change, quads_after)
        if self._observed is not None:
            self._observed.append(judgement)
        return judgement

    @contextmanager
    def observe(self) -> Iterator[list[Judgement]]:
        """The judgements about changes that are made in the block: none is forgotten on its way to the second judge."""
        observed: list[Judgement] = []
        self._observed = observed
        try:
            yield observed
        finally:
            self._observed = None

    def _judge_change(self, change: ProposedChange, quads_after: int | HasMore) -> Judgement:
        subclasses = self._read_subclasses(change.after)
        try:
            pairs = self._pairs.find(change, subclasses, MAX_PAIRS)
        except AffectsTooMuchError as too_much:
            return self._judge_whole(change.after, None, too_much.sample)
        count = sum(map(len, pairs.values()))
        least = count * _QUADS_PER_PAIR - 1
        if not (quads_after(least) if callable(quads_after) else quads_after > least):
            return self._judge_whole(change.after, count, select_sample(pairs, SAMPLE_PAIRS))
        found, read_set = self._judge(change.after, pairs)
        graded = self._lower(found, self._find_in_datasets(change.after, found))
        findings = _arrange(find_ill_typed(change.added), graded)
        if count > MAX_SECOND_PAIRS:
            found, read_set = self._judge(change.after, select_sample(pairs, MAX_SECOND_PAIRS))
        return Judgement(tuple(findings), count, read_set, not found)

    def _judge_whole(self, after: QuadLookup, count: int | None, sample: Pairs) -> Judgement:
        """The findings about the whole graph, with the read set of some pairs for the second judge."""
        found, read_set = self._judge(after, sample)
        return Judgement(tuple(self.validate_graph(after)), count, read_set, not found)

    def agrees(self, judgement: Judgement) -> bool:
        """Whether the second judge has the same verdict on the read set of the judgement; about 1 ms a pair."""
        if not judgement.read_set:
            return True
        well_typed = {
            triple
            for triple in judgement.read_set
            if not (isinstance(triple.object, ox.Literal) and is_ill_typed(triple.object))
        }
        if len(well_typed) < len(judgement.read_set):
            return True  # refused for that alone; the engines compare such literals differently
        return (not self._second.validate(well_typed)) == judgement.conforms_there

    def _read_subclasses(self, after: QuadLookup) -> Subclasses:
        axioms = frozenset(quad.triple for quad in after.match(None, SUBCLASS_OF, None))
        if axioms != self._subclasses.axioms:
            self._subclasses = Subclasses(axioms)
        return self._subclasses

    def _judge(self, after: QuadLookup, pairs: Pairs) -> tuple[list[Finding], frozenset[ox.Triple]]:
        if not pairs:
            return [], frozenset()
        triples = self._read_sets.extract(after, pairs) | self._subclasses.axioms | frozenset(mark(pairs))
        return self._partial.validate(to_n_triples(triples)), triples

    def _lower(self, findings: Iterable[Finding], in_datasets: Set[str]) -> list[Finding]:
        """The findings, with the severities of data sets for these resources."""
        return [
            replace(finding, severity=self._severities.get(finding.rule, finding.severity))
            if finding.subject in in_datasets
            else finding
            for finding in findings
        ]

    def _find_in_datasets(self, after: QuadLookup, findings: Iterable[Finding]) -> set[str]:
        """Which subjects of these findings have a data set as home graph, if their severity depends on it."""
        subjects = {finding.subject for finding in findings if finding.rule in self._severities}
        datasets = {quad.subject for quad in after.match(None, TYPE, DATASET)} if subjects else set()
        return {
            subject
            for subject in subjects
            if not subject.startswith("_:")
            and any(quad.graph_name in datasets for quad in after.match(ox.NamedNode(subject), None, None))
        }


def find_ill_typed(quads: Iterable[ox.Quad]) -> list[Finding]:
    """Literals whose lexical form their datatype does not have, also where no shape looks at them."""
    return [
        Finding(
            f"{quad.object.value!r} is no {quad.object.datatype.value.rpartition('#')[2]}",
            "Write it as its datatype requires: 12 for an integer, 0.5 for a decimal, 2017-07-31 for a date.",
            subject=value_of(quad.subject),
            rule="datatype",
            path=quad.predicate.value,
            value=quad.object.value,
        )
        for quad in quads
        if isinstance(quad.object, ox.Literal) and is_ill_typed(quad.object)
    ]


def to_n_quads(quads: Iterable[ox.Quad]) -> bytes:
    """The quads as N-Quads."""
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""


def to_n_triples(triples: Iterable[ox.Triple]) -> bytes:
    """The triples as N-Triples, which are N-Quads too."""
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _arrange(ill_typed: list[Finding], findings: Iterable[Finding]) -> list[Finding]:
    """Distinct, the violations first; what an engine says of an ill-typed value would be said twice."""
    shown = {(finding.subject, finding.path) for finding in ill_typed}
    distinct = {finding for finding in findings if (finding.subject, finding.path) not in shown}
    ordered = sorted(distinct, key=lambda f: (f.severity != Severity.VIOLATION, f.subject, f.rule, f.value))
    return [*ill_typed, *ordered]
