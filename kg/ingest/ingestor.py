"""Plans the load of documents: add the ontology, derive dates, check integrity, validate.

Owns the order of these steps, and the rule that a load with one violation is rejected whole. Changes nothing itself:
the plan is committed by ``kg.writer``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from math import inf
from pathlib import Path

from kg import namespaces
from kg.added_concepts import extend_schema
from kg.errors import Finding, InputRejectedError, Severity
from kg.ingest import edtf_dates
from kg.ingest.change_sentences import ResourceChange, compare_resources
from kg.ingest.derived_days import complete_days
from kg.ingest.documents import RDF_SUFFIXES, Document, locate_file
from kg.ingest.edtf_dates import correct_days
from kg.ingest.graph_memory import GraphMemories
from kg.ingest.independence import add_independent
from kg.ingest.integrity import check_integrity
from kg.ingest.integrity_context import IntegrityContext
from kg.ingest.known_names import LABELS
from kg.ingest.load_plan import LoadPlan, summarize_change
from kg.ingest.proposed_write import ProposedWrite
from kg.ingest.readers import read_document
from kg.ingest.screening import check_whole
from kg.ingest.tolerance import Tolerance, lower_violations
from kg.schema.added_concepts import add_concepts
from kg.schema.model import Schema
from kg.source_archive import SourceArchive
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Queryable, Store, normalize
from kg.store.proposed_change import ProposedChange
from kg.validation.validator import Validator


class Ingestor:
    """Reads documents, and checks them against the store, the archive and the shapes."""

    def __init__(self, schema: Schema, validator: Validator, archive: SourceArchive, base_iri: str) -> None:
        self.schema, self.validator, self.archive, self.base_iri = schema, validator, archive, base_iri
        self.context = IntegrityContext(schema, archive, base_iri)
        self._memories = GraphMemories(self.context)
        self._tolerance = Tolerance()

    def read(self, data: bytes, name: str, schema: Schema | None = None) -> Document:
        """The document in a file of this content and name, by this schema or the shipped one.

        Raises InputRejectedError.
        """
        return read_document(data, name, schema or self.schema, self.base_iri, self.archive)

    def read_all(self, files: Iterable[tuple[str, bytes]], store: Queryable | None = None) -> list[Document]:
        """The documents in files of these names and contents; dossiers last.

        A dossier may name the concepts that the store, and the other files, add to the schemes. Raises
        InputRejectedError, with the findings of all files, if one cannot be read at all.
        """
        files = list(files)
        schema = self.schema if store is None else extend_schema(self.schema, store)
        documents: list[Document] = []
        findings: dict[str, Sequence[Finding]] = {}
        for is_dossier, group in groupby(sorted(files, key=_is_dossier), key=_is_dossier):
            if is_dossier:
                schema = add_concepts(schema, [quad for document in documents for quad in document.quads])
            for name, content in group:
                try:
                    documents.append(self.read(content, name, schema))
                except InputRejectedError as error:
                    findings[name] = error.findings
        if findings:
            read = {document.name: document.findings for document in documents}
            raise InputRejectedError([finding for name, _ in files for finding in (findings | read).get(name, ())])
        return documents

    def plan(self, documents: Sequence[Document], store: Store, *, with_sentences: bool = False) -> LoadPlan:
        """What loading the documents would change, each replacing its home graphs; nothing is changed.

        If the store lacks the ontology of this version, it is added. Raises InputRejectedError with every violation: of
        syntax, references, rules and shapes, together.
        """
        return self._judge(self.propose(documents, store), store, with_sentences=with_sentences)

    def plan_change(self, change: ProposedChange, store: Store, *, with_sentences: bool = False) -> LoadPlan:
        """The same for a change that comes from no document; the days of its dates are derived.

        ``store`` may have been changed so already: the change itself has the graph with it.
        """
        return self._judge(self.propose_change(change, store), store, with_sentences=with_sentences)

    def propose(self, documents: Sequence[Document], store: Store) -> ProposedWrite:
        """The write of a load, not yet judged."""
        memory = self._memories.of(store)
        ontology = self.find_missing_ontology(store, documents)
        is_renewed = ontology is not None
        written = {graph.value for document in documents for graph in document.graphs} | {
            namespaces.value_of(quad.graph_name) for document in documents for quad in document.quads
        }
        documents, findings = _derive_dates([*([ontology] if ontology else []), *documents])
        incoming = normalize(quad for document in documents for quad in document.quads)
        graphs = {graph for document in documents for graph in document.graphs}
        replaced = {quad for graph in graphs for quad in store.match(None, None, None, graph)}
        change = ProposedChange.over(store, replaced - incoming, incoming - replaced)
        if is_renewed:
            kept = frozenset(quad for quad in store.quads() if quad.graph_name not in graphs)
            corrected, unread = correct_days(kept)
            change, findings = change.amend(kept - corrected, corrected - kept), [*findings, *unread]
        findings += [finding for document in documents for finding in document.findings]
        touched = {namespaces.value_of(quad.graph_name) for quad in (*change.removed, *change.added)}
        renewed = frozenset(touched - written) if is_renewed else frozenset()
        return ProposedWrite(change, self.context, memory.names, documents, findings, renewed)

    def find_missing_ontology(self, store: Store, documents: Iterable[Document]) -> Document | None:
        """The ontology of this version, if neither the store nor one of the documents has it."""
        has_ontology = self._memories.of(store).has_ontology(store) or self._loads_ontology(documents)
        return None if has_ontology else self._ontology_document

    def propose_change(self, change: ProposedChange, store: Store) -> ProposedWrite:
        """The write of a change that comes from no document, not yet judged."""
        memory, graphs = self._memories.of(store), self.context.ontology_graphs
        is_changed = any(quad.graph_name in graphs for quad in (*change.removed, *change.added))
        is_renewed = not is_changed and not memory.has_ontology(change.after)
        if is_renewed:
            stored = {quad for graph in graphs for quad in change.after.match(None, None, None, graph)}
            change = change.amend(stored - self.context.ontology, self.context.ontology - stored)
        change, findings = complete_days(change)
        renewed = frozenset(graph.value for graph in graphs) if is_renewed else frozenset()
        return ProposedWrite(change, self.context, memory.names, (), findings, renewed)

    def check(self, write: ProposedWrite) -> list[Finding]:
        """The findings of reading, dates and integrity rules, but those that only follow from others."""
        return add_independent(write.findings, check_integrity(write), write.documents)

    def find_violations(self, store: Store) -> list[Finding]:
        """The violations of rules and shapes in the whole graph, also those that only follow from others."""
        graph = store if isinstance(store, EmbeddedStore) else EmbeddedStore.copy_in_memory(store)
        found = (
            *check_whole(graph, self.context, (), max_findings=inf).findings,
            *self.validator.validate_graph(graph),
        )
        return [finding for finding in found if finding.severity == Severity.VIOLATION]

    @contextmanager
    def tolerate(self, violations: Iterable[Finding]) -> Iterator[None]:
        """Plan writes in the block over a graph that has these violations: they do not refuse a write that has them."""
        self._tolerance = Tolerance(violations)
        try:
            yield
        finally:
            self._tolerance = Tolerance()

    def _judge(self, write: ProposedWrite, store: Store, *, with_sentences: bool) -> LoadPlan:
        memory = self._memories.of(store)
        growth = len(write.change.added) - len(write.change.removed)
        memory.note(write.changed())

        def has_more(quads: int) -> bool:
            return memory.has_more(store, quads - growth)

        judgement = self.validator.validate_change(replace(write.change, after=write.after), has_more)
        findings = add_independent(self.check(write), judgement.findings, write.documents)
        described = _index_subjects(write.documents)
        findings = sorted((_locate(finding, described) for finding in dict.fromkeys(findings)), key=place_of)
        if violations := self._tolerance.select_new(findings):
            raise InputRejectedError(violations)
        memory.names.add(write.added(*LABELS))
        graphs = summarize_change(write)
        resources: tuple[ResourceChange, ...] = ()
        if with_sentences and graphs:
            changed = [graph.graph for graph in graphs]
            resources = compare_resources(write.change, changed, self.schema, _lines_of(described))
        change = Change.from_quads(write.change.removed, write.change.added)
        warnings = tuple(lower_violations(findings))
        return LoadPlan(change, graphs, warnings, resources, tuple(sorted(write.renewed)))

    def _loads_ontology(self, documents: Iterable[Document]) -> bool:
        return any(graph in self.context.ontology_graphs for document in documents for graph in document.graphs)

    @cached_property
    def _ontology_document(self) -> Document:
        name = "the shipped ontology"
        return Document(name, self.context.ontology, locate_file(name))


def _is_dossier(file: tuple[str, bytes]) -> bool:
    return Path(file[0]).suffix.lower() not in RDF_SUFFIXES


def _derive_dates(documents: Iterable[Document]) -> tuple[list[Document], list[Finding]]:
    dated, findings = [], []
    for document in documents:
        quads, undated = edtf_dates.derive_days(document.quads)
        dated.append(replace(document, quads=frozenset(quads)))
        findings += undated
    return dated, findings


def place_of(finding: Finding) -> tuple[str, int]:
    """By which findings are sorted."""
    return (finding.location.document, finding.location.line or 0) if finding.location else ("", 0)


def _index_subjects(documents: Sequence[Document]) -> Mapping[str, Document]:
    """The first document that describes each resource, by its IRI."""
    return {namespaces.value_of(quad.subject): document for document in reversed(documents) for quad in document.quads}


def _lines_of(described: Mapping[str, Document]) -> Callable[[str], int | None]:
    """The line of a resource among all documents, so that what is loaded together stays in its order."""

    def line_of(iri: str) -> int | None:
        return described[iri].locate(iri, "").line if iri in described else None

    return line_of


def _locate(finding: Finding, described: Mapping[str, Document]) -> Finding:
    """The finding with its location in the document that describes its subject."""
    document = described.get(finding.subject)
    if finding.location or document is None:
        return finding
    return replace(finding, location=document.locate(finding.subject, finding.path))
