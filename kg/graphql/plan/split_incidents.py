"""Warnings about filters that no account matches, although several accounts of one incident match them together.

One speaker may say who did it, another with which weapon. Owns when this is looked up, bounded queries for a connection
without nodes, and the words: each condition with who says so, as nobody is recorded to say all of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg import namespaces
from kg.graphql.plan.filter_claims import ClaimingConnection
from kg.graphql.plan.filters import FilterCompiler
from kg.graphql.plan.rdf_terms import lexical_form, parse_term
from kg.graphql.plan.sparql_builder import has_type, is_one_of, path, predicate
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.plan.split_statements import CONDITIONS_MAX, CONNECTIONS_MAX, list_conditions
from kg.graphql.schema.field_binding import ConnectionField
from kg.graphql.schema.type_model import LinkField, PathStep, TypeModel
from kg.questions.standings import fetch_standings
from kg.store.labels import fetch_names
from kg.text_direction import isolate

INCIDENTS_MAX = 5_000
"""Incidents that are considered for one condition."""
PARENTS_MAX = 100
"""Incidents whose accounts are filtered; for more nothing is looked up."""
_CANDIDATES_MAX = 3
"""Incidents whose accounts are looked at; one is named."""
_ACCOUNTS_MAX = 50
"""Accounts of them that are looked at for one condition."""
_INCIDENT = "?incident"
_OF_INCIDENT = PathStep(namespaces.INCIDENT, inverse=False)
_ACCOUNTS = PathStep(namespaces.INCIDENT, inverse=True)
_OF_WHOLE = PathStep(namespaces.PART_OF_INCIDENT, inverse=False)
_HOOKS = ((_OF_INCIDENT,), (_OF_INCIDENT, _OF_WHOLE))
"""By which an account is of an incident: it is told of it; it may be told of a part of it."""


class _Condition(NamedTuple):
    """What must hold for an account: patterns for a variable of its own."""

    name: str
    node: str
    patterns: tuple[str, ...]
    is_role: bool
    is_incident: bool = False
    """It is the incident that is asked for, which nobody claims."""


@dataclass(frozen=True, slots=True)
class _AccountFilter:
    """The conditions of a connection on one account, and patterns for its incident."""

    field: str
    classes: Sequence[str]
    conditions: Sequence[_Condition]
    scope: Sequence[str]

    @property
    def is_split(self) -> bool:
        """Whether different accounts may meet its conditions."""
        are_roles = all(condition.is_role for condition in self.conditions)
        return are_roles and 2 <= len(self.conditions) <= CONDITIONS_MAX


class _Account(NamedTuple):
    """An account that meets a condition, and a statement on it."""

    is_not_asserted: bool
    proposition: str
    statement: str


class SplitIncidentFinder:
    """Finds incidents of which several accounts match what no account matches."""

    def __init__(self, model: TypeModel, filters: FilterCompiler, session: SparqlSession) -> None:
        self._model, self._filters, self._session = model, filters, session

    def find(self, connections: Iterable[ClaimingConnection]) -> list[dict[str, Any]]:
        """A warning for each of these connections that is empty only because an incident has several accounts."""
        candidates = [found for connection in connections if (found := self._read(connection)) and found.is_split]
        warnings = (self._warn(candidate) for candidate in candidates[:CONNECTIONS_MAX])
        return [warning for warning in warnings if warning]

    def _read(self, connection: ClaimingConnection) -> _AccountFilter | None:
        """The conditions of a connection without nodes, if it is over accounts or incidents."""
        binding, selected = connection.field.binding, connection.selected
        if not isinstance(binding, ConnectionField) or not selected.is_empty:
            return None
        where = list(list_conditions(connection.field.arguments.get("where") or {}))
        parents = sorted(selected.pages) if selected.query.steps else []
        if _find_link(self._model, binding.target, _OF_INCIDENT):
            return self._read_accounts(connection.field.response_key, binding, where, parents)
        return None if parents else self._read_incidents(connection.field.response_key, binding.target, where)

    def _read_accounts(
        self, key: str, binding: ConnectionField, where: Iterable[tuple[str, Any]], parents: Sequence[str]
    ) -> _AccountFilter | None:
        """Conditions on accounts; those that are linked to a parent meet one more, unless it is their incident."""
        conditions, scope = [*self._compile(binding.target, where)], []
        if parents and binding.link is not None:
            if len(parents) > PARENTS_MAX:
                return None
            listed = f"VALUES ?parent {{ {' '.join(map(predicate, parents))} }}"
            if binding.link.steps == (_ACCOUNTS,):
                scope = [listed, f"FILTER(?parent = {_INCIDENT})"]
            elif len(parents) == 1:
                patterns = (listed, f"?parent {path(binding.link.steps)} ?linked .")
                is_role = self._filters.policy.reveals_role(binding.link)
                conditions.append(_Condition(binding.link.name, "?linked", patterns, is_role))
            else:
                return None
        return _AccountFilter(key, self._model.classes(binding.target), conditions, scope)

    def _read_incidents(self, key: str, target: str, where: Sequence[tuple[str, Any]]) -> _AccountFilter | None:
        """Conditions on one account of incidents that meet the others."""
        link = _find_link(self._model, target, _ACCOUNTS)
        accounts = [condition for name, condition in where if link and name == link.name]
        if link is None or len(accounts) != 1:
            return None
        others = [{name: condition} for name, condition in where if name != link.name]
        scope = self._filters.compile_filter({"and": others}, target, _INCIDENT).patterns
        conditions = [*self._compile(link.target, list_conditions(accounts[0]))]
        return _AccountFilter(key, self._model.classes(link.target), conditions, scope)

    def _compile(self, target: str, where: Iterable[tuple[str, Any]]) -> Iterator[_Condition]:
        fields = self._model.shared_fields(target)
        incident = _find_link(self._model, target, _OF_INCIDENT)
        for number, (name, condition) in enumerate(where):
            patterns = self._filters.compile_filter({name: condition}, target, f"?n{number}").patterns
            is_incident = incident is not None and name == incident.name
            is_role = is_incident or (name in fields and fields[name].is_contested)
            yield _Condition(name, f"?n{number}", patterns, is_role, is_incident)

    def _warn(self, filter_: _AccountFilter) -> dict[str, Any] | None:
        for hook in _HOOKS:
            incidents = self._find_incidents(filter_, hook)
            accounts = self._find_accounts(filter_, hook, incidents) if incidents else {}
            for incident in incidents:
                claimed = [condition for condition in filter_.conditions if not condition.is_incident]
                if all((incident, condition.node) in accounts for condition in claimed):
                    found = [(condition.name, min(accounts[incident, condition.node])) for condition in claimed]
                    return self._describe(filter_, incident, found, hook)
        return None

    def _find_incidents(self, filter_: _AccountFilter, hook: Sequence[PathStep]) -> list[str]:
        """Some incidents of which accounts meet all conditions."""
        groups = " ".join(
            f"{{ SELECT DISTINCT {_INCIDENT} WHERE {{ {_write_account(filter_, condition, hook)} }}"
            f" LIMIT {INCIDENTS_MAX} }}"
            for condition in filter_.conditions
        )
        text = f"SELECT DISTINCT {_INCIDENT} WHERE {{ {groups} }} ORDER BY {_INCIDENT} LIMIT {_CANDIDATES_MAX}"
        return [lexical_form(parse_term(incident)) for (incident,) in self._session.rows(text)]

    def _find_accounts(
        self, filter_: _AccountFilter, hook: Sequence[PathStep], incidents: Iterable[str]
    ) -> dict[tuple[str, str], list[_Account]]:
        """The accounts of each incident that meet each condition, given by its variable, and are spoken of."""
        listed = f"VALUES {_INCIDENT} {{ {' '.join(map(predicate, incidents))} }}"
        blocks = " UNION ".join(
            f'{{ SELECT ("{condition.node}" AS ?condition) {_INCIDENT} ({condition.node} AS ?account) ?statement ?act'
            f" WHERE {{ {listed} {_write_account(filter_, condition, hook)} ?statement ?act {condition.node} ."
            f" {is_one_of('?act', self._filters.policy.acts)} }} LIMIT {_ACCOUNTS_MAX} }}"
            for condition in filter_.conditions
            if not condition.is_incident
        )
        accounts: dict[tuple[str, str], list[_Account]] = defaultdict(list)
        for row in self._session.rows(f"SELECT ?condition {_INCIDENT} ?account ?statement ?act WHERE {{ {blocks} }}"):
            condition, incident, account, statement, act = (lexical_form(parse_term(field)) for field in row)
            accounts[incident, condition].append(_Account(act != namespaces.ASSERTS, account, statement))
        return accounts

    def _describe(
        self,
        filter_: _AccountFilter,
        incident: str,
        accounts: Sequence[tuple[str, _Account]],
        hook: Sequence[PathStep],
    ) -> dict[str, Any]:
        standings = fetch_standings((account.proposition for _, account in accounts), self._session)
        conditions = [
            {
                "condition": name,
                "attribution": standings.standing_of(account.proposition).attribution,
                "statement": account.statement,
            }
            for name, account in accounts
        ]
        names = ", ".join(condition.name for condition in filter_.conditions)
        label = fetch_names(self._session, [ox.NamedNode(incident)]).get(incident, incident)
        parts = " and of its parts" if _OF_WHOLE in hook else ""
        claims = "; ".join(
            f'{found["condition"]}: {found["attribution"]} (statement(id: "{found["statement"]}"))'
            for found in conditions
        )
        message = (
            f"No account matches all conditions of {filter_.field} ({names}), but different accounts of the incident"
            f" {isolate(label)!r}{parts} do: {claims}. Each is for its own speakers to say; no account has all of it"
        )
        return {"message": message, "field": filter_.field, "incident": incident, "conditions": conditions}


def _find_link(model: TypeModel, target: str, step: PathStep) -> LinkField | None:
    """The field of a type by this step and no other."""
    links = (field for field in model.shared_fields(target).values() if isinstance(field, LinkField))
    return next((link for link in links if link.steps == (step,)), None)


def _write_account(filter_: _AccountFilter, condition: _Condition, hook: Sequence[PathStep]) -> str:
    """The patterns of accounts that meet a condition, and of their incidents."""
    node, steps = condition.node, _HOOKS[0] if condition.is_incident else hook
    return " ".join(
        [
            has_type(node, f"{node}type", filter_.classes),
            *condition.patterns,
            f"{node} {path(steps)} {_INCIDENT} .",
            *filter_.scope,
        ]
    )
