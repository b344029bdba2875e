"""Whether a request is executed at all: parsed, counted, validated, its operation and variables determined, priced.

In that order, the cheap before the dear, so that nothing a client sends makes checking itself slow.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.values import get_variable_values

from kg.graphql.request import errors
from kg.graphql.request.attribution_rule import attribution_rule
from kg.graphql.request.introspection_cost import Introspection
from kg.graphql.request.query_cost import Costs, RequestLimits, conditions_in, counted, depth_error
from kg.graphql.schema.type_model import TypeModel

_ERRORS_MAX = 20
_KEPT = 256


@dataclass(frozen=True, slots=True)
class ValidatedRequest:
    """An operation that may be executed."""

    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Any
    given: Mapping[str, Any]
    cost: int


class RequestValidator:
    """Checks requests against a schema; documents that passed are kept, as clients send the same ones again."""

    def __init__(
        self, schema: GraphQLSchema, model: TypeModel, limits: RequestLimits, requires_attribution: bool
    ) -> None:
        self._schema, self._limits = schema, limits
        self._rules = [*specified_rules, *([attribution_rule(model)] if requires_attribution else [])]
        self._introspection = Introspection(schema)
        self._kept: OrderedDict[str, DocumentNode] = OrderedDict()
        self._lock = Lock()

    def checked(self, text: str, given: Mapping[str, Any], name: str | None, may_change: bool) -> ValidatedRequest:
        """The operation to execute. Raises Refused, with all that is wrong."""
        try:
            return self._checked(text, given, name, may_change)
        except RecursionError:
            refused = errors.graphql_error("The document is nested too deeply to be read.", errors.TOO_DEEP)
            raise errors.RequestError(refused) from None

    def _checked(self, text: str, given: Mapping[str, Any], name: str | None, may_change: bool) -> ValidatedRequest:
        document = self._known(text) or self._parsed(text)
        if not may_change and _changes(document, name):
            raise errors.RequestError(errors.graphql_error("Only queries can be asked by GET.", NOT_BY_GET))
        self._validate(text, document)
        operation = _operation(document, name)
        variables = self._variables(operation, given)
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        coerced = dict(getattr(variables, "coerced", {}))
        asked = conditions_in([each for each in coerced.values() if isinstance(each, (dict, list))])
        if asked > self._limits.conditions:
            message = f"The variables hold {asked} conditions; {self._limits.conditions} are allowed."
            raise errors.RequestError(
                errors.graphql_error(message, errors.TOO_MANY_CONDITIONS, limit=self._limits.conditions)
            )
        if error := self._introspection.error(document, operation):
            raise errors.RequestError(error)
        cost = Costs(fragments, coerced).of(operation.selection_set)
        if cost > self._limits.cost:
            message = (
                f"The request asks for up to {cost:,} nodes; {self._limits.cost:,} are allowed. Make pages smaller."
            )
            error = errors.graphql_error(message, errors.TOO_COSTLY, operation, cost=cost, limit=self._limits.cost)
            raise errors.RequestError(error)
        return ValidatedRequest(operation, fragments, variables, given, cost)

    def _known(self, text: str) -> DocumentNode | None:
        with self._lock:
            if text in self._kept:
                self._kept.move_to_end(text)
            return self._kept.get(text)

    def _validate(self, text: str, document: DocumentNode) -> None:
        if self._known(text):
            return
        if found := [*counted(document, self._limits), *filter(None, [depth_error(document, self._limits)])]:
            raise errors.RequestError(*found)
        if found := validate(self._schema, document, self._rules, max_errors=_ERRORS_MAX):
            raise errors.RequestError(*(errors.with_code(each, errors.VALIDATION) for each in found))
        with self._lock:
            self._kept[text] = document
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def _parsed(self, text: str) -> DocumentNode:
        limits = self._limits
        if len(text) > limits.characters:
            message = f"The document is longer than {limits.characters:,} characters."
            raise errors.RequestError(errors.graphql_error(message, errors.TOO_MANY_TOKENS, limit=limits.characters))
        try:
            return parse(text, max_tokens=limits.tokens)
        except GraphQLSyntaxError as error:
            if "more than" in error.message and "tokens" in error.message:
                message = f"The document has more than {limits.tokens:,} tokens."
                refused = errors.graphql_error(message, errors.TOO_MANY_TOKENS, limit=limits.tokens)
                raise errors.RequestError(refused) from None
            raise errors.RequestError(errors.with_code(error, errors.PARSE)) from None

    def _variables(self, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> Any:
        found: Any = get_variable_values(
            self._schema, operation.variable_definitions or (), dict(given), max_errors=_ERRORS_MAX
        )
        if isinstance(found, list):
            raise errors.RequestError(*(errors.with_code(each, errors.BAD_INPUT) for each in found))
        return found


NOT_BY_GET = "METHOD_NOT_ALLOWED"


def _changes(document: DocumentNode, name: str | None) -> bool:
    """Whether the operation that is meant is another than a query."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    meant = [each for each in operations if not name or (each.name and each.name.value == name)]
    return any(each.operation is not OperationType.QUERY for each in meant)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if name:
        operations = [each for each in operations if each.name and each.name.value == name]
    if len(operations) != 1:
        what = f"There is no operation called {name!r}." if name else "Say by operationName which operation is meant."
        raise errors.RequestError(GraphQLError(what, extensions={"code": errors.OPERATION}))
    return operations[0]
