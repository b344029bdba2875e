"""What a client may filter and order by: one input a type, made of the operators that suit each field."""

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
from kg.graphql.schema.type_model import LinkField, TypeCategory, TypeModel, ValueField, ValueKind

_ORDERED = frozenset({ValueKind.INTEGER, ValueKind.DECIMAL, ValueKind.DATE, ValueKind.EDTF, ValueKind.STRING})
_SPELT = frozenset({ValueKind.TEXT, ValueKind.STRING, ValueKind.EDTF, ValueKind.IRI})
Made = TypeVar("Made", GraphQLInputObjectType, GraphQLEnumType)
WITHIN = "within"
AS_PREFIX = "as"


def list_of(type_: Any) -> GraphQLList[Any]:
    return GraphQLList(GraphQLNonNull(type_))


class FilterInputs:
    """Makes the inputs on first use; ``named`` has those that were used."""

    def __init__(
        self, model: TypeModel, scalars: Mapping[str, GraphQLScalarType], enums: Mapping[str, GraphQLEnumType]
    ) -> None:
        self.model, self.scalars, self.enums = model, scalars, enums
        self.named: dict[str, Any] = {}
        self.direction = GraphQLEnumType(
            "Direction",
            {
                "ASC": GraphQLEnumValue("ASC", description="The least first."),
                "DESC": GraphQLEnumValue("DESC", description="The greatest first."),
            },
            description="Which end comes first.",
        )

    def where(self, type_name: str) -> GraphQLInputObjectType:
        """The filter of a type or union."""
        name = f"{type_name}Where"
        return self._made(name, lambda: self._input(name, lambda: self._where_fields(type_name),
                                                    f"Conditions on {type_name}; all of them must hold."))  # fmt: skip

    def order(self, type_name: str) -> GraphQLInputObjectType:
        """What a type can be ordered by; the IRI always decides what is left equal."""
        name = f"{type_name}Order"
        fields = {
            "field": GraphQLInputField(GraphQLNonNull(self._order_field(type_name)), description="By what."),
            "direction": GraphQLInputField(
                GraphQLNonNull(self.direction), default_value="ASC", description="Which end comes first."
            ),
        }
        return self._made(name, lambda: self._input(name, lambda: fields, f"An order of {type_name}."))

    def _order_field(self, type_name: str) -> GraphQLEnumType:
        name = f"{type_name}OrderField"
        fields = {constant_case("id"): GraphQLEnumValue("id", description="The IRI.")}
        for field in self.model.shared_fields(type_name).values():
            if isinstance(field, ValueField) and not field.is_many:
                fields[constant_case(field.name)] = GraphQLEnumValue(field.name, description=field.description)
        return self._made(name, lambda: GraphQLEnumType(name, fields, description=f"What {type_name} is ordered by."))

    def _where_fields(self, type_name: str) -> dict[str, GraphQLInputField]:
        own = self.where(type_name)
        found = {
            "id": GraphQLInputField(self._values("ID", GraphQLID), description="Its IRI or short name."),
            "exists": GraphQLInputField(GraphQLBoolean, description="Whether there is one at all."),
            "and": GraphQLInputField(list_of(own), description="All of these hold."),
            "or": GraphQLInputField(list_of(own), description="One of these holds at least."),
            "not": GraphQLInputField(own, description="This does not hold."),
        }
        if self.hierarchy_link(type_name):
            found[WITHIN] = GraphQLInputField(
                GraphQLID, description="It is this one, or belongs to it by any number of steps."
            )
        for field in self.model.shared_fields(type_name).values():
            found[field.name] = GraphQLInputField(self._condition(field), description=field.description)
        members = self.model.members(type_name)
        for member in members if len(members) > 1 else ():
            found[f"{AS_PREFIX}{member}"] = GraphQLInputField(
                self.where(member), description=f"It is of type {member}, and:"
            )
        return found

    def hierarchy_link(self, type_name: str) -> LinkField | None:
        """The one link by which a thing belongs to another of its type, as a place to a larger one."""
        if type_name not in self.model.types or self.model.types[type_name].category is not TypeCategory.THING:
            return None
        classes = set(self.model.classes(type_name))
        found = [
            field
            for field in self.model.types[type_name].fields.values()
            if isinstance(field, LinkField)
            and not field.is_many
            and not any(step.inverse for step in field.steps)
            and classes <= set(self.model.classes(field.target))
        ]
        return found[0] if len(found) == 1 else None

    def _condition(self, field: ValueField | LinkField) -> GraphQLInputType:
        if isinstance(field, LinkField):
            return self.where(field.target)
        if field.kind is ValueKind.CONCEPT:
            return self._concepts(field.vocabulary)
        return self._values(field.kind.value, self._scalar(field.kind), field.kind)

    def _scalar(self, kind: ValueKind) -> GraphQLScalarType:
        plain = {ValueKind.STRING: GraphQLString, ValueKind.INTEGER: GraphQLInt, ValueKind.BOOLEAN: GraphQLBoolean}
        return plain.get(kind) or self.scalars[kind.value]

    def _values(self, label: str, scalar: GraphQLScalarType, kind: ValueKind | None = None) -> GraphQLInputObjectType:
        name = f"{label}Filter"
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
        if kind in _SPELT:
            fields["contains"] = GraphQLInputField(GraphQLString, description="Contains this, in any case of letters.")
            fields["startsWith"] = GraphQLInputField(GraphQLString, description="Starts so.")
        if kind is ValueKind.TEXT:
            fields["lang"] = GraphQLInputField(GraphQLString, description="Only text in this language, as `en`.")
        return self._made(name, lambda: self._input(name, lambda: fields, f"Conditions on one value of type {label}."))

    def _concepts(self, vocabulary: str) -> GraphQLInputObjectType:
        name = f"{vocabulary}Filter"
        enum = self.enums[vocabulary]
        fields = {
            "eq": GraphQLInputField(enum, description="Is this."),
            "in": GraphQLInputField(list_of(enum), description="Is one of these."),
            WITHIN: GraphQLInputField(enum, description="Is this or something narrower."),
            "exists": GraphQLInputField(GraphQLBoolean, description="Whether there is a value."),
        }
        return self._made(name, lambda: self._input(name, lambda: fields, f"Conditions on a value of {vocabulary}."))

    @staticmethod
    def _input(
        name: str, fields: Callable[[], Mapping[str, GraphQLInputField]], description: str
    ) -> GraphQLInputObjectType:
        return GraphQLInputObjectType(name, fields, description=description)

    def _made(self, name: str, make: Callable[[], Made]) -> Made:
        if name not in self.named:
            self.named[name] = make()
        found: Made = self.named[name]
        return found
