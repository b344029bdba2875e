"""``/questions``: the catalogue, and each of its questions with its answer as JSON, CSV or a page.

Owns which format an answer has over HTTP; its content and its words are ``kg.questions``'.
"""

import json
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.errors import client_message, problem_type_of
from api.http import conneg
from api.http.conneg import Format
from api.pages.render import render_page
from api.pages.table import ResultTable, TableCell, build_cell
from api.state import state_of
from kg.errors import BadParameterError, ConflictKgError
from kg.questions.answer import TableAnswer, YesNoAnswer
from kg.questions.formats import describe, name_of, to_csv, to_json
from kg.questions.question import Question
from kg.questions.spans import read_spans
from kg.status.wording import explain

router = APIRouter(tags=["questions"])

_JSON = Format("application/json", ("json",))
_CSV = Format("text/csv", ("csv",))
_HTML = Format("text/html", ("html",))
_LISTING = (_JSON, _HTML)
_ANSWER = (_JSON, _CSV, _HTML)
_FORMAT = "format"


def list_questions(request: Request) -> Response:
    """Every question of the catalogue, with its parameters and an example."""
    catalogue = state_of(request).services.catalogue
    media_type = _select_media_type(request, _LISTING, _parse_parameters(request).get(_FORMAT))
    if media_type == _HTML.media_type:
        questions = list(catalogue)
        links = {question.name: _example_link(question) for question in questions}
        return render_page(request, "questions.html", questions=questions, links=links)
    return _json_response([_describe(question) for question in catalogue])


def answer_question(request: Request, name: str) -> Response:
    """The answer to one question; a page without the required parameters has only the form."""
    question = state_of(request).services.catalogue.question(name)
    parameters = _parse_parameters(request)
    media_type = _select_media_type(request, _ANSWER, parameters.pop(_FORMAT, None))
    if media_type == _HTML.media_type:
        return _answer_page(request, question, parameters)
    answer = _answer(request, question, parameters)
    if media_type == _CSV.media_type:
        return Response(to_csv(answer), media_type="text/csv; header=present", headers={"Vary": "Accept"})
    return _json_response(to_json(answer))


def _answer(request: Request, question: Question, parameters: dict[str, str]) -> YesNoAnswer | TableAnswer:
    services = state_of(request).services
    return services.catalogue.ask(question.name, parameters, services.executor, services.settings.base_iri)


def _parse_parameters(request: Request) -> dict[str, str]:
    """The parameters of the request, each at most once; an empty field of the form is left out."""
    parameters: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in parameters:
            raise BadParameterError(name, "is given more than once")
        parameters[name] = value
    return {name: value for name, value in parameters.items() if value.strip()}


def _select_media_type(request: Request, formats: tuple[Format, ...], override: str | None) -> str:
    accept = request.headers.get("accept", "")
    if override is None and conneg.prefers_html(accept):
        return _HTML.media_type
    return conneg.select_media_type(formats, accept, override)


def _json_response(content: object) -> Response:
    body = json.dumps(content, ensure_ascii=False, indent=2)
    return Response(body, media_type=_JSON.media_type, headers={"Vary": "Accept"})


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


def _answer_page(request: Request, question: Question, parameters: dict[str, str]) -> Response:
    """The form, with the answer or the failure below it."""
    values: dict[str, Any] = {"question": question, "parameters": parameters, "example": _example_link(question)}
    if not parameters and any(parameter.is_required for parameter in question.parameters):
        return render_page(request, "question.html", **values)
    try:
        answer = _answer(request, question, parameters)
    except ConflictKgError as error:
        problem_type = problem_type_of(error)
        failure = {"title": problem_type.title, "detail": client_message(error)}
        return render_page(request, "question.html", status=problem_type.status, failure=failure, **values)
    values["query"] = urlencode(parameters)
    if isinstance(answer, TableAnswer):
        return render_page(request, "question.html", table=_build_table(answer), **values)
    return render_page(request, "question.html", **_answer_values(request, answer), **values)


def _answer_values(request: Request, answer: YesNoAnswer) -> dict[str, Any]:
    """What the template shows of a yes/no answer."""
    services = state_of(request).services
    shown = (statement.iri for statement in answer.statements)
    return {
        "answer": answer,
        "explanation": explain(answer.decision),
        "describe": lambda statement: describe(statement, answer.names),
        "spans": read_spans(shown, services.executor, services.knowledge_graph.archive),
        "name_of": lambda iri: name_of(iri, answer.names),
    }


def _build_table(answer: TableAnswer) -> ResultTable:
    rows = [tuple(_build_cell(row[column], answer) for column in answer.columns) for row in answer.rows]
    return ResultTable(answer.columns, tuple(rows))


def _build_cell(term: Any, answer: TableAnswer) -> TableCell | None:
    """The term; an IRI is shown as a link under its name."""
    if term is None:
        return None
    cell = build_cell(term)
    return TableCell(name_of(term, answer.names), href=cell.href) if isinstance(term, ox.NamedNode) else cell


_OPENAPI = {
    "parameters": [
        {
            "name": _FORMAT,
            "in": "query",
            "schema": {"type": "string"},
            "description": "json, csv or html; overrides Accept. The other parameters are those of the question.",
        }
    ]
}

router.add_api_route("/questions", list_questions, methods=["GET"])
router.add_api_route("/questions", list_questions, methods=["HEAD"], include_in_schema=False)
router.add_api_route("/questions/{name}", answer_question, methods=["GET"], openapi_extra=_OPENAPI)
router.add_api_route("/questions/{name}", answer_question, methods=["HEAD"], include_in_schema=False)
