"""Executes GraphQL requests: validates, resolves root fields, loads layer by layer, completes values.

Owns the order of these steps. Everything here blocks, and an exhausted memory ends it: a server runs it in a process
that can be killed (``kg.graphql.procedure``).
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLNonNull, GraphQLSchema

from kg.errors import ConflictKgError
from kg.graphql.plan.filter_claims import ClaimFinder
from kg.graphql.plan.filter_warnings import find_unknown_ids
from kg.graphql.plan.filters import FilterCompiler
from kg.graphql.plan.layer_plan import LayerPlan, find_references
from kg.graphql.plan.root_fields import ANSWERS, NodeIds, NodeRef, ResolvedObject, RootFieldResolver
from kg.graphql.plan.search_hits import Candidates, SearchResolver, is_search, list_searches
from kg.graphql.plan.sparql_builder import ROOT
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.plan.split_incidents import SplitIncidentFinder
from kg.graphql.plan.split_statements import SplitStatementFinder
from kg.graphql.request import error_codes, errors
from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.request.attribution_selection import AttributionSelection
from kg.graphql.request.collect_fields import TYPENAME, FieldGroup
from kg.graphql.request.query_cost import RequestLimits
from kg.graphql.request.validation import RequestValidator, ValidatedRequest
from kg.graphql.result.complete_value import ValueCompleter
from kg.graphql.result.introspection import IntrospectionCache, IntrospectionResult, introspect, is_introspection
from kg.graphql.result.redaction import Redactor
from kg.graphql.schema.field_binding import ConnectionField
from kg.graphql.schema.schema_builder import build_graphql_schema
from kg.graphql.schema.type_model import TypeModel
from kg.graphql.schema.type_model_builder import build_type_model
from kg.query_lint.vocabulary import SchemaVocabulary
from kg.questions.catalogue import Catalogue
from kg.schema.model import Schema
from kg.store.interface import Queryable

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
    candidates: Candidates = dataclasses.field(default_factory=dict)
    """What a text index has found for the texts that are searched."""


@dataclass(frozen=True, slots=True)
class GraphQLResult:
    """The response; without data if the request was not executed (a request error)."""

    is_executed: bool
    data: Mapping[str, Any] | bytes | None
    """JSON values, or as JSON already."""
    errors: tuple[GraphQLError, ...]
    extensions: Mapping[str, Any]
    searches: tuple[str, ...] = ()
    """Texts of which the request needs candidates; then it was not executed, and is to be sent again with them."""

    def with_extensions(self, extensions: Mapping[str, Any]) -> "GraphQLResult":
        """The same response with these extensions besides."""
        return dataclasses.replace(self, extensions={**self.extensions, **extensions})

    @property
    def formatted(self) -> dict[str, Any]:
        """The response as JSON values (GraphQL specification, section 7)."""
        response: dict[str, Any] = {}
        if self.errors:
            response["errors"] = [error.formatted for error in self.errors]
        if self.is_executed:
            response["data"] = json.loads(self.data) if isinstance(self.data, bytes) else self.data
        return response | ({"extensions": dict(self.extensions)} if self.extensions else {})

    def encode(self) -> bytes:
        """The response as JSON."""
        if not isinstance(self.data, bytes):
            return encode_json(self.formatted)
        extensions = encode_json(self.extensions)
        return b"".join((b'{"data":', self.data, b',"extensions":', extensions, b"}"))


@dataclass(frozen=True, slots=True)
class _ExecutedOperation:
    """What an operation returns, and what the extensions report of it."""

    data: Mapping[str, Any] | None
    errors: tuple[GraphQLError, ...]
    reports: dict[str, Any]
    """What is redacted, which ids match nothing, whose claims filters match; each only if there is any."""
    has_redacted: bool


def encode_json(value: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class GraphQLService:
    """GraphQL over a graph; created once, used from many threads."""

    def __init__(
        self, schema: Schema, catalogue: Catalogue, base_iri: str, *, limits: RequestLimits | None = None,
        requires_attribution: bool = True,
    ) -> None:  # fmt: skip
        self.model: TypeModel = build_type_model(schema)
        self.schema: GraphQLSchema = build_graphql_schema(self.model, catalogue)
        self.limits = limits or RequestLimits()
        self._catalogue, self._base_iri = catalogue, base_iri
        self._node_ids = NodeIds(self.model, base_iri)
        self._attribution = AttributionPolicy(self.model)
        self._selection = AttributionSelection(self.model, self._attribution)
        self._policy = self._attribution if requires_attribution else None
        self._validator = RequestValidator(self.schema, self.model, self.limits, self._policy, catalogue)
        self._introspections = IntrospectionCache()
        self._vocabulary = SchemaVocabulary.from_schema(schema, base_iri)

    def prepare(self, introspections: Iterable[str]) -> None:
        """Execute these introspection documents and keep their results. Raises RequestError."""
        for text in introspections:
            self._introspect(GraphQLRequest(query=text), self._validator.validate(text, {}, None, allow_mutation=False))

    def execute(self, request: GraphQLRequest, store: Queryable) -> GraphQLResult:
        """Executes a request; every failure is an error in the result, but for MemoryError. Thread-safe."""
        session = SparqlSession(store, self.limits.seconds)
        if not request.variables and (known := self._introspections.find(request.query, request.operation_name)):
            return self._result_of_introspection(known, session, request.explain)
        try:
            validated = self._validator.validate(
                request.query, request.variables, request.operation_name, allow_mutation=request.allow_mutation
            )
        except errors.RequestError as error:
            return GraphQLResult(False, None, error.errors, {})
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  # reported as an internal error
            return GraphQLResult(False, None, (errors.internal_error(error),), {})
        return self._execute(request, validated, session)

    def _execute(self, request: GraphQLRequest, validated: ValidatedRequest, session: SparqlSession) -> GraphQLResult:
        try:
            if missing := tuple(text for text in list_searches(validated.fields) if text not in request.candidates):
                return GraphQLResult(False, None, (), {}, searches=missing)
            if is_introspection(validated):
                known = self._introspect(request, validated)
                return self._result_of_introspection(known, session, request.explain)
            executed = self._execute_operation(validated, session, request.candidates)
        except ConflictKgError as error:
            failure = errors.from_domain_error(error)
        except GraphQLError as error:
            failure = errors.with_code(error, error_codes.BAD_INPUT)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  # reported as an internal error
            failure = errors.internal_error(error)
        else:
            explain = request.explain and executed.data is not None and not executed.has_redacted
            extensions = self._extensions(validated.cost, session, explain) | executed.reports
            return GraphQLResult(True, executed.data, executed.errors, extensions)
        # The queries would name nodes that a failed request did not return, as above nodes that were redacted.
        return GraphQLResult(True, None, (failure,), self._extensions(validated.cost, session, explain=False))

    def _introspect(self, request: GraphQLRequest, validated: ValidatedRequest) -> IntrospectionResult:
        text, name = request.query, request.operation_name
        if known := self._introspections.find_equal(text, name):
            return known
        data = {field.response_key: introspect(self.schema, field, validated) for field in validated.fields}
        result = IntrospectionResult(encode_json(data), validated.cost)
        self._introspections.put(text, name, result)
        return result

    def _result_of_introspection(
        self, known: IntrospectionResult, session: SparqlSession, explain: bool
    ) -> GraphQLResult:
        return GraphQLResult(True, known.data, (), self._extensions(known.cost, session, explain))

    def _extensions(self, cost: int, session: SparqlSession, explain: bool) -> dict[str, Any]:
        extensions: dict[str, Any] = {
            "cost": {"asked": cost, "limit": self.limits.cost},
            "queries": len(session.queries),
            "milliseconds": round(session.elapsed * 1000, 3),
        }
        if explain:
            extensions["explain"] = [
                {"sparql": query.sparql, "milliseconds": round(query.seconds * 1000, 3)} for query in session.queries
            ]
        return extensions

    def _execute_operation(
        self, request: ValidatedRequest, session: SparqlSession, candidates: Candidates
    ) -> _ExecutedOperation:
        fields = request.fields
        filters = FilterCompiler(self.model, self._node_ids.resolve_for_type, self._attribution)
        resolver = RootFieldResolver(self.model, self._node_ids, self._catalogue, session, self._base_iri)
        searches = SearchResolver(self.model, session, candidates)
        plan = LayerPlan(self.model, session, filters)
        values = {
            field.response_key: searches.resolve(field) if is_search(field) else resolver.resolve(field)
            for field in fields
            if field.binding is not None
        }
        references = [ref for field in fields for ref in find_references(values.get(field.response_key), field)]
        plan.load(references, [field for field in fields if isinstance(field.binding, ConnectionField)])
        redactor = Redactor(self._policy, self._selection, plan)
        completer = ValueCompleter(self.model, plan, redactor, self.limits.objects)
        try:
            data = self._complete_root(fields, values, completer, request)
        finally:
            completer.clear()
        ids = {**resolver.ids, **filters.ids}
        unknown = find_unknown_ids(ids, self.model, self._vocabulary, session)
        split = SplitStatementFinder(self.model, filters, session).find(plan.claiming)
        explained = {warning["field"] for warning in split}
        others = (claiming for claiming in plan.claiming if claiming.field.response_key not in explained)
        split += SplitIncidentFinder(self.model, filters, session).find(others)
        warnings = [*unknown, *split, *completer.warnings.values()]
        claims = self._find_claims(plan, filters, session)
        reports = {"withheld": redactor.report(), "warnings": warnings, "claims": claims}
        found = {name: report for name, report in reports.items() if report}
        return _ExecutedOperation(data, (*resolver.errors, *completer.errors), found, redactor.has_redacted)

    def _find_claims(self, plan: LayerPlan, filters: FilterCompiler, session: SparqlSession) -> list[dict[str, Any]]:
        if self._policy is None:
            return []
        return ClaimFinder(self._policy, self._selection, filters, session).find(plan.claiming)

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
                value = introspect(self.schema, field, request)
            else:
                value = _complete_root_field(field, values[field.response_key], completer)
            if value is None and isinstance(field.definition.type, GraphQLNonNull):
                return None
            data[field.response_key] = value
        return data


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
