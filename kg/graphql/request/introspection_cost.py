"""What it costs to tell the schema about itself: as much as tools ask, several times over, and no more.

Owns the price of introspection, in values told. Lists count as long as they are in this schema on average.
"""

from collections.abc import Iterable, Mapping, Sized

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    get_introspection_query,
    parse,
)

from kg.graphql.request import errors

TIMES = 3
"""How often all that tools ask may be asked in one request."""


class Introspection:
    """Prices what a document asks of ``__schema`` and ``__type``."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._lengths = _lengths(schema)
        whole = parse(get_introspection_query(True, True, True, True, True))
        self.limit = TIMES * self._price(whole, _operations(whole)[0])

    def error(self, document: DocumentNode, operation: OperationDefinitionNode) -> GraphQLError | None:
        """That the operation asks too much of the schema, if it does."""
        price = self._price(document, operation)
        if price <= self.limit:
            return None
        message = f"Of the schema alone the request asks for some {price:,} values; {self.limit:,} are allowed."
        return errors.graphql_error(message, errors.TOO_COSTLY, operation, cost=price, limit=self.limit)

    def _price(self, document: DocumentNode, operation: OperationDefinitionNode) -> int:
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        return round(_Prices(self._lengths, fragments).of(operation.selection_set, is_within=False))


class _Prices:
    """Every fragment is priced once, within the schema and without."""

    def __init__(self, lengths: Mapping[str, float], fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._lengths, self._fragments = lengths, fragments
        self._known: dict[tuple[str, bool], float] = {}

    def of(self, selected: SelectionSetNode | None, is_within: bool) -> float:
        return sum(self._one(each, is_within) for each in selected.selections) if selected else 0

    def _one(self, node: Node, is_within: bool) -> float:
        if isinstance(node, FieldNode):
            name = node.name.value
            if is_within:
                return self._lengths.get(name, 1) * (1 + self.of(node.selection_set, is_within=True))
            return self.of(node.selection_set, is_within=name.startswith("__"))
        if isinstance(node, InlineFragmentNode):
            return self.of(node.selection_set, is_within)
        return self._fragment(node.name.value, is_within) if isinstance(node, FragmentSpreadNode) else 0

    def _fragment(self, name: str, is_within: bool) -> float:
        key = name, is_within
        if key not in self._known:
            self._known[key] = 0
            self._known[key] = self.of(self._fragments[name].selection_set, is_within)
        return self._known[key]


def _lengths(schema: GraphQLSchema) -> dict[str, float]:
    """How many there are of each list, on average: of types over all types, as most have some of the lists only."""
    types = list(schema.type_map.values())
    composite = [each for each in types if isinstance(each, (GraphQLObjectType, GraphQLInterfaceType))]
    inputs = [each for each in types if isinstance(each, GraphQLInputObjectType)]
    enums = [each for each in types if isinstance(each, GraphQLEnumType)]
    abstract = [each for each in types if isinstance(each, (GraphQLInterfaceType, GraphQLUnionType))]
    fields = [field for each in composite for field in each.fields.values()]
    return {
        "types": len(types),
        "directives": len(schema.directives),
        "fields": len(fields) / len(types),
        "interfaces": _all(each.interfaces for each in composite) / len(types),
        "inputFields": _all(each.fields for each in inputs) / len(types),
        "enumValues": _all(each.values for each in enums) / len(types),
        "possibleTypes": _all(map(schema.get_possible_types, abstract)) / len(types),
        "args": _all(each.args for each in fields) / max(1, len(fields)),
        # Some types are wrapped, few of them twice.
        "ofType": 0.5,
    }


def _all(found: Iterable[Sized]) -> int:
    return sum(map(len, found))


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
