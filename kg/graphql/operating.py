"""One operation from its text to its answer: parsed, validated, limited, read, told.

Owns the order of these steps and nothing of what they do. Everything here blocks: a server runs it in a thread.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
)
from graphql.execution import ExecutionResult

from kg.errors import ConflictKgError
from kg.execution.interface import Executor
from kg.graphql import problems
from kg.graphql.answering import Answering
from kg.graphql.checking import Checked, Checking
from kg.graphql.conditions import Conditions
from kg.graphql.entering import Names, Roots
from kg.graphql.held import Held, Ref
from kg.graphql.inputs import Inputs
from kg.graphql.ledger import Ledger
from kg.graphql.limits import Limits
from kg.graphql.model import Model, model_of
from kg.graphql.reading import Reading, frames_of
from kg.graphql.roles import Paged
from kg.graphql.selection import TYPENAME, Pick, Selections
from kg.graphql.telling import Telling
from kg.graphql.turns import Turns
from kg.graphql.types import schema_of
from kg.graphql.windows import ROOT
from kg.graphql.withholding import Withholding
from kg.questions import Catalogue
from kg.schema import Schema

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request; nothing here is trusted."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    explains: bool = False
    """Report the SPARQL that the request became."""
    may_change: bool = True
    """Whether a mutation may be asked for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer; ``is_executed`` is false where it never came to executing, and then there is no data."""

    is_executed: bool
    data: Mapping[str, Any] | None
    errors: tuple[GraphQLError, ...]
    extensions: Mapping[str, Any]

    def content(self) -> dict[str, Any]:
        """As values that ``json`` can write."""
        found: dict[str, Any] = {}
        if self.errors:
            found["errors"] = [each.formatted for each in self.errors]
        if self.is_executed:
            found["data"] = self.data
        return found | ({"extensions": dict(self.extensions)} if self.extensions else {})


_Run = tuple[Mapping[str, Any] | None, list[GraphQLError], Mapping[str, Any] | None]
"""Data, errors, and what was withheld."""


class Api:
    """GraphQL over a graph; made once, used from many threads."""

    def __init__(
        self, schema: Schema, catalogue: Catalogue, base_iri: str, *, limits: Limits | None = None,
        requires_attribution: bool = True,
    ) -> None:  # fmt: skip
        self.model: Model = model_of(schema)
        self.schema: GraphQLSchema = schema_of(self.model, catalogue)
        self.limits = limits or Limits()
        self._catalogue, self._base_iri = catalogue, base_iri
        self._names = Names(self.model, base_iri)
        self._requires_attribution = requires_attribution
        self._turns = Turns()
        self._checking = Checking(self.schema, self.model, self.limits, requires_attribution)
        self._ladder = Inputs(self.model, {}, {}).ladder

    def answer(self, asked: Asked, executor: Executor) -> Outcome:
        """The answer to a request; failures of any kind are errors in it. For many threads."""
        ledger = Ledger(executor, self._turns, self.limits.seconds)
        with self._turns.taken(self.limits.seconds) as has_come:
            return self._answer(asked, ledger) if has_come else Outcome(False, None, (ledger.too_late(),), {})

    def _answer(self, asked: Asked, ledger: Ledger) -> Outcome:
        try:
            checked = self._checking.checked(asked.query, asked.variables, asked.operation_name, asked.may_change)
        except problems.Refused as refused:
            return Outcome(False, None, refused.errors, {})
        except Exception as error:  # noqa: BLE001  # as below
            _log.exception("a GraphQL request could not be checked")
            return Outcome(False, None, (problems.masked(error),), {})
        data: Mapping[str, Any] | None = None
        withheld: Mapping[str, Any] | None = None
        try:
            data, errors, withheld = self._run(checked, ledger)
        except ConflictKgError as error:
            errors = [problems.of_ours(error)]
        except GraphQLError as error:
            errors = [problems.coded(error, problems.BAD_INPUT)]
        except Exception as error:  # noqa: BLE001  # whatever it is, the client is told that it is not his
            _log.exception("a GraphQL request failed")
            errors = [problems.masked(error)]
        extensions = self._extensions(checked, ledger, asked.explains) | ({"withheld": withheld} if withheld else {})
        return Outcome(True, data, tuple(errors), extensions)

    def _run(self, checked: Checked, ledger: Ledger) -> _Run:
        selections = Selections(self.schema, checked.fragments, checked.variables)
        root = selections.of((checked.operation.selection_set,))
        conditions = Conditions(self.model, self._names.meant, self._ladder)
        reading = Reading(self.model, ledger, conditions)
        roots = Roots(self.model, self._names, Answering(self._catalogue, ledger, self._base_iri))
        picks = root.picks("Query")
        values = {each.key: roots.value(each) for each in picks if each.role is not None}
        frames = _Frames()
        for pick in picks:
            frames.gather(values.get(pick.key), pick)
        reading.read(frames.found, [each for each in picks if isinstance(each.role, Paged)])
        withholding = Withholding(self.model, reading, self._requires_attribution)
        telling = Telling(self.model, reading, withholding, self.limits.objects)
        try:
            data = self._whole(picks, values, telling, checked)
        finally:
            telling.forget()
        return data, [*roots.errors, *telling.errors], withholding.report()

    def _whole(
        self, picks: Iterable[Pick], values: Mapping[str, Any], telling: Telling, checked: Checked
    ) -> dict[str, Any] | None:
        data: dict[str, Any] = {}
        for pick in picks:
            told = self._told(pick, values.get(pick.key), telling, checked)
            if told is None and isinstance(pick.field.type, GraphQLNonNull):
                return None
            data[pick.key] = told
        return data

    def _told(self, pick: Pick, value: Any, telling: Telling, checked: Checked) -> Any:
        path = (pick.key,)
        if pick.name == TYPENAME:
            return "Query"
        if pick.name.startswith("__"):
            return self._introspected(pick, checked)
        match value:
            case Pick():
                return telling.page(pick, ROOT, path)
            case Held(type_name="Answers"):
                return {
                    each.key: self._told_one(each, value.values[each.key], telling, (*path, each.key))
                    if each.role
                    else "Answers"
                    for each in pick.sub.picks("Answers")
                }
            case Held():
                return telling.held(pick.sub, value, path)
            case Ref():
                return telling.node(pick.sub, value, path)
            case list():
                return [self._told_one(pick, each, telling, (*path, n)) for n, each in enumerate(value)]
        return None

    @staticmethod
    def _told_one(pick: Pick, value: Ref | Held | None, telling: Telling, path: tuple[str | int, ...]) -> Any:
        if value is None:
            return None
        return telling.node(pick.sub, value, path) if isinstance(value, Ref) else telling.held(pick.sub, value, path)

    def _introspected(self, pick: Pick, checked: Checked) -> Any:
        """The schema about itself, as graphql-core tells it."""
        operation = checked.operation
        alone = OperationDefinitionNode(
            operation=OperationType.QUERY,
            name=operation.name,
            variable_definitions=operation.variable_definitions,
            directives=(),
            selection_set=type(operation.selection_set)(selections=tuple(pick.nodes)),
        )
        document = DocumentNode(definitions=(alone, *checked.fragments.values()))
        result = execute_sync(self.schema, document, variable_values=dict(checked.given))
        assert isinstance(result, ExecutionResult)
        if result.errors:
            raise result.errors[0]
        return (result.data or {}).get(pick.key)

    def _extensions(self, checked: Checked, ledger: Ledger, explains: bool) -> dict[str, Any]:
        found: dict[str, Any] = {
            "cost": {"asked": checked.cost, "limit": self.limits.cost},
            "queries": len(ledger.entries),
            "milliseconds": round(ledger.elapsed * 1000, 3),
        }
        if explains:
            found["explain"] = [
                {"sparql": each.sparql, "milliseconds": round(each.seconds * 1000, 3)} for each in ledger.entries
            ]
        return found


class _Frames:
    """The nodes that the fields of the root refer to, by what is asked of them."""

    def __init__(self) -> None:
        self.found: dict[Any, list[tuple[str, str]]] = {}

    def gather(self, value: Any, pick: Pick) -> None:
        match value:
            case Ref():
                self.add(pick.sub, value)
            case Held(type_name="Answers"):
                for each in pick.sub.picks("Answers"):
                    self.gather(value.values.get(each.key), each)
            case Held():
                frames_of(value, pick.sub, self.add)
            case list():
                for each in value:
                    self.gather(each, pick)

    def add(self, selection: Any, ref: Ref) -> None:
        self.found.setdefault(selection, []).append((ref.iri, ref.target))
