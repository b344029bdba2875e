"""What each field of the generated schema stands for; a field carries its role, and planning reads nothing else."""

from dataclasses import dataclass
from enum import StrEnum

from graphql import GraphQLField

from kg.graphql.schema.type_model import LinkField, ValueField
from kg.questions import Question

_KEY = "role"


class ComputedField(StrEnum):
    """A field that no property holds."""

    ID = "id"
    SLUG = "slug"
    STATUS = "status"
    ATTRIBUTION = "attribution"
    ACT = "act"
    STATEMENT_ATTRIBUTION = "statementAttribution"


@dataclass(frozen=True, slots=True)
class TextsField:
    """All texts of a value, each with its language."""

    value: ValueField


@dataclass(frozen=True, slots=True)
class ConnectionField:
    """A connection over a link, or over all nodes of a type where there is none."""

    target: str
    link: LinkField | None


class RootFieldKind(StrEnum):
    """A field of the root."""

    NODE = "node"
    NODES = "nodes"
    ONE = "one"
    QUESTION = "question"
    QUESTIONS = "questions"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class RootField:
    """A field of the root that is no connection; ``target`` is the type of ``one``."""

    kind: RootFieldKind
    target: str = ""


@dataclass(frozen=True, slots=True)
class QuestionField:
    """A yes/no question, by its entry of the catalogue."""

    entry: Question


FieldBinding = ValueField | LinkField | TextsField | ConnectionField | ComputedField | RootField | QuestionField


def bind_field(field: GraphQLField, role: FieldBinding) -> GraphQLField:
    """The field, carrying its role."""
    field.extensions[_KEY] = role
    return field


def get_binding(field: GraphQLField) -> FieldBinding | None:
    """The role of a field; None for what is part of a page or of an answer."""
    found: FieldBinding | None = field.extensions.get(_KEY)
    return found
