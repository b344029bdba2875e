"""Warnings about filters that no proposition matches, although the propositions of one statement match them together.

One sentence may say who did it in one proposition and how many died in another: its parts are read together. Owns when
this is looked up, bounded queries for a connection without nodes, and the words: each condition with who says, denies,
disputes or took back what matches it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kg import namespaces
from kg.graphql.plan.filter_claims import ClaimingConnection
from kg.graphql.plan.filters import FilterCompiler
from kg.graphql.plan.rdf_terms import lexical_form, parse_term, select_text
from kg.graphql.plan.sparql_builder import has_type, is_one_of, predicate
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.schema.field_binding import ConnectionField
from kg.graphql.schema.type_model import TypeModel
from kg.questions.standings import fetch_standings

CONDITIONS_MAX = 6
"""A filter with more conditions is not looked at."""
STATEMENTS_MAX = 5_000
"""Statements that are considered for one condition."""
CONNECTIONS_MAX = 4
"""Connections of a request that are looked at."""
_ROWS_MAX = 20


class SplitStatementFinder:
    """Finds statements of which the parts match what no proposition matches."""

    def __init__(self, model: TypeModel, filters: FilterCompiler, session: SparqlSession) -> None:
        self._model, self._filters, self._session = model, filters, session

    def find(self, connections: Iterable[ClaimingConnection]) -> list[dict[str, Any]]:
        """A warning for each of these connections that is empty only because a statement has several propositions."""
        candidates = [(connection, roles) for connection in connections if (roles := self._roles(connection))]
        warnings = (self._warn(connection, roles) for connection, roles in candidates[:CONNECTIONS_MAX])
        return [warning for warning in warnings if warning]

    def _roles(self, connection: ClaimingConnection) -> list[tuple[str, Any]]:
        """The conditions of a root connection over propositions, if it has several, on roles only, and no nodes."""
        binding = connection.field.binding
        is_root = not connection.selected.query.steps
        if not is_root or not connection.selected.is_empty or not isinstance(binding, ConnectionField):
            return []
        roles = list(list_conditions(connection.field.arguments.get("where") or {}))
        fields = self._model.shared_fields(binding.target)
        are_roles = all(name in fields and fields[name].is_contested for name, _ in roles)
        return roles if are_roles and 2 <= len(roles) <= CONDITIONS_MAX else []

    def _warn(self, connection: ClaimingConnection, roles: list[tuple[str, Any]]) -> dict[str, Any] | None:
        binding = connection.field.binding
        assert isinstance(binding, ConnectionField)
        patterns = {
            f"?n{number}": self._matching(binding.target, connection.classes, role, f"?n{number}")
            for number, role in enumerate(roles)
        }
        groups = " ".join(_write_statements(node, matching) for node, matching in patterns.items())
        text = (
            f"SELECT DISTINCT ?statement ?speaker ?label WHERE {{ {groups}"
            f" ?statement {predicate(namespaces.SPEAKER)} ?speaker ."
            f" OPTIONAL {{ ?speaker {predicate(namespaces.PREF_LABEL)} ?label }} }} LIMIT {_ROWS_MAX}"
        )
        found: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for statement, speaker, label in self._session.rows(text):
            names = found[lexical_form(parse_term(statement)), lexical_form(parse_term(speaker))]
            names += [parse_term(label)] if label else []
        if not found:
            return None
        (statement, speaker), names = min(found.items(), key=lambda item: item[0])
        conditions = [
            {"condition": name, "attribution": attribution}
            for (name, _), attribution in zip(roles, self._attribute(statement, patterns), strict=True)
        ]
        return _describe(connection.field.response_key, conditions, statement, select_text(names, ()) or speaker)

    def _matching(self, target: str, classes: tuple[str, ...], role: tuple[str, Any], node: str) -> str:
        """The patterns of the propositions that match one condition, and of the statements on them."""
        name, condition = role
        patterns = self._filters.compile_filter({name: condition}, target, node).patterns
        return (
            f"{has_type(node, f'{node}type', classes)} {' '.join(patterns)} {node}said {node}act {node} ."
            f" {is_one_of(f'{node}act', self._filters.policy.acts)}"
        )

    def _attribute(self, statement: str, patterns: Mapping[str, str]) -> Iterator[str]:
        """Who says what matches each condition in a statement or its parts; who denies, disputes or took it back."""
        blocks = " UNION ".join(
            f'{{ SELECT ("{node}" AS ?condition) ({node} AS ?proposition) WHERE {{ VALUES ?whole {{ '
            f"{predicate(statement)} }} {node}said {predicate(namespaces.PART_OF_STATEMENT)}? ?whole . {matching} }}"
            f" LIMIT {_ROWS_MAX} }}"
            for node, matching in patterns.items()
        )
        found: dict[str, set[str]] = defaultdict(set)
        for row in self._session.rows(f"SELECT ?condition ?proposition WHERE {{ {blocks} }}"):
            condition, proposition = (lexical_form(parse_term(field)) for field in row)
            found[condition].add(proposition)
        standings = fetch_standings((iri for iris in found.values() for iri in iris), self._session)
        yield from (standings.standing_of(min(found[node])).attribution for node in patterns)


def _write_statements(node: str, matching: str) -> str:
    """A group that binds the statements, or the wholes of them, on propositions that match one condition."""
    said, whole = f"{node}said", f"{node}whole"
    return (
        f"{{ SELECT DISTINCT ?statement WHERE {{ {matching}"
        f" OPTIONAL {{ {said} {predicate(namespaces.PART_OF_STATEMENT)} {whole} }}"
        f" BIND(COALESCE({whole}, {said}) AS ?statement) }} LIMIT {STATEMENTS_MAX} }}"
    )


def list_conditions(where: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The conditions of a filter that must all match."""
    for name, condition in where.items():
        if name == "and" and condition is not None:
            for operand in condition:
                yield from list_conditions(operand)
        elif condition is not None:
            yield name, condition


def _describe(field: str, conditions: Sequence[Mapping[str, str]], statement: str, speaker: str) -> dict[str, Any]:
    names = ", ".join(dict.fromkeys(condition["condition"] for condition in conditions))
    claims = "; ".join(dict.fromkeys(f"{found['condition']}: {found['attribution']}" for found in conditions))
    message = (
        f"No proposition matches all conditions of {field} ({names}), but the propositions of a statement of {speaker}"
        f' do, together ({claims}): read it with its parts, statement(id: "{statement}"), or ask a question of the'
        " catalogue"
    )
    return {"message": message, "field": field, "statement": statement, "conditions": conditions}
