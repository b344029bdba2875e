"""Validates a request: its document, its operation, its variables, and the fields that these select.

In that order, the cheap before the expensive, so that no request makes its own validation slow.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.values import get_variable_values

from kg.graphql.request import error_codes, errors
from kg.graphql.request.absent_types import AbsentTypes
from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.request.attribution_rule import AttributionRule
from kg.graphql.request.collect_fields import FieldCollector, FieldGroup
from kg.graphql.request.query_cost import IntrospectionCost, QueryCost, RequestLimits, check_document, count_conditions
from kg.graphql.schema.type_model import TypeModel
from kg.questions.question import Question

_ERRORS_MAX = 20
_DOCUMENTS_MAX = 256


class _NonEmptySelectionRule(ASTValidationRule):
    """A selection set has at least one selection (October 2021, section 2.4); graphql-core parses empty ones."""

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
        if not node.selections:
            self.report_error(GraphQLError("A selection set selects at least one field.", node))


_RULES = (*specified_rules, _NonEmptySelectionRule)


@dataclass(frozen=True, slots=True)
class _ValidDocument:
    """A document that is valid, and those of its operations without variables that select attribution."""

    node: DocumentNode
    attributed: set[str | None] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ValidatedRequest:
    """An operation that may be executed, with the merged fields of its root type."""

    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    raw_variables: Mapping[str, Any]
    root_type: str
    fields: tuple[FieldGroup, ...]
    cost: int


class RequestValidator:
    """Validates requests against a schema; keeps the documents that are valid, as clients send the same ones again."""

    def __init__(
        self,
        schema: GraphQLSchema,
        model: TypeModel,
        limits: RequestLimits,
        policy: AttributionPolicy | None,
        questions: Iterable[Question],
    ) -> None:
        self._schema, self._limits = schema, limits
        self._attribution = AttributionRule(model, policy, questions) if policy else None
        self._introspection = IntrospectionCost(schema)
        self._absent_types = AbsentTypes(model)
        self._documents: OrderedDict[str, _ValidDocument] = OrderedDict()
        self._lock = Lock()

    def validate(
        self, text: str, variables: Mapping[str, Any], operation_name: str | None, *, allow_mutation: bool
    ) -> ValidatedRequest:
        """The operation to execute. Raises RequestError with everything that is wrong."""
        try:
            return self._validate(text, variables, operation_name, allow_mutation)
        except RecursionError:
            error = errors.graphql_error("The document is nested too deeply.", error_codes.TOO_DEEP)
            raise errors.RequestError(error) from None

    def _validate(
        self, text: str, variables: Mapping[str, Any], operation_name: str | None, allow_mutation: bool
    ) -> ValidatedRequest:
        cached = self._find_document(text)
        document = cached.node if cached else self._parse(text)
        if not allow_mutation and _has_mutation(document, operation_name):
            raise errors.RequestError(errors.graphql_error("GET executes queries only.", error_codes.NOT_BY_GET))
        valid = cached or self._validate_document(text, document)
        operation = _select_operation(document, operation_name)
        coerced = self._coerce_variables(operation, variables)
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        assert self._schema.query_type
        root = self._schema.query_type.name
        try:
            collector = FieldCollector(self._schema, fragments, coerced)
            fields = collector.merge((operation.selection_set,)).field_groups(root)
            cost = self._check_cost(operation, fields, coerced.coerced)
            if operation_name not in valid.attributed:
                self._check_attribution(root, fields)
                if not operation.variable_definitions:
                    valid.attributed.add(operation_name)
        except GraphQLError as error:
            raise errors.RequestError(errors.with_code(error, error_codes.BAD_INPUT)) from None
        return ValidatedRequest(operation, fragments, variables, root, fields, cost)

    def _find_document(self, text: str) -> _ValidDocument | None:
        with self._lock:
            if text in self._documents:
                self._documents.move_to_end(text)
            return self._documents.get(text)

    def _parse(self, text: str) -> DocumentNode:
        limits = self._limits
        if len(text) > limits.characters:
            message = f"The document is longer than {limits.characters:,} characters."
            raise errors.RequestError(
                errors.graphql_error(message, error_codes.TOO_MANY_TOKENS, limit=limits.characters)
            )
        try:
            return parse(text, max_tokens=limits.tokens)
        except GraphQLSyntaxError as error:
            if "more than" in error.message and "tokens" in error.message:
                message = f"The document has more than {limits.tokens:,} tokens."
                too_long = errors.graphql_error(message, error_codes.TOO_MANY_TOKENS, limit=limits.tokens)
                raise errors.RequestError(too_long) from None
            raise errors.RequestError(errors.with_code(error, error_codes.PARSE)) from None

    def _validate_document(self, text: str, document: DocumentNode) -> _ValidDocument:
        """Whatever does not depend on variables; graphql-core's rules include ``MaxIntrospectionDepthRule``."""
        if found := check_document(document, self._limits):
            raise errors.RequestError(*found)
        if found := validate(self._schema, document, _RULES, max_errors=_ERRORS_MAX):
            raise errors.RequestError(*self._explain(found, error_codes.VALIDATION))
        with self._lock:
            valid = self._documents[text] = _ValidDocument(document)
            if len(self._documents) > _DOCUMENTS_MAX:
                self._documents.popitem(last=False)
        return valid

    def _coerce_variables(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Any:
        definitions = operation.variable_definitions or ()
        coerced: Any = get_variable_values(self._schema, definitions, dict(variables), max_errors=_ERRORS_MAX)
        if isinstance(coerced, list):
            raise errors.RequestError(*self._explain(coerced, error_codes.BAD_INPUT))
        limit = self._limits.conditions
        inputs = [value for value in coerced.coerced.values() if isinstance(value, (dict, list))]
        if (count := count_conditions(inputs)) > limit:
            message = f"The variables have {count} conditions; {limit} are allowed."
            raise errors.RequestError(errors.graphql_error(message, error_codes.TOO_MANY_CONDITIONS, limit=limit))
        return coerced

    def _explain(self, found: Iterable[GraphQLError], code: str) -> Iterator[GraphQLError]:
        return (errors.with_code(error, code, self._absent_types.find_cure(error.message)) for error in found)

    def _check_cost(
        self, operation: OperationDefinitionNode, fields: tuple[FieldGroup, ...], variables: Mapping[str, Any]
    ) -> int:
        limits = self._limits
        depth, cost = QueryCost(variables).measure(fields)
        if depth > limits.depth:
            message = f"The request is {depth} fields deep; {limits.depth} are allowed."
            raise errors.graphql_error(message, error_codes.TOO_DEEP, operation, limit=limits.depth)
        price, limit = self._introspection.price(fields), self._introspection.limit
        if price > limit:
            message = f"The request selects about {price:,} values of the schema; {limit:,} are allowed."
            raise errors.graphql_error(message, error_codes.TOO_COSTLY, operation, cost=price, limit=limit)
        if cost > limits.cost:
            message = f"The request selects up to {cost:,} nodes; {limits.cost:,} are allowed. Make pages smaller."
            raise errors.graphql_error(message, error_codes.TOO_COSTLY, operation, cost=cost, limit=limits.cost)
        return cost

    def _check_attribution(self, root: str, fields: tuple[FieldGroup, ...]) -> None:
        if self._attribution and (found := list(self._attribution.check(root, fields))):
            raise errors.RequestError(*found[:_ERRORS_MAX])


def _has_mutation(document: DocumentNode, name: str | None) -> bool:
    """Whether an operation of this name, or any if there is none, is not a query."""
    return any(
        node.operation is not OperationType.QUERY
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and (not name or (node.name and node.name.value == name))
    )


def _select_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """GetOperation (GraphQL specification, section 6.1)."""
    operations = [
        node
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and (not name or (node.name and node.name.value == name))
    ]
    if len(operations) != 1:
        message = f"The document has no operation named {name!r}." if name else "operationName must name one operation."
        raise errors.RequestError(errors.graphql_error(message, error_codes.OPERATION))
    return operations[0]
