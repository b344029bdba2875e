"""CollectFields (GraphQL specification, section 6.3.2): merges the selection sets of one operation, once a request.

Settles fragments, type conditions, ``@skip`` and ``@include``. Validation and execution read the same merged tree, so
that what is judged is what is executed. The same selection sets of the document are merged once.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
)

from kg.graphql.request import error_codes, errors
from kg.graphql.schema.field_binding import FieldBinding, get_binding

TYPENAME = "__typename"
TOTAL = frozenset({"totalCount"})
NUMBERS = TOTAL | {"pageInfo"}
"""The fields of a connection that reveal how many nodes there are, or whether there are more."""
SELECTIONS_MAX = 200_000
"""How many selections may be read while merging, those of every possible type counted: fragments can multiply them."""


class FieldGroup:
    """All field nodes of one response key of an object type, merged: one field with its arguments and subselections."""

    __slots__ = (
        "_arguments",
        "_collector",
        "_subfields",
        "binding",
        "definition",
        "is_leaf",
        "name",
        "nodes",
        "response_key",
        "selection_set",
        "type_",
    )

    def __init__(
        self, collector: "FieldCollector", response_key: str, nodes: tuple[FieldNode, ...], definition: GraphQLField
    ) -> None:
        self.response_key, self.nodes, self.definition = response_key, nodes, definition
        self.name = nodes[0].name.value
        self.binding: FieldBinding | None = get_binding(definition)
        self.type_: GraphQLNamedType = get_named_type(definition.type)
        self.selection_set = collector.merge(tuple(node.selection_set for node in nodes if node.selection_set))
        self.is_leaf = not self.selection_set
        self._collector = collector
        self._arguments: Mapping[str, Any] | None = None
        self._subfields: Subfields | None = None

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The coerced arguments. Raises GraphQLError (CoerceArgumentValues, section 6.4.1)."""
        if self._arguments is None:
            self._arguments = self._collector.coerce_arguments(self.definition, self.nodes[0])
        return self._arguments

    @property
    def subfields(self) -> "Subfields":
        """For each object type that the value may have: its name, and the fields selected of it; empty for a leaf."""
        if self._subfields is None:
            names = () if self.is_leaf else self._collector.possible_types(self.type_)
            self._subfields = tuple((name, self.selection_set.field_groups(name)) for name in names)
        return self._subfields


Subfields = tuple[tuple[str, tuple[FieldGroup, ...]], ...]


class MergedSelectionSet:
    """Selection sets of the document that apply to the same value; false where there are none."""

    __slots__ = ("_collector", "_field_groups", "_selection_sets")

    def __init__(self, collector: "FieldCollector", selection_sets: tuple[SelectionSetNode, ...]) -> None:
        self._collector, self._selection_sets = collector, selection_sets
        self._field_groups: dict[str, tuple[FieldGroup, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._selection_sets)

    def field_groups(self, type_name: str) -> tuple[FieldGroup, ...]:
        """The fields selected of a value of this object type, in the order of the response."""
        groups = self._field_groups.get(type_name)
        if groups is None:
            groups = self._field_groups[type_name] = self._collector.collect(type_name, self._selection_sets)
        return groups


class FieldCollector:
    """Collects the fields of one operation. Raises GraphQLError if its fragments multiply beyond ``SELECTIONS_MAX``."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Any) -> None:
        self._schema, self._fragments, self._variables = schema, fragments, variables
        self._merged: dict[tuple[int, ...], MergedSelectionSet] = {}
        self._included: dict[int, bool] = {}
        """Per node with directives, whether ``@skip`` and ``@include`` leave it in."""
        self._possible: dict[str, tuple[str, ...]] = {}
        self._count = 0

    def merge(self, selection_sets: tuple[SelectionSetNode, ...]) -> MergedSelectionSet:
        """The merged selection set; the same object for the same selection sets."""
        key = tuple(map(id, selection_sets))
        merged = self._merged.get(key)
        if merged is None:
            merged = self._merged[key] = MergedSelectionSet(self, selection_sets)
        return merged

    def collect(self, type_name: str, selection_sets: tuple[SelectionSetNode, ...]) -> tuple[FieldGroup, ...]:
        """The field groups of a value of this object type."""
        type_ = self._schema.type_map[type_name]
        assert isinstance(type_, GraphQLObjectType)
        nodes: dict[str, list[FieldNode]] = {}
        visited: set[str] = set()
        for selection_set in selection_sets:
            self._collect(type_, selection_set, nodes, visited)
        return tuple(self._field_group(type_, key, tuple(fields)) for key, fields in nodes.items())

    def coerce_arguments(self, field: GraphQLField, node: FieldNode) -> Mapping[str, Any]:
        return get_argument_values(field, node, self._variables) if field.args else {}

    def possible_types(self, type_: GraphQLNamedType) -> tuple[str, ...]:
        """The names of the object types that a value of this type may have; none for a leaf."""
        names = self._possible.get(type_.name)
        if names is None:
            if isinstance(type_, GraphQLAbstractType):
                names = tuple(possible.name for possible in self._schema.get_possible_types(type_))
            else:
                names = (type_.name,) if isinstance(type_, GraphQLObjectType) else ()
            self._possible[type_.name] = names
        return names

    def _field_group(self, type_: GraphQLObjectType, response_key: str, nodes: tuple[FieldNode, ...]) -> FieldGroup:
        definition = self._schema.get_field(type_, nodes[0].name.value)
        assert definition is not None
        return FieldGroup(self, response_key, nodes, definition)

    def _collect(
        self,
        type_: GraphQLObjectType,
        selection_set: SelectionSetNode,
        nodes: dict[str, list[FieldNode]],
        visited: set[str],
    ) -> None:
        self._count += len(selection_set.selections)
        if self._count > SELECTIONS_MAX:
            message = f"Its fragments merge into more than {SELECTIONS_MAX:,} selections; select less at once."
            raise errors.graphql_error(message, error_codes.TOO_COSTLY, limit=SELECTIONS_MAX)
        for node in selection_set.selections:
            if node.directives and not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                nodes.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._applies(node.type_condition.name.value, type_):
                    self._collect(type_, node.selection_set, nodes, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, type_):
                    self._collect(type_, fragment.selection_set, nodes, visited)

    def _is_included(self, node: Any) -> bool:
        included = self._included.get(id(node))
        if included is None:
            skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
            include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
            included = not (skip and skip["if"]) and not (include and not include["if"])
            self._included[id(node)] = included
        return included

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        """DoesFragmentTypeApply."""
        if condition == type_.name:
            return True
        named = self._schema.type_map[condition]
        return isinstance(named, GraphQLAbstractType) and self._schema.is_sub_type(named, type_)


def select_nodes(connection: FieldGroup) -> Iterator[FieldGroup]:
    """The fields by which the nodes of a connection are selected."""
    for _, subfields in connection.subfields:
        for subfield in subfields:
            if subfield.name == "nodes":
                yield subfield
            elif subfield.name == "edges":
                for _, edge_fields in subfield.subfields:
                    yield from (field for field in edge_fields if field.name == "node")


def selects_data(connection: FieldGroup) -> bool:
    """Whether anything but the name of its type is selected of a connection."""
    return any(field.name != TYPENAME for _, fields in connection.subfields for field in fields)


def selects_field(connection: FieldGroup, names: frozenset[str]) -> bool:
    """Whether one of these fields of a connection is selected."""
    return any(field.name in names for _, fields in connection.subfields for field in fields)
