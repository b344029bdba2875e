"""No selection takes contested content without who says so: a rule of validation, before anything is read.

A proposition asserts nothing by itself. Whoever takes what it says must take its attribution, its status or its
statements with their speakers; whoever takes the words of a statement must take its speaker. What stands under a
condition (@skip, @include) or on a page that may be empty counts as contested, but never as attribution.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    ASTValidationRule,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLNamedType,
    GraphQLObjectType,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    ValueNode,
    get_named_type,
)

from kg.graphql.request import errors
from kg.graphql.request.attribution_policy import (
    ATTRIBUTION_FIELDS,
    PASSAGE,
    QUOTATION_FIELDS,
    QUOTED_BY,
    STATEMENTS,
    UNCONTESTED_FIELDS,
    AttributionPolicy,
)
from kg.graphql.schema.field_binding import ConnectionField, FieldBinding, get_binding
from kg.graphql.schema.type_model import LinkField, TypeCategory, TypeDefinition, TypeModel

_WORDS = frozenset({"quote", "rationale", "rationaleTexts"})
_NAMING = frozenset({"id", "slug", "prefLabel"})
_CURSORS = frozenset({"startCursor", "endCursor"})


@dataclass(frozen=True, slots=True)
class _Taken:
    """A field taken of a type, and whether it is taken whatever the variables are."""

    node: FieldNode
    role: FieldBinding | None
    is_certain: bool

    @property
    def name(self) -> str:
        return self.node.name.value


def attribution_rule(model: TypeModel) -> type[ASTValidationRule]:
    """The rule for the types of this model."""

    class AttributionRule(ValidationRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self._plan = _Reading(model, context)

        def enter_field(self, node: FieldNode, *args: Any) -> None:
            ancestors = args[3] if len(args) > 3 else []
            parent, named = self.context.get_parent_type(), get_named_type(self.context.get_type())
            if node.selection_set and parent is not None and named is not None:
                for error in self._plan.faults(node, parent, named, ancestors):
                    self.report_error(error)

    return AttributionRule


class _Reading:
    """Reads the selections of one document."""

    def __init__(self, model: TypeModel, context: ValidationContext) -> None:
        self._model, self._context = model, context
        self._schema = context.schema
        self._contested = AttributionPolicy(model)

    def faults(
        self, node: FieldNode, parent: GraphQLNamedType, named: GraphQLNamedType, ancestors: Iterable[Any]
    ) -> Iterator[Any]:
        """What is wrong with the selection of a field; one fault a field."""
        if advice := self._advice_on_cursors(node, parent):
            yield errors.graphql_error(advice, errors.ATTRIBUTION, node)
            return
        around = self._around(node, parent, ancestors)
        for member in self._members(named):
            taken = list(self._taken(member.name, node.selection_set, True, set()))
            if advice := self._advice(member, taken, around):
                yield errors.graphql_error(advice, errors.ATTRIBUTION, node)
                return

    def _members(self, named: GraphQLNamedType) -> list[TypeDefinition]:
        if isinstance(named, GraphQLAbstractType):
            names = [each.name for each in self._schema.get_possible_types(named)]
        else:
            names = [named.name]
        return [self._model.types[name] for name in names if name in self._model.types]

    def _advice(self, member: TypeDefinition, taken: list[_Taken], around: "_Around") -> str:
        """What to take besides; empty where all is well."""
        if member.category is TypeCategory.PROPOSITION:
            contested = [each.name for each in taken if self._contested.is_content(each.role)]
            if not contested and around.reveals_role and any(each.name not in UNCONTESTED_FIELDS for each in taken):
                contested = [around.field]
            if contested and not self._is_attributed(taken):
                return (
                    f"{member.name}: {', '.join(dict.fromkeys(contested))} is contested. Take attribution (one line),"
                    " status, or statements { nodes { speaker { id } } } in the same selection, without condition."
                )
        if member.category is TypeCategory.STATEMENT:
            words = [each.name for each in taken if each.name in _WORDS]
            if words and not self._is_spoken(taken):
                return (
                    f"{member.name}: {words[0]} is somebody's words. Take speaker {{ id }} or attribution in the same"
                    " selection."
                )
        if member.name == PASSAGE and not around.is_quoted:
            words = [each.name for each in taken if each.name in QUOTATION_FIELDS]
            if words and not any(
                each.is_certain and self._has_speakers(each) for each in taken if each.name == QUOTED_BY
            ):
                return (
                    f"{member.name}: {words[0]} is somebody's words. Take quotedBy {{ nodes {{ speaker {{ id }} }} }}"
                    " in the same selection, or come by the quote of a statement."
                )
        return ""

    def _advice_on_cursors(self, node: FieldNode, parent: GraphQLNamedType) -> str:
        """What to take besides the cursors of a connection that hold, or stand for, what is contested."""
        role = self._role(parent, node)
        if not isinstance(role, ConnectionField) or not any(
            self._model.types[each].category is TypeCategory.PROPOSITION for each in self._model.members(role.target)
        ):
            return ""
        is_ordered = _may_order_by_value(node)
        if not is_ordered and not (role.link and self._contested.reveals_role(role.link)):
            return ""
        pages = list(self._taken(f"{role.target}Connection", node.selection_set, True, set()))
        if not self._takes_cursors(role, pages):
            return ""
        nodes = list(self._nodes_of(role, pages))
        for member in self._model.members(role.target):
            taken = [each for one in nodes for each in self._taken(member, one.selection_set, True, set())]
            # What a cursor holds of a node is told before it is known whether anybody states that node.
            is_said = any(each.is_certain and each.role in ATTRIBUTION_FIELDS for each in taken)
            if not is_said and (is_ordered or not self._is_attributed(taken)):
                return (
                    f"{node.name.value}: its cursors stand for what is contested. Take nodes {{ attribution }} besides,"
                    " without condition."
                )
        return ""

    def _takes_cursors(self, role: ConnectionField, pages: Iterable[_Taken]) -> bool:
        for page in pages:
            below = page.node.selection_set
            if page.name == "edges" and any(
                each.name == "cursor" for each in self._taken(f"{role.target}Edge", below, True, set())
            ):
                return True
            if page.name == "pageInfo" and any(
                each.name in _CURSORS for each in self._taken("PageInfo", below, True, set())
            ):
                return True
        return False

    def _nodes_of(self, role: ConnectionField, pages: Iterable[_Taken]) -> Iterator[FieldNode]:
        """Where the nodes of a connection are taken, whatever the variables are."""
        for page in pages:
            if page.is_certain and page.name == "nodes":
                yield page.node
            if page.is_certain and page.name == "edges":
                edges = self._taken(f"{role.target}Edge", page.node.selection_set, True, set())
                yield from (each.node for each in edges if each.name == "node" and each.is_certain)

    def _is_attributed(self, taken: list[_Taken]) -> bool:
        return any(
            each.is_certain
            and (each.role in ATTRIBUTION_FIELDS or (each.name == STATEMENTS and self._has_speakers(each)))
            for each in taken
        )

    def _is_spoken(self, taken: Iterable[_Taken]) -> bool:
        return any(
            each.is_certain and (each.name == "attribution" or (each.name == "speaker" and self._is_named(each)))
            for each in taken
        )

    def _is_named(self, speaker: _Taken) -> bool:
        """Whether a speaker is told by more than his kind, of whatever kind he is."""
        return isinstance(speaker.role, LinkField) and all(
            any(
                each.is_certain and each.name in _NAMING
                for each in self._taken(member, speaker.node.selection_set, True, set())
            )
            for member in self._model.members(speaker.role.target)
        )

    def _has_speakers(self, taken: _Taken) -> bool:
        """Whether a connection of statements is taken whole enough that its speakers are sure to be told."""
        role = taken.role
        if not isinstance(role, ConnectionField) or not _is_full(taken.node):
            return False
        pages = list(self._taken(f"{role.target}Connection", taken.node.selection_set, True, set()))
        return any(
            self._is_spoken(self._taken(role.target, node.selection_set, True, set()))
            for node in self._nodes_of(role, pages)
        )

    def _around(self, node: FieldNode, parent: GraphQLNamedType, ancestors: Iterable[Any]) -> "_Around":
        """The field by which nodes are reached, over the fields of pages."""
        field, owner = node, parent
        above = [each for each in ancestors if isinstance(each, Node)]
        while owner.name not in self._model.types and above:
            each = above.pop()
            if isinstance(each, (FragmentDefinitionNode, OperationDefinitionNode)):
                break
            if isinstance(each, FieldNode):
                field = each
                owner = self._owner(above) or owner
        role = self._role(owner, field)
        link = role.link if isinstance(role, ConnectionField) else role if isinstance(role, LinkField) else None
        return _Around(
            field.name.value,
            reveals_role=link is not None and self._contested.reveals_role(link),
            is_quoted=link is not None and self._contested.is_quotation_link(owner.name, link),
        )

    def _owner(self, above: list[Node]) -> GraphQLNamedType | None:
        """The type in which the innermost field of these ancestors stands."""
        named: GraphQLNamedType | None = None
        for each in above:
            if isinstance(each, OperationDefinitionNode):
                named = self._schema.query_type
            elif isinstance(each, (FragmentDefinitionNode, InlineFragmentNode)) and each.type_condition:
                named = self._schema.type_map.get(each.type_condition.name.value)
            elif isinstance(each, FieldNode) and named is not None:
                field = getattr(named, "fields", {}).get(each.name.value)
                named = get_named_type(field.type) if field else None
        return named

    @staticmethod
    def _role(owner: GraphQLNamedType, node: FieldNode) -> FieldBinding | None:
        field = getattr(owner, "fields", {}).get(node.name.value)
        return get_binding(field) if field else None

    def _taken(
        self, type_name: str, selected: SelectionSetNode | None, is_certain: bool, seen: set[tuple[str, bool]]
    ) -> Iterator[_Taken]:
        """The fields taken of a node of this type, through fragments."""
        type_ = self._schema.type_map.get(type_name)
        for node in selected.selections if selected else ():
            certain = is_certain and not node.directives
            if isinstance(node, FieldNode):
                field = getattr(type_, "fields", {}).get(node.name.value)
                yield _Taken(node, get_binding(field) if field else None, certain)
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node.type_condition.name.value if node.type_condition else type_name, type_):
                    yield from self._taken(type_name, node.selection_set, certain, seen)
            elif isinstance(node, FragmentSpreadNode) and (node.name.value, certain) not in seen:
                seen.add((node.name.value, certain))
                fragment = self._context.get_fragment(node.name.value)
                if fragment and self._applies(fragment.type_condition.name.value, type_):
                    yield from self._taken(type_name, fragment.selection_set, certain, seen)

    def _applies(self, condition: str, type_: GraphQLNamedType | None) -> bool:
        named = self._schema.type_map.get(condition)
        if type_ is None or named is None or named is type_:
            return named is type_
        if not isinstance(named, GraphQLAbstractType):
            return False
        return isinstance(type_, GraphQLObjectType) and self._schema.is_sub_type(named, type_)


@dataclass(frozen=True, slots=True)
class _Around:
    """By which field nodes are reached, and what that says of them."""

    field: str
    reveals_role: bool
    is_quoted: bool


def _may_order_by_value(node: FieldNode) -> bool:
    """Whether it may be ordered by anything but the IRI."""
    for argument in node.arguments or ():
        if argument.name.value == "orderBy":
            orders = argument.value.values if isinstance(argument.value, ListValueNode) else [argument.value]
            return not all(isinstance(each, NullValueNode) or _is_by_id(each) for each in orders)
    return False


def _is_by_id(order: ValueNode) -> bool:
    return isinstance(order, ObjectValueNode) and any(
        each.name.value == "field" and isinstance(each.value, EnumValueNode) and each.value.value == "ID"
        for each in order.fields
    )


def _is_full(node: FieldNode) -> bool:
    """Whether a page cannot be emptied by its arguments."""
    for argument in node.arguments or ():
        value = argument.value
        is_size = argument.name.value in ("first", "last")
        if argument.name.value != "orderBy" and not (
            is_size and isinstance(value, IntValueNode) and int(value.value) > 0
        ):
            return False
    return True
