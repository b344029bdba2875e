"""Screens of the rules about statements, propositions and counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
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
    classes = graph.context.classes
    parts = _digest_parts(graph, classes.schema.classes.keys() - classes.independent, classes.independent)
    alike: dict[int, list[Subject]] = defaultdict(list)
    for proposition, digest in _digest(graph, classes.propositions, parts).items():
        alike[digest].append(proposition)
    return [subject for group in alike.values() if len(group) > 1 for subject in group]


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


def _digest_parts(graph: ScreenedGraph, classes: Set[str], independent: Set[str]) -> Mapping[Any, int]:
    """What parts of other resources say, by part; instances of an independent class are none."""
    types = graph.values(namespaces.TYPE)
    return {
        part: digest
        for part, digest in _digest(graph, classes, {}).items()
        if isinstance(part, ox.NamedNode) and independent.isdisjoint(map(namespaces.value_of, types[part]))
    }


def _digest(graph: ScreenedGraph, classes: Set[str], parts: Mapping[Any, int]) -> Mapping[Any, int]:
    """A digest of what is said of each instance of the classes; in the place of a part is what is said of it."""
    described: dict[Any, set[int]] = defaultdict(set)
    for subject, predicate, value in graph.select("descriptions", {"class": map(ox.NamedNode, classes)}):
        if predicate not in NOT_COMPARED:
            described[subject].add(hash((predicate, parts.get(value, value))))
    return {subject: hash(frozenset(digests)) for subject, digests in described.items()}
