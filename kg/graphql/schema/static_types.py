"""The types that are the same whatever the ontology says: pages, texts with their language, the catalogue.

Written with strawberry, whose conversion gives the types of graphql-core that the generated ones stand beside.
"""

from typing import Any

import strawberry


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


@strawberry.type(description="A parameter of a question.")
class Parameter:
    name: str = strawberry.field(description="Its name.")
    type: str = strawberry.field(description="What it takes: resource(zone), concept(weapon), string, date, lang.")
    description: str = strawberry.field(description="What it means.")
    required: bool = strawberry.field(description="Whether it must be given.")


@strawberry.type(description="A question of the catalogue.")
class Question:
    name: str = strawberry.field(description="Its name, for `question(name:)`.")
    summary: str = strawberry.field(description="The question in plain words.")
    description: str = strawberry.field(description="How it is answered.")
    kind: str = strawberry.field(description="table or yes-no.")
    parameters: list[Parameter] = strawberry.field(description="Its parameters.")


@strawberry.type(description="A value in a row of an answer.")
class Cell:
    column: str = strawberry.field(description="The column it stands in.")
    value: str | None = strawberry.field(description="The IRI or the words; null where nothing is recorded.")
    name: str | None = strawberry.field(description="What an IRI is called.")
    lang: str | None = strawberry.field(description="The language of a text.")
    datatype: str | None = strawberry.field(description="The datatype of any other literal.")


@strawberry.type(description="A row of an answer.")
class Row:
    cells: list[Cell] = strawberry.field(description="Its values, in the order of the columns.")


@strawberry.type(description="The rows that answer a question.")
class Table:
    columns: list[str] = strawberry.field(description="The names of the columns, in order.")
    rows: list[Row] = strawberry.field(description="The rows, in order.")


@strawberry.input(description="A value for a parameter of a question, as people type it.")
class ParameterInput:
    name: str = strawberry.field(description="The name of the parameter.")
    value: str = strawberry.field(description="A short name, an IRI, a day, a text.")


@strawberry.type
class _Root:
    page: PageInfo
    text: LanguageText
    question: Question
    table: Table

    @strawberry.field
    def asked(self, parameters: list[ParameterInput]) -> bool:
        raise NotImplementedError


def fixed_types() -> dict[str, Any]:
    """Fresh types, by name."""
    types = strawberry.Schema(query=_Root)._schema.type_map
    names = ("PageInfo", "LanguageText", "Question", "Table", "ParameterInput")
    return {name: types[name] for name in names}
