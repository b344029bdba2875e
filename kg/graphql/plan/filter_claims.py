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
from kg.graphql.plan.filters import Claimed, CompiledFilter, ContentKind, FilterCompiler, NegatedGroup
from kg.graphql.plan.rdf_terms import lexical_form, parse_term, select_text
from kg.graphql.plan.sparql_builder import cursor_filters, has_type, is_one_of, path, predicate
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.request.attribution_selection import AttributionSelection
from kg.graphql.request.collect_fields import NUMBERS, FieldGroup, select_nodes, selects_field
from kg.graphql.schema.field_binding import ConnectionField
from kg.status.wording import split_words, word_deed

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
    namespaces.CONTENT: "spoken of as an aim, a promise or the like",
    namespaces.SHOWS: "spoken of as shown",
    namespaces.ABOUT: "judged",
}
"""What is done with a proposition, by an act on it or on what it is content of; of all else the hedge has the verb."""
CONDITIONS_MAX = 8
"""How many conditions are looked at one by one, where nothing else selects nodes."""


@dataclass(frozen=True, slots=True)
class ClaimingConnection:
    """A connection of the operation whose nodes or number depend on content of propositions."""

    field: FieldGroup
    members: tuple[str, ...]
    """The types that its nodes may have."""
    classes: tuple[str, ...]
    filter: CompiledFilter
    counts_content: bool
    """Its number is content: it is reached by the inverse of a role, an act or a citation."""
    is_cut_by_content: bool
    """A cursor and the order by content decide which nodes it has."""
    selected: SelectedConnection


class ClaimFinder:
    """Finds the speakers for the connections of one operation."""

    def __init__(
        self,
        policy: AttributionPolicy,
        selection: AttributionSelection,
        filters: FilterCompiler,
        session: SparqlSession,
    ) -> None:
        self._policy, self._selection, self._filters, self._session = policy, selection, filters, session

    def find(self, connections: Iterable[ClaimingConnection]) -> list[dict[str, Any]]:
        """The entries for these connections; none for one that is attributed or matches nothing."""
        return [found for connection in connections for found in self._find(connection)]

    def _is_attributed(self, connection: ClaimingConnection) -> bool:
        """Whether only content of the nodes is revealed, and of nodes that are all returned with their attribution."""
        names_others = any(claimed.variable != NODE for claimed in connection.filter.claimed)
        pages = connection.selected.pages.values()
        is_whole = not any(page.has_next or page.has_previous for page in pages)
        selects_numbers = selects_field(connection.field, NUMBERS)
        return (is_whole or not selects_numbers) and not names_others and self._shows_speakers(connection)

    def _shows_speakers(self, connection: ClaimingConnection) -> bool:
        """Whether it has nodes, and all that it shows are selected with whose they are."""
        return any(page.cursors for page in connection.selected.pages.values()) and all(
            any(
                self._names_speakers(member, node.selection_set.field_groups(member))
                for node in select_nodes(connection.field)
            )
            for member in connection.members
        )

    def _names_speakers(self, member: str, fields: Sequence[FieldGroup]) -> bool:
        if self._policy.is_statement(member):
            return self._selection.names_speaker(fields)
        return self._selection.has_line(fields)

    def _find(self, connection: ClaimingConnection) -> Iterator[dict[str, Any]]:
        """The entries for a connection: for what it shows or counts, and for what it tells by showing nothing."""
        revealed = [] if self._is_attributed(connection) else [*self._revealed(connection)]
        found = self._entries(connection, [*revealed, *_negated(connection)])
        yield from found
        empty = connection.selected.empty_parents
        if not (empty or found or self._shows_speakers(connection)) and connection.filter.negated:
            empty = sorted(connection.selected.pages)
        unmatched = self._unmatched(connection, empty) if empty and connection.filter.names_content else []
        yield from self._entries(connection, [("The answer depends on what is", [*unmatched, *_cut(connection)])])

    def _entries(
        self, connection: ClaimingConnection, groups: Iterable[tuple[str, list[tuple[str, Claimed]]]]
    ) -> list[dict[str, Any]]:
        found = []
        for text, nodes in groups:
            if nodes and (speakers := self._speakers(nodes)):
                message = f"{text} {_list(speakers)}{_list_sources(speakers)}."
                found.append({"field": connection.field.response_key, "message": message, "speakers": speakers})
        return found

    def _revealed(self, connection: ClaimingConnection) -> Iterator[tuple[str, list[tuple[str, Claimed]]]]:
        """What is matched and counted, each with the groups that bind it."""
        where, is_empty = connection.filter, connection.selected.is_empty
        scope = " ".join([*_scope(connection), *where.patterns])
        matched = [] if is_empty else [(scope, claimed) for claimed in where.claimed]
        yield "The filter matches what is", matched
        counted = Claimed(NODE, self._kind(connection.members))
        if connection.counts_content and not is_empty and counted not in where.claimed:
            yield "The number counts what is", [(scope, counted)]

    def _kind(self, members: Iterable[str]) -> ContentKind:
        """What the nodes of a connection are, whose number is content."""
        if all(map(self._policy.is_statement, members)):
            return ContentKind.STATEMENT
        return ContentKind.PASSAGE if all(map(self._policy.is_passage, members)) else ContentKind.PROPOSITION

    def _unmatched(self, connection: ClaimingConnection, parents: Sequence[str]) -> list[tuple[str, Claimed]]:
        """The nodes of these parents that match the filter but for its conditions on content, in groups.

        That one of them has not a value tells its value where there are few. Nothing is told of single nodes where
        nothing but one condition selects them; of several conditions each may be what selects one.
        """
        binding, window = connection.field.binding, connection.selected.query.window
        assert isinstance(binding, ConnectionField)
        where = connection.field.arguments.get("where")
        relaxed = self._filters.compile_relaxed(where, binding.target, NODE)
        scope = [*_scope(connection, is_whole=True, parents=parents)]
        is_cut = window.after is not None or window.before is not None
        if connection.selected.query.is_ordered_by_iri:
            scope.append(cursor_filters(window))
        kept = [relaxed]
        if not (relaxed.is_restricted or is_cut or connection.selected.query.steps):
            numbers = range(relaxed.conditions if 1 < relaxed.conditions <= CONDITIONS_MAX else 0)
            kept = [self._filters.compile_relaxed(where, binding.target, NODE, number) for number in numbers]
            kept = kept or ([relaxed] if relaxed.conditions > CONDITIONS_MAX else [])
        return [(" ".join([*scope, *each.patterns]), claimed) for each in kept for claimed in each.claimed]

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
    act = split_words(does.removeprefix(namespaces.CK))
    return _VERBS.get(does) or word_deed(act, hedge.rpartition("/")[2], is_author=None)


