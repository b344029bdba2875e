"""The input types of connections: ``where`` and ``orderBy`` of each type, made of the operators that suit each field.

Owns which operators exist. What they mean in SPARQL is for ``plan.filters``.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLString,
)

from kg.graphql.schema.inflection import constant_case
from kg.graphql.schema.type_model import LinkField, TypeModel, ValueField, ValueKind

WITHIN = "within"
"""The operator that follows a hierarchy to its end: places to larger units, concepts to narrower ones."""
MAY_BE = "mayBe"
"""The operator that matches what may lie in a period of days; for dates, ``within`` matches what must."""
AS_PREFIX = "as"
"""``asZoneCoverage`` filters the nodes of an interface or union that are of one member type."""
PLAIN_SCALARS = {
    ValueKind.STRING: GraphQLString,
    ValueKind.INTEGER: GraphQLInt,
    ValueKind.BOOLEAN: GraphQLBoolean,
}
_ORDERED = frozenset({ValueKind.INTEGER, ValueKind.DECIMAL, ValueKind.DATE, ValueKind.STRING})
_TEXTUAL = frozenset({ValueKind.TEXT, ValueKind.STRING, ValueKind.EDTF, ValueKind.IRI})
_MAY_BE_DESCRIPTION = (
    "May lie in this day, month, year or interval (`2017-07`, `2017-07-01/2017-07-14`, `2017-07/..`): at least one day "
    "that the date may mean is in it. A set of dates matches by its members, an open interval up to its open end."
)
_WITHIN_PERIOD_DESCRIPTION = (
    "Lies within this day, month, year or interval, whichever day it was: every day that the date may mean is in it."
)
_Named = TypeVar("_Named", GraphQLInputObjectType, GraphQLEnumType)


def list_of(type_: Any) -> GraphQLList[Any]:
    """A list of non-null items."""
    return GraphQLList(GraphQLNonNull(type_))


class FilterInputs:
    """Makes each input type on first use."""

    def __init__(
        self, model: TypeModel, scalars: Mapping[str, GraphQLScalarType], enums: Mapping[str, GraphQLEnumType]
    ) -> None:
        self.model, self.scalars, self.enums = model, scalars, enums
        self._by_name: dict[str, Any] = {}
        self._direction = GraphQLEnumType(
            "Direction",
            {
                "ASC": GraphQLEnumValue("ASC", description="Ascending."),
                "DESC": GraphQLEnumValue("DESC", description="Descending."),
            },
            description="The direction of an order.",
        )

    def where_input(self, type_name: str) -> GraphQLInputObjectType:
        """The filter of a type or union."""
        description = f"A filter of {type_name}; all conditions must match."
        return self._input(f"{type_name}Where", lambda: self._where_fields(type_name), description)

    def order_input(self, type_name: str) -> GraphQLInputObjectType:
        """A sort key of a type or union; nodes with equal keys are ordered by IRI."""

        def fields() -> dict[str, GraphQLInputField]:
            return {
                "field": GraphQLInputField(
                    GraphQLNonNull(self._order_field_enum(type_name)), description="The field to order by."
                ),
                "direction": GraphQLInputField(
                    GraphQLNonNull(self._direction), default_value="ASC", description="Ascending by default."
                ),
            }

        return self._input(f"{type_name}Order", fields, f"A sort key of {type_name}.")

    def _order_field_enum(self, type_name: str) -> GraphQLEnumType:
        name = f"{type_name}OrderField"
        values = {constant_case("id"): GraphQLEnumValue("id", description="The IRI.")}
        for field in self.model.shared_fields(type_name).values():
            if isinstance(field, ValueField) and not field.is_many:
                values[constant_case(field.name)] = GraphQLEnumValue(field.name, description=field.description)
        description = f"The fields that {type_name} can be ordered by."
        return self._once(name, lambda: GraphQLEnumType(name, values, description=description))

    def _where_fields(self, type_name: str) -> dict[str, GraphQLInputField]:
        own = self.where_input(type_name)
        fields = {
            "id": GraphQLInputField(self._value_filter("ID", GraphQLID), description="Its IRI or short name."),
            "exists": GraphQLInputField(GraphQLBoolean, description="Whether there is any."),
            "and": GraphQLInputField(list_of(own), description="All of these match."),
            "or": GraphQLInputField(list_of(own), description="At least one of these matches."),
            "not": GraphQLInputField(own, description="This does not match."),
        }
        if self.model.hierarchy_link(type_name):
            fields[WITHIN] = GraphQLInputField(
                GraphQLID, description="It is this node, or belongs to it through any number of levels."
            )
        for field in self.model.shared_fields(type_name).values():
            fields[field.name] = GraphQLInputField(self._field_filter(field), description=field.description)
        is_object = type_name in self.model.types and not self.model.types[type_name].is_interface
        for member in () if is_object else self.model.members(type_name):
            fields[f"{AS_PREFIX}{member}"] = GraphQLInputField(
                self.where_input(member), description=f"It is a {member} that matches this."
            )
        return fields

    def _field_filter(self, field: ValueField | LinkField) -> GraphQLInputType:
        if isinstance(field, LinkField):
            return self.where_input(field.target)
        if field.kind is ValueKind.CONCEPT:
            return self._concept_filter(field.vocabulary)
        scalar = PLAIN_SCALARS.get(field.kind) or self.scalars[field.kind.value]
        return self._value_filter(field.kind.value, scalar, field.kind)

    def _value_filter(
        self, label: str, scalar: GraphQLScalarType, kind: ValueKind | None = None
    ) -> GraphQLInputObjectType:
        fields = {
            "eq": GraphQLInputField(scalar, description="Equals this."),
            "in": GraphQLInputField(list_of(scalar), description="Equals one of these."),
        }
        if kind:
            fields["exists"] = GraphQLInputField(GraphQLBoolean, description="Whether there is a value.")
        if kind in _ORDERED:
            fields["gt"] = GraphQLInputField(scalar, description="Greater than this.")
            fields["gte"] = GraphQLInputField(scalar, description="Greater than or equal to this.")
            fields["lt"] = GraphQLInputField(scalar, description="Less than this.")
            fields["lte"] = GraphQLInputField(scalar, description="Less than or equal to this.")
        if kind is ValueKind.EDTF:
            fields[MAY_BE] = GraphQLInputField(scalar, description=_MAY_BE_DESCRIPTION)
            fields[WITHIN] = GraphQLInputField(scalar, description=_WITHIN_PERIOD_DESCRIPTION)
        if kind in _TEXTUAL:
            fields["contains"] = GraphQLInputField(GraphQLString, description="Contains this, ignoring case.")
            fields["startsWith"] = GraphQLInputField(GraphQLString, description="Starts with this.")
        if kind is ValueKind.TEXT:
            fields["lang"] = GraphQLInputField(GraphQLString, description="Only text in this language, as `en`.")
        return self._input(f"{label}Filter", lambda: fields, f"A filter of values of type {label}.")

    def _concept_filter(self, vocabulary: str) -> GraphQLInputObjectType:
        enum = self.enums[vocabulary]
        fields = {
            "eq": GraphQLInputField(enum, description="Equals this."),
            "in": GraphQLInputField(list_of(enum), description="Equals one of these."),
            WITHIN: GraphQLInputField(enum, description="Is this concept or a narrower one."),
            "exists": GraphQLInputField(GraphQLBoolean, description="Whether there is a value."),
        }
        return self._input(f"{vocabulary}Filter", lambda: fields, f"A filter of values of {vocabulary}.")

    def _input(
        self, name: str, fields: Callable[[], Mapping[str, GraphQLInputField]], description: str
    ) -> GraphQLInputObjectType:
        return self._once(name, lambda: GraphQLInputObjectType(name, fields, description=description))

    def _once(self, name: str, make: Callable[[], _Named]) -> _Named:
        if name not in self._by_name:
            self._by_name[name] = make()
        type_: _Named = self._by_name[name]
        return type_
