"""``/questions``: the catalogue, and each of its questions with its answer as JSON, CSV or a page.

Owns which form an answer takes over HTTP; what the answer is, and in which words, is for ``kg.questions``.
"""

import json
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
from fastapi import APIRouter, Request
from starlette.responses import Response

from api import services
from api.errors import client_message, problem_type_of
from api.http import conneg
from api.http.conneg import Format
from api.pages import render
from api.pages.table import ResultTable, TableCell, build_cell
from kg import questions
from kg.errors import BadParameterError, ConflictKgError
from kg.questions import Question, YesNoAnswer, to_csv, to_json
from kg.questions.formats import explained, name_of, spoken
from kg.questions.spans import spans_of

router = APIRouter(tags=["questions"])

_JSON = Format("application/json", ("json",))
_CSV = Format("text/csv", ("csv",))
_HTML = Format("text/html", ("html",))
_LISTING = (_JSON, _HTML)
_ANSWER = (_JSON, _CSV, _HTML)
_FORMAT = "format"


def listing(request: Request) -> Response:
    """Every question of the catalogue, with its parameters and an example."""
    entries = list(services.of(request).catalogue)
    media_type = _media_type(request, _LISTING, _given(request).get(_FORMAT))
    if media_type == _HTML.media_type:
        links = {entry.name: _link(entry) for entry in entries}
        return render(request, "questions.html", entries=entries, links=links)
    return _json([_described(entry) for entry in entries])


def question(request: Request, name: str) -> Response:
    """The answer to one question; the page of a question whose parameters are not given shows the form alone."""
    entry = services.of(request).catalogue.question(name)
    given = _given(request)
    wanted = given.pop(_FORMAT, None)
    media_type = _media_type(request, _ANSWER, wanted)
    if media_type == _HTML.media_type:
        return _page(request, entry, given)
    answer = _answer(request, entry, given)
    if media_type == _CSV.media_type:
        return Response(to_csv(answer), media_type="text/csv; header=present", headers={"Vary": "Accept"})
    return _json(to_json(answer))


def _answer(request: Request, entry: Question, given: dict[str, str]) -> YesNoAnswer | questions.TableAnswer:
    core = services.of(request)
    return core.catalogue.ask(entry.name, given, core.executor, core.settings.base_iri)


def _given(request: Request) -> dict[str, str]:
    """The parameters of the request, each at most once; one left empty in the form counts as not given."""
    pairs = request.query_params.multi_items()
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise BadParameterError(name, "is given more than once")
        given[name] = value
    return {name: value for name, value in given.items() if value.strip()}


def _media_type(request: Request, formats: tuple[Format, ...], wanted: str | None) -> str:
    accept = request.headers.get("accept", "")
    if wanted is None and conneg.prefers_html(accept):
        return _HTML.media_type
    return conneg.select_media_type(formats, accept, wanted)


def _json(content: Any) -> Response:
    body = json.dumps(content, ensure_ascii=False, indent=2)
    return Response(body, media_type=_JSON.media_type, headers={"Vary": "Accept"})


def _described(entry: Question) -> dict[str, Any]:
    return {
        "name": entry.name,
        "summary": entry.summary,
        "description": entry.description,
        "kind": entry.kind.value,
        "parameters": [
            {
                "name": each.name,
                "type": each.spec,
                "required": each.is_required,
                "default": each.default or None,
                "description": each.description,
            }
            for each in entry.parameters
        ],
        "example": dict(entry.example),
        "href": f"/questions/{entry.name}",
    }


def _link(entry: Question) -> str:
    return f"/questions/{entry.name}?{urlencode(entry.example)}"


def _page(request: Request, entry: Question, given: dict[str, str]) -> Response:
    shown: dict[str, Any] = {"entry": entry, "given": given, "example": _link(entry)}
    if not given and any(each.is_required for each in entry.parameters):
        return render(request, "question.html", **shown)
    try:
        answer = _answer(request, entry, given)
    except ConflictKgError as error:
        table = problem_type_of(error)
        failure = {"title": table.title, "detail": client_message(error)}
        return render(request, "question.html", status=table.status, failure=failure, **shown)
    shown["query"] = urlencode(given)
    if isinstance(answer, questions.TableAnswer):
        return render(request, "question.html", table=_table(answer), **shown)
    core = services.of(request)
    links = {said.statement: name_of(said.statement, answer.names) for said in _all_said(answer)}
    return render(
        request,
        "question.html",
        answer=answer,
        explanation=explained(answer),
        told={said.statement: spoken(said, answer.names) for said in _all_said(answer)},
        links=links,
        spans=spans_of(answer, core.executor, core.knowledge_graph.archive),
        called=lambda iri: name_of(iri, answer.names),
        **shown,
    )


def _all_said(answer: YesNoAnswer) -> list[questions.StatementSummary]:
    return [*answer.deciding, *(each.said for each in answer.bearing)]


def _table(table: questions.TableAnswer) -> ResultTable:
    rows = [tuple(_cell(row[column], table) for column in table.columns) for row in table.rows]
    return ResultTable(table.columns, tuple(rows))


def _cell(term: Any, table: questions.TableAnswer) -> TableCell | None:
    """The term under its name: an IRI is where the link leads, not what is read."""
    if term is None:
        return None
    plain = build_cell(term)
    return TableCell(name_of(term, table.names), href=plain.href) if isinstance(term, ox.NamedNode) else plain


_DOCUMENTED = {
    "parameters": [
        {
            "name": _FORMAT,
            "in": "query",
            "schema": {"type": "string"},
            "description": "json, csv or html; overrides Accept. The other parameters are those of the question.",
        }
    ]
}

router.add_api_route("/questions", listing, methods=["GET"])
router.add_api_route("/questions", listing, methods=["HEAD"], include_in_schema=False)
router.add_api_route("/questions/{name}", question, methods=["GET"], openapi_extra=_DOCUMENTED)
router.add_api_route("/questions/{name}", question, methods=["HEAD"], include_in_schema=False)
