"""The one door through which data enters: parse, complete, skolemise, derive, check, validate, then change at once.

Owns the order of these steps and the rules across documents: one home graph a resource, nothing that others point at
is removed, nothing is pointed at that is not there. All or nothing: a rejected load has changed nothing. Knows
nothing of HTTP or of the terminal.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding, InputRejectedError, Severity, SourceLocation
from kg.ingest import edtf_dates
from kg.ingest.documents import RDF_SUFFIXES, Document, find_home_graphs, parse_rdf, read_bytes
from kg.ingest.dossier import parse_dossier
from kg.ingest.quotes import check_passage, check_quoted_share, read_passages, read_text_hashes
from kg.ingest.validation import Validator
from kg.nearest_names import suggest_names
from kg.schema.model import Schema
from kg.source_archive import SourceArchive
from kg.store.interface import Change, Store, normalize

DOSSIER_SUFFIXES = (".yaml", ".yml")

Progress = Callable[[str], None]
"""Told the step that begins: the name of a file being read, then "check", "validate", "store"."""


def ignore_progress(step: str) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class GraphChange:
    """What a load does to one home graph, in quads and in resources."""

    graph: str
    added: int
    removed: int
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True)
class LoadPlan:
    """A load that was found good and is not made yet."""

    change: Change = field(repr=False)
    graphs: tuple[GraphChange, ...]
    warnings: tuple[Finding, ...]


class Ingestor:
    """Checks documents against the store and the shapes, and lets them in."""

    def __init__(self, schema: Schema, validator: Validator, archive: SourceArchive, base_iri: str) -> None:
        self.schema, self.validator, self.archive, self.base_iri = schema, validator, archive, base_iri

    def read(self, data: bytes, name: str) -> Document:
        """The document that the bytes hold, its syntax told by the suffix of its name. Raises InputRejectedError."""
        suffix = Path(name).suffix.lower()
        if suffix in DOSSIER_SUFFIXES:
            return parse_dossier(data, name, self.schema, self.base_iri)
        if suffix in RDF_SUFFIXES:
            return parse_rdf(data, name, suffix, self.base_iri)
        known = ", ".join([*DOSSIER_SUFFIXES, *RDF_SUFFIXES])
        raise InputRejectedError(
            [Finding(f"unknown kind of file {suffix!r}", f"Known are {known}", SourceLocation(name))]
        )

    def read_all(self, paths: Iterable[Path], progress: Progress = ignore_progress) -> list[Document]:
        """The documents in the files. Raises InputRejectedError with the findings of all of them."""
        documents: list[Document] = []
        findings: list[Finding] = []
        for path in paths:
            progress(path.name)
            try:
                documents.append(self.read(read_bytes(path), str(path)))
            except InputRejectedError as error:
                findings += error.findings
        if findings:
            raise InputRejectedError(findings)
        return documents

    def plan(self, documents: Sequence[Document], store: Store, *, progress: Progress = ignore_progress) -> LoadPlan:
        """What loading the documents, each replacing its home graphs, would change; nothing is changed.

        Raises InputRejectedError with every violation. If the store lacks the ontology of this version, it is added.
        """
        progress("check")
        documents = [*self._with_ontology(documents, store), *documents]
        documents, findings = _dated(documents)
        before = frozenset(store.quads())
        replaced = {graph for document in documents for graph in document.graphs}
        incoming = normalize(quad for document in documents for quad in document.quads)
        after = frozenset(quad for quad in before if quad.graph_name not in replaced) | incoming
        findings += _home_findings(documents, before, replaced)
        findings += _doubled_findings(documents)
        findings += self._type_findings(incoming)
        findings += self._reference_findings(incoming, after)
        findings += _removal_findings(before, after, documents)
        findings += self._quote_findings(incoming)
        if not any(finding.severity == Severity.VIOLATION for finding in findings):
            progress("validate")
            findings += self.validator.findings(after)
        located = [_located(finding, documents) for finding in _unique(findings)]
        if violations := [finding for finding in located if finding.severity == Severity.VIOLATION]:
            raise InputRejectedError(violations)
        change = Change(before - after, after - before)
        return LoadPlan(change, tuple(_summaries(change, before, after)), tuple(located))

    def _with_ontology(self, documents: Sequence[Document], store: Store) -> list[Document]:
        graphs = find_home_graphs(self.schema.ontology)
        given = {graph for document in documents for graph in document.graphs}
        held = {quad for graph in graphs for quad in store.quads(graph)}
        quads = frozenset(ox.Quad(q.subject, q.predicate, q.object, graphs[0]) for q in self.schema.ontology)
        if given & set(graphs) or held == normalize(quads):
            return []
        name = "the shipped ontology"
        return [Document(name, quads, lambda subject, path: SourceLocation(name))]

    def _type_findings(self, incoming: frozenset[ox.Quad]) -> list[Finding]:
        """What no shape would look at, because it does not say what it is; the ontology may annotate foreign terms."""
        ontology = find_home_graphs(self.schema.ontology)
        data = [quad for quad in incoming if quad.graph_name not in ontology]
        typed = {quad.subject for quad in data if quad.predicate == namespaces.TYPE}
        untyped = {namespaces.value_of(quad.subject) for quad in data if quad.subject not in typed}
        cure = "Give it the type that its use demands; kg schema lists the classes"
        return [Finding("has no type", cure, None, each, "no-type") for each in sorted(untyped)]

    def _reference_findings(self, incoming: frozenset[ox.Quad], after: frozenset[ox.Quad]) -> list[Finding]:
        """What the incoming quads point at, under our own names, without anybody describing it."""
        described = {namespaces.value_of(quad.subject) for quad in after}
        ours = (f"{self.base_iri}id/", f"{self.base_iri}graph/", namespaces.CK, namespaces.VOCAB)
        findings = []
        for quad in incoming:
            target = namespaces.value_of(quad.object) if isinstance(quad.object, ox.NamedNode) else ""
            if target.startswith(ours) and target not in described:
                short = target.removeprefix(f"{self.base_iri}id/")
                kind = target.rsplit("/", 1)[0]
                known = [
                    each.removeprefix(f"{self.base_iri}id/") for each in described if each.rsplit("/", 1)[0] == kind
                ]
                cure = (
                    suggest_names(short, known) or "Describe it in this document or in a register, or correct its name."
                )
                message = f"{short} is not described anywhere"
                findings.append(
                    Finding(
                        message,
                        cure,
                        None,
                        namespaces.value_of(quad.subject),
                        "unknown-reference",
                        quad.predicate.value,
                        target,
                    )
                )
        return sorted(findings, key=lambda each: (each.subject, each.value))

    def _quote_findings(self, incoming: frozenset[ox.Quad]) -> list[Finding]:
        """Quotes that differ from the archived text, and a warning for each source whose text is not at hand."""
        hashes = read_text_hashes(incoming)
        quoted = [each for each in read_passages(incoming) if each.source in hashes]
        texts = {source: self.archive.text(digest) for source, digest in hashes.items()}
        findings = [f for each in quoted if (text := texts[each.source]) is not None for f in check_passage(each, text)]
        findings += check_quoted_share(
            quoted, {source: len(text) for source, text in texts.items() if text is not None}
        )
        for source in sorted({each.source for each in quoted if texts[each.source] is None}):
            cure = "Point KG_ARCHIVE_DIR at the folder that holds it, or run kg verify --text FILE"
            message = "the archived text is not at hand, so its quotes are not checked"
            findings.append(Finding(message, cure, None, source, "no-text", severity=Severity.WARNING))
        return findings


def _dated(documents: Sequence[Document]) -> tuple[list[Document], list[Finding]]:
    dated, findings = [], []
    for document in documents:
        quads, found = edtf_dates.derive_bounds(document.quads)
        dated.append(replace(document, quads=frozenset(quads)))
        findings += found
    return dated, findings


def _home_findings(
    documents: Sequence[Document], before: frozenset[ox.Quad], replaced: set[ox.NamedNode]
) -> list[Finding]:
    """Each named graph describes itself as a home graph, and each resource is described in one graph only."""
    findings = []
    homes: dict[str, set[str]] = defaultdict(set)
    for quad in before:
        if quad.graph_name not in replaced:
            homes[namespaces.value_of(quad.subject)].add(namespaces.value_of(quad.graph_name))
    for document in documents:
        found = find_home_graphs(document.quads)
        for graph in document.graphs:
            if graph not in found:
                cure = f"Add <{graph.value}> a ck:Dossier, ck:Dataset or ck:Reference, with title, licence, recordedBy."
                location = document.locate(graph.value, "")
                findings.append(Finding("the graph does not say what it is", cure, location, graph.value, "home-graph"))
        for quad in document.quads:
            homes[namespaces.value_of(quad.subject)].add(namespaces.value_of(quad.graph_name))
    here = {namespaces.value_of(quad.subject) for document in documents for quad in document.quads}
    for subject in sorted(here):
        if len(homes[subject]) > 1:
            where = " and ".join(sorted(homes[subject]))
            cure = "Describe it in one of them, and in the other only point at it"
            findings.append(Finding(f"described in {where}", cure, None, subject, "home-graph"))
    return findings


def _doubled_findings(documents: Sequence[Document]) -> list[Finding]:
    """Home graphs that two of the documents give: the one would silently become part of the other."""
    first: dict[ox.NamedNode, str] = {}
    findings = []
    for document in documents:
        for graph in document.graphs:
            if graph in first:
                location = document.locate(graph.value, "")
                cure = "Give one another id, or load one of them"
                findings.append(
                    Finding(f"the same home graph as {first[graph]}", cure, location, graph.value, "home-graph")
                )
            first.setdefault(graph, document.name)
    return findings


def _removal_findings(
    before: frozenset[ox.Quad], after: frozenset[ox.Quad], documents: Sequence[Document]
) -> list[Finding]:
    """What would be gone although other home graphs point at it."""
    replaced: dict[object, Document] = {graph: document for document in documents for graph in document.graphs}
    held = {quad.subject: quad.graph_name for quad in before if quad.graph_name in replaced}
    gone = held.keys() - {quad.subject for quad in after}
    pointing: dict[Any, set[str]] = defaultdict(set)
    for quad in after:
        if quad.object in gone and quad.graph_name not in replaced:
            pointing[quad.object].add(namespaces.value_of(quad.subject))
    return [
        Finding(
            f"would be gone, but {', '.join(sorted(users)[:5])} point at it",
            "Keep it, or change what points at it first",
            replaced[held[subject]].locate(namespaces.value_of(held[subject]), ""),
            namespaces.value_of(subject),
            "still-used",
        )
        for subject, users in sorted(pointing.items(), key=lambda each: namespaces.value_of(each[0]))
    ]


def _located(finding: Finding, documents: Sequence[Document]) -> Finding:
    if finding.location:
        return finding
    holder = next(
        (d for d in documents if any(namespaces.value_of(q.subject) == finding.subject for q in d.quads)), None
    )
    return replace(finding, location=holder.locate(finding.subject, finding.path)) if holder else finding


def _unique(findings: Iterable[Finding]) -> list[Finding]:
    return list(dict.fromkeys(findings))


def _summaries(change: Change, before: frozenset[ox.Quad], after: frozenset[ox.Quad]) -> Iterable[GraphChange]:
    was, now = _subjects(before), _subjects(after)
    added, removed = _by_graph(change.added), _by_graph(change.removed)
    for graph in sorted({*added, *removed}):
        plus, minus = added.get(graph, []), removed.get(graph, [])
        touched = {namespaces.value_of(quad.subject) for quad in [*plus, *minus]}
        yield GraphChange(
            graph,
            len(plus),
            len(minus),
            tuple(sorted(touched - was)),
            tuple(sorted(touched & was & now)),
            tuple(sorted(touched - now)),
        )


def _subjects(quads: frozenset[ox.Quad]) -> set[str]:
    return {namespaces.value_of(quad.subject) for quad in quads}


def _by_graph(quads: Iterable[ox.Quad]) -> Mapping[str, list[ox.Quad]]:
    found: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        found[namespaces.value_of(quad.graph_name)].append(quad)
    return dict(found)
