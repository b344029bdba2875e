"""Screens of the rules about statements, propositions and counts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg import namespaces
from kg.ingest import statement_defects
from kg.ingest.equal_propositions import NOT_COMPARED
from kg.ingest.screens.screened_graph import ScreenedGraph
from kg.ingest.statement_defects import AS_GIVEN, BOUNDS
from kg.store.interface import Subject

_HEDGE, _REPORTED_IN = ox.NamedNode(namespaces.HEDGE), ox.NamedNode(namespaces.REPORTED_IN)
_WEAPON = ox.NamedNode(namespaces.WEAPON)
_INCIDENT, _INCIDENT_TYPE = ox.NamedNode(namespaces.INCIDENT), ox.NamedNode(namespaces.INCIDENT_TYPE)


def find_equal_propositions(graph: ScreenedGraph) -> Iterable[Subject]:
    """The propositions with descriptions of the same digest, those of one digest together."""
    descriptions = _Descriptions.read(graph)
    candidates = [subject for group in _group(descriptions.digests) for subject in group]
    linked = {node for subject in candidates for _, node in descriptions.links.get(subject, ())}
    parts = _digest_parts(graph, linked)
    digests = {}
    for subject in candidates:
        links = descriptions.links.get(subject, ())
        resolved = frozenset(hash((predicate, parts.get(node, node))) for predicate, node in links)
        digests[subject] = hash((descriptions.digests[subject], resolved))
    return [subject for group in _group(digests) for subject in group]


def find_words_of_others(graph: ScreenedGraph) -> Iterable[Subject]:
    """The statements that take back, or are part of, what another speaker said."""
    return [subject for (subject,) in graph.select("words-of-others")]


def find_hedge_groups(graph: ScreenedGraph) -> Iterable[Subject]:
    """The statements whose hedge is the heading of a group of hedges."""
    hedges = [hedge for (hedge,) in graph.select("hedges")]
    groups = [hedge for hedge in hedges if graph.context.hedges.members_of(namespaces.value_of(hedge))]
    return graph.referring(groups, _HEDGE)


def find_implausible_values(graph: ScreenedGraph) -> Iterable[Subject]:
    """The counts and statements with an implausible number or day."""
    counts = list(graph.quads(AS_GIVEN, *BOUNDS))
    said = list(graph.quads(namespaces.SAID_EARLIEST))
    sources, issued = graph.values(_REPORTED_IN), graph.values(namespaces.ISSUED)
    defects = (
        *statement_defects.find_numbers_out_of_bounds(counts),
        *statement_defects.find_said_after_issue(said, sources, issued),
    )
    found = {subject for subject, *_ in defects}
    return [quad.subject for quad in (*counts, *said) if found and namespaces.value_of(quad.subject) in found]


def find_untyped_means(graph: ScreenedGraph) -> Iterable[Subject]:
    """The accounts with a means that is a type of incident, if no account of the incident has the type."""
    incidents = graph.values(_INCIDENT)
    for means, type_ in graph.context.means_types.items():
        typed = {quad.subject for quad in graph.store.match(None, _INCIDENT_TYPE, ox.NamedNode(type_))}
        of_type = set().union(*(incidents.get(account, ()) for account in typed))
        for quad in graph.store.match(None, _WEAPON, ox.NamedNode(means)):
            if quad.subject not in typed and of_type.isdisjoint(incidents.get(quad.subject, ())):
                yield quad.subject


@dataclass(frozen=True, slots=True)
class _Descriptions:
    """What is said of each proposition, compared in two steps: most that differ do so without their parts."""

    digests: Mapping[Subject, int]
    """Of what is said but of the parts, and of how these are linked."""
    links: Mapping[Subject, Collection[tuple[Any, Any]]]
    """To what may be parts, as predicates and objects."""

    @classmethod
    def read(cls, graph: ScreenedGraph) -> "_Descriptions":
        classes = graph.context.classes
        possible_parts = _list_instances(graph, classes.schema.classes.keys() - classes.independent)
        said: dict[Any, set[int]] = defaultdict(set)
        links: dict[Any, set[tuple[Any, Any]]] = defaultdict(set)
        solutions = graph.select_of_each("descriptions", {"class": _named(classes.propositions)})
        for proposition, predicate, value in solutions:
            if predicate not in NOT_COMPARED:
                is_link = value in possible_parts
                said[proposition].add(hash(predicate if is_link else (predicate, value)))
                if is_link:
                    links[proposition].add((predicate, value))
        return cls({proposition: hash(frozenset(digests)) for proposition, digests in said.items()}, links)


def _group(digests: Mapping[Subject, int]) -> Iterable[Sequence[Subject]]:
    """Those that have a digest with others, by digest."""
    alike: dict[int, list[Subject]] = defaultdict(list)
    for subject, digest in digests.items():
        alike[digest].append(subject)
    return (group for group in alike.values() if len(group) > 1)


def _digest_parts(graph: ScreenedGraph, nodes: Collection[Any]) -> Mapping[Any, int]:
    """A digest of what is said of each of the nodes that is a part: those of an independent class are none."""
    independent = graph.context.classes.independent
    digests = {}
    for node, quads in zip(nodes, graph.whole.match_each([(node, None, None) for node in nodes]), strict=True):
        said = {(quad.predicate, quad.object) for quad in quads if quad.predicate not in NOT_COMPARED}
        types = {namespaces.value_of(value) for predicate, value in said if predicate == namespaces.TYPE}
        if types.isdisjoint(independent):
            digests[node] = hash(frozenset(said))
    return digests


def _list_instances(graph: ScreenedGraph, classes: Iterable[str]) -> Set[object]:
    """The instances of the classes that have an IRI."""
    quads = (quad for class_ in _named(classes) for quad in graph.whole.match(None, namespaces.TYPE, class_))
    return {quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)}


def _named(iris: Iterable[str]) -> list[ox.NamedNode]:
    return list(map(ox.NamedNode, iris))
