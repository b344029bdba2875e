"""Plans a bulk load: the order of its steps, and what is found on the way. Changes nothing itself.

The rules and shapes are those of any load. They judge the whole graph as it would be: where a rule could find anything
is found by screens (``kg.ingest.screening``), and shapes read the graph as a file. A part of the change is judged by
the second engine too.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import Finding, InputRejectedError, Severity
from kg.ingest.bulk.days import check_dates, complete_days
from kg.ingest.bulk.graph_after import GraphAfter
from kg.ingest.bulk.graph_counts import GraphCounts
from kg.ingest.bulk.large_file import read_large_file
from kg.ingest.bulk.progress import ProgressFile
from kg.ingest.bulk.typed_literals import TypedLiterals
from kg.ingest.documents import Document
from kg.ingest.independence import add_independent
from kg.ingest.ingestor import Ingestor, place_of
from kg.ingest.integrity_context import IntegrityContext
from kg.ingest.known_names import KnownNames
from kg.ingest.proposed_write import ProposedWrite
from kg.ingest.rules.home_graphs import check_distinct_documents
from kg.ingest.rules.resources import check_removals
from kg.ingest.screening import WARNING_SCREENS, WholeFindings, check_added, check_whole
from kg.ingest.screens.added_graph import AddedGraph
from kg.store.embedded import EmbeddedStore
from kg.store.interface import QuadLookup
from kg.store.proposed_change import ProposedChange
from kg.store.staged_change import StagedChange, read_lines
from kg.validation.addition import Addition
from kg.validation.judgement import Judgement
from kg.validation.validator import Validator, find_ill_typed

MAX_FINDINGS = 1_000
"""That are listed; the others are counted."""
_OTHERS_FIRST = "Correct the others first"
_SAMPLE_QUADS = 2_000
"""Of the change, for the second judge."""


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """A bulk load that conforms and has not been made yet."""

    change: StagedChange
    graphs: tuple[GraphCounts, ...]
    warnings: tuple[Finding, ...]
    judgement: Judgement
    """About a sample of the change."""


class BulkPlanner:
    """Plans bulk loads with the rules and shapes of an ingestor."""

    def __init__(self, ingestor: Ingestor) -> None:
        self._ingestor = ingestor

    def plan(
        self,
        large: Sequence[Path],
        small: Sequence[tuple[str, bytes]],
        store: EmbeddedStore,
        folder: Path,
        progress: ProgressFile,
        announce: Callable[[StagedChange], object] = lambda _: None,
        *,
        conforms: bool = False,
    ) -> BulkPlan:
        """What loading the files together would change, each replacing its home graphs.

        ``large``: files that are read as streams. ``small``: names and contents of others. ``folder``: for the files of
        the change; ``announce`` is called when they are complete, before it is judged. ``conforms``: whether the stored
        graph is known to: what is kept of it is then judged only as far as it can matter. Raises InputRejectedError
        with the violations, at most MAX_FINDINGS of them.
        """
        graph = GraphAfter(store, folder)
        documents = self._read(graph, large, small, store, folder, progress)
        progress.report("reading the graph")
        findings = [finding for document in documents for finding in document.findings]
        findings += complete_days(graph.engine).findings
        typed = TypedLiterals()
        ontology = self._ingestor.find_missing_ontology(store, documents)
        if ontology is not None:
            documents.append(ontology)
            graph.extend(ontology.quads)
        graph.compare(typed.scan)
        findings += check_dates(graph.engine, typed.of_dates())
        change, removed, added = graph.change()
        if ontology is None:
            announce(change)
        else:  # days that an earlier version has derived may change in all graphs
            graph.complete()
            findings += self._renew_days(graph)
            change, removed, added = graph.change()
            announce(change)
        progress.report("validating", quads=0)
        can_be_apart = conforms and graph.only_adds_graphs and ontology is None
        load = _Load(graph, change, documents, typed, store if can_be_apart else None)
        judged, judgement = self._judge(load, findings)
        located = sorted(dict.fromkeys(_locate(judged, documents, load.whole)), key=place_of)
        if violations := [finding for finding in located if finding.severity == Severity.VIOLATION]:
            raise InputRejectedError(limit_findings(violations))
        counts = tuple(GraphCounts(name, added[name], removed[name]) for name in change.graphs)
        return BulkPlan(change, counts, tuple(limit_findings(located)), judgement)

    def _read(
        self,
        graph: GraphAfter,
        large: Sequence[Path],
        small: Sequence[tuple[str, bytes]],
        store: EmbeddedStore,
        folder: Path,
        progress: ProgressFile,
    ) -> list[Document]:
        """The documents, whose quads are in the graph then. Raises InputRejectedError with the findings of all."""
        documents: list[Document] = []
        rejected: list[Finding] = []
        report = _count_read(large, progress)
        for path in large:
            try:
                engine, document = read_large_file(path, self._ingestor.base_iri, folder, report)
            except InputRejectedError as error:
                rejected += error.findings
                continue
            graph.add(engine)
            documents.append(document)
        try:
            documents += self._ingestor.read_all(small, store)
        except InputRejectedError as error:
            rejected += error.findings
        if rejected:
            raise InputRejectedError(rejected)
        for read in documents:
            graph.extend(read.quads)
        return documents

    def _renew_days(self, graph: GraphAfter) -> list[Finding]:
        """Derive the days of kept graphs as this version does; a date that it does not read is a warning."""
        days = complete_days(graph.engine)
        graph.amend(days.removed, days.added)
        return [replace(finding, severity=Severity.WARNING) for finding in days.findings]

    def _judge(self, load: "_Load", findings: Sequence[Finding]) -> tuple[Sequence[Finding], Judgement]:
        """All that is found, and the judgement about a sample; shapes and rules judge at the same time."""
        validator, graph = self._ingestor.validator, load.graph
        load.find_boundary(self._ingestor.context)
        if load.apart is None:
            graph.complete()
        ill_typed = find_ill_typed(load.find_ill_typed())
        with ThreadPoolExecutor(max_workers=1) as executor:
            validating = executor.submit(load.validate, validator, ill_typed)
            broken = self._check_rules(load)
            judgement = validator.judge_sample(self._sample(load))
            violated = validating.result()
        documents = load.documents
        return add_independent(add_independent(findings, broken, documents), violated, documents), judgement

    def _check_rules(self, load: "_Load") -> Iterable[Finding]:
        context, graph, documents = self._ingestor.context, load.whole, load.documents
        removed = frozenset(_quads_of_gone(graph, load.change))
        write = ProposedWrite(ProposedChange(graph, removed, frozenset()), context, KnownNames(context.ids), documents)
        whole = load.screen(context)
        unjudged = [
            Finding(f"{count:,} more resources may break it", _OTHERS_FIRST, rule=rule, severity=_severity_of(rule))
            for rule, count in whole.unjudged.items()
        ]
        removals = list(check_removals(write))
        still_used = {finding.subject for finding in removals}
        # What refers to them and is kept has been found once.
        found = [
            finding
            for finding in whole.findings
            if finding.value not in still_used or _describes(documents, finding.subject, graph)
        ]
        return [*check_distinct_documents(write), *removals, *found, *unjudged]

    def _sample(self, load: "_Load") -> ProposedChange:
        """A part of what is added, as if it was all."""
        lines = sample_lines(load.change.added, _SAMPLE_QUADS, random.Random())
        return ProposedChange(load.whole, frozenset(), frozenset(ox.parse(lines, format=ox.RdfFormat.N_QUADS)))


@dataclass(slots=True)
class _Load:
    """A load that is judged, and the graph with it."""

    graph: GraphAfter
    change: StagedChange
    documents: Sequence[Document]
    typed: TypedLiterals
    kept: EmbeddedStore | None
    """What is stored, if all of it is kept and conforms: then the change may be apart from it."""
    apart: AddedGraph | None = None

    def find_boundary(self, context: IntegrityContext) -> None:
        """Find whether the change is apart from what is kept."""
        if self.kept is not None:
            self.apart = AddedGraph.read(self.graph.store, self.kept, context)

    @property
    def whole(self) -> QuadLookup:
        """The graph with the change: of what is kept only the boundary is in memory, if the change is apart."""
        return self.graph.store if self.apart is None else self.apart.whole

    def find_ill_typed(self) -> Iterable[ox.Quad]:
        """The quads of the documents with a literal that its datatype does not have."""
        literals = self.typed.ill_typed()
        return (quad for literal in literals for quad in self.graph.engine.quads_for_pattern(None, None, literal))

    def validate(self, validator: Validator, ill_typed: Sequence[Finding]) -> Sequence[Finding]:
        """What shapes find, of what is kept and apart only that which is new."""
        if self.apart is not None:
            addition = Addition(self.graph.whole, self.graph.store, self.apart.boundary, self.apart.whole)
            found = validator.validate_addition(addition, ill_typed)
            if found is not None:
                return found
            self.graph.complete_file()
        return validator.validate_file(self.graph.whole, self.whole, ill_typed)

    def screen(self, context: IntegrityContext) -> WholeFindings:
        """What the rules about graphs find."""
        if self.apart is not None:
            return check_added(self.apart)
        return check_whole(self.graph.store, context, list(map(ox.NamedNode, self.change.graphs)))


def _count_read(files: Sequence[Path], progress: ProgressFile) -> Callable[[int, int], None]:
    total = sum(file.stat().st_size for file in files if file.exists())
    read = [0, 0]

    def report(size: int, lines: int) -> None:
        read[0] += size
        read[1] += lines
        progress.report("reading", read[0], total, quads=read[1])

    return report


def _quads_of_gone(graph: QuadLookup, change: StagedChange) -> Iterable[ox.Quad]:
    """The removed quads of the resources of which nothing is said any more."""
    is_gone: dict[object, bool] = {}
    for lines in read_lines(change.removed):
        for quad in ox.parse(lines, format=ox.RdfFormat.N_QUADS):
            subject = quad.subject
            if subject not in is_gone:
                is_gone[subject] = next(graph.match(subject, None, None), None) is None
            if is_gone[subject]:
                yield quad


def sample_lines(file: Path, count: int, chance: random.Random) -> bytes:
    """About so many lines of the file, each at most once, from places by chance; all if there are no more."""
    size = file.stat().st_size
    lines: dict[bytes, None] = {}
    with file.open("rb") as stream:
        if size < count * 100:
            return stream.read()
        for position in sorted(chance.randrange(size) for _ in range(count)):
            stream.seek(position)
            stream.readline()
            lines[stream.readline()] = None
    return b"".join(lines)


def limit_findings(findings: Sequence[Finding]) -> list[Finding]:
    """The first MAX_FINDINGS, and one that counts the others."""
    shown = list(findings[:MAX_FINDINGS])
    if more := len(findings) - len(shown):
        severity = findings[-1].severity
        shown.append(Finding(f"{more:,} further findings", "Correct the first ones, and load again", severity=severity))
    return shown


def _severity_of(rule: str) -> Severity:
    is_warning = any(rule == warning.__name__ for warning in WARNING_SCREENS)
    return Severity.WARNING if is_warning else Severity.VIOLATION


def _describes(documents: Iterable[Document], subject: str, graph: QuadLookup) -> bool:
    """Whether one of the documents describes the resource."""
    by_graph = {graph: document for document in documents for graph in document.graphs}
    return _find_document(by_graph, subject, graph) is not None


def _find_document(by_graph: Mapping[Any, Document], subject: str, graph: QuadLookup) -> Document | None:
    """The document that describes a resource, or the home graph that it is."""
    if "://" not in subject:
        return None
    node = ox.NamedNode(subject)
    found = (by_graph[quad.graph_name] for quad in graph.match(node, None, None) if quad.graph_name in by_graph)
    return next(found, by_graph.get(node))


def _locate(findings: Iterable[Finding], documents: Sequence[Document], graph: QuadLookup) -> Iterable[Finding]:
    """The findings with their locations in the documents that describe their subjects."""
    by_graph = {graph: document for document in reversed(documents) for graph in document.graphs}
    for finding in findings:
        document = None if finding.location else _find_document(by_graph, finding.subject, graph)
        yield replace(finding, location=document.locate(finding.subject, finding.path)) if document else finding
