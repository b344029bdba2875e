"""The hand-written types of the schema, as Strawberry classes: pages, texts, the catalogue of questions, answers.

Owns these types and the one seam between Strawberry and graphql-core: ``StaticTypeConverter`` is Strawberry's
converter, which looks up references to generated types by name. Knows nothing of ontology and shapes.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryType

from kg import namespaces
from kg.schema.model import local_name


class GeneratedType:
    """A reference, for annotations, to a type that is not hand-written."""

    graphql_name: ClassVar[str]

    def __init_subclass__(cls, name: str) -> None:
        cls.graphql_name = name


class StatementReference(GeneratedType, name=local_name(namespaces.STATEMENT)): ...


class SourceReference(GeneratedType, name=local_name(namespaces.SOURCE)): ...


class PlaceReference(GeneratedType, name="AnyPlace"): ...


class HomeGraphReference(GeneratedType, name=local_name(namespaces.HOME_GRAPH)): ...


class StatusReference(GeneratedType, name="Status"): ...


class VerdictReference(GeneratedType, name="Verdict"): ...


class ReasonReference(GeneratedType, name="Reason"): ...


@strawberry.type(description="Where a page stands in its connection.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether more come before.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first node.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last node.")


@strawberry.type(description="Text with its language.")
class LanguageText:
    text: str = strawberry.field(description="The text.")
    lang: str = strawberry.field(description="Its language tag (BCP 47); empty where none is given.")


@strawberry.type(name="Parameter", description="A parameter of a question.")
class ParameterType:
    name: str = strawberry.field(description="Its name.")
    type: str = strawberry.field(description="What it takes: resource(zone), concept(weapon), string, date, lang.")
    description: str = strawberry.field(description="What it means.")
    required: bool = strawberry.field(description="Whether it must be given.")


@strawberry.type(name="Question", description="A question of the catalogue.")
class QuestionType:
    name: str = strawberry.field(description="Its name, for `question(name:)`.")
    summary: str = strawberry.field(description="The question in plain words.")
    description: str = strawberry.field(description="How it is answered.")
    kind: str = strawberry.field(description="table or yes-no.")
    parameters: list[ParameterType] = strawberry.field(description="Its parameters.")


@strawberry.input(description="A value for a parameter of a question, as people type it.")
class ParameterInput:
    name: str = strawberry.field(description="The name of the parameter.")
    value: str = strawberry.field(description="A short name, an IRI, a day, a text.")


@strawberry.type(name="Cell", description="A value in a row of an answer.")
class CellType:
    column: str = strawberry.field(description="The column it stands in.")
    value: str | None = strawberry.field(description="The IRI or the words; null where nothing is recorded.")
    name: str | None = strawberry.field(description="What an IRI is called.")
    lang: str | None = strawberry.field(description="The language of a text.")
    datatype: str | None = strawberry.field(description="The datatype of any other literal.")


@strawberry.type(name="Row", description="A row of an answer.")
class RowType:
    cells: list[CellType] = strawberry.field(description="Its values, in the order of the columns.")


@strawberry.type(name="Table", description="The rows that answer a question.")
class TableType:
    columns: list[str] = strawberry.field(description="The names of the columns, in order.")
    rows: list[RowType] = strawberry.field(description="The rows, in order.")


@strawberry.type(name="Bearing", description="A statement that bears on a question but does not decide it.")
class RelatedStatementType:
    how: str = strawberry.field(description="How it bears on the question.")
    statement: StatementReference = strawberry.field(description="The statement.")


@strawberry.type(
    name="RegisterStep",
    description="One step of a register, by which what is said of a larger unit reaches a place.",
)
class RegisterStepType:
    place: PlaceReference = strawberry.field(description="The place.")
    parent: PlaceReference = strawberry.field(description="The larger unit to which the register reckons it.")
    register: HomeGraphReference | None = strawberry.field(description="The register.")
    authority: SourceReference | None = strawberry.field(description="The source on whose word it stands.")


@strawberry.type(name="Answer", description="A verdict, with everything it rests on.")
class AnswerType:
    verdict: VerdictReference = strawberry.field(description="The answer.")
    reason: ReasonReference | None = strawberry.field(description="Why it is undetermined; null where it is not.")
    status: StatusReference = strawberry.field(description="The same, said of the proposition.")
    explanation: str = strawberry.field(description="The answer in words.")
    inferred: bool = strawberry.field(description="Whether it rests on a register besides its statements.")
    statements: list[StatementReference] = strawberry.field(
        description="The statements that decide, or give the reason."
    )
    bearing: list[RelatedStatementType] = strawberry.field(description="What else bears on it.")
    register: list[RegisterStepType] = strawberry.field(description="The steps of the register on which it rests.")
    searched: list[SourceReference] = strawberry.field(
        description="The sources searched, where all of them are silent."
    )


@strawberry.type(name="QuestionAnswer", description="The answer to a question of the catalogue.")
class QuestionAnswerType:
    question: QuestionType = strawberry.field(description="The question.")
    table: TableType | None = strawberry.field(description="The rows, of a question that is answered by rows.")
    answer: AnswerType | None = strawberry.field(description="The verdict, of a yes/no question.")


class StaticTypeConverter(GraphQLCoreConverter):
    """Converts the classes above; ``generated`` holds the types they refer to, complete before fields are resolved."""

    def __init__(self, generated: Mapping[str, Any]) -> None:
        config = StrawberryConfig()
        super().__init__(config, {}, config.scalar_map, get_fields=lambda definition: definition.fields)
        self._generated = generated

    def from_type(self, type_: StrawberryType | type) -> Any:
        """The graphql-core type of an annotation; the same object for the same class."""
        if isinstance(type_, type) and issubclass(type_, GeneratedType):
            return self._generated[type_.graphql_name]
        return super().from_type(type_)
