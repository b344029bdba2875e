"""The integrity rules over a whole graph: screens find where a rule could find anything, and the rule judges that.

Owns which screen each rule has. What is wrong, and in which words, is the rules' alone: they see the suspects as if a
change had just described them. Two rules have no screen, because a graph does not show what they are about:
``check_distinct_documents`` and ``check_removals``, for whoever has read documents and knows what is removed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import Finding
from kg.ingest.integrity_context import IntegrityContext
from kg.ingest.known_names import KnownNames
from kg.ingest.proposed_write import ProposedWrite
from kg.ingest.rules import geometries, home_graphs, names, quotes, resources, statements
from kg.ingest.rules.interface import Rule
from kg.ingest.screens import geometries as of_geometries
from kg.ingest.screens import home_graphs as of_home_graphs
from kg.ingest.screens import names as of_names
from kg.ingest.screens import quotes as of_quotes
from kg.ingest.screens import resources as of_resources
from kg.ingest.screens import statements as of_statements
from kg.ingest.screens.added_graph import AddedGraph
from kg.ingest.screens.screened_graph import ScreenedGraph
from kg.store.interface import QuadLookup, Store, Subject
from kg.store.proposed_change import ProposedChange

Screen = Callable[[ScreenedGraph], Iterable[Subject]]
"""From a graph to the resources about which its rule may have a finding, those together that are judged together."""
MAX_FINDINGS = 200
"""Of a rule, unless all are wanted: when so many are found, the suspects that are left are counted and not judged."""
_BATCH = 200
"""Suspects that are judged together."""

SCREENS: Mapping[Rule, Screen] = {
    home_graphs.check_named_graph: of_home_graphs.find_outside_graphs,
    home_graphs.check_home_graph_described: of_home_graphs.find_in_undescribed_graphs,
    home_graphs.check_single_home_graph: of_home_graphs.find_in_several_graphs,
    resources.check_types: of_resources.find_untyped,
    resources.check_references: of_resources.find_broken_references,
    resources.check_reference_kinds: of_resources.find_other_kinds,
    geometries.check_readable_geometries: of_geometries.find_bad_geometries,
    quotes.check_quotes: of_quotes.find_disagreeing_quotes,
    quotes.check_share_of_text: of_quotes.find_quotes_of_repeated_texts,
    quotes.check_text_hashes: of_quotes.find_empty_digests,
    quotes.check_quoted_texts_hashed: of_quotes.find_quotes_of_unhashed_texts,
    geometries.check_geometries_stated: of_geometries.find_unstated_geometries,
    names.check_concepts: of_names.find_added_concepts,
    statements.check_same_speaker: of_statements.find_words_of_others,
    statements.check_hedges: of_statements.find_hedge_groups,
}
"""The screens of the rules that refuse."""
WARNING_SCREENS: Mapping[Rule, Screen] = {
    quotes.check_texts_archived: of_quotes.find_quotes_of_missing_texts,
    names.check_actors_used: of_names.find_unused_actors,
    names.check_known_names: of_names.find_known_names,
    statements.check_equal_propositions: of_statements.find_equal_propositions,
    statements.check_plausible_values: of_statements.find_implausible_values,
    statements.check_means_typed: of_statements.find_untyped_means,
}
"""Those of the rules that only warn."""


@dataclass(frozen=True, slots=True)
class WholeFindings:
    """What the rules have found in a whole graph."""

    findings: Sequence[Finding]
    unjudged: Mapping[str, int]
    """How many resources may have further findings, by rule; none unless there are very many."""


def check_whole(
    store: Store,
    context: IntegrityContext,
    graphs: Collection[ox.NamedNode] | None = None,
    *,
    max_findings: float = MAX_FINDINGS,
) -> WholeFindings:
    """The findings of all rules about the whole graph.

    ``graphs``: home graphs that a change has just replaced: rules that only warn consider no others; without any, they
    are not asked. ``max_findings``: about how many of a rule. Raises
    StoreError.
    """
    return _judge(find_suspects(ScreenedGraph(store, context), graphs), store, context, max_findings)


def check_added(graph: AddedGraph, *, max_findings: float = MAX_FINDINGS) -> WholeFindings:
    """What ``check_whole`` finds in the added graphs and those that are kept, if these conform: all is about the added.

    Screens read the kept graphs only where the added ones meet them. Raises StoreError.
    """
    return _judge(_find_added(graph), graph.whole, graph.context, max_findings)


def _judge(
    of_rules: Iterable[tuple[Rule, Sequence[Subject]]],
    graph: QuadLookup,
    context: IntegrityContext,
    max_findings: float,
) -> WholeFindings:
    """What each rule finds about its suspects."""
    known = KnownNames(context.ids)
    findings: dict[Finding, None] = {}
    unjudged = {}
    for rule, suspects in of_rules:
        found: dict[Finding, None] = {}
        start = 0
        while start < len(suspects) and len(found) < max_findings:
            batch = suspects[start : start + _BATCH]
            found |= dict.fromkeys(rule(describe(graph, batch, context, known)))
            start += len(batch)
        findings |= found
        if start < len(suspects):
            unjudged[rule.__name__] = len(suspects) - start
    return WholeFindings(list(findings), unjudged)


def find_suspects(
    graph: ScreenedGraph, graphs: Collection[ox.NamedNode] | None = None
) -> Iterator[tuple[Rule, Sequence[Subject]]]:
    """The suspects of each rule; of those that only warn, the ones in these graphs."""
    for rule, screen in SCREENS.items():
        yield rule, list(dict.fromkeys(screen(graph)))
    for rule, screen in WARNING_SCREENS.items() if graphs is None or graphs else ():
        suspects = list(dict.fromkeys(screen(graph)))
        yield rule, suspects if graphs is None else _in_graphs(graph.store, suspects, graphs)


def _find_added(graph: AddedGraph) -> Iterator[tuple[Rule, Sequence[Subject]]]:
    """The suspects of each rule, of all rules those in the added graphs."""
    for rule, screen in {**SCREENS, **WARNING_SCREENS}.items():
        yield rule, _in_graphs(graph.store, list(dict.fromkeys(screen(graph))), graph.graphs)


def describe(
    graph: QuadLookup, subjects: Iterable[Subject], context: IntegrityContext, names: KnownNames
) -> ProposedWrite:
    """The write after which the graph is as it is, and which has just described these subjects."""
    described = graph.match_each([(subject, None, None) for subject in subjects])
    added = frozenset(quad for quads in described for quad in quads)
    return ProposedWrite(ProposedChange(graph, frozenset(), added), context, names)


def _in_graphs(store: QuadLookup, subjects: Sequence[Subject], graphs: Collection[ox.NamedNode]) -> Sequence[Subject]:
    described = store.match_each([(subject, None, None) for subject in subjects])
    return [
        subject
        for subject, quads in zip(subjects, described, strict=True)
        if any(quad.graph_name in graphs for quad in quads)
    ]
