"""How much one request may select, each limit with an error code of its own. Nothing is read from the graph for it.

A document is bounded before its selections are merged (tokens, nesting, aliases, directives, conditions). Depth, cost
and the price of introspection are judged on the merged selection tree.
"""

from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any

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
    IntValueNode,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    get_introspection_query,
    parse,
    visit,
)

from kg.graphql.request import error_codes, errors
from kg.graphql.request.collect_fields import FieldCollector, FieldGroup, MergedSelectionSet
from kg.graphql.schema.field_binding import ConnectionField, RootField, RootFieldKind
from kg.graphql.schema.schema_builder import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX

COST_CEILING = 10**12
NESTING_MAX = 200
"""How deep selection sets may nest, fragments included: far beyond any depth that is allowed, and within the stack."""
INTROSPECTIONS_MAX = 3
"""How many times the introspection query of tools may be selected in one request."""
_PAGE_FIELDS = frozenset({"nodes", "edges"})
_UNCOUNTED_FIELDS = frozenset({"nodes", "edges", "node", "pageInfo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLimits:
    """What one request may select."""

    characters: int = 100_000
    tokens: int = 5_000
    depth: int = 40
    """Fields within fields, those of connections included."""
    aliases: int = 100
    directives: int = 100
    conditions: int = 100
    """Conditions in all filters."""
    cost: int = 1_000_000_000
    """Nodes, if every page were full; what is really there has limits of its own."""
    objects: int = 250_000
    """Objects in a response, each counted as often as it occurs."""
    seconds: float = 10.0


def check_document(document: DocumentNode, limits: RequestLimits) -> list[GraphQLError]:
    """What is too much in a document, before anything is known of its meaning."""
    counter = _DocumentCounter()
    visit(document, counter)
    counts = (
        (counter.aliases, limits.aliases, "aliases", error_codes.TOO_MANY_ALIASES),
        (counter.directives, limits.directives, "directives", error_codes.TOO_MANY_DIRECTIVES),
        (counter.conditions, limits.conditions, "conditions", error_codes.TOO_MANY_CONDITIONS),
    )
    found = [
        errors.graphql_error(f"The request has {count} {what}; {limit} are allowed.", code, limit=limit)
        for count, limit, what, code in counts
        if count > limit
    ]
    if counter.nesting() > NESTING_MAX:
        message = f"The selection sets of the request nest more than {NESTING_MAX} deep."
        found.append(errors.graphql_error(message, error_codes.TOO_DEEP, limit=limits.depth))
    return found


class _DocumentCounter(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.aliases = self.directives = self.conditions = 0
        self._nesting = 0
        self._deepest = dict[str, int]()
        """Per definition: how deep its own selection sets nest."""
        self._spreads = dict[str, list[tuple[int, str]]]()
        """Per definition: at which nesting it spreads which fragment."""
        self._definition = ""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        self._enter_definition(f"operation {node.loc.start if node.loc else id(node)}")

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        self._enter_definition(node.name.value)

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.aliases += node.alias is not None

    def enter_directive(self, *_: Any) -> None:
        self.directives += 1

    def enter_object_field(self, *_: Any) -> None:
        self.conditions += 1

    def enter_selection_set(self, *_: Any) -> None:
        self._nesting += 1
        self._deepest[self._definition] = max(self._deepest[self._definition], self._nesting)

    def leave_selection_set(self, *_: Any) -> None:
        self._nesting -= 1

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self._spreads[self._definition].append((self._nesting, node.name.value))

    def _enter_definition(self, name: str) -> None:
        self._definition, self._nesting = name, 0
        self._deepest[name], self._spreads[name] = 0, []

    def nesting(self) -> int:
        """How deep selection sets nest with fragments spread; a cycle counts once, as validation reports it."""
        known: dict[str, int] = {}

        def nesting_of(name: str) -> int:
            if name not in known:
                known[name] = 0
                below = (level + nesting_of(fragment) for level, fragment in self._spreads.get(name, ()))
                known[name] = max(self._deepest.get(name, 0), *below, 0)
            return known[name]

        return max(map(nesting_of, self._deepest), default=0)


def count_conditions(value: Any) -> int:
    """The conditions in a filter, however nested; a list of values to choose from is one condition."""
    if isinstance(value, Mapping):
        return sum(1 + count_conditions(condition) for condition in value.values())
    if isinstance(value, list):
        return sum(1 + count_conditions(item) for item in value if isinstance(item, (Mapping, list)))
    return 0


class QueryCost:
    """Measures the merged selection tree of one operation: its depth, and the nodes it selects if pages are full."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._measured: dict[tuple[MergedSelectionSet, str], tuple[int, int]] = {}

    def measure(self, fields: Sequence[FieldGroup]) -> tuple[int, int]:
        """Depth and cost of these fields together. Cost: a page its size times its node, any other object one."""
        depth = cost = 0
        for field in fields:
            below, nodes = (0, 0) if field.is_leaf else self._below(field)
            depth = max(depth, 1 + below)
            cost += self._cost(field, nodes)
        return depth, min(COST_CEILING, cost)

    def _below(self, field: FieldGroup) -> tuple[int, int]:
        """Depth and cost below a field, of whichever type its value is."""
        key = field.selection_set, field.type_.name
        if key not in self._measured:
            measures = [self.measure(subfields) for _, subfields in field.subfields]
            self._measured[key] = max((d for d, _ in measures), default=0), max((c for _, c in measures), default=0)
        return self._measured[key]

    def _cost(self, field: FieldGroup, below: int) -> int:
        if field.is_leaf or field.name.startswith("__"):
            return 0
        if _selects_page(field):
            return self._page_size(field.nodes[0]) * max(1, below)
        return below if field.name in _UNCOUNTED_FIELDS else 1 + below

    def _page_size(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                value = argument.value
                if isinstance(value, IntValueNode):
                    return min(PAGE_SIZE_MAX, max(0, int(value.value)))
                size = self._variables.get(value.name.value) if isinstance(value, VariableNode) else None
                if isinstance(size, int):
                    return min(PAGE_SIZE_MAX, max(0, size))
        return PAGE_SIZE_DEFAULT


def _selects_page(field: FieldGroup) -> bool:
    """Whether this is a search, or a connection of which nodes or edges are selected."""
    if isinstance(field.binding, RootField):
        return field.binding.kind is RootFieldKind.SEARCH
    return isinstance(field.binding, ConnectionField) and any(
        subfield.name in _PAGE_FIELDS for _, subfields in field.subfields for subfield in subfields
    )


class IntrospectionCost:
    """Prices selections of ``__schema`` and ``__type`` in values, lists counting as long as they are on average.

    Stands beside graphql-core's ``MaxIntrospectionDepthRule``, which bounds nesting but not repetition by aliases.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self._lengths = _list_lengths(schema)
        document = parse(get_introspection_query(True, True, True, True, True))
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
        collector = FieldCollector(schema, fragments, {})
        assert schema.query_type
        fields = collector.merge((operation.selection_set,)).field_groups(schema.query_type.name)
        self.limit = INTROSPECTIONS_MAX * self.price(fields)

    def price(self, fields: Sequence[FieldGroup]) -> int:
        """The price of what root fields select of the schema."""
        known: dict[MergedSelectionSet, float] = {}

        def price_of(field: FieldGroup) -> float:
            if field.selection_set not in known:
                known[field.selection_set] = sum(
                    self._lengths.get(subfield.name, 1) * (1 + price_of(subfield))
                    for _, subfields in field.subfields
                    for subfield in subfields
                )
            return known[field.selection_set]

        return round(sum(price_of(field) for field in fields if field.name.startswith("__")))


def _list_lengths(schema: GraphQLSchema) -> dict[str, float]:
    """The average length of each list of introspection: over all types, as most have some of the lists only."""
    types = list(schema.type_map.values())
    composite = [type_ for type_ in types if isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType))]
    inputs = [type_ for type_ in types if isinstance(type_, GraphQLInputObjectType)]
    enums = [type_ for type_ in types if isinstance(type_, GraphQLEnumType)]
    abstract = [type_ for type_ in types if isinstance(type_, (GraphQLInterfaceType, GraphQLUnionType))]
    fields = [field for type_ in composite for field in type_.fields.values()]
    return {
        "types": len(types),
        "directives": len(schema.directives),
        "fields": len(fields) / len(types),
        "interfaces": _total(type_.interfaces for type_ in composite) / len(types),
        "inputFields": _total(type_.fields for type_ in inputs) / len(types),
        "enumValues": _total(type_.values for type_ in enums) / len(types),
        "possibleTypes": _total(map(schema.get_possible_types, abstract)) / len(types),
        "args": _total(field.args for field in fields) / max(1, len(fields)),
        # Some types are wrapped, few of them twice.
        "ofType": 0.5,
    }


def _total(collections: Iterable[Sized]) -> int:
    return sum(map(len, collections))
