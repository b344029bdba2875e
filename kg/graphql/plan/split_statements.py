"""Warnings about filters that no proposition matches, although the propositions of one statement match them together.

One sentence may say who did it in one proposition and how many died in another: its parts are read together. Owns when
this is looked up, a bounded query for a connection without nodes, and the words.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kg import namespaces
from kg.graphql.plan.filter_claims import ClaimingConnection
from kg.graphql.plan.filters import FilterCompiler
from kg.graphql.plan.rdf_terms import lexical_form, parse_term, select_text
from kg.graphql.plan.sparql_builder import has_type, is_one_of, predicate
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.schema.field_binding import ConnectionField
from kg.graphql.schema.type_model import TypeModel

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
        groups = " ".join(
            self._statements(binding.target, connection.classes, role, f"?n{number}")
            for number, role in enumerate(roles)
        )
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
        return _describe(connection.field.response_key, roles, statement, select_text(names, ()) or speaker)

    def _statements(self, target: str, classes: tuple[str, ...], role: tuple[str, Any], node: str) -> str:
        """A group that binds the statements, or the wholes of them, on propositions that match one condition."""
        name, condition = role
        patterns = self._filters.compile_filter({name: condition}, target, node).patterns
        act, said, whole = f"{node}act", f"{node}said", f"{node}whole"
        return (
            f"{{ SELECT DISTINCT ?statement WHERE {{ {has_type(node, f'{node}type', classes)} {' '.join(patterns)}"
            f" {said} {act} {node} . {is_one_of(act, self._filters.policy.acts)}"
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


def _describe(field: str, roles: Iterable[tuple[str, Any]], statement: str, speaker: str) -> dict[str, Any]:
    names = ", ".join(dict.fromkeys(name for name, _ in roles))
    message = (
        f"No proposition matches all conditions of {field} ({names}), but the propositions of a statement of {speaker}"
        f" do, together: read it with its parts, statement(id: {statement!r}), or ask a question of the catalogue"
    )
    return {"message": message.replace("'", '"'), "field": field, "statement": statement}
