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
from kg.graphql.plan.collect_fields import TYPENAME, FieldCollector, FieldGroup
from kg.graphql.plan.concurrency import ConcurrencyLimiter
from kg.graphql.plan.filters import FilterCompiler
from kg.graphql.plan.layer_plan import LayerPlan, collect_refs
from kg.graphql.plan.root_fields import NodeIds, NodeRef, ResolvedObject, RootFieldResolver
from kg.graphql.plan.sparql_builder import ROOT
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.request import errors
from kg.graphql.request.query_cost import RequestLimits
from kg.graphql.request.validation import RequestValidator, ValidatedRequest
from kg.graphql.result.complete_value import ValueCompleter
from kg.graphql.result.redaction import Redactor
from kg.graphql.schema.field_binding import ConnectionField
from kg.graphql.schema.schema_builder import build_graphql_schema
from kg.graphql.schema.type_model import TypeModel
from kg.graphql.schema.type_model_builder import build_type_model
from kg.questions.catalogue import Catalogue
from kg.schema.model import Schema

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLRequest:
    """One request; nothing here is trusted."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    explain: bool = False
    """Report the SPARQL that the request became."""
    allow_mutation: bool = True
    """Whether a mutation may be asked for."""


@dataclass(frozen=True, slots=True)
class GraphQLResult:
    """The answer; ``is_executed`` is false where it never came to executing, and then there is no data."""

    is_executed: bool
    data: Mapping[str, Any] | None
    errors: tuple[GraphQLError, ...]
    extensions: Mapping[str, Any]

    @property
    def formatted(self) -> dict[str, Any]:
        """As values that ``json`` can write."""
        found: dict[str, Any] = {}
        if self.errors:
            found["errors"] = [each.formatted for each in self.errors]
        if self.is_executed:
            found["data"] = self.data
        return found | ({"extensions": dict(self.extensions)} if self.extensions else {})


_Run = tuple[Mapping[str, Any] | None, list[GraphQLError], Mapping[str, Any] | None]
"""Data, errors, and what was withheld."""


class GraphQLService:
    """GraphQL over a graph; made once, used from many threads."""

    def __init__(
        self, schema: Schema, catalogue: Catalogue, base_iri: str, *, limits: RequestLimits | None = None,
        requires_attribution: bool = True,
    ) -> None:  # fmt: skip
        self.model: TypeModel = build_type_model(schema)
        self.schema: GraphQLSchema = build_graphql_schema(self.model, catalogue)
        self.limits = limits or RequestLimits()
        self._catalogue, self._base_iri = catalogue, base_iri
        self._names = NodeIds(self.model, base_iri)
        self._requires_attribution = requires_attribution
        self._turns = ConcurrencyLimiter()
        self._checking = RequestValidator(self.schema, self.model, self.limits, requires_attribution)

    def execute(self, asked: GraphQLRequest, executor: Executor) -> GraphQLResult:
        """The answer to a request; failures of any kind are errors in it. For many threads."""
        session = SparqlSession(executor, self._turns, self.limits.seconds)
        with self._turns.taken(self.limits.seconds) as has_come:
            return (
                self._answer(asked, session)
                if has_come
                else GraphQLResult(False, None, (session.deadline_error(),), {})
            )

    def _answer(self, asked: GraphQLRequest, session: SparqlSession) -> GraphQLResult:
        try:
            checked = self._checking.checked(asked.query, asked.variables, asked.operation_name, asked.allow_mutation)
        except errors.RequestError as refused:
            return GraphQLResult(False, None, refused.errors, {})
        except Exception as error:  # noqa: BLE001  # as below
            _log.exception("a GraphQL request could not be checked")
            return GraphQLResult(False, None, (errors.internal_error(error),), {})
        data: Mapping[str, Any] | None = None
        withheld: Mapping[str, Any] | None = None
        try:
            data, failures, withheld = self._run(checked, session)
        except ConflictKgError as error:
            failures = [errors.from_domain_error(error)]
        except GraphQLError as error:
            failures = [errors.with_code(error, errors.BAD_INPUT)]
        except Exception as error:  # noqa: BLE001  # whatever it is, the client is told that it is not his
            _log.exception("a GraphQL request failed")
            failures = [errors.internal_error(error)]
        extensions = self._extensions(checked, session, asked.explain) | ({"withheld": withheld} if withheld else {})
        return GraphQLResult(True, data, tuple(failures), extensions)

    def _run(self, checked: ValidatedRequest, session: SparqlSession) -> _Run:
        selections = FieldCollector(self.schema, checked.fragments, checked.variables)
        root = selections.of((checked.operation.selection_set,))
        conditions = FilterCompiler(self.model, self._names.resolve_for_type)
        plan = LayerPlan(self.model, session, conditions)
        roots = RootFieldResolver(self.model, self._names, self._catalogue, session, self._base_iri)
        picks = root.field_groups("Query")
        values = {each.response_key: roots.resolve(each) for each in picks if each.role is not None}
        frames = _Frames()
        for pick in picks:
            frames.gather(values.get(pick.response_key), pick)
        plan.read(frames.found, [each for each in picks if isinstance(each.role, ConnectionField)])
        redactor = Redactor(self.model, plan, self._requires_attribution)
        telling = ValueCompleter(self.model, plan, redactor, self.limits.objects)
        try:
            data = self._whole(picks, values, telling, checked)
        finally:
            telling.clear()
        return data, [*roots.errors, *telling.errors], redactor.report()

    def _whole(
        self, picks: Iterable[FieldGroup], values: Mapping[str, Any], telling: ValueCompleter, checked: ValidatedRequest
    ) -> dict[str, Any] | None:
        data: dict[str, Any] = {}
        for pick in picks:
            told = self._told(pick, values.get(pick.response_key), telling, checked)
            if told is None and isinstance(pick.field.type, GraphQLNonNull):
                return None
            data[pick.response_key] = told
        return data

    def _told(self, pick: FieldGroup, value: Any, telling: ValueCompleter, checked: ValidatedRequest) -> Any:
        path = (pick.response_key,)
        if pick.name == TYPENAME:
            return "Query"
        if pick.name.startswith("__"):
            return self._introspected(pick, checked)
        match value:
            case FieldGroup():
                return telling.complete_connection(pick, ROOT, path)
            case ResolvedObject(type_name="Answers"):
                return {
                    each.response_key: self._told_one(
                        each, value.values[each.response_key], telling, (*path, each.response_key)
                    )
                    if each.role
                    else "Answers"
                    for each in pick.selection_set.field_groups("Answers")
                }
            case ResolvedObject():
                return telling.complete_object(pick.selection_set, value, path)
            case NodeRef():
                return telling.complete_node(pick.selection_set, value, path)
            case list():
                return [self._told_one(pick, each, telling, (*path, n)) for n, each in enumerate(value)]
        return None

    @staticmethod
    def _told_one(
        pick: FieldGroup, value: NodeRef | ResolvedObject | None, telling: ValueCompleter, path: tuple[str | int, ...]
    ) -> Any:
        if value is None:
            return None
        return (
            telling.complete_node(pick.selection_set, value, path)
            if isinstance(value, NodeRef)
            else telling.complete_object(pick.selection_set, value, path)
        )

    def _introspected(self, pick: FieldGroup, checked: ValidatedRequest) -> Any:
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
        return (result.data or {}).get(pick.response_key)

    def _extensions(self, checked: ValidatedRequest, session: SparqlSession, explain: bool) -> dict[str, Any]:
        found: dict[str, Any] = {
            "cost": {"asked": checked.cost, "limit": self.limits.cost},
            "queries": len(session.entries),
            "milliseconds": round(session.elapsed * 1000, 3),
        }
        if explain:
            found["explain"] = [
                {"sparql": each.sparql, "milliseconds": round(each.seconds * 1000, 3)} for each in session.entries
            ]
        return found


class _Frames:
    """The nodes that the fields of the root refer to, by what is asked of them."""

    def __init__(self) -> None:
        self.found: dict[Any, list[tuple[str, str]]] = {}

    def gather(self, value: Any, pick: FieldGroup) -> None:
        match value:
            case NodeRef():
                self.add(pick.selection_set, value)
            case ResolvedObject(type_name="Answers"):
                for each in pick.selection_set.field_groups("Answers"):
                    self.gather(value.values.get(each.response_key), each)
            case ResolvedObject():
                collect_refs(value, pick.selection_set, self.add)
            case list():
                for each in value:
                    self.gather(each, pick)

    def add(self, selection: Any, ref: NodeRef) -> None:
        self.found.setdefault(selection, []).append((ref.iri, ref.target))
