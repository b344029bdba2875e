"""Refuses an operation that selects contested content without attribution, before anything is read from the graph.

A proposition asserts nothing by itself: with its content or its status its attribution, its headline or its statements
with their speakers must be selected; with the verdict of an answer its headline or its statements; with the words of a
statement its speaker. Judged on the merged selection tree: it does not
matter in which fragment a field stands. A page that its arguments may empty attributes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from graphql import (
    EnumValueNode,
    FieldNode,
    GraphQLError,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    ValueNode,
)

from kg.graphql.request import error_codes, errors
from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.request.collect_fields import (
    NUMBERS,
    TYPENAME,
    FieldGroup,
    MergedSelectionSet,
    select_nodes,
    selects_field,
)
from kg.graphql.schema.field_binding import ConnectionField
from kg.graphql.schema.static_types import StatementReference
from kg.graphql.schema.type_model import LinkField, TypeModel

_CURSORS = frozenset({"startCursor", "endCursor"})
_PAGE_SIZES = frozenset({"first", "last"})
_ORDER = "orderBy"
_ANSWER = "Answer"
_HEADLINE = "headline"
_STATEMENTS = "statements"
_VERDICTS = frozenset({"verdict", "reason", "status", "strength", "disputedAspects", "isInferred"})
"""Fields of an answer that tell how it is decided, and not by whom."""


class _Access(NamedTuple):
    """The link by which a value is reached, through the fields of its connection, and what that link implies."""

    field: str
    reveals_role: bool
    is_quotation: bool


_ROOT = _Access("", reveals_role=False, is_quotation=False)
_Visited = set[tuple[MergedSelectionSet, str, _Access]]


class AttributionRule:
    """Checks the operations of one schema."""

    def __init__(self, model: TypeModel, policy: AttributionPolicy) -> None:
        self._model, self._policy = model, policy

    def check(self, root: str, fields: Iterable[FieldGroup]) -> Iterator[GraphQLError]:
        """An error for each field whose selection set lacks attribution, given the fields of the root type."""
        visited: _Visited = set()
        for field in fields:
            yield from self._check(field, root, _ROOT, visited)

    def _check(self, field: FieldGroup, owner: str, inherited: _Access, visited: _Visited) -> Iterator[GraphQLError]:
        if field.is_leaf or field.name.startswith("__"):
            return
        access = self._access(field, owner, inherited)
        key = field.selection_set, field.type_.name, access
        if key in visited:
            return
        visited.add(key)
        if advice := self._check_connection(field) or self._check_members(field, access):
            yield errors.graphql_error(advice, error_codes.ATTRIBUTION, field.nodes)
        for name, subfields in field.subfields:
            for subfield in subfields:
                yield from self._check(subfield, name, access, visited)

    def _access(self, field: FieldGroup, owner: str, inherited: _Access) -> _Access:
        if field.binding is None and owner not in self._model.types:
            return inherited
        link = field.binding.link if isinstance(field.binding, ConnectionField) else field.binding
        if not isinstance(link, LinkField):
            return _ROOT
        return _Access(field.name, self._policy.reveals_role(link), self._policy.is_quotation_link(owner, link))

    def _check_members(self, field: FieldGroup, access: _Access) -> str:
        """What else to select of the value of a field, of whichever type it is; empty if nothing."""
        for name, subfields in field.subfields:
            if name == _ANSWER and (advice := self._check_answer(subfields)):
                return advice
            if name in self._model.types and (advice := self._check_member(name, subfields, access)):
                return advice
        return ""

    def _check_member(self, name: str, fields: Sequence[FieldGroup], access: _Access) -> str:
        policy = self._policy
        if policy.is_proposition(name):
            contested = [field.name for field in fields if policy.is_contested(field.binding)]
            if not contested and access.reveals_role and any(field.name != TYPENAME for field in fields):
                contested = [access.field]
            if contested and not self._is_attributed(fields):
                return (
                    f"{name}: {', '.join(dict.fromkeys(contested))} is contested. Also select attribution (one line),"
                    " headline, or statements { nodes { speaker { id } } } in the same selection set."
                )
        elif policy.is_statement(name):
            words = [field.name for field in fields if policy.is_statement_words(field.binding)]
            if words and not self._names_speaker(fields):
                return f"{name}: {words[0]} holds words of a speaker. Also select speaker {{ id }} or attribution."
        elif policy.is_passage(name) and not access.is_quotation:
            words = [field.name for field in fields if policy.is_passage_content(field.binding)]
            if words and not any(policy.is_quoted_by(field.binding) and self._has_speakers(field) for field in fields):
                return (
                    f"{name}: {words[0]} holds words of a speaker. Also select"
                    " quotedBy { nodes { speaker { id } } }, or reach the passage by the quote of a statement."
                )
        return ""

    def _check_answer(self, fields: Sequence[FieldGroup]) -> str:
        """What else to select with the verdict of an answer."""
        verdicts = [field.name for field in fields if field.name in _VERDICTS]
        is_attributed = any(
            field.name == _HEADLINE
            or (
                field.name == _STATEMENTS
                and all(
                    self._names_speaker(field.selection_set.field_groups(member))
                    for member in self._model.members(StatementReference.graphql_name)
                )
            )
            for field in fields
        )
        if not verdicts or is_attributed:
            return ""
        return (
            f"{_ANSWER}: {verdicts[0]} does not tell who says so. Also select headline (one sentence), or"
            " statements { speaker { id } } in the same selection set."
        )

    def _check_connection(self, field: FieldGroup) -> str:
        """What else to select of a connection whose number, order or cursors are content; empty if nothing.

        Its number is, if it is reached by the inverse of a role; its order and cursors are, if it is ordered by values.
        """
        binding = field.binding
        if not isinstance(binding, ConnectionField):
            return ""
        members = self._model.members(binding.target)
        nodes = list(select_nodes(field))
        reveals_role = binding.link is not None and self._policy.reveals_role(binding.link) and _selects_any(field)
        has_cursors = _selects_cursors(field)
        is_ordered = bool(nodes or has_cursors or selects_field(field, NUMBERS)) and _may_order_by_value(field.nodes[0])
        if not (is_ordered or reveals_role) or not any(map(self._policy.is_proposition, members)):
            return ""
        if selects_field(field, NUMBERS) and (_is_cut(field) or (reveals_role and _is_later(field))):
            return f"{field.name}: how many nodes there are is content. Select it with a page of at least one node."
        for member in members:
            fields = [subfield for node in nodes for subfield in node.selection_set.field_groups(member)]
            # A cursor is returned even where redaction removes the node, so that statements do not suffice.
            needs_line = is_ordered and has_cursors
            if needs_line and not any(self._policy.is_attribution(subfield.binding) for subfield in fields):
                return f"{field.name}: its cursors encode contested content. Also select nodes {{ attribution }}."
            if not self._is_attributed(fields):
                content = "that there are any, and how many," if reveals_role else "the order of its nodes"
                return f"{field.name}: {content} is contested content. Also select nodes {{ attribution }}."
        return ""

    def _is_attributed(self, fields: Iterable[FieldGroup]) -> bool:
        return any(
            self._policy.is_attribution(field.binding)
            or (self._policy.is_statement_connection(field.binding) and self._has_speakers(field))
            for field in fields
        )

    def _has_speakers(self, connection: FieldGroup) -> bool:
        """Whether a connection of statements is selected with speakers and no argument that may empty its page."""
        assert isinstance(connection.binding, ConnectionField)
        members = self._model.members(connection.binding.target)
        return _is_unfiltered(connection.nodes[0]) and any(
            all(self._names_speaker(node.selection_set.field_groups(member)) for member in members)
            for node in select_nodes(connection)
        )

    def _names_speaker(self, fields: Iterable[FieldGroup]) -> bool:
        return any(
            self._policy.is_statement_attribution(field.binding)
            or (self._policy.is_speaker(field.binding) and self._is_identified(field))
            for field in fields
        )

    def _is_identified(self, speaker: FieldGroup) -> bool:
        """Whether more than the type of a speaker is selected, of whichever type it is."""
        return all(
            any(self._policy.identifies_node(subfield.binding) for subfield in subfields)
            for _, subfields in speaker.subfields
        )


def _selects_any(connection: FieldGroup) -> bool:
    """Whether anything is selected of a connection but its type."""
    return any(field.name != TYPENAME for _, fields in connection.subfields for field in fields)


def _is_cut(connection: FieldGroup) -> bool:
    """Whether size or offset may empty the page where a cursor has nodes after it."""
    arguments = connection.arguments
    sizes = [arguments[name] for name in _PAGE_SIZES if arguments.get(name) is not None]
    return bool(arguments.get("offset")) or any(size < 1 for size in sizes)


def _is_later(connection: FieldGroup) -> bool:
    """Whether a cursor may empty the page of a connection that has nodes."""
    return any(connection.arguments.get(name) for name in ("after", "before"))


def _selects_cursors(connection: FieldGroup) -> bool:
    return any(
        (field.name == "edges" and any(edge_field.name == "cursor" for edge_field in subfields))
        or (field.name == "pageInfo" and any(info.name in _CURSORS for info in subfields))
        for _, fields in connection.subfields
        for field in fields
        for _, subfields in field.subfields
    )


def _may_order_by_value(node: FieldNode) -> bool:
    """Whether a connection may be ordered by anything but the IRI; an order in a variable may."""
    for argument in node.arguments or ():
        if argument.name.value == _ORDER:
            orders = argument.value.values if isinstance(argument.value, ListValueNode) else [argument.value]
            return not all(isinstance(order, NullValueNode) or _is_by_id(order) for order in orders)
    return False


def _is_by_id(order: ValueNode) -> bool:
    return isinstance(order, ObjectValueNode) and any(
        field.name.value == "field" and isinstance(field.value, EnumValueNode) and field.value.value == "ID"
        for field in order.fields
    )


def _is_unfiltered(node: FieldNode) -> bool:
    """Whether the arguments of a connection cannot empty its page; a size in a variable may."""
    return all(
        argument.name.value == _ORDER
        or (
            argument.name.value in _PAGE_SIZES
            and isinstance(argument.value, IntValueNode)
            and int(argument.value.value) > 0
        )
        for argument in node.arguments or ()
    )
