"""The integrity rules: what a load must keep true across documents and texts, which no shape can express.

Owns one function a rule, listed in ``RULES``. A rule returns findings; it changes nothing and raises nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding, Severity
from kg.ingest import statement_defects
from kg.ingest.concept_defects import find_concept_defects
from kg.ingest.documents import Document, find_home_graphs
from kg.ingest.edtf_dates import correct_days
from kg.ingest.equal_propositions import find_equal_propositions
from kg.ingest.geometries import check_geometries
from kg.ingest.quotes import Passage, check_passage, check_quoted_share, read_passages, read_text_hashes
from kg.ingest.reference_kinds import find_other_kinds, kinds_taken
from kg.ingest.resource_suggestions import suggest_resource
from kg.name_index import NameIndex, ResourceName
from kg.schema.model import Schema
from kg.source_archive import NO_DIGEST, SourceArchive

_HIDDEN = f"{namespaces.SKOS}hiddenLabel"
_NAMES = (namespaces.PREF_LABEL, _HIDDEN)


@dataclass(frozen=True)
class ProposedLoad:
    """The documents of a load, and the data before and after it."""

    documents: Sequence[Document]
    before: frozenset[ox.Quad]
    incoming: frozenset[ox.Quad]
    schema: Schema
    archive: SourceArchive
    base_iri: str

    @cached_property
    def replaced_graphs(self) -> frozenset[ox.NamedNode]:
        """The home graphs that the load replaces."""
        return frozenset(graph for document in self.documents for graph in document.graphs)

    @cached_property
    def after(self) -> frozenset[ox.Quad]:
        """The data as it would be after the load."""
        return self._kept[0] | self.incoming

    @property
    def unread_dates(self) -> Sequence[Finding]:
        """A warning for each date of a home graph that stays, which this version does not read as EDTF."""
        return self._kept[1]

    @cached_property
    def _kept(self) -> tuple[frozenset[ox.Quad], Sequence[Finding]]:
        """The home graphs that stay; days that an earlier version derived are derived again."""
        return correct_days(frozenset(quad for quad in self.before if quad.graph_name not in self.replaced_graphs))

    @cached_property
    def references(self) -> frozenset[Any]:
        """The reference graphs after the load."""
        return frozenset(
            quad.subject
            for quad in self.after
            if quad.predicate == namespaces.TYPE and quad.object == namespaces.REFERENCE
        )

    @cached_property
    def names(self) -> NameIndex:
        """The labels and hidden labels of all that is described after the load."""
        return NameIndex(
            ResourceName(
                namespaces.value_of(quad.subject), namespaces.value_of(quad.object), quad.predicate.value == _HIDDEN
            )
            for quad in sorted((quad for quad in self.after if quad.predicate.value in _NAMES), key=str)
        )

    @cached_property
    def passages(self) -> Sequence[Passage]:
        """The incoming passages of sources that have an archived text."""
        return [passage for passage in read_passages(self.incoming) if passage.source in self.texts]

    @cached_property
    def texts(self) -> Mapping[str, str | None]:
        """The archived text of each incoming source that states its SHA-256; None if the archive lacks it."""
        hashes = read_text_hashes(self.incoming)
        return {source: self.archive.text(digest) for source, digest in hashes.items()}


Rule = Callable[[ProposedLoad], Iterable[Finding]]


def check_integrity(load: ProposedLoad) -> list[Finding]:
    """The findings of all rules."""
    return [finding for rule in RULES for finding in rule(load)]


def check_home_graph_described(load: ProposedLoad) -> Iterable[Finding]:
    """Each named graph describes itself as a home graph."""
    for document in load.documents:
        described = find_home_graphs(document.quads)
        for graph in document.graphs:
            if graph not in described:
                cure = f"Add <{graph.value}> a ck:Dossier, ck:Dataset or ck:Reference, with title, licence, recordedBy."
                location = document.locate(graph.value, "")
                yield Finding("the graph does not say what it is", cure, location, graph.value, "home-graph")


def check_single_home_graph(load: ProposedLoad) -> Iterable[Finding]:
    """Each resource is described in one home graph only."""
    graphs: dict[str, set[str]] = defaultdict(set)
    for quad in load.before:
        if quad.graph_name not in load.replaced_graphs:
            graphs[namespaces.value_of(quad.subject)].add(namespaces.value_of(quad.graph_name))
    subjects = set()
    for document in load.documents:
        for quad in document.quads:
            subject = namespaces.value_of(quad.subject)
            subjects.add(subject)
            graphs[subject].add(namespaces.value_of(quad.graph_name))
    cure = "Describe it in one of them, and only refer to it in the other"
    for subject in sorted(subjects):
        if len(graphs[subject]) > 1:
            described = " and ".join(sorted(graphs[subject]))
            yield Finding(f"described in {described}", cure, None, subject, "home-graph")


def check_distinct_documents(load: ProposedLoad) -> Iterable[Finding]:
    """No two documents of a load are the same home graph: one would silently become part of the other."""
    first: dict[ox.NamedNode, str] = {}
    for document in load.documents:
        for graph in document.graphs:
            if graph in first:
                cure = "Give one of them another id, or load only one"
                location = document.locate(graph.value, "")
                yield Finding(f"the same home graph as {first[graph]}", cure, location, graph.value, "home-graph")
            first.setdefault(graph, document.name)


def check_types(load: ProposedLoad) -> Iterable[Finding]:
    """Each resource has a type: without one no shape would apply. The ontology may annotate terms of others."""
    ontology = find_home_graphs(load.schema.ontology)
    data = [quad for quad in load.incoming if quad.graph_name not in ontology]
    typed = {quad.subject for quad in data if quad.predicate == namespaces.TYPE}
    untyped = {namespaces.value_of(quad.subject) for quad in data if quad.subject not in typed}
    cure = "Give it the type that its use requires; kg schema lists the classes"
    return [Finding("has no type", cure, None, subject, "no-type") for subject in sorted(untyped)]


def check_references(load: ProposedLoad) -> Iterable[Finding]:
    """Each IRI of this knowledge graph or its ontology that a document points at is described somewhere."""
    ids = f"{load.base_iri}id/"
    own = (ids, f"{load.base_iri}graph/", namespaces.CK, namespaces.VOCAB)
    described = {namespaces.value_of(quad.subject) for quad in load.after}
    findings = []
    for quad in load.incoming:
        target = namespaces.value_of(quad.object) if isinstance(quad.object, ox.NamedNode) else ""
        if target.startswith(own) and target not in described:
            name = unquote(target.removeprefix(ids))
            kinds = kinds_taken(load.schema, quad.predicate.value)
            findings.append(
                Finding(
                    f"{name} is not described anywhere",
                    suggest_resource(target, load.names, described, ids, kinds),
                    None,
                    namespaces.value_of(quad.subject),
                    "unknown-reference",
                    quad.predicate.value,
                    target,
                )
            )
    return sorted(findings, key=lambda finding: (finding.subject, finding.value))


def check_reference_kinds(load: ProposedLoad) -> Iterable[Finding]:
    """What a statement or proposition points at is of a kind that the property takes."""
    ids = f"{load.base_iri}id/"
    for subject, path, message, cure in find_other_kinds(load.incoming, load.after, load.schema, ids):
        yield Finding(message, cure, None, subject, "reference-kind", path)


def check_removals(load: ProposedLoad) -> Iterable[Finding]:
    """No resource is removed that another home graph points at."""
    documents: dict[object, Document] = {graph: document for document in load.documents for graph in document.graphs}
    graphs = {quad.subject: quad.graph_name for quad in load.before if quad.graph_name in documents}
    removed = graphs.keys() - {quad.subject for quad in load.after}
    users: dict[Any, set[str]] = defaultdict(set)
    for quad in load.after:
        if quad.object in removed and quad.graph_name not in documents:
            users[quad.object].add(namespaces.value_of(quad.subject))
    for subject in sorted(users, key=namespaces.value_of):
        graph = graphs[subject]
        yield Finding(
            f"would be removed, but {', '.join(sorted(users[subject])[:5])} refer to it",
            "Keep it, or first change what refers to it",
            documents[graph].locate(namespaces.value_of(graph), ""),
            namespaces.value_of(subject),
            "still-used",
        )


def check_readable_geometries(load: ProposedLoad) -> Iterable[Finding]:
    """Each geometry can be read by the functions of GeoSPARQL."""
    return check_geometries(load.incoming)


def check_quotes(load: ProposedLoad) -> Iterable[Finding]:
    """Each passage agrees with the archived text of its source: offsets, hash and words."""
    for passage in load.passages:
        text = load.texts[passage.source]
        if text is not None:
            yield from check_passage(passage, text)


def check_share_of_text(load: ProposedLoad) -> Iterable[Finding]:
    """The quotes of a source repeat no more of its text than is permitted."""
    lengths = {source: len(text) for source, text in load.texts.items() if text is not None}
    return check_quoted_share(load.passages, lengths)


def check_texts_archived(load: ProposedLoad) -> Iterable[Finding]:
    """The archive has the text of each source that is quoted; otherwise a warning."""
    message = "the archived text is not available, so its quotes are not checked"
    cure = "Set KG_ARCHIVE_DIR to the folder that contains it, or run kg verify --text FILE"
    missing = {passage.source for passage in load.passages if load.texts[passage.source] is None}
    return [Finding(message, cure, None, source, "no-text", severity=Severity.WARNING) for source in sorted(missing)]


def check_text_hashes(load: ProposedLoad) -> Iterable[Finding]:
    """No SHA-256 is made of zeros: it stands for one that was never computed."""
    cure = "Give the SHA-256 of the text; kg verify --text FILE prints it"
    for quad in load.incoming:
        if quad.predicate == namespaces.SHA256 and namespaces.value_of(quad.object) == NO_DIGEST:
            subject = namespaces.value_of(quad.subject)
            yield Finding("the SHA-256 is made of zeros", cure, None, subject, "text-hash", namespaces.SHA256.value)


def check_quoted_texts_hashed(load: ProposedLoad) -> Iterable[Finding]:
    """A source that is quoted states the SHA-256 of its text: without it no quote can be verified."""
    hashed = {quad.subject for quad in load.after if quad.predicate == namespaces.SHA256}
    cure = "Give that source characters and sha256 of its archived text; kg verify --text FILE prints them"
    quoted: dict[object, list[str]] = defaultdict(list)
    for quad in load.incoming:
        if quad.predicate == namespaces.HAS_SOURCE and quad.object not in hashed:
            quoted[quad.object].append(namespaces.value_of(quad.subject))
    for source, passages in quoted.items():
        message = f"quotes {namespaces.value_of(source)}, whose text has no SHA-256"
        yield Finding(message, cure, None, min(passages), "text-hash", namespaces.HAS_SOURCE.value)


def check_geometries_stated(load: ProposedLoad) -> Iterable[Finding]:
    """A geometry of a place without a speaker belongs to a reference graph: that of its source."""
    cure = "Move it to a reference graph; where a speaker states it, let a PlaceLocation have it and drop geometryOf"
    for quad in load.incoming:
        if quad.predicate == namespaces.GEOMETRY_OF and quad.graph_name not in load.references:
            subject = namespaces.value_of(quad.subject)
            message = "a geometry of a place, without a speaker"
            yield Finding(message, cure, None, subject, "geometry", namespaces.GEOMETRY_OF.value)


def check_actors_used(load: ProposedLoad) -> Iterable[Finding]:
    """An actor that a dossier or dataset describes is one that something refers to; otherwise a warning."""
    actors = frozenset(load.schema.subclasses(namespaces.ACTOR_CLASS))
    described = {
        quad.subject
        for quad in load.incoming
        if quad.predicate == namespaces.TYPE
        and namespaces.value_of(quad.object) in actors
        and quad.graph_name not in load.references
    }
    unused = described - {quad.object for quad in load.after}
    cure = "Let a statement or proposition refer to it, or remove it"
    for subject in sorted(map(namespaces.value_of, unused)):
        yield Finding("nothing refers to this actor", cure, None, subject, "unused", severity=Severity.WARNING)


def check_known_names(load: ProposedLoad) -> Iterable[Finding]:
    """An actor or place that a dossier or dataset describes is not called as another one is; otherwise a warning."""
    ids = f"{load.base_iri}id/"
    own = [quad for quad in load.incoming if quad.graph_name not in load.references]
    unnamed = {quad.subject for quad in own if namespaces.value_of(quad.object) in namespaces.UNNAMED}
    labels = sorted(
        (namespaces.value_of(quad.subject), namespaces.value_of(quad.object))
        for quad in own
        if quad.predicate.value == namespaces.PREF_LABEL and quad.subject not in unnamed
    )
    for iri, label in labels:
        kind = f"{iri.rpartition('/')[0]}/"
        if kind in (f"{ids}actor/", f"{ids}place/"):
            others = [other for other in load.names.spelled(label) if other != iri and other.startswith(kind)]
            for other in others[:1]:
                name = other.removeprefix(ids)
                cure = f"If it is the same, refer to {name} instead; else let the prefLabel tell them apart"
                message = f"{name} is called {label!r} as well"
                yield Finding(message, cure, None, iri, "known-name", severity=Severity.WARNING)


def check_concepts(load: ProposedLoad) -> Iterable[Finding]:
    """A concept is described in a reference graph, in an open scheme, with all that a reader needs to choose it."""
    shipped = find_home_graphs(load.schema.ontology)
    described: dict[Any, list[ox.Quad]] = defaultdict(list)
    for quad in load.incoming:
        if quad.graph_name not in shipped:
            described[quad.subject].append(quad)
    for concept, quads in described.items():
        schemes = {namespaces.value_of(quad.object) for quad in quads if quad.predicate == namespaces.IN_SCHEME}
        for scheme in sorted(schemes):
            is_in_reference = quads[0].graph_name in load.references
            for message, cure in find_concept_defects(quads, load.schema.schemes.get(scheme), is_in_reference):
                yield Finding(message, cure, None, namespaces.value_of(concept), "concept")


def check_equal_propositions(load: ProposedLoad) -> Iterable[Finding]:
    """Propositions with equal roles are one, whoever speaks of them; otherwise a warning that names the other."""
    incoming = {namespaces.value_of(quad.subject) for quad in load.incoming}
    ids = f"{load.base_iri}id/"
    for group in find_equal_propositions(load.after, load.schema):
        new = [iri for iri in group if iri in incoming]
        if new:
            others = ", ".join(iri.removeprefix(ids) for iri in group if iri != new[-1])
            cure = f"Let its statements point at {others}, or say in a gist what sets it apart"
            message = f"says the same as {others}"
            yield Finding(message, cure, None, new[-1], "equal-propositions", severity=Severity.WARNING)


def check_same_speaker(load: ProposedLoad) -> Iterable[Finding]:
    """One takes back one's own words, and the parts of an utterance have its speaker."""
    for subject, path, message, cure in statement_defects.find_words_of_others(load.incoming, load.after):
        yield Finding(message, cure, None, subject, "same-speaker", path)


