"""``/questions``: the catalogue, and each of its questions with its answer as JSON, CSV or a page.

Owns parameters, negotiation and statuses; answers are computed in a worker (``api.pages.question_page``).
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.errors import client_message, problem_type_of
from api.http import conneg, reply_response
from api.http.conneg import Format
from api.http.html_response import html_headers, respond_html
from api.http.reply_cache import STATIC
from api.pages.question_page import ANSWER, LISTING, render_question
from api.state import state_of
from kg.errors import BadParameterError, ConflictKgError
from kg.execution.interface import Call
from kg.questions.question import Question

router = APIRouter(tags=["questions"])

_JSON = Format("application/json", ("json",))
_CSV = Format("text/csv", ("csv",))
_HTML = Format("text/html", ("html",))
_LISTING = (_JSON, _HTML)
_ANSWER = (_JSON, _CSV, _HTML)
_FORMAT = "format"


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
    media_type = _select_media_type(request, _ANSWER, parameters.pop(_FORMAT, None))
    if media_type == _HTML.media_type and not parameters and any(item.is_required for item in question.parameters):
        return respond_html(render_question(state.renderer, question, parameters))
    arguments = {"question": name, "parameters": parameters, "media_type": media_type}
    try:
        result = await state.query_runner.run(request, Call(procedure=ANSWER, arguments=arguments))
    except ConflictKgError as error:
        if media_type != _HTML.media_type:
            raise
        return _failure_page(request, question, parameters, error)
    return reply_response.respond(request, result, _headers(media_type))


def _failure_page(request: Request, question: Question, parameters: dict[str, str], error: ConflictKgError) -> Response:
    """The form, with the failure below it."""
    problem_type = problem_type_of(error)
    failure = {"title": problem_type.title, "detail": client_message(error)}
    body = render_question(state_of(request).renderer, question, parameters, failure=failure)
    return respond_html(body, status=problem_type.status)


def _headers(media_type: str) -> dict[str, str]:
    return html_headers() if media_type == _HTML.media_type else {"Vary": "Accept"}


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
            "description": "json, csv or html; overrides Accept. The other parameters are those of the question.",
        }
    ]
}

router.add_api_route("/questions", list_questions, methods=["GET"])
router.add_api_route("/questions", list_questions, methods=["HEAD"], include_in_schema=False)
router.add_api_route("/questions/{name}", answer_question, methods=["GET"], openapi_extra=_OPENAPI)
router.add_api_route("/questions/{name}", answer_question, methods=["HEAD"], include_in_schema=False)
