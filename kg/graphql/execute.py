"""Executes GraphQL requests: validates, resolves root fields, loads layer by layer, completes values.

Owns the order of these steps. Everything here blocks: a server runs it in a thread.
"""

import dataclasses
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute_sync,
)
from graphql.execution import ExecutionResult

from kg.errors import ConflictKgError
from kg.execution.interface import Executor
from kg.graphql.plan.filters import FilterCompiler
from kg.graphql.plan.layer_plan import LayerPlan, find_references
from kg.graphql.plan.root_fields import ANSWERS, NodeIds, NodeRef, ResolvedObject, RootFieldResolver
from kg.graphql.plan.sparql_builder import ROOT
from kg.graphql.plan.sparql_session import ComputeLimiter, SparqlSession
from kg.graphql.request import errors
from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.request.collect_fields import TYPENAME, FieldGroup
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
_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLRequest:
    """A request as the client sent it."""

    query: str
    variables: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    operation_name: str | None = None
    explain: bool = False
    """Whether to report the SPARQL queries in the extensions."""
    allow_mutation: bool = True


@dataclass(frozen=True, slots=True)
class GraphQLResult:
    """The response; without data if the request was not executed (a request error)."""

    is_executed: bool
    data: Mapping[str, Any] | None
    errors: tuple[GraphQLError, ...]
    extensions: Mapping[str, Any]

    @property
    def formatted(self) -> dict[str, Any]:
        """The response as JSON values (GraphQL specification, section 7)."""
        response: dict[str, Any] = {}
        if self.errors:
            response["errors"] = [error.formatted for error in self.errors]
        if self.is_executed:
            response["data"] = self.data
        return response | ({"extensions": dict(self.extensions)} if self.extensions else {})


