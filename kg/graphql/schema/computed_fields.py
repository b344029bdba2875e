"""The computed fields: those that no property of a node holds. One row a field; a new one is a row here.

A row says which types have the field, its type and description, what it loads, how its value is computed, and what it
means to attribution. Owns no data: rows load and read through ``NodeValues``, which ``kg.graphql.plan`` implements.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Protocol

from kg.graphql.schema.type_model import TypeCategory, TypeDefinition


class NodeValues(Protocol):
    """What computed fields load, for many nodes at once, and read, for one node, once it is loaded."""

    def request_acts(self, statements: Set[str]) -> None: ...

    def request_standings(self, propositions: Set[str]) -> None: ...

    def request_statement_attributions(self, statements: Set[str]) -> None: ...

    def act(self, statement: str) -> str | None: ...

    def status(self, proposition: str) -> str: ...

    def strength(self, proposition: str) -> str | None: ...

    def disputed_aspects(self, proposition: str) -> list[str]: ...

    def headline(self, proposition: str) -> str: ...

    def attribution(self, proposition: str) -> str: ...

    def statement_attribution(self, statement: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedField:
    """A field of all types that it ``applies_to``."""

    name: str
    type_name: str
    """A scalar of GraphQL, or the name of a generated enum."""
    description: str
    applies_to: Callable[[TypeDefinition], bool]
    compute: Callable[[NodeValues, str], str | int | list[str] | None]
    """The value for the IRI of a node."""
    request: Callable[[NodeValues, Set[str]], None] | None = None
    """Requests what the value needs beyond the IRI."""
    is_nullable: bool = False
    is_list: bool = False
    identifies_node: bool = False
    needs_attribution: bool = False
    """It says how a proposition stands, and not who says so."""
    attributes_proposition: bool = False
    attributes_statement: bool = False
    is_act: bool = False
    """It says what a statement does, and not whose it is."""


def _is_proposition(type_: TypeDefinition) -> bool:
    return type_.category is TypeCategory.PROPOSITION


def _is_statement(type_: TypeDefinition) -> bool:
    return type_.category is TypeCategory.STATEMENT


ID = ComputedField(
    name="id",
    type_name="ID",
    description="Its IRI.",
    applies_to=lambda _type: True,
    compute=lambda _values, iri: iri,
    identifies_node=True,
)

COMPUTED_FIELDS = (
    ID,
    ComputedField(
        name="slug",
        type_name="String",
        description="The last part of its IRI.",
        applies_to=lambda type_: bool(type_.kind),
        compute=lambda _values, iri: iri.rsplit("/", 1)[-1],
        identifies_node=True,
    ),
    ComputedField(
        name="attribution",
        type_name="String",
        description="Who asserts, denies or disputes it, in one line.",
        applies_to=_is_proposition,
        compute=lambda values, iri: values.attribution(iri),
        request=lambda values, iris: values.request_standings(iris),
        attributes_proposition=True,
    ),
    ComputedField(
        name="headline",
        type_name="String",
        description="How it stands, in a sentence that names who says so.",
        applies_to=_is_proposition,
        compute=lambda values, iri: values.headline(iri),
        request=lambda values, iris: values.request_standings(iris),
        attributes_proposition=True,
    ),
    ComputedField(
        name="status",
        type_name="Status",
        description="Its status, decided from the statements about it. Also select headline or attribution.",
        applies_to=_is_proposition,
        compute=lambda values, iri: values.status(iri),
        request=lambda values, iris: values.request_standings(iris),
        needs_attribution=True,
    ),
    ComputedField(
        name="strength",
        type_name="Strength",
        description="How firmly it is asserted or rejected in a source's own voice; null otherwise.",
        applies_to=_is_proposition,
        compute=lambda values, iri: values.strength(iri),
        request=lambda values, iris: values.request_standings(iris),
        is_nullable=True,
        needs_attribution=True,
    ),
    ComputedField(
        name="disputedAspects",
        type_name="Aspect",
        description="In what the statements on it are disputed, whether or not that rejects it.",
        applies_to=_is_proposition,
        compute=lambda values, iri: values.disputed_aspects(iri),
        request=lambda values, iris: values.request_standings(iris),
        is_list=True,
        needs_attribution=True,
    ),
    ComputedField(
        name="act",
        type_name="Act",
        description="The act of the speaker.",
        applies_to=_is_statement,
        compute=lambda values, iri: values.act(iri),
        request=lambda values, iris: values.request_acts(iris),
        is_act=True,
    ),
    ComputedField(
        name="attribution",
        type_name="String",
        description="Who states it, with which hedge, in which source, in one line.",
        applies_to=_is_statement,
        compute=lambda values, iri: values.statement_attribution(iri),
        request=lambda values, iris: values.request_statement_attributions(iris),
        attributes_statement=True,
    ),
)
