"""What each field of the schema stands for. A field carries its binding; planning reads bindings, never field names.

Owns the kinds of binding and where they are kept: the extensions of a ``GraphQLField``.
"""

from dataclasses import dataclass
from enum import StrEnum

from graphql import GraphQLField

from kg.graphql.schema.computed_fields import ComputedField
from kg.graphql.schema.type_model import LinkField, ValueField
from kg.questions.question import Question

_KEY = "binding"


@dataclass(frozen=True, slots=True)
class TextsField:
    """All texts of a value, with their languages."""

    value: ValueField


@dataclass(frozen=True, slots=True)
class ConnectionField:
    """A Relay connection: over the nodes of a link, or over all nodes of a type if there is no link."""

    target: str
    link: LinkField | None


class RootFieldKind(StrEnum):
    """The fields of the query root that are no connection."""

    NODE = "node"
    NODES = "nodes"
    ONE = "one"
    QUESTION = "question"
    QUESTIONS = "questions"
    ANSWERS = "answers"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class RootField:
    """A field of the query root; ``target`` is the type of ``ONE``."""

    kind: RootFieldKind
    target: str = ""


@dataclass(frozen=True, slots=True)
class QuestionField:
    """A yes/no question of the catalogue."""

    question: Question


FieldBinding = ValueField | LinkField | TextsField | ConnectionField | ComputedField | RootField | QuestionField


def bind_field(field: GraphQLField, binding: FieldBinding) -> GraphQLField:
    """Bind the field, and return it."""
    field.extensions[_KEY] = binding
    return field


def get_binding(field: GraphQLField) -> FieldBinding | None:
    """The binding of a field; None for fields of connections and of hand-written types."""
    binding: FieldBinding | None = field.extensions.get(_KEY)
    return binding