def _scope(
    connection: ClaimingConnection, *, is_whole: bool = False, parents: Sequence[str] | None = None
) -> Iterator[str]:
    """The patterns of the nodes that the answer is about: all if it says how many, or those of its pages.

    All as well if it is to be whole; those of some of its parents if they are given.
    """
    query, pages = connection.selected.query, connection.selected.pages
    if not is_whole and not selects_field(connection.field, NUMBERS):
        nodes = sorted({cursor.iri for page in pages.values() for cursor in page.cursors})
        yield f"VALUES {NODE} {{ {' '.join(map(predicate, nodes))} }}"
    if query.steps:
        listed = " ".join(predicate(parent) for parent in sorted(pages if parents is None else parents))
        yield f"VALUES ?parent {{ {listed} }} ?parent {path(query.steps)} {NODE} ."
    yield has_type(NODE, "?type", connection.classes)


def _negated(connection: ClaimingConnection) -> Iterator[tuple[str, list[tuple[str, Claimed]]]]:
    """What the negations of a filter match of what the rest of it does, and leave out of that."""
    where = connection.filter
    shown, every = (" ".join([*_scope(connection, is_whole=whole), *where.positive]) for whole in (False, True))
    yield (
        "The filter matches what is",
        [(_join(shown, each), each.claimed) for each in where.negated if not each.is_left_out],
    )
    yield (
        "The filter leaves out what is",
        [(_join(every, each), each.claimed) for each in where.negated if each.is_left_out],
    )


def _cut(connection: ClaimingConnection) -> Iterator[tuple[str, Claimed]]:
    """The nodes that match where a cursor leaves none of them: on which side of it they are tells their content."""
    pages = connection.selected.pages.items()
    emptied = sorted(parent for parent, page in pages if not page.cursors)
    if connection.is_cut_by_content and emptied:
        scope = " ".join([*_scope(connection, is_whole=True, parents=emptied), *connection.filter.patterns])
        yield scope, Claimed(NODE, ContentKind.PROPOSITION)
        yield scope, Claimed(NODE, ContentKind.STATEMENT)


def _join(scope: str, negated: NegatedGroup) -> str:
    """The group of what is negated, with the rest of the filter."""
    return f"{{ {scope} FILTER(BOUND({negated.variable})) }} {negated.group}"


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
