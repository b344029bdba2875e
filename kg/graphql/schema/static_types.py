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


class StrengthReference(GeneratedType, name="Strength"): ...


class AspectReference(GeneratedType, name="Aspect"): ...


class NodeReference(GeneratedType, name="Node"): ...


class SearchedTextReference(GeneratedType, name="SearchedText"): ...


class SearchMatchReference(GeneratedType, name="SearchMatch"): ...


@strawberry.type(description="The position of a page in its connection.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more nodes follow.")
    has_previous_page: bool = strawberry.field(description="Whether nodes precede the page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first node.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last node.")


@strawberry.type(description="Text with its language.")
class LanguageText:
    text: str = strawberry.field(description="The text.")
    lang: str = strawberry.field(description="Its language tag (BCP 47); empty if it has none.")


@strawberry.type(name="Parameter", description="A parameter of a question.")
class QuestionParameterType:
    name: str = strawberry.field(description="Its name.")
    type: str = strawberry.field(description="Its type: resource(zone), concept(weapon), string, date, lang.")
    description: str = strawberry.field(description="What it means.")
    required: bool = strawberry.field(description="Whether it must be given.")


@strawberry.type(name="Question", description="A question of the catalogue.")
class QuestionType:
    name: str = strawberry.field(description="Its name, for `question(name:)`.")
    summary: str = strawberry.field(description="The question in plain English.")
    description: str = strawberry.field(description="How it is answered.")
    kind: str = strawberry.field(description="table or yes-no.")
    parameters: list[QuestionParameterType] = strawberry.field(description="Its parameters.")


@strawberry.input(description="A value for a parameter of a question.")
class ParameterInput:
    name: str = strawberry.field(description="The name of the parameter.")
    value: str = strawberry.field(description="A short name, an IRI, a date or a text.")


@strawberry.type(name="Cell", description="A value in a row of an answer.")
class CellType:
    column: str = strawberry.field(description="The column.")
    value: str | None = strawberry.field(description="The IRI or the text; null if nothing is recorded.")
    name: str | None = strawberry.field(description="The name of an IRI.")
    lang: str | None = strawberry.field(description="The language of a text.")
    datatype: str | None = strawberry.field(description="The datatype of any other literal.")


@strawberry.type(name="Row", description="A row of an answer.")
class RowType:
    cells: list[CellType] = strawberry.field(description="Its values, in the order of the columns.")


@strawberry.type(name="Table", description="The rows that answer a question.")
class TableType:
    columns: list[str] = strawberry.field(description="The names of the columns, in order.")
    rows: list[RowType] = strawberry.field(description="The rows, in order.")


@strawberry.type(name="Bearing", description="A statement that is related to a question but does not decide it.")
class RelatedStatementType:
    how: str = strawberry.field(description="How it is related to the question.")
    statement: StatementReference = strawberry.field(description="The statement.")


@strawberry.type(
    name="ReferenceStep",
    description="One step in a reference graph of places, by which a statement about a larger unit applies to a place.",
)
class ReferenceStepType:
    place: PlaceReference = strawberry.field(description="The place.")
    parent: PlaceReference = strawberry.field(
        description="The larger unit that contains it, as the reference graph has it."
    )
    reference: HomeGraphReference | None = strawberry.field(description="The reference graph.")
    authority: SourceReference | None = strawberry.field(description="The source that the reference graph relies on.")


@strawberry.type(name="Answer", description="A verdict, with the statements and reference graphs it relies on.")
class AnswerType:
    verdict: VerdictReference = strawberry.field(
        description="The answer. Also select headline, or statements with their speakers."
    )
    reason: ReasonReference | None = strawberry.field(description="Why it is undetermined; null otherwise.")
    status: StatusReference = strawberry.field(description="The status of the proposition.")
    headline: str = strawberry.field(description="The answer in a sentence that names who says so.")
    strength: StrengthReference | None = strawberry.field(
        description="How firmly a yes or a no is worded; null otherwise."
    )
    disputed_aspects: list[AspectReference] = strawberry.field(
        description="In what the statements are disputed, whether or not that rejects it."
    )
    is_inferred: bool = strawberry.field(
        description="Whether it relies on a reference graph, a force of the actor, or parts read together."
    )
    statements: list[StatementReference] = strawberry.field(
        description="The statements that decide the verdict or its reason."
    )
    bearing: list[RelatedStatementType] = strawberry.field(description="Other statements related to the question.")
    reference_steps: list[ReferenceStepType] = strawberry.field(
        description="The steps of reference graphs it relies on."
    )
    searched: list[SourceReference] = strawberry.field(
        description="The sources that were searched, if all of them are silent."
    )


@strawberry.type(name="QuestionAnswer", description="The answer to a question of the catalogue.")
class QuestionAnswerType:
    question: QuestionType = strawberry.field(description="The question.")
    table: TableType | None = strawberry.field(description="The rows, if the question is answered by a table.")
    answer: AnswerType | None = strawberry.field(description="The verdict, if it is a yes/no question.")


@strawberry.type(
    name="SearchHit",
    description="Something that was found. What only statements call it, or quote, is theirs: also select attribution.",
)
class SearchHitType:
    id: strawberry.ID = strawberry.field(description="Its IRI.")
    kind: str = strawberry.field(description="Its kind: the part of its IRI before the last, such as `place`.")
    name: str | None = strawberry.field(description="The name that identifies it; null of a statement.")
    text: str = strawberry.field(description="The text that has the words.")
    lang: str = strawberry.field(description="The language tag of the text (BCP 47); empty if it has none.")
    matched: SearchedTextReference = strawberry.field(description="What the text is.")
    match: SearchMatchReference = strawberry.field(description="How it has the words.")
    attribution: str | None = strawberry.field(
        description="Who says the text, with which act and hedge, in which source, and who rejects it; null of a name"
        " that identifies it."
    )
    statements: list[StatementReference] = strawberry.field(
        description="The statements that say the text, and those that deny, dispute or contradict it."
    )
    node: NodeReference | None = strawberry.field(description="The node; null of a concept.")


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
