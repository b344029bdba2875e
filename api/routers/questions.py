"""``/questions``: the catalogue, and each of its questions with its answer as JSON, CSV or a page.

Owns parameters, negotiation and statuses; answers are computed in a worker (``api.pages.question_page``).
"""

import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.errors import client_message, problem_type_of
from api.http import conneg, reply_response
from api.http.conneg import Format
from api.http.html_response import SEARCH_POLICY, html_headers, respond_html
from api.http.list_parameters import parse_number
from api.http.reply_cache import STATIC
from api.pages.question_page import ANSWER, FORM, LISTING, QUERY
from api.pages.typed_names import is_typed
from api.state import AppState, state_of
from kg.errors import BadParameterError, ConflictKgError
from kg.execution.interface import Call
from kg.questions.question import Question
from kg.rdf_formats import RESULTS_JSON, RESULTS_TSV, RESULTS_XML

router = APIRouter(tags=["questions"])

_JSON = Format("application/json", ("json",))
_CSV = Format("text/csv", ("csv",))
_SRJ, _SRX, _TSV = (
    Format(format_.media_type, (format_.suffix,)) for format_ in (RESULTS_JSON, RESULTS_XML, RESULTS_TSV)
)
_QUERY = Format(QUERY, ("rq", "sparql"))
_HTML = Format("text/html", ("html",))
_LISTING = (_JSON, _HTML)
_ANSWER = (_JSON, _CSV, _SRJ, _SRX, _TSV, _QUERY, _HTML)
_FORMAT, _PAGE = "format", "page"
_PAGES_MAX = 100_000
_SPREADSHEET = "spreadsheet"
"""A format by its name only: its media type is that of CSV."""
_FILE_SUFFIXES = {_SPREADSHEET: "csv", **{format_.media_type: format_.names[0] for format_ in _ANSWER[:-1]}}


async def list_questions(request: Request) -> Response:
    """Every question of the catalogue, with its parameters and an example."""
    media_type = _select_media_type(request, _LISTING, _parse_parameters(request).get(_FORMAT))
    call = Call(procedure=LISTING, arguments={"media_type": media_type})
    reply = await state_of(request).reply_cache.get(request, call, STATIC)
    return Response(reply.body, headers=_headers(media_type), media_type=reply.media_type)


async def answer_question(request: Request, name: str) -> Response:
    """The answer to one question; a page without the required parameters has only the form."""
    state = state_of(request)
    question = state.services.catalogue.question(name)
    parameters = _parse_parameters(request)
    override = parameters.pop(_FORMAT, None)
    media_type = _SPREADSHEET if override == _SPREADSHEET else _select_media_type(request, _ANSWER, override)
    if media_type != _HTML.media_type:
        return await _answer(request, question, parameters, media_type)
    page = parse_number(_PAGE, parameters.pop(_PAGE, "1"), _PAGES_MAX)
    if not parameters and any(item.is_required for item in question.parameters):
        return await _show_form(request, question, parameters)
    try:
        found = await run_in_threadpool(_find_candidates, state, question, parameters)
        return await _answer(request, question, parameters, media_type, page, json.dumps(found).encode())
    except ConflictKgError as error:
        return await _show_form(request, question, parameters, error)


async def _answer(
    request: Request,
    question: Question,
    parameters: dict[str, str],
    media_type: str,
    page: int = 1,
    content: bytes = b"",
) -> Response:
    arguments = {"question": question.name, "parameters": parameters, "media_type": media_type, "page": page}
    call = Call(procedure=ANSWER, arguments=arguments, content=content)
    result = await state_of(request).query_runner.run(request, call)
    headers = _headers(media_type)
    if request.query_params.get(_FORMAT) and media_type in _FILE_SUFFIXES:
        headers["Content-Disposition"] = f'inline; filename="{question.name}.{_FILE_SUFFIXES[media_type]}"'
    if media_type == _SPREADSHEET:
        headers["Content-Disposition"] = headers["Content-Disposition"].replace("inline", "attachment", 1)
    return reply_response.respond(request, result, headers)


async def _show_form(
    request: Request, question: Question, parameters: dict[str, str], error: ConflictKgError | None = None
) -> Response:
    """The form, with why there is no answer."""
    status, failure = 200, None
    if error is not None:
        problem_type = problem_type_of(error)
        status, failure = problem_type.status, {"title": problem_type.title, "detail": client_message(error)}
    arguments = {"question": question.name, "parameters": parameters, "failure": failure}
    try:
        result = await state_of(request).query_runner.run(request, Call(procedure=FORM, arguments=arguments))
    except ConflictKgError:
        if error is None:
            raise
        raise error from None
    body = result.body if result.body is not None else b"".join([chunk async for chunk in result])
    result.close()
    return respond_html(body, status=status, policy=SEARCH_POLICY)


def _find_candidates(state: AppState, question: Question, parameters: dict[str, str]) -> dict[str, list[list[Any]]]:
    """What the text index has for the names among the parameters; without an index, nothing."""
    index = state.services.text_index
    if index is None:
        return {}
    given = ((item, parameters.get(item.name)) for item in question.parameters)
    typed = {item.name: text for item, text in given if text is not None and is_typed(item, text)}
    return {name: [found.members() for found in index.search(text)] for name, text in typed.items()}


def _headers(media_type: str) -> dict[str, str]:
    return html_headers(SEARCH_POLICY) if media_type == _HTML.media_type else {"Vary": "Accept"}


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


_OPENAPI = {
    "parameters": [
        {
            "name": _FORMAT,
            "in": "query",
            "schema": {"type": "string"},
            "description": "json, csv, spreadsheet (CSV for people), srj, srx or tsv (the rows of the query as SPARQL"
            " results), rq (the query) or html; overrides Accept. The other parameters are those of the question.",
        }
    ]
}

router.add_api_route("/questions", list_questions, methods=["GET"])
router.add_api_route("/questions", list_questions, methods=["HEAD"], include_in_schema=False)
router.add_api_route("/questions/{name}", answer_question, methods=["GET"], openapi_extra=_OPENAPI)
router.add_api_route("/questions/{name}", answer_question, methods=["HEAD"], include_in_schema=False)
