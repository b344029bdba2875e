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
AS_PREFIX = "as"
"""``asZoneCoverage`` filters the nodes of an interface or union that are of one member type."""
PLAIN_SCALARS = {
    ValueKind.STRING: GraphQLString,
    ValueKind.INTEGER: GraphQLInt,
    ValueKind.BOOLEAN: GraphQLBoolean,
}
_ORDERED = frozenset({ValueKind.INTEGER, ValueKind.DECIMAL, ValueKind.DATE, ValueKind.EDTF, ValueKind.STRING})
_TEXTUAL = frozenset({ValueKind.TEXT, ValueKind.STRING, ValueKind.EDTF, ValueKind.IRI})
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
                "ASC": GraphQLEnumValue("ASC", description="The least first."),
                "DESC": GraphQLEnumValue("DESC", description="The greatest first."),
            },
            description="Which end comes first.",
        )

    def where_input(self, type_name: str) -> GraphQLInputObjectType:
        """The filter of a type or union."""
        description = f"Conditions on {type_name}; all of them must hold."
        return self._input(f"{type_name}Where", lambda: self._where_fields(type_name), description)

    def order_input(self, type_name: str) -> GraphQLInputObjectType:
        """A sort key of a type or union; nodes with equal keys are ordered by IRI."""

        def fields() -> dict[str, GraphQLInputField]:
            return {
                "field": GraphQLInputField(GraphQLNonNull(self._order_field_enum(type_name)), description="By what."),
                "direction": GraphQLInputField(
                    GraphQLNonNull(self._direction), default_value="ASC", description="Which end comes first."
                ),
            }

        return self._input(f"{type_name}Order", fields, f"An order of {type_name}.")

    def _order_field_enum(self, type_name: str) -> GraphQLEnumType:
        name = f"{type_name}OrderField"
        values = {constant_case("id"): GraphQLEnumValue("id", description="The IRI.")}
        for field in self.model.shared_fields(type_name).values():
            if isinstance(field, ValueField) and not field.is_many:
                values[constant_case(field.name)] = GraphQLEnumValue(field.name, description=field.description)
        description = f"What {type_name} is ordered by."
        return self._once(name, lambda: GraphQLEnumType(name, values, description=description))

    def _where_fields(self, type_name: str) -> dict[str, GraphQLInputField]:
        own = self.where_input(type_name)
        fields = {
            "id": GraphQLInputField(self._value_filter("ID", GraphQLID), description="Its IRI or short name."),
            "exists": GraphQLInputField(GraphQLBoolean, description="Whether there is one at all."),
            "and": GraphQLInputField(list_of(own), description="All of these hold."),
            "or": GraphQLInputField(list_of(own), description="One of these holds at least."),
            "not": GraphQLInputField(own, description="This does not hold."),
        }
        if self.model.hierarchy_link(type_name):
            fields[WITHIN] = GraphQLInputField(
                GraphQLID, description="It is this one, or belongs to it by any number of steps."
            )
        for field in self.model.shared_fields(type_name).values():
            fields[field.name] = GraphQLInputField(self._field_filter(field), description=field.description)
        members = self.model.members(type_name)
        for member in members if len(members) > 1 else ():
            fields[f"{AS_PREFIX}{member}"] = GraphQLInputField(
                self.where_input(member), description=f"It is of type {member}, and:"
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
            "eq": GraphQLInputField(scalar, description="Is this."),
            "in": GraphQLInputField(list_of(scalar), description="Is one of these."),
        }
        if kind:
            fields["exists"] = GraphQLInputField(GraphQLBoolean, description="Whether there is a value.")
        if kind in _ORDERED:
            fields["gt"] = GraphQLInputField(scalar, description="Comes after this.")
            fields["gte"] = GraphQLInputField(scalar, description="Is this or comes after it.")
            fields["lt"] = GraphQLInputField(scalar, description="Comes before this.")
            fields["lte"] = GraphQLInputField(scalar, description="Is this or comes before it.")
        if kind in _TEXTUAL:
            fields["contains"] = GraphQLInputField(GraphQLString, description="Contains this, in any case of letters.")
            fields["startsWith"] = GraphQLInputField(GraphQLString, description="Starts so.")
        if kind is ValueKind.TEXT:
            fields["lang"] = GraphQLInputField(GraphQLString, description="Only text in this language, as `en`.")
        return self._input(f"{label}Filter", lambda: fields, f"Conditions on one value of type {label}.")

    def _concept_filter(self, vocabulary: str) -> GraphQLInputObjectType:
        enum = self.enums[vocabulary]
        fields = {
            "eq": GraphQLInputField(enum, description="Is this."),
            "in": GraphQLInputField(list_of(enum), description="Is one of these."),
            WITHIN: GraphQLInputField(enum, description="Is this or something narrower."),
            "exists": GraphQLInputField(GraphQLBoolean, description="Whether there is a value."),
        }
        return self._input(f"{vocabulary}Filter", lambda: fields, f"Conditions on a value of {vocabulary}.")

    def _input(
        self, name: str, fields: Callable[[], Mapping[str, GraphQLInputField]], description: str
    ) -> GraphQLInputObjectType:
        return self._once(name, lambda: GraphQLInputObjectType(name, fields, description=description))

    def _once(self, name: str, make: Callable[[], _Named]) -> _Named:
        if name not in self._by_name:
            self._by_name[name] = make()
        type_: _Named = self._by_name[name]
        return type_
