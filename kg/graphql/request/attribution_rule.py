"""Refuses an operation that selects contested content without attribution, before anything is read from the graph.

A proposition asserts nothing by itself: with its content or its status its attribution, its headline or its statements
with theirs must be selected; with anything of an answer its headline or its statements; with what a statement says or
does, and how, its speaker and source. Judged on the merged selection tree: it does not matter in which fragment a field
stands. A page that its arguments may empty attributes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from graphql import EnumValueNode, FieldNode, GraphQLError, ListValueNode, NullValueNode, ObjectValueNode, ValueNode

from kg.graphql.request import error_codes, errors
from kg.graphql.request.attribution_policy import AttributionPolicy
from kg.graphql.request.attribution_selection import ORDER, AttributionSelection, has_no_size, selects_more_than_nodes
from kg.graphql.request.collect_fields import (
    NUMBERS,
    TYPENAME,
    FieldGroup,
    MergedSelectionSet,
    select_nodes,
    selects_data,
    selects_field,
)
from kg.graphql.schema.field_binding import ConnectionField, RootField, RootFieldKind
from kg.graphql.schema.static_types import StatementReference
from kg.graphql.schema.type_model import LinkField, TypeModel, ValueField
from kg.questions.question import AnswerKind, Question

_CURSORS = frozenset({"startCursor", "endCursor"})
_HEADLINE = "headline"
_ATTRIBUTION = "attribution"
_STATEMENT = "statement"
_STATEMENTS = "statements"
_WHOSE = "attribution, or speaker { id } and reportedIn { nodes { id } }"
"""What to select of a statement."""
_CELL_VALUE = "value"
"""Acts and hedges have no name: rows of names would tell who is spoken of, and not that somebody denies it."""
_SELECTIONS_OF_ANSWERS = {"answer": "answer { headline }", "table": "table { rows { cells { column value } } }"}


class _Access(NamedTuple):
    """The link by which a value is reached, through the fields of its connection, and what that link implies."""

    field: str
    reveals_role: bool
    is_quotation: bool
    is_part_of_another: bool


_ROOT = _Access("", reveals_role=False, is_quotation=False, is_part_of_another=False)
_Visited = set[tuple[MergedSelectionSet, str, _Access]]


class AttributionRule:
    """Checks the operations of one schema."""

    def __init__(self, model: TypeModel, policy: AttributionPolicy, questions: Iterable[Question]) -> None:
        self._model, self._policy = model, policy
        self._kinds = {question.name: question.kind for question in questions}
        self._selection = AttributionSelection(model, policy)
        self._checks_of_answers: dict[str, Callable[[Sequence[FieldGroup]], str]] = {
            "Answer": self._check_answer,
            "Bearing": self._check_bearing,
            "SearchHit": self._check_hit,
            "Table": _check_table,
        }

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
        if advice := (
            self._check_connection(field, access) or self._check_question(field) or self._check_members(field, access)
        ):
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
        policy = self._policy
        return _Access(
            field.name,
            policy.reveals_role(link),
            policy.is_quotation_link(owner, link),
            policy.leads_to_part_of_another(owner, link),
        )

    def _check_members(self, field: FieldGroup, access: _Access) -> str:
        """What else to select of the value of a field, of whichever type it is; empty if nothing."""
        for name, subfields in field.subfields:
            if (check := self._checks_of_answers.get(name)) and (advice := check(subfields)):
                return advice
            if name in self._model.types and (advice := self._check_member(name, subfields, access)):
                return advice
        return ""

    def _check_member(self, name: str, fields: Sequence[FieldGroup], access: _Access) -> str:
        policy = self._policy
        if policy.is_proposition(name):
            return self._check_proposition(name, fields, access)
        if policy.is_statement(name):
            return self._check_statement(name, fields)
        if policy.is_passage(name) and not access.is_quotation:
            return self._check_passage(name, fields)
        if access.is_part_of_another:
            return self._check_part(name, fields)
        return self._check_thing(name, fields)

    def _check_proposition(self, name: str, fields: Sequence[FieldGroup], access: _Access) -> str:
        contested = [field.name for field in fields if self._policy.is_contested(field.binding)]
        contested += [field.name for field in fields if self._reveals_verdict(field)]
        if not contested and access.reveals_role and any(field.name != TYPENAME for field in fields):
            contested = [access.field]
        if contested and self._selection.is_attributed(fields):
            return self._check_parts(name, fields)
        if not contested:
            return ""
        return (
            f"{name}: {', '.join(dict.fromkeys(contested))} is contested. Also select attribution (one line),"
            " headline, or statements { nodes { attribution } } in the same selection set."
        )

    def _check_parts(self, name: str, fields: Sequence[FieldGroup]) -> str:
        """What else to select of a proposition with others that are part of it, such as the content of a position.

        Those may have no statements, and the statements on the whole do not tell who holds it, nor how.
        """
        if self._selection.has_line(fields):
            return ""
        for field in fields:
            if self._policy.leads_to_part(field.binding) and not all(
                any(self._selection.has_line(node.selection_set.field_groups(member)) for node in select_nodes(field))
                for member in self._members(field)
            ):
                return f"{name}: {field.name} does not tell whose it is. Also select attribution or headline of {name}."
        return ""

    def _members(self, connection: FieldGroup) -> Sequence[str]:
        return self._model.members(connection.binding.target) if isinstance(connection.binding, ConnectionField) else ()

    def _check_statement(self, name: str, fields: Sequence[FieldGroup]) -> str:
        policy = self._policy
        if not self._selection.names_speaker(fields):
            said = [field.name for field in fields if policy.is_said(field.binding) and not self._is_attributed(field)]
            if said:
                return f"{name}: {said[0]} is what a speaker says or does, or how. Also select {_WHOSE}."
        has_line = any(policy.is_statement_attribution(field.binding) for field in fields)
        told = (policy.is_disputed_by, policy.is_retracted_by) if has_line else ()
        verdicts = [
            field.name
            for field in fields
            if self._reveals_verdict(field) and not any(tells(field.binding) for tells in told)
        ]
        if not verdicts:
            return ""
        return (
            f"{name}: {verdicts[0]} tells how it stands. Select of {verdicts[0]} nothing but nodes {{ attribution }}."
        )

    def _check_thing(self, name: str, fields: Sequence[FieldGroup]) -> str:
        """What else to select of anything else with statements that do something with it, as declare a zone."""
        done = [field.name for field in fields if self._reveals_verdict(field)]
        if not done:
            return ""
        return f"{name}: {done[0]} tells what speakers do. Select of {done[0]} nothing but nodes {{ attribution }}."

    def _check_passage(self, name: str, fields: Sequence[FieldGroup]) -> str:
        words = [field.name for field in fields if self._policy.is_passage_content(field.binding)]
        if not words or any(map(self._selection.attributes_passage, fields)):
            return ""
        return (
            f"{name}: {words[0]} holds words of a speaker. Also select"
            " quotedBy { nodes { attribution } }, or reach the passage by the quote of a statement."
        )

    def _check_part(self, name: str, fields: Sequence[FieldGroup]) -> str:
        """What else to select of a part that was reached from the part of another proposition."""
        owners = self._owners(name)
        content = [field.name for field in fields if field.name not in owners]
        if not content or any(map(self._selection.attributes_part, fields)):
            return ""
        return (
            f"{name}: {content[0]} may be what another speaker says. Also select"
            f" {owners[0]} {{ nodes {{ attribution }} }} in the same selection set."
        )

    def _owners(self, part: str) -> list[str]:
        """The fields that lead from a part to the propositions that it belongs to."""
        return [field.name for field in self._model.types[part].fields.values()
                if isinstance(field, LinkField) and self._policy.reveals_role(field)]  # fmt: skip

    def _reveals_verdict(self, field: FieldGroup) -> bool:
        """Whether the statements that do one thing with a node are selected without whose they are."""
        return (
            isinstance(field.binding, ConnectionField)
            and field.binding.link is not None
            and self._policy.is_verdict_link(field.binding.link)
            and not self._selection.names_speakers_only(field)
        )

    def _is_attributed(self, act: FieldGroup) -> bool:
        """Whether the proposition that an act of a statement leads to is selected with its attribution."""
        return not act.is_leaf and all(
            self._policy.is_proposition(name) and self._selection.has_line(subfields)
            for name, subfields in act.subfields
        )

    def _check_question(self, field: FieldGroup) -> str:
        """What else to select of a question by its name: that it is answered tells that its parameters are in use."""
        if not (isinstance(field.binding, RootField) and field.binding.kind is RootFieldKind.QUESTION):
            return ""
        kind = self._kinds.get(field.arguments["name"])
        needed = "answer" if kind is AnswerKind.YES_NO else "table"
        selected = {subfield.name for _, subfields in field.subfields for subfield in subfields}
        if kind is None or needed in selected:
            return ""
        return f"{field.name}: that there is an answer is content. Also select {_SELECTIONS_OF_ANSWERS[needed]}."

    def _check_answer(self, fields: Sequence[FieldGroup]) -> str:
        """What else to select of an answer: each of its fields, and that it took more queries, tells the verdict."""
        if any(
            field.name == _HEADLINE
            or (field.name == _STATEMENTS and self._holds(field, self._selection.attributes_act))
            for field in fields
        ):
            return ""
        return (
            f"Answer: {fields[0].name} does not tell who says so. Also select headline (one sentence), or"
            " statements { attribution } in the same selection set."
        )

    def _check_bearing(self, fields: Sequence[FieldGroup]) -> str:
        """What else to select of a related statement: that there is one tells how it stands."""
        if any(field.name == _STATEMENT and self._holds(field, self._selection.names_speaker) for field in fields):
            return ""
        return f"Bearing: {fields[0].name} does not tell who says so. Also select statement {{ attribution }}."

    def _check_hit(self, fields: Sequence[FieldGroup]) -> str:
        """What else to select of a hit: that there is one may tell what somebody calls it, or says."""
        if any(
            field.name == _ATTRIBUTION
            or (field.name == _STATEMENTS and self._holds(field, self._selection.attributes_act))
            for field in fields
        ):
            return ""
        return f"SearchHit: {fields[0].name} may be what somebody says. Also select attribution (one line)."

    def _holds(self, field: FieldGroup, is_enough: Callable[[Sequence[FieldGroup]], bool]) -> bool:
        """Whether enough is selected of the statement or statements that a field holds."""
        return all(
            is_enough(field.selection_set.field_groups(member))
            for member in self._model.members(StatementReference.graphql_name)
        )

    def _check_connection(self, field: FieldGroup, access: _Access) -> str:
        """What else to select of a connection whose number, order or cursors are content; empty if nothing.

        Its number is, if it is reached by the inverse of a role; its order and cursors are, if it is ordered by values.
        """
        binding = field.binding
        if not isinstance(binding, ConnectionField) or not selects_data(field):
            return ""
        if access.is_part_of_another and (selects_more_than_nodes(field) or _selects_cursors(field)):
            return (
                f"{field.name}: how many there are may be what another speaker says. Select nothing but"
                f" nodes {{ {self._owners(binding.target)[0]} {{ nodes {{ attribution }} }} }}."
            )
        if self._is_ordered_by_words(field, binding):
            return f"{field.name}: its order and its cursors hold words of a speaker. Order it by ID."
        members = self._model.members(binding.target)
        if not any(map(self._policy.is_proposition, members)):
            return self._check_order_of_statements(field, binding, members)
        reveals_role = binding.link is not None and self._policy.reveals_role(binding.link)
        is_ordered = _may_order_by_value(field.nodes[0])
        if not (is_ordered or reveals_role):
            return ""
        # A page that a cursor or an offset empties is attributed by claims.
        if selects_field(field, NUMBERS) and has_no_size(field):
            return f"{field.name}: how many nodes there are is content. Select it with a page of at least one node."
        return self._check_nodes(field, members, reveals_role=reveals_role, is_ordered=is_ordered)

    def _check_nodes(self, field: FieldGroup, members: Iterable[str], *, reveals_role: bool, is_ordered: bool) -> str:
        """What else to select of the nodes of a connection of which numbers, order or cursors are content."""
        encodes_value = is_ordered and _selects_cursors(field)
        nodes = list(select_nodes(field))
        for member in members:
            fields = [subfield for node in nodes for subfield in node.selection_set.field_groups(member)]
            if self._selection.has_line(fields):
                continue
            # Redaction leaves cursors in, and reports how many nodes it leaves out; of a role that is content.
            if reveals_role:
                content = "that there are any, and how many, is"
            elif encodes_value:
                content = "its cursors encode"
            elif not self._selection.is_attributed(fields):
                content = "the order of its nodes is"
            else:
                continue
            return f"{field.name}: {content} contested content. Also select nodes {{ attribution }}."
        return ""

    def _check_order_of_statements(self, field: FieldGroup, binding: ConnectionField, members: Iterable[str]) -> str:
        """What else to select of statements in the order of what their speakers say, or how."""
        if not any(map(self._policy.is_said, self._order(field, binding))):
            return ""
        nodes = list(select_nodes(field))
        if all(
            any(self._selection.names_speaker(node.selection_set.field_groups(member)) for node in nodes)
            for member in members
        ):
            return ""
        return (
            f"{field.name}: the order of its nodes and its cursors tell what speakers say, or how. Also select"
            " nodes { attribution }."
        )

    def _is_ordered_by_words(self, field: FieldGroup, binding: ConnectionField) -> bool:
        """Whether the order of statements or passages is that of their words."""
        return any(
            self._policy.is_statement_words(value) or self._policy.is_passage_content(value)
            for value in self._order(field, binding)
        )

    def _order(self, field: FieldGroup, binding: ConnectionField) -> list[ValueField | LinkField | None]:
        """What a connection is ordered by; None is the IRI."""
        fields = self._model.shared_fields(binding.target)
        return [fields.get(order["field"]) for order in field.arguments.get(ORDER) or ()]


def _check_table(fields: Sequence[FieldGroup]) -> str:
    """What else to select of a table: that there is one, and how many rows it has, is content."""
    cells = [cell for rows in fields if rows.name == "rows" for _, row in rows.subfields for cells in row
             if cells.name == "cells" for _, selected in cells.subfields for cell in selected]  # fmt: skip
    if any(cell.name == _CELL_VALUE for cell in cells):
        return ""
    return f"Table: {fields[0].name} does not tell who says so. Also select rows {{ cells {{ column value }} }}."


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
        if argument.name.value == ORDER:
            orders = argument.value.values if isinstance(argument.value, ListValueNode) else [argument.value]
            return not all(isinstance(order, NullValueNode) or _is_by_id(order) for order in orders)
    return False


def _is_by_id(order: ValueNode) -> bool:
    return isinstance(order, ObjectValueNode) and any(
        field.name.value == "field" and isinstance(field.value, EnumValueNode) and field.value.value == "ID"
        for field in order.fields
    )
