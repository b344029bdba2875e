"""The page of ``/graphql``: GraphiQL where its assets were built, a plain form where not."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from api.pages.render import ASSETS, QUERIES
from api.pages.replies import page_reply
from api.pages.sources import PageSources
from kg.execution.procedure import Procedure, Reply
from kg.graphql.request.persisted_documents import list_question_documents
from kg.questions.catalogue import Catalogue
from kg.questions.question import Question
from kg.store.interface import Store

_SCRIPT = ASSETS / "graphiql" / "graphiql.js"
_FIRST_EXAMPLE = "who-declared-which-zone"
_ANY_QUESTION = "NAME"
"""What stands for the name of a question in the documents that are the same for all questions of a kind."""
GRAPHIQL_PAGE = "graphiql-page"


def has_editor() -> bool:
    """Whether the assets of GraphiQL were built."""
    return _SCRIPT.is_file()


class GraphiqlProcedures:
    """The procedure over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources

    def table(self) -> dict[str, Procedure]:
        """The procedure by its name."""
        return {GRAPHIQL_PAGE: self._page}

    def _page(self, _store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
        """The shipped documents are the examples, the main question first; then each question of the catalogue."""
        shipped = list_question_documents()
        examples = [_build_example(name, text, self._sources.catalogue) for name, text in shipped]
        examples.sort(key=lambda example: example["name"] != _FIRST_EXAMPLE)
        questions = list(list_questions(self._sources.catalogue))
        data = {"examples": examples, "questions": questions}
        values = {"examples": examples, "questions": questions, "data": json.dumps(data), "has_editor": has_editor()}
        return page_reply(self._sources.renderer.render("graphiql.html", section="/graphql", **values))


def list_questions(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    """A document for each question, with its example; those of yes/no questions differ from those of tables."""
    documents = {
        path.stem.removeprefix("question-"): path.read_text(encoding="utf-8")
        for path in QUERIES.glob("question-*.graphql")
    }
    for question in catalogue:
        operation = question.name.title().replace("-", "")
        text = (
            documents[question.kind.value]
            .replace(_ANY_QUESTION, question.name)
            .replace("query (", f"query {operation}(")
        )
        yield {
            "name": question.name,
            "title": question.summary,
            "query": f"# {question.summary}\n{text}",
            "variables": {"parameters": _list_parameters(question)},
        }


def _list_parameters(question: Question) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in question.example.items()]


def _build_example(name: str, text: str, catalogue: Catalogue) -> dict[str, object]:
    """A document, with those variables that the example of its question has values for."""
    question = catalogue.questions.get(name)
    parameters = question.example if question else {}
    variables = {parameter: value for parameter, value in parameters.items() if f"${parameter}:" in text}
    title = text.partition("\n")[0].removeprefix("#").strip()
    return {"name": name, "title": title, "query": text, "variables": variables}
