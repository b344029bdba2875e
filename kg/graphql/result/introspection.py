"""Introspection (GraphQL specification, section 4): executed by graphql-core, and kept as JSON by document.

Tools send the same long documents again and again, and their results depend on the schema alone. What is kept is
bounded; limits on introspection are those of ``kg.graphql.request``.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute_sync,
    strip_ignored_characters,
)
from graphql.execution import ExecutionResult

from kg.graphql.request.collect_fields import TYPENAME, FieldGroup
from kg.graphql.request.validation import ValidatedRequest

CACHE_BYTES = 16_000_000
_ENTRY_SHARE = 4


def introspect(schema: GraphQLSchema, field: FieldGroup, request: ValidatedRequest) -> Any:
    """The value of ``__schema`` or ``__type``. Raises GraphQLError."""
    operation = OperationDefinitionNode(
        operation=OperationType.QUERY,
        name=request.operation.name,
        variable_definitions=request.operation.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=field.nodes),
    )
    document = DocumentNode(definitions=(operation, *request.fragments.values()))
    result = execute_sync(schema, document, variable_values=dict(request.raw_variables))
    assert isinstance(result, ExecutionResult)
    if result.errors:
        raise result.errors[0]
    return (result.data or {}).get(field.response_key)


def is_introspection(request: ValidatedRequest) -> bool:
    """Whether the result of the request depends on nothing but the schema and the document."""
    return not request.raw_variables and all(
        field.name.startswith("__") and field.name != TYPENAME for field in request.fields
    )


@dataclass(frozen=True, slots=True)
class IntrospectionResult:
    """The data of a request, as JSON, and its cost."""

    data: bytes
    cost: int


_Key = tuple[str, str | None]
"""Document and operation name."""


class IntrospectionCache:
    """Results of requests for which ``is_introspection`` holds, the most recently used; safe in several threads."""

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self._max_bytes, self._bytes = max_bytes, 0
        self._results: OrderedDict[_Key, IntrospectionResult] = OrderedDict()
        self._lock = Lock()

    def find(self, text: str, operation_name: str | None) -> IntrospectionResult | None:
        """The result for this document, to the letter; None if it is not kept. The document was valid then."""
        with self._lock:
            key = (text, operation_name)
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def find_equal(self, text: str, operation_name: str | None) -> IntrospectionResult | None:
        """The result for a valid document that may be laid out differently, which is then found by ``find`` too."""
        if found := self.find(strip_ignored_characters(text), operation_name):
            self._keep((text, operation_name), found)
        return found

    def put(self, text: str, operation_name: str | None, result: IntrospectionResult) -> None:
        """Keep a result, unless it is large; the least recently used ones give way."""
        for key in ((strip_ignored_characters(text), operation_name), (text, operation_name)):
            self._keep(key, result)

    def _keep(self, key: _Key, result: IntrospectionResult) -> None:
        if _size(key, result) > self._max_bytes / _ENTRY_SHARE:
            return
        with self._lock:
            if key in self._results:
                return
            self._results[key] = result
            self._bytes += _size(key, result)
            while self._bytes > self._max_bytes:
                self._bytes -= _size(*self._results.popitem(last=False))


def _size(key: _Key, result: IntrospectionResult) -> int:
    return len(key[0]) + len(result.data)
