"""Who says what a filter matches: a filter on content of propositions tells as much as the content itself does.

Owns the extension ``claims``: for each connection that is filtered by such content, and that does not say so itself,
the speakers of the propositions that the filter matches, or leaves out where it negates, by what they do.
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
from kg.graphql.request.collect_fields import NUMBERS, FieldGroup, select_nodes, selects_field

NODE = "?o"
"""The variable of the nodes of a connection."""
MAX_SPEAKERS = 20
"""How many speakers are named for what they do."""
_SPEAKER = predicate(namespaces.SPEAKER)
_VERBS = {"": "said", "asserts": "said", "denies": "denied", "leavesOpen": "left open", "supposes": "supposed"}


@dataclass(frozen=True, slots=True)
class FilteredConnection:
    """A connection of the operation whose filter names content of propositions."""

    field: FieldGroup
    members: tuple[str, ...]
    """The types that its nodes may have."""
    classes: tuple[str, ...]
    filter: CompiledFilter
    selected: SelectedConnection


class ClaimFinder:
    """Finds the speakers for the connections of one operation."""

    def __init__(self, policy: AttributionPolicy, session: SparqlSession) -> None:
        self._policy, self._session = policy, session

    def find(self, connections: Iterable[FilteredConnection]) -> list[dict[str, Any]]:
        """What to say of the filters of these connections; nothing of one that finds nothing."""
        return [
            found
            for connection in connections
            if not self._is_attributed(connection)
            for found in self._find(connection)
        ]

    def _is_attributed(self, connection: FilteredConnection) -> bool:
        """Whether the filter names content of the nodes alone, and each is returned with its attribution."""
        names_others = connection.filter.left_out or any(
            claimed.variable != NODE for claimed in connection.filter.claimed
        )
        is_shown = any(page.cursors for page in connection.selected.pages.values())
        return (
            is_shown
            and not names_others
            and all(
                any(
                    self._policy.is_attribution(field.binding)
                    for node in select_nodes(connection.field)
                    for field in node.selection_set.field_groups(member)
                )
                for member in connection.members
            )
        )

    def _find(self, connection: FilteredConnection) -> Iterator[dict[str, Any]]:
        matched, left_out = connection.filter.claimed, connection.filter.left_out
        scope = " ".join([*_scope(connection), *connection.filter.patterns])
        for text, blocks in (
            ("matches what is", [self._block(scope, claimed) for claimed in matched]),
            ("leaves out what is", [self._block(group, claimed) for group, claimed in left_out]),
        ):
            if blocks and (speakers := self._speakers(blocks)):
                yield {
                    "field": connection.field.response_key,
                    "message": f"The filter {text} {_list(speakers)}.",
                    "speakers": speakers,
                }

    def _block(self, group: str, claimed: Claimed) -> str:
        """The speakers for a node; in an alternative of the group that does not bind it there are none."""
        return (
            f"{{ {group} FILTER(BOUND({claimed.variable})) }} {self._act_on(claimed)} ?statement {_SPEAKER} ?speaker ."
        )

    def _act_on(self, claimed: Claimed) -> str:
        """The pattern of what a statement does with a node, or with a proposition that it is part of."""
        match claimed.kind:
            case ContentKind.STATEMENT:
                return f"BIND({claimed.variable} AS ?statement)"
            case ContentKind.PASSAGE:
                return f"?statement {predicate(namespaces.QUOTE.value)} {claimed.variable} ."
        acts, parts = (list(map(predicate, names)) for names in (self._policy.acts, self._policy.part_predicates))
        holder = f"?holder ({'|'.join(parts)})* {claimed.variable} ."
        return f"{holder} VALUES ?act {{ {' '.join(acts)} }} ?statement ?act ?holder ."

    def _speakers(self, blocks: Sequence[str]) -> list[dict[str, str]]:
        union = " UNION ".join(f"{{ {block} }}" for block in blocks)
        label = predicate(f"{namespaces.SKOS}prefLabel")
        text = (
            f"SELECT DISTINCT ?act ?speaker ?label WHERE {{ {{ SELECT DISTINCT ?act ?speaker WHERE {{ {union} }} }}"
            f" OPTIONAL {{ ?speaker {label} ?label }} }}"
        )
        labels: Mapping[tuple[str, str], list[Any]] = defaultdict(list)
        for act, speaker, name in self._session.rows(text):
            known = labels[lexical_form(parse_term(act)) if act else "", lexical_form(parse_term(speaker))]
            known += [parse_term(name)] if name else []
        return [
            {"does": _VERBS.get(act.rpartition("#")[2], "told"), "id": iri, "prefLabel": select_text(names, ()) or iri}
            for (act, iri), names in sorted(labels.items())
        ]


def _scope(connection: FilteredConnection) -> Iterator[str]:
    """The patterns of the nodes that the answer tells something of: all if it says how many, or those of its pages."""
    query, pages = connection.selected.query, connection.selected.pages
    if not selects_field(connection.field, NUMBERS):
        nodes = sorted({cursor.iri for page in pages.values() for cursor in page.cursors})
        yield f"VALUES {NODE} {{ {' '.join(map(predicate, nodes))} }}"
    if query.steps:
        parents = " ".join(predicate(parent) for parent in sorted(pages) if parent != ROOT)
        yield f"VALUES ?parent {{ {parents} }} ?parent {path(query.steps)} {NODE} ."
    yield has_type(NODE, "?type", connection.classes)


def _list(speakers: Sequence[Mapping[str, str]]) -> str:
    """``said by A, B; denied by C``."""
    by_act: dict[str, list[str]] = defaultdict(list)
    for speaker in speakers:
        by_act[speaker["does"]].append(speaker["prefLabel"])
    return "; ".join(f"{act} by {_some(sorted(set(names)))}" for act, names in by_act.items())


def _some(names: Sequence[str]) -> str:
    more = len(names) - MAX_SPEAKERS
    return ", ".join(names[:MAX_SPEAKERS]) + (f" and {more} more" if more > 0 else "")