class GraphQLService:
    """GraphQL over a graph; created once, used from many threads."""

    def __init__(
        self, schema: Schema, catalogue: Catalogue, base_iri: str, *, limits: RequestLimits | None = None,
        requires_attribution: bool = True,
    ) -> None:  # fmt: skip
        self.model: TypeModel = build_type_model(schema)
        self.schema: GraphQLSchema = build_graphql_schema(self.model, catalogue)
        self.limits = limits or RequestLimits()
        self.limiter = ComputeLimiter()
        self._catalogue, self._base_iri = catalogue, base_iri
        self._node_ids = NodeIds(self.model, base_iri)
        self._policy = AttributionPolicy(self.model) if requires_attribution else None
        self._validator = RequestValidator(self.schema, self.model, self.limits, self._policy)

    def execute(self, request: GraphQLRequest, executor: Executor) -> GraphQLResult:
        """Executes a request; every failure is an error in the result. Thread-safe."""
        session = SparqlSession(executor, self.limiter, self.limits.seconds)
        with self.limiter.acquire(self.limits.seconds) as is_acquired:
            if not is_acquired:
                return GraphQLResult(False, None, (session.deadline_error(),), {})
            try:
                validated = self._validator.validate(
                    request.query, request.variables, request.operation_name, allow_mutation=request.allow_mutation
                )
            except errors.RequestError as error:
                return GraphQLResult(False, None, error.errors, {})
            except Exception as error:  # noqa: BLE001  # reported as an internal error
                _log.exception("validation of a GraphQL request failed")
                return GraphQLResult(False, None, (errors.internal_error(error),), {})
            return self._execute(validated, session, request.explain)

    def _execute(self, request: ValidatedRequest, session: SparqlSession, explain: bool) -> GraphQLResult:
        data: Mapping[str, Any] | None = None
        withheld: Mapping[str, Any] | None = None
        try:
            data, failures, withheld = self._execute_operation(request, session)
        except ConflictKgError as error:
            failures = [errors.from_domain_error(error)]
        except GraphQLError as error:
            failures = [errors.with_code(error, errors.BAD_INPUT)]
        except Exception as error:  # noqa: BLE001  # reported as an internal error
            _log.exception("execution of a GraphQL request failed")
            failures = [errors.internal_error(error)]
        extensions: dict[str, Any] = {
            "cost": {"asked": request.cost, "limit": self.limits.cost},
            "queries": len(session.queries),
            "milliseconds": round(session.elapsed * 1000, 3),
        }
        if explain:
            extensions["explain"] = [
                {"sparql": query.sparql, "milliseconds": round(query.seconds * 1000, 3)} for query in session.queries
            ]
        if withheld:
            extensions["withheld"] = withheld
        return GraphQLResult(True, data, tuple(failures), extensions)

    def _execute_operation(
        self, request: ValidatedRequest, session: SparqlSession
    ) -> tuple[Mapping[str, Any] | None, list[GraphQLError], Mapping[str, Any] | None]:
        """Data, errors, and what was redacted."""
        fields = request.fields
        filters = FilterCompiler(self.model, self._node_ids.resolve_for_type)
        resolver = RootFieldResolver(self.model, self._node_ids, self._catalogue, session, self._base_iri)
        plan = LayerPlan(self.model, session, filters)
        values = {field.response_key: resolver.resolve(field) for field in fields if field.binding is not None}
        references = [ref for field in fields for ref in find_references(values.get(field.response_key), field)]
        plan.load(references, [field for field in fields if isinstance(field.binding, ConnectionField)])
        redactor = Redactor(self._policy, plan)
        completer = ValueCompleter(self.model, plan, redactor, self.limits.objects)
        try:
            data = self._complete_root(fields, values, completer, request)
        finally:
            completer.clear()
        return data, [*resolver.errors, *completer.errors], redactor.report()

    def _complete_root(
        self,
        fields: Iterable[FieldGroup],
        values: Mapping[str, Any],
        completer: ValueCompleter,
        request: ValidatedRequest,
    ) -> dict[str, Any] | None:
        data: dict[str, Any] = {}
        for field in fields:
            if field.name == TYPENAME:
                value: Any = request.root_type
            elif field.name.startswith("__"):
                value = self._introspect(field, request)
            else:
                value = _complete_root_field(field, values[field.response_key], completer)
            if value is None and isinstance(field.definition.type, GraphQLNonNull):
                return None
            data[field.response_key] = value
        return data

    def _introspect(self, field: FieldGroup, request: ValidatedRequest) -> Any:
        """The value of ``__schema`` or ``__type``, by the executor of graphql-core."""
        operation = OperationDefinitionNode(
            operation=OperationType.QUERY,
            name=request.operation.name,
            variable_definitions=request.operation.variable_definitions,
            directives=(),
            selection_set=SelectionSetNode(selections=field.nodes),
        )
        document = DocumentNode(definitions=(operation, *request.fragments.values()))
        result = execute_sync(self.schema, document, variable_values=dict(request.raw_variables))
        assert isinstance(result, ExecutionResult)
        if result.errors:
            raise result.errors[0]
        return (result.data or {}).get(field.response_key)


def _complete_root_field(field: FieldGroup, value: Any, completer: ValueCompleter) -> Any:
    path: _Path = (field.response_key,)
    match value:
        case FieldGroup():
            return completer.complete_connection(field, ROOT, path)
        case ResolvedObject(type_name=type_name, values=answers) if type_name == ANSWERS:
            return {
                answer.response_key: ANSWERS
                if answer.name == TYPENAME
                else _complete_item(answer, answers[answer.response_key], (*path, answer.response_key), completer)
                for answer in field.selection_set.field_groups(ANSWERS)
            }
        case list():
            return [_complete_item(field, item, (*path, index), completer) for index, item in enumerate(value)]
    return _complete_item(field, value, path, completer)


def _complete_item(
    field: FieldGroup, value: NodeRef | ResolvedObject | None, path: _Path, completer: ValueCompleter
) -> Any:
    if value is None:
        return None
    if isinstance(value, NodeRef):
        return completer.complete_node(field.selection_set, value, path)
    return completer.complete_object(field.selection_set, value, path)
