"""Which fields are asked of a node of some type: selections merged as the specification says (section 6.3.2).

Owns merging, directives, fragments and arguments. A selection is made once for the same field nodes, so that what is
asked of several types alike is fetched for all of them at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
)

from kg.graphql.schema.field_binding import FieldBinding, get_binding

TYPENAME = "__typename"


@dataclass(frozen=True, eq=False, slots=True)
class FieldGroup:
    """One key of an answer: a field with its arguments, and what is asked of its value."""

    response_key: str
    name: str
    nodes: tuple[FieldNode, ...]
    field: GraphQLField
    role: FieldBinding | None
    arguments: Mapping[str, Any]
    selection_set: "MergedSelectionSet"


class FieldCollector:
    """Collects the fields of one operation."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Any) -> None:
        self.schema, self.fragments, self.variables = schema, fragments, variables
        self._made: dict[tuple[int, ...], MergedSelectionSet] = {}

    def under(self, nodes: tuple[FieldNode, ...]) -> "MergedSelectionSet":
        """What is asked below these nodes of one field."""
        sets = tuple(node.selection_set for node in nodes if node.selection_set)
        return self.of(sets)

    def of(self, sets: tuple[SelectionSetNode, ...]) -> "MergedSelectionSet":
        """The merged selection of these sets; the same for the same sets."""
        key = tuple(map(id, sets))
        if key not in self._made:
            self._made[key] = MergedSelectionSet(self, sets)
        return self._made[key]

    def collected(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The field nodes of each key for a node of this type."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for each in sets:
            self._collect(type_, each, found, seen)
        return found

    def _collect(
        self, type_: GraphQLObjectType, selected: SelectionSetNode, found: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        for node in selected.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node.type_condition.name.value if node.type_condition else "", type_):
                    self._collect(type_, node.selection_set, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, type_):
                    self._collect(type_, fragment.selection_set, found, seen)

    def _is_included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        if not condition or condition == type_.name:
            return True
        named = self.schema.type_map[condition]
        return isinstance(named, GraphQLAbstractType) and self.schema.is_sub_type(named, type_)


class MergedSelectionSet:
    """What is asked at one place of the document, of nodes of whatever type."""

    def __init__(self, collector: FieldCollector, sets: tuple[SelectionSetNode, ...]) -> None:
        self._collector, self.sets = collector, sets
        self._field_groups: dict[str, tuple[FieldGroup, ...]] = {}

    def field_groups(self, type_name: str) -> tuple[FieldGroup, ...]:
        """The fields asked of a node of this type, in the order of the answer."""
        if type_name not in self._field_groups:
            type_ = self._collector.schema.type_map[type_name]
            assert isinstance(type_, GraphQLObjectType)
            collected = self._collector.collected(type_, self.sets)
            self._field_groups[type_name] = tuple(
                self._field_group(type_, key, nodes) for key, nodes in collected.items()
            )
        return self._field_groups[type_name]

    def _field_group(self, type_: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> FieldGroup:
        name = nodes[0].name.value
        field = self._collector.schema.get_field(type_, name)
        assert field is not None
        arguments = get_argument_values(field, nodes[0], self._collector.variables) if field.args else {}
        whole = tuple(nodes)
        return FieldGroup(key, name, whole, field, get_binding(field), arguments, self._collector.under(whole))
