"""Who says what a filter matches, or a number counts: it tells as much as the content of propositions itself does.

Owns the extension ``claims``: for each connection that is filtered by such content, or that counts what is said of its
parent in a role, and that does not say so itself, the speakers of the propositions that are matched, counted or, where
the filter negates, left out, by what they do.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg import namespaces
from kg.graphql.plan.batch_loader import SelectedConnection
from kg.graphql.plan.filters import Claimed, CompiledFilter, ContentKind
from kg.graphql.plan.rdf_terms import lexical_form, parse_term, select_text
from kg.graphql.plan.sparql_builder import ROOT, has_type, path, predicate
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.request.attribution_selection import AttributionSelection
from kg.graphql.request.collect_fields import NUMBERS, FieldGroup, select_nodes, selects_field
from kg.status.wording import reporting_verb

NODE = "?o"
"""The variable of the nodes of a connection."""
MAX_SPEAKERS = 20
"""How many speakers are named for what they do."""
_SPEAKER = predicate(namespaces.SPEAKER)
_DISPUTES, _HEDGE = predicate(namespaces.DISPUTES), predicate(namespaces.HEDGE)
_VERBS = {
    namespaces.DENIES: "denied",
    namespaces.DISPUTES: "disputed",
    namespaces.LEAVES_OPEN: "left open",
    namespaces.SUPPOSES: "supposed",
    namespaces.CONTENT: "spoken of as an aim, a promise or the like",
    namespaces.SHOWS: "spoken of as shown",
    namespaces.ABOUT: "judged",
}
"""What is done with a proposition, by an act on it or on what it is content of; all else is told as its hedge says."""
_COUNTED = Claimed(NODE, ContentKind.PROPOSITION)


@dataclass(frozen=True, slots=True)
class ClaimingConnection:
    """A connection of the operation whose nodes or number depend on what somebody says."""

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
        """What to say of these connections; nothing of one that finds nothing."""
        return [
            found
            for connection in connections
            if not self._is_attributed(connection)
            for found in self._find(connection)
        ]

    def _is_attributed(self, connection: ClaimingConnection) -> bool:
        """Whether only content of the nodes is told, and each node that is told of is returned with who says so."""
        names_others = connection.filter.left_out or any(
            claimed.variable != NODE for claimed in connection.filter.claimed
        )
        pages = connection.selected.pages.values()
        is_shown = any(page.cursors for page in pages)
        is_whole = not any(page.has_next or page.has_previous for page in pages)
        tells_numbers = selects_field(connection.field, NUMBERS)
        return (
            is_shown
            and (is_whole or not tells_numbers)
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
        matched, left_out = connection.filter.claimed, connection.filter.left_out
        counted = [_COUNTED] if connection.counts_role and _COUNTED not in matched else []
        scope = " ".join([*_scope(connection), *connection.filter.patterns])
        for text, blocks in (
            ("The filter matches what is", [self._block(scope, claimed) for claimed in matched]),
            ("The filter leaves out what is", [self._block(group, claimed) for group, claimed in left_out]),
            ("The number counts what is", [self._block(scope, claimed) for claimed in counted]),
        ):
            if blocks and (speakers := self._speakers(blocks)):
                yield {
                    "field": connection.field.response_key,
                    "message": f"{text} {_list(speakers)}.",
                    "speakers": speakers,
                }

    def _block(self, group: str, claimed: Claimed) -> str:
        """The speakers for a node; in an alternative of the group that does not bind it there are none."""
        node = f"{{ {group} FILTER(BOUND({claimed.variable})) }}"
        told = " UNION ".join(f"{{ {node} {pattern} }}" for pattern in self._acts_on(claimed))
        return (
            f"{{ {{ {told} }} ?statement {_SPEAKER} ?speaker . OPTIONAL {{ ?statement {_HEDGE} ?hedge }} }} UNION"
            f" {{ {{ {told} }} ?dispute {_DISPUTES} ?statement ; {_SPEAKER} ?speaker . BIND({_DISPUTES} AS ?does) }}"
        )

    def _acts_on(self, claimed: Claimed) -> Iterator[str]:
        """The patterns of what a statement does with a node, or with a proposition that it is part of."""
        acts = f"VALUES ?act {{ {' '.join(map(predicate, self._policy.acts))} }}"
        owner, held = "", claimed.variable
        match claimed.kind:
            case ContentKind.STATEMENT:
                yield f"BIND({held} AS ?statement) OPTIONAL {{ {acts} ?statement ?act ?about }}"
                return
            case ContentKind.PASSAGE:
                yield f"?statement {predicate(namespaces.QUOTE.value)} {held} ."
                return
            case ContentKind.PART:
                owner, held = f"?owner {_any_of(self._policy.owner_predicates)} {held} . ", "?owner"
        parts = self._policy.part_predicates
        yield f"{owner}{acts} ?statement ?act {held} ."
        yield (
            f"{owner}VALUES ?by {{ {' '.join(map(predicate, parts))} }} ?whole ?by {held} ."
            f" ?holder {_any_of(parts)}* ?whole . {acts} ?statement ?act ?holder ."
        )

    def _speakers(self, blocks: Sequence[str]) -> list[dict[str, str]]:
        union = " UNION ".join(f"{{ {block} }}" for block in blocks)
        label = predicate(f"{namespaces.SKOS}prefLabel")
        text = (
            "SELECT DISTINCT ?done ?hedge ?speaker ?label WHERE {"
            f" {{ SELECT DISTINCT (COALESCE(?does, ?by, ?act) AS ?done) ?hedge ?speaker WHERE {{ {union} }} }}"
            f" OPTIONAL {{ ?speaker {label} ?label }} }}"
        )
        labels: Mapping[tuple[str, str], list[Any]] = defaultdict(list)
        for done, hedge, speaker, name in self._session.rows(text):
            known = labels[_verb(_iri(done), _iri(hedge)), _iri(speaker)]
            known += [parse_term(name)] if name else []
        return [
            {"does": verb, "id": iri, "prefLabel": select_text(names, ()) or iri}
            for (verb, iri), names in sorted(labels.items())
        ]


def _iri(field: str) -> str:
    """The IRI in a field of a row; empty if it is unbound."""
    return lexical_form(parse_term(field)) if field else ""


def _verb(done: str, hedge: str) -> str:
    return _VERBS.get(done) or reporting_verb(hedge.rpartition("/")[2])


def _scope(connection: ClaimingConnection) -> Iterator[str]:
    """The patterns of the nodes that the answer tells something of: all if it says how many, or those of its pages."""
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


def _list(speakers: Sequence[Mapping[str, str]]) -> str:
    """``said by A, B; denied by C``."""
    by_act: dict[str, list[str]] = defaultdict(list)
    for speaker in speakers:
        by_act[speaker["does"]].append(speaker["prefLabel"])
    return "; ".join(f"{act} by {_some(sorted(set(names)))}" for act, names in by_act.items())


def _some(names: Sequence[str]) -> str:
    more = len(names) - MAX_SPEAKERS
    return ", ".join(names[:MAX_SPEAKERS]) + (f" and {more} more" if more > 0 else "")
