"""Rules about actors, places and concepts: whether they are needed, how they are called, how they are described."""

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding, Severity
from kg.ingest.concept_defects import find_concept_defects
from kg.ingest.known_names import LABELS, KnownNames
from kg.ingest.proposed_write import ProposedWrite
from kg.ingest.rules.interface import order_of
from kg.store.interface import Subject

_PREF_LABEL = LABELS[0]


def check_actors_used(write: ProposedWrite) -> Iterable[Finding]:
    """An actor that a dossier or dataset describes is one that something refers to; otherwise a warning."""
    lost = {quad.object for quad in write.change.removed if isinstance(quad.object, ox.NamedNode)}
    retyped = (
        quad.subject for graph in write.no_longer_references() for quad in write.in_graph(namespaces.TYPE, graph)
    )
    candidates = write.touched(namespaces.TYPE).union(lost, retyped)
    actors = [node for node, types in write.types(candidates).items() if types & write.context.actors]
    own = [node for node, quads in _describe(write, actors) if not any(_are_in_references(write, quads))]
    unused = set(own) - {quad.object for quad in write.referring(own)}
    cure = "Let a statement or proposition refer to it, or remove it"
    for subject in sorted(map(namespaces.value_of, unused)):
        yield Finding("nothing refers to this actor", cure, None, subject, "unused", severity=Severity.WARNING)


def check_known_names(write: ProposedWrite) -> Iterable[Finding]:
    """An actor or place that a dossier or dataset describes is not called as another one is; otherwise a warning."""
    unnamed_before = {
        quad.subject for quad in write.change.removed if namespaces.value_of(quad.object) in namespaces.UNNAMED
    }
    labels = {*write.added(_PREF_LABEL)} | {
        quad for subject in unnamed_before for quad in write.described[subject] if quad.predicate == _PREF_LABEL
    }
    named = [quad for quad in labels if write.names.is_name(quad) and not write.is_reference(quad.graph_name)]
    types = write.types(quad.subject for quad in named)
    compared = [quad for quad in named if types[quad.subject].isdisjoint(namespaces.UNNAMED)]
    if compared:
        write.names.complete(write.change.before)
    proposed = KnownNames(write.context.ids, write.added(*LABELS))
    for quad in sorted(compared, key=lambda quad: (order_of(quad.subject), order_of(quad.object))):
        yield from _check_name(write, quad, proposed)


def check_concepts(write: ProposedWrite) -> Iterable[Finding]:
    """A concept is described in a reference graph, in an open scheme, with all that a reader needs to choose it."""
    graphs = list(write.no_longer_references())
    in_graphs = {quad.subject for graph in graphs for quad in write.in_graph(namespaces.IN_SCHEME, graph)}
    for concept, quads in _describe(write, sorted(write.subjects | in_graphs, key=order_of)):
        own = [quad for quad in quads if quad.graph_name not in write.context.ontology_graphs]
        schemes = {namespaces.value_of(quad.object) for quad in own if quad.predicate == namespaces.IN_SCHEME}
        for scheme in sorted(schemes):
            is_in_reference = all(_are_in_references(write, own))
            for message, cure in find_concept_defects(own, write.context.schema.schemes.get(scheme), is_in_reference):
                yield Finding(message, cure, None, namespaces.value_of(concept), "concept")


def _check_name(write: ProposedWrite, label: ox.Quad, proposed: KnownNames) -> Iterable[Finding]:
    iri, text = namespaces.value_of(label.subject), namespaces.value_of(label.object)
    candidates = [
        quad
        for quad in write.names.find(text) | proposed.find(text)
        if quad.subject != label.subject and write.names.kind_of(namespaces.value_of(quad.subject)) in iri
    ]
    found = write.after.match_each([(quad.subject, quad.predicate, quad.object) for quad in candidates])
    others = sorted({namespaces.value_of(quad.subject) for quads in found for quad in quads})
    for other in others[:1]:
        name = other.removeprefix(write.context.ids)
        cure = f"If it is the same, refer to {name} instead; else let the prefLabel tell them apart"
        message = f"{name} is called {text!r} as well"
        yield Finding(message, cure, None, iri, "known-name", severity=Severity.WARNING)


def _describe(write: ProposedWrite, nodes: Iterable[Subject]) -> list[tuple[Subject, Sequence[ox.Quad]]]:
    """What is said of those of the nodes that are described."""
    return [(node, quads) for node, quads in write.describe(nodes).items() if quads]


def _are_in_references(write: ProposedWrite, quads: Iterable[ox.Quad]) -> Iterator[bool]:
    """Of each graph in which these quads are, whether it is a reference graph."""
    return (write.is_reference(graph) for graph in {quad.graph_name for quad in quads})