def check_hedges(load: ProposedLoad) -> Iterable[Finding]:
    """The hedge of a statement is no heading of a group."""
    hedges = load.schema.schemes[namespaces.HEDGES.rstrip("/")]
    for subject, path, message, cure in statement_defects.find_hedge_groups(load.incoming, hedges):
        yield Finding(message, cure, None, subject, "hedge-group", path)


def check_plausible_values(load: ProposedLoad) -> Iterable[Finding]:
    """Numbers lie within their bounds, and nothing is said after its source was issued; otherwise a warning."""
    for subject, path, message, cure in (
        *statement_defects.find_numbers_out_of_bounds(load.incoming),
        *statement_defects.find_said_after_issue(load.incoming, load.after),
    ):
        yield Finding(message, cure, None, subject, "implausible", path, severity=Severity.WARNING)


def check_means_typed(load: ProposedLoad) -> Iterable[Finding]:
    """An incident by a means that is a type of incident too (an airstrike) has that type; otherwise a warning."""
    weapons, types = (load.schema.schemes[f"{namespaces.VOCAB}{name}"].concepts for name in ("weapon", "incident-type"))
    means = {weapon.iri: type_.iri for weapon in weapons for type_ in types if weapon.slug == type_.slug}
    for subject, path, message, cure in statement_defects.find_untyped_means(load.incoming, load.after, means):
        yield Finding(message, cure, None, subject, "untyped-means", path, severity=Severity.WARNING)


RULES: Sequence[Rule] = (
    check_home_graph_described,
    check_single_home_graph,
    check_distinct_documents,
    check_types,
    check_references,
    check_reference_kinds,
    check_removals,
    check_readable_geometries,
    check_quotes,
    check_share_of_text,
    check_texts_archived,
    check_text_hashes,
    check_quoted_texts_hashed,
    check_geometries_stated,
    check_actors_used,
    check_known_names,
    check_concepts,
    check_equal_propositions,
    check_same_speaker,
    check_hedges,
    check_plausible_values,
    check_means_typed,
)
