"""Plans the load of documents: add the ontology, derive dates, check integrity, validate.

Owns the order of these steps, and the rule that a load with one violation is rejected whole. Changes nothing itself:
the plan is committed by ``kg.writer``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from kg import namespaces
from kg.added_concepts import extend_schema
from kg.errors import Finding, InputRejectedError, Severity
from kg.ingest import edtf_dates
from kg.ingest.change_sentences import ResourceChange, compare_resources
from kg.ingest.documents import RDF_SUFFIXES, Document, find_home_graphs, locate_file
from kg.ingest.independence import add_independent
from kg.ingest.integrity import ProposedLoad, check_integrity
from kg.ingest.load_plan import LoadPlan, summarize_change
from kg.ingest.readers import read_document
from kg.schema.added_concepts import add_concepts
from kg.schema.model import Schema
from kg.source_archive import SourceArchive
from kg.store.change import Change
from kg.store.interface import Queryable, Store, normalize
from kg.validation.validator import Validator


class Ingestor:
    """Reads documents, and checks them against the store, the archive and the shapes."""

    def __init__(self, schema: Schema, validator: Validator, archive: SourceArchive, base_iri: str) -> None:
        self.schema, self.validator, self.archive, self.base_iri = schema, validator, archive, base_iri

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
        documents, findings = _derive_dates([*self._missing_ontology(documents, store), *documents])
        load = ProposedLoad(
            documents,
            frozenset(store.quads()),
            normalize(quad for document in documents for quad in document.quads),
            self.schema,
            self.archive,
            self.base_iri,
        )
        findings += [*load.unread_dates, *(finding for document in documents for finding in document.findings)]
        findings = add_independent(findings, check_integrity(load), documents)
        findings = add_independent(findings, self.validator.validate(load.after), documents)
        described = _index_subjects(documents)
        findings = sorted((_locate(finding, described) for finding in dict.fromkeys(findings)), key=_place_of)
        if violations := _violations(findings):
            raise InputRejectedError(violations)
        change = Change.from_quads(load.before - load.after, load.after - load.before)
        graphs = summarize_change(load.before, load.after)
        changed = [graph.graph for graph in graphs] if with_sentences else []
        resources: tuple[ResourceChange, ...] = ()
        if changed:
            resources = compare_resources(load.before, load.after, changed, self.schema, _lines_of(described))
        return LoadPlan(change, graphs, tuple(findings), resources)

    def _missing_ontology(self, documents: Sequence[Document], store: Store) -> list[Document]:
        graphs = find_home_graphs(self.schema.ontology)
        stored = {quad for graph in graphs for quad in store.quads(graph)}
        quads = frozenset(ox.Quad(q.subject, q.predicate, q.object, graphs[0]) for q in self.schema.ontology)
        is_loaded = any(graph in graphs for document in documents for graph in document.graphs)
        if is_loaded or stored == normalize(quads):
            return []
        name = "the shipped ontology"
        return [Document(name, quads, locate_file(name))]


def _is_dossier(file: tuple[str, bytes]) -> bool:
    return Path(file[0]).suffix.lower() not in RDF_SUFFIXES


def _derive_dates(documents: Iterable[Document]) -> tuple[list[Document], list[Finding]]:
    dated, findings = [], []
    for document in documents:
        quads, undated = edtf_dates.derive_days(document.quads)
        dated.append(replace(document, quads=frozenset(quads)))
        findings += undated
    return dated, findings


def _place_of(finding: Finding) -> tuple[str, int]:
    return (finding.location.document, finding.location.line or 0) if finding.location else ("", 0)


def _violations(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == Severity.VIOLATION]


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
