"""What each field of the generated schema stands for; a field carries its role, and planning reads nothing else."""

from dataclasses import dataclass
from enum import StrEnum

from graphql import GraphQLField

from kg.graphql.schema.type_model import Link, Value
from kg.questions import Question

_KEY = "role"


class Computed(StrEnum):
    """A field that no property holds."""

    ID = "id"
    SLUG = "slug"
    STATUS = "status"
    ATTRIBUTION = "attribution"
    ACT = "act"
    STATEMENT_ATTRIBUTION = "statementAttribution"


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of a value, each with its language."""

    value: Value


@dataclass(frozen=True, slots=True)
class Paged:
    """A connection over a link, or over all nodes of a type where there is none."""

    target: str
    link: Link | None


class Entrance(StrEnum):
    """A field of the root."""

    NODE = "node"
    NODES = "nodes"
    ONE = "one"
    QUESTION = "question"
    QUESTIONS = "questions"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class Entering:
    """A field of the root that is no connection; ``target`` is the type of ``one``."""

    entrance: Entrance
    target: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """A yes/no question, by its entry of the catalogue."""

    entry: Question


Role = Value | Link | Texts | Paged | Computed | Entering | Asking


def bearing(field: GraphQLField, role: Role) -> GraphQLField:
    """The field, carrying its role."""
    field.extensions[_KEY] = role
    return field


def role_of(field: GraphQLField) -> Role | None:
    """The role of a field; None for what is part of a page or of an answer."""
    found: Role | None = field.extensions.get(_KEY)
    return found
