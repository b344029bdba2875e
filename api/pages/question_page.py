"""Questions of the catalogue: the procedures that answer them, the list of all, and the page with form and answer.

Owns which format an answer is written in; its content and its words are ``kg.questions``'.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from api.pages.render import HTML, PageRenderer
from api.pages.replies import document_reply, page_reply
from api.pages.sources import PageSources
from api.pages.table import ResultTable, TableCell, build_cell
from kg.execution.procedure import Procedure, Reply
from kg.questions.answer import TableAnswer, YesNoAnswer
from kg.questions.formats import describe, name_of, to_csv, to_json
from kg.questions.question import Question
from kg.questions.spans import read_spans
from kg.store.interface import Store

ANSWER = "question-answer"
"""Arguments: ``question``, ``parameters``, ``media_type``."""
LISTING = "question-listing"
"""Arguments: ``media_type``."""
JSON = "application/json"
CSV = "text/csv"
_SECTION = "/questions"


class QuestionProcedures:
    """The procedures over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources

    def table(self) -> dict[str, Procedure]:
        """The procedures by name."""
        return {ANSWER: self._answer, LISTING: self._list}

    def _list(self, _store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        questions = list(self._sources.catalogue)
        if arguments["media_type"] != HTML:
            return document_reply(_to_json_bytes([_describe(question) for question in questions]), JSON)
        links = {question.name: _example_link(question) for question in questions}
        render = self._sources.renderer.render
        return page_reply(render("questions.html", section=_SECTION, questions=questions, links=links))

    def _answer(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        catalogue, base_iri = self._sources.catalogue, self._sources.settings.base_iri
        question, parameters = catalogue.question(arguments["question"]), arguments["parameters"]
        answer = catalogue.ask(question.name, parameters, store, base_iri)
        match arguments["media_type"]:
            case "text/html":
                values = self._answer_values(store, answer)
                values |= {"query": urlencode(parameters), "dataset_version": store.version}
                return page_reply(render_question(self._sources.renderer, question, parameters, **values))
            case "text/csv":
                return document_reply(to_csv(answer).encode(), f"{CSV}; header=present")
            case _:
                return document_reply(_to_json_bytes({**to_json(answer), "datasetVersion": store.version}), JSON)

    def _answer_values(self, store: Store, answer: YesNoAnswer | TableAnswer) -> dict[str, Any]:
        """What the template shows of an answer."""
        if isinstance(answer, TableAnswer):
            return {"table": _build_table(answer)}
        shown = (statement.iri for statement in answer.statements)
        return {
            "answer": answer,
            "describe": lambda statement: describe(statement, answer.names),
            "spans": read_spans(shown, store, self._sources.archive),
            "name_of": lambda iri: name_of(iri, answer.names),
        }


def render_question(renderer: PageRenderer, question: Question, parameters: Mapping[str, str], **values: Any) -> bytes:
    """The page of a question: its form, and below it what ``values`` has, an answer or a ``failure``."""
    example = _example_link(question)
    return renderer.render(
        "question.html", section=_SECTION, question=question, parameters=parameters, example=example, **values
    )


def _to_json_bytes(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode(errors="replace")


def _describe(question: Question) -> dict[str, object]:
    return {
        "name": question.name,
        "summary": question.summary,
        "description": question.description,
        "kind": question.kind.value,
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.spec,
                "required": parameter.is_required,
                "default": parameter.default or None,
                "description": parameter.description,
            }
            for parameter in question.parameters
        ],
        "example": dict(question.example),
        "href": f"/questions/{question.name}",
    }


def _example_link(question: Question) -> str:
    return f"/questions/{question.name}?{urlencode(question.example)}"


def _build_table(answer: TableAnswer) -> ResultTable:
    rows = [tuple(_build_cell(row[column], answer) for column in answer.columns) for row in answer.rows]
    return ResultTable(answer.columns, tuple(rows))


def _build_cell(term: Any, answer: TableAnswer) -> TableCell | None:
    """The term; an IRI is shown as a link under its name."""
    if term is None:
        return None
    cell = build_cell(term)
    return TableCell(name_of(term, answer.names), href=cell.href) if isinstance(term, ox.NamedNode) else cell
