"""Attributes what a filter matches or a number counts, which reveals content of propositions without returning it.

Owns the extension ``claims``: for each connection that is filtered by such content, or that counts what is said of its
parent in a role, and that is not attributed by its nodes, the speakers of the propositions that are matched, counted
or, where the filter negates, left out, by what they do, whether they took it back, and in which sources.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg import namespaces
from kg.graphql.plan.batch_loader import SelectedConnection
from kg.graphql.plan.filters import Claimed, CompiledFilter, ContentKind
from kg.graphql.plan.rdf_terms import lexical_form, parse_term, select_text
from kg.graphql.plan.sparql_builder import ROOT, has_type, is_one_of, path, predicate
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.request.attribution_selection import AttributionSelection
from kg.graphql.request.collect_fields import NUMBERS, FieldGroup, select_nodes, selects_field
from kg.status.wording import reporting_verb

NODE = "?o"
"""The variable of the nodes of a connection."""
MAX_SPEAKERS = 20
"""How many speakers are named for what they do."""
_DISPUTES = predicate(namespaces.DISPUTES)
_SPOKEN = (
    f"?said {_DISPUTES}? ?statement ; {predicate(namespaces.SPEAKER)} ?speaker ."
    f" OPTIONAL {{ ?said {predicate(namespaces.HEDGE)} ?hedge }}"
    f" OPTIONAL {{ ?speaker {predicate(namespaces.PREF_LABEL)} ?label }}"
    f" OPTIONAL {{ ?said {predicate(namespaces.REPORTED_IN)} ?source"
    f" OPTIONAL {{ ?source {predicate(namespaces.PREF_LABEL)} ?title }} }}"
    f" BIND(EXISTS {{ ?said {predicate(namespaces.RESTATES)}*/^{predicate(namespaces.RETRACTS)} ?retraction }}"
    " AS ?isRetracted)"
)
"""A statement or a dispute of it, with its speaker, and whether it was retracted."""
_TAKEN_BACK = " and taken back"
_VERBS = {
    namespaces.DENIES: "denied",
    namespaces.DISPUTES: "disputed",
    namespaces.LEAVES_OPEN: "left open",
    namespaces.SUPPOSES: "supposed",
    namespaces.CONTENT: "spoken of as an aim, a promise or the like",
    namespaces.SHOWS: "spoken of as shown",
    namespaces.ABOUT: "judged",
}
"""What is done with a proposition, by an act on it or on what it is content of; of all else the hedge has the verb."""
_COUNTED = Claimed(NODE, ContentKind.PROPOSITION)


@dataclass(frozen=True, slots=True)
class ClaimingConnection:
    """A connection of the operation whose nodes or number depend on content of propositions."""

    field: FieldGroup
    members: tuple[str, ...]
    """The types that its nodes may have."""
    classes: tuple[str, ...]
    filter: CompiledFilter
    counts_role: bool
    """Its number is content: it is reached by the inverse of a role."""
    selected: SelectedConnection


class ClaimFinder:
    """Finds the speakers for the connections of one operation."""

    def __init__(self, policy: AttributionPolicy, selection: AttributionSelection, session: SparqlSession) -> None:
        self._policy, self._selection, self._session = policy, selection, session

    def find(self, connections: Iterable[ClaimingConnection]) -> list[dict[str, Any]]:
        """The entries for these connections; none for one that is attributed or matches nothing."""
        return [
            found
            for connection in connections
            if not self._is_attributed(connection)
            for found in self._find(connection)
        ]

    def _is_attributed(self, connection: ClaimingConnection) -> bool:
        """Whether only content of the nodes is revealed, and of nodes that are all returned with their attribution."""
        names_others = connection.filter.left_out or any(
            claimed.variable != NODE for claimed in connection.filter.claimed
        )
        pages = connection.selected.pages.values()
        is_shown = any(page.cursors for page in pages)
        is_whole = not any(page.has_next or page.has_previous for page in pages)
        selects_numbers = selects_field(connection.field, NUMBERS)
        return (
            is_shown
            and (is_whole or not selects_numbers)
            and not names_others
            and all(
                any(
                    self._names_speakers(member, node.selection_set.field_groups(member))
                    for node in select_nodes(connection.field)
                )
                for member in connection.members
            )
        )

    def _names_speakers(self, member: str, fields: Sequence[FieldGroup]) -> bool:
        if self._policy.is_statement(member):
            return self._selection.names_speaker(fields)
        return self._selection.has_line(fields)

    def _find(self, connection: ClaimingConnection) -> Iterator[dict[str, Any]]:
        left_out, is_empty = connection.filter.left_out, connection.selected.is_empty
        matched = () if is_empty else connection.filter.claimed
        counted = [_COUNTED] if connection.counts_role and not is_empty and _COUNTED not in matched else []
        scope = " ".join([*_scope(connection), *connection.filter.patterns])
        for text, nodes in (
            ("The filter matches what is", [(scope, claimed) for claimed in matched]),
            ("The filter leaves out what is", left_out),
            ("The number counts what is", [(scope, claimed) for claimed in counted]),
        ):
            if nodes and (speakers := self._speakers(nodes)):
                yield {
                    "field": connection.field.response_key,
                    "message": f"{text} {_list(speakers)}{_list_sources(speakers)}.",
                    "speakers": speakers,
                }

    def _speakers(self, nodes: Iterable[tuple[str, Claimed]]) -> list[dict[str, Any]]:
        """The speakers for nodes, each in a group that binds it, with the sources of what they say."""
        statements = " UNION ".join(
            f"{{ {pattern} }}" for group, claimed in nodes for pattern in self._statements(group, claimed)
        )
        # Statements first, each once: joined with the disputes of them, the engine would read those of the whole graph
        # for every solution of every group.
        text = (
            f"SELECT DISTINCT (IF(?said = ?statement, COALESCE(?by, ?act), {_DISPUTES}) AS ?does) ?hedge ?speaker"
            f" ?label ?isRetracted ?source ?title WHERE {{"
            f" {{ SELECT DISTINCT ?statement ?by ?act WHERE {{ {statements} }} }} {_SPOKEN} }}"
        )
        labels: Mapping[tuple[str, str], list[Any]] = defaultdict(list)
        sources: Mapping[tuple[str, str], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for does, hedge, speaker, name, is_retracted, source, title in self._session.rows(text):
            taken_back = _TAKEN_BACK if lexical_form(parse_term(is_retracted)) == "true" else ""
            key = _verb(_iri(does), _iri(hedge)) + taken_back, _iri(speaker)
            labels[key] += [parse_term(name)] if name else []
            if source:
                sources[key][_iri(source)] += [parse_term(title)] if title else []
        return [
            {
                "does": verb,
                "id": iri,
                "prefLabel": select_text(names, ()) or iri,
                "sources": sorted(select_text(titles, ()) or source for source, titles in sources[verb, iri].items()),
            }
            for (verb, iri), names in sorted(labels.items())
        ]

    def _statements(self, group: str, claimed: Claimed) -> Iterator[str]:
        """The patterns of the statements on a node, or on a proposition that it is part of, by what they do.

        There are none in an alternative of the group that does not bind the node. Acts are filtered, not listed as
        VALUES: for those the engine would join all acts of the graph.
        """
        node, held = f"{{ {group} FILTER(BOUND({claimed.variable})) }}", claimed.variable
        acts, parts = self._policy.acts, self._policy.part_predicates
        match claimed.kind:
            case ContentKind.STATEMENT:
                yield (
                    f"{node} BIND({held} AS ?statement) OPTIONAL {{ ?statement ?act ?about {is_one_of('?act', acts)} }}"
                )
                return
            case ContentKind.PASSAGE:
                yield f"{node} ?statement {predicate(namespaces.QUOTE.value)} {held} ."
                return
            case ContentKind.PART:
                node, held = f"{node} ?owner {_any_of(self._policy.owner_predicates)} {held} .", "?owner"
        yield f"{node} ?statement ?act {held} . {is_one_of('?act', acts)}"
        yield (
            f"{node} ?whole ?by {held} . {is_one_of('?by', parts)} ?holder {_any_of(parts)}* ?whole ."
            f" ?statement ?act ?holder . {is_one_of('?act', acts)}"
        )


def _iri(field: str) -> str:
    """The IRI in a field of a row; empty if it is unbound."""
    return lexical_form(parse_term(field)) if field else ""


def _verb(does: str, hedge: str) -> str:
    return _VERBS.get(does) or reporting_verb(hedge.rpartition("/")[2])


def _scope(connection: ClaimingConnection) -> Iterator[str]:
    """The patterns of the nodes that the answer is about: all if it says how many, or those of its pages."""
    query, pages = connection.selected.query, connection.selected.pages
    if not selects_field(connection.field, NUMBERS):
        nodes = sorted({cursor.iri for page in pages.values() for cursor in page.cursors})
        yield f"VALUES {NODE} {{ {' '.join(map(predicate, nodes))} }}"
    if query.steps:
        parents = " ".join(predicate(parent) for parent in sorted(pages) if parent != ROOT)
        yield f"VALUES ?parent {{ {parents} }} ?parent {path(query.steps)} {NODE} ."
    yield has_type(NODE, "?type", connection.classes)


def _any_of(predicates: Iterable[str]) -> str:
    return f"({'|'.join(map(predicate, predicates))})"


def _list(speakers: Sequence[Mapping[str, Any]]) -> str:
    """``said by A, B; denied by C``."""
    by_act: dict[str, list[str]] = defaultdict(list)
    for speaker in speakers:
        by_act[speaker["does"]].append(speaker["prefLabel"])
    return "; ".join(f"{act} by {_some(sorted(set(names)))}" for act, names in by_act.items())


def _list_sources(speakers: Sequence[Mapping[str, Any]]) -> str:
    sources = sorted({source for speaker in speakers for source in speaker["sources"]})
    return f", as reported in: {_some(sources)}" if sources else ""


def _some(names: Sequence[str]) -> str:
    more = len(names) - MAX_SPEAKERS
    return ", ".join(names[:MAX_SPEAKERS]) + (f" and {more} more" if more > 0 else "")
