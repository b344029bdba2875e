"""Rules about any resource: that it has a type, and that references lead to what is described and is of a kind."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding
from kg.ingest.proposed_write import ProposedWrite
from kg.ingest.reference_kinds import kinds_taken
from kg.ingest.reference_suggestions import ReferenceSuggestions
from kg.ingest.rules.interface import order_of


def check_types(write: ProposedWrite) -> Iterable[Finding]:
    """Each resource has a type: without one no shape would apply. The ontology may annotate terms of others."""
    cure = "Give it the type that its use requires; kg schema lists the classes"
    for subject in sorted(write.subjects, key=order_of):
        quads = [quad for quad in write.described[subject] if quad.graph_name not in write.context.ontology_graphs]
        if quads and all(quad.predicate != namespaces.TYPE for quad in quads):
            yield Finding("has no type", cure, None, namespaces.value_of(subject), "no-type")


def check_references(write: ProposedWrite) -> Iterable[Finding]:
    """Each IRI of this knowledge graph or its ontology that is pointed at is described somewhere."""
    stated = [quad for quad in write.referring(write.gone) if write.states(quad) and quad not in write.change.added]
    references = [quad for quad in (*write.change.added, *stated) if _is_own(quad.object, write) and _refers(quad)]
    missing = _find_missing(write, {quad.object for quad in references})
    broken = sorted((quad for quad in references if quad.object in missing), key=str)
    suggestions = ReferenceSuggestions(write.after, write.context, write.subjects - write.gone)
    for quad in sorted(broken, key=lambda quad: (order_of(quad.subject), order_of(quad.object))):
        target = namespaces.value_of(quad.object)
        yield Finding(
            f"{unquote(target.removeprefix(write.context.ids))} is not described anywhere",
            suggestions.suggest(target, kinds_taken(write.context.schema, quad.predicate.value)),
            None,
            namespaces.value_of(quad.subject),
            "unknown-reference",
            quad.predicate.value,
            target,
        )


def check_reference_kinds(write: ProposedWrite) -> Iterable[Finding]:
    """What a statement or proposition points at is of a kind that the property takes."""
    fields = write.context.fields
    retyped = write.touched(namespaces.TYPE)
    own = (quad for subject in retyped for quad in write.described[subject])
    quads = {*write.change.added, *own, *write.referring(retyped)}
    references = sorted((quad for quad in quads if quad.predicate.value in fields.predicates), key=str)

    def find_acts(term: Any) -> Iterable[ox.Quad]:
        return (*write.after.match(term, None, None), *write.after.match(None, None, term))

    for subject, path, message, cure in fields.find_other_kinds(references, write.types, find_acts):
        yield Finding(message, cure, None, subject, "reference-kind", path)


def check_removals(write: ProposedWrite) -> Iterable[Finding]:
    """No resource is removed that something refers to which the write leaves as it is."""
    users: dict[object, set[str]] = defaultdict(set)
    for quad in write.referring(write.gone):
        if not write.states(quad) and _refers(quad):
            users[quad.object].add(namespaces.value_of(quad.subject))
    graphs = {quad.subject: quad.graph_name for quad in sorted(write.change.removed, key=str)}
    for subject in sorted(users, key=order_of):
        graph = graphs[subject]  # type: ignore[index]
        document = write.graphs_of_documents.get(graph)
        yield Finding(
            f"would be removed, but {', '.join(sorted(users[subject])[:5])} refer to it",
            "Keep it, or first change what refers to it",
            document.locate(namespaces.value_of(graph), "") if document else None,
            namespaces.value_of(subject),
            "still-used",
        )


def _refers(quad: ox.Quad) -> bool:
    """Whether its object must be described: what something replaces is described no more."""
    return quad.predicate != namespaces.REPLACES


def _is_own(term: object, write: ProposedWrite) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(write.context.own)


def _find_missing(write: ProposedWrite, nodes: Iterable[Any]) -> frozenset[Any]:
    """The nodes of which nothing is said; most have a type, and more is not read of them."""
    untyped = [node for node, types in write.types(nodes).items() if not types]
    return frozenset(node for node, quads in write.describe(untyped).items() if not quads)
