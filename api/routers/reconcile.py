"""``/reconcile``: the Reconciliation Service API 0.2 (https://reconciliation-api.github.io/specs/0.2/).

Owns paths, the bounds of a request and callbacks. The text index finds candidates in this process; everything else is
computed in a worker (``api.pages.reconcile_procedures``).
"""

import json
import re
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http import reply_response
from api.http.etag import REVALIDATE
from api.http.form import parse_form
from api.http.html_response import EMBEDDED_POLICY
from api.http.problem import answer_other_method
from api.http.public_address import public_url
from api.http.reply_cache import STATIC
from api.http.sparql_request import group_by_name, read_body
from api.http.text_search import find_candidates
from api.pages.extension import MAX_IDS
from api.pages.reconcile_procedures import (
    BATCH_SIZE,
    EXTENSION,
    MANIFEST,
    PREVIEW,
    PROPOSE,
    QUERIES,
    SUGGEST_ENTITY,
    SUGGEST_TERM,
)
from api.state import state_of
from kg.errors import BadParameterError
from kg.execution.interface import Call
from kg.reconciliation.batch import ReconciliationQuery, parse_extension, parse_queries
from kg.search.text_index import MAX_CHARACTERS, Match

router = APIRouter(tags=["Reconciliation"])

PATHS = ("/reconcile", "/reconcile/")
BODY_MAX_BYTES = 400_000
MAX_TEXTS = 150
"""Different names and values of a batch, each of which is sought in the index."""
_ALLOW = "GET, HEAD, POST, OPTIONS"
_FORM = "application/x-www-form-urlencoded"
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]{0,99}(\.[A-Za-z_$][\w$]{0,99}){0,4}", re.ASCII)
_MAX_CALLBACK, _MAX_CURSOR = 200, 1_000

Prefix = Annotated[
    str, Query(max_length=MAX_CHARACTERS, description="what was typed: the beginning of a name, or an id")
]
Cursor = Annotated[int, Query(ge=0, le=_MAX_CURSOR, description="suggestions to skip")]
Callback = Annotated[
    str | None, Query(max_length=_MAX_CALLBACK, description="the name of a function of a script (JSONP)")
]


async def reconcile(request: Request) -> Response:
    """The service manifest or, with ``queries`` or ``extend``, candidates of entities or columns of a table."""
    parameters = group_by_name(parse_form(request.scope["query_string"]))
    if request.method == "POST":
        for name, values in group_by_name(parse_form(await _read_form(request))).items():
            parameters.setdefault(name, []).extend(values)
    for name in ("queries", "extend", "callback"):
        if len(parameters.get(name, ())) > 1:
            raise BadParameterError(name, "is given more than once")
    callback = _check_callback(parameters.get("callback", [None])[0])
    if "queries" in parameters and "extend" in parameters:
        raise BadParameterError("queries", "and extend are sent in requests of their own")
    if "queries" in parameters:
        return await _answer_queries(request, parameters["queries"][0], callback)
    if "extend" in parameters:
        return await _extend(request, parameters["extend"][0], callback)
    if request.method == "POST":
        raise BadParameterError("queries", "is missing; send a form with queries or extend")
    return await _send_kept(request, Call(procedure=MANIFEST, arguments=_arguments(request, callback)))


async def suggest_entity(
    request: Request, prefix: Prefix = "", cursor: Cursor = 0, callback: Callback = None
) -> Response:
    """Entities whose names have a word that begins so; names that only statements use come with who uses them."""
    candidates = (await find_candidates(state_of(request).services, [prefix]))[prefix]
    content = json.dumps([candidate.members() for candidate in candidates]).encode()
    arguments = {"prefix": prefix, "cursor": cursor, "callback": _check_callback(callback)}
    return await _run(request, Call(procedure=SUGGEST_ENTITY, arguments=arguments, content=content))


async def suggest_term(
    request: Request,
    kind: Literal["type", "property"],
    prefix: Prefix = "",
    cursor: Cursor = 0,
    callback: Callback = None,
) -> Response:
    """Types or properties whose names have a word that begins so."""
    arguments = {"kind": kind, "prefix": prefix, "cursor": cursor, "callback": _check_callback(callback)}
    return await _run(request, Call(procedure=SUGGEST_TERM, arguments=arguments))


async def propose_properties(
    request: Request,
    type_: Annotated[str, Query(alias="type", max_length=100, description="the id of a type")] = "",
    limit: Annotated[int | None, Query(ge=1)] = None,
    callback: Callback = None,
) -> Response:
    """The properties by which a table of entities of this type can be extended."""
    arguments = {"type": type_, "limit": limit, "callback": _check_callback(callback)}
    return await _send_kept(request, Call(procedure=PROPOSE, arguments=arguments))


async def preview(
    request: Request, id_: Annotated[str, Query(alias="id", max_length=MAX_CHARACTERS, description="of an entity")]
) -> Response:
    """A small page about an entity, for the frames of other programs."""
    result = await state_of(request).query_runner.run(request, Call(procedure=PREVIEW, arguments={"id": id_}))
    headers = {"Content-Security-Policy": EMBEDDED_POLICY, "Cache-Control": REVALIDATE}
    return reply_response.respond(request, result, headers)


def other_methods(request: Request) -> Response:
    """OPTIONS, and the methods that the API does not have."""
    return answer_other_method(request, _ALLOW)


async def _read_form(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {_FORM}", {"Accept-Post": _FORM})
    return await read_body(request, BODY_MAX_BYTES)


async def _answer_queries(request: Request, content: str, callback: str | None) -> Response:
    queries = parse_queries(content)
    if len(queries) > BATCH_SIZE:
        raise HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"send at most {BATCH_SIZE} queries in a batch (batchSize)"
        )
    texts = list(dict.fromkeys(text for query in queries for text in query.texts))
    if len(texts) > MAX_TEXTS:
        detail = f"a batch may have {MAX_TEXTS} different names and values; send fewer queries at once"
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    candidates = await _find_members(request, queries, texts)
    call = Call(
        procedure=QUERIES,
        arguments={"callback": callback},
        content=json.dumps({"queries": content, "candidates": candidates}).encode(),
    )
    return await _run(request, call)


async def _find_members(
    request: Request, queries: tuple[ReconciliationQuery, ...], texts: list[str]
) -> dict[str, list[list[str | int]]]:
    """The candidates by text; of what is only the value of a property those that are called exactly so."""
    found = await find_candidates(state_of(request).services, texts)
    names = {query.text for query in queries}
    return {
        text: [each.members() for each in candidates if text in names or each.match is Match.SAME]
        for text, candidates in found.items()
    }


async def _extend(request: Request, content: str, callback: str | None) -> Response:
    if len(parse_extension(content).ids) > MAX_IDS:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"send at most {MAX_IDS} ids at once")
    return await _run(
        request, Call(procedure=EXTENSION, arguments=_arguments(request, callback), content=content.encode())
    )


def _arguments(request: Request, callback: str | None) -> dict[str, str | None]:
    return {"address": public_url(request, ""), "callback": callback}


def _check_callback(callback: str | None) -> str | None:
    if callback is not None and not (len(callback) <= _MAX_CALLBACK and _CALLBACK.fullmatch(callback)):
        raise BadParameterError("callback", "is the name of a function, such as jsonp1 or app.show")
    return callback


async def _run(request: Request, call: Call) -> Response:
    result = await state_of(request).query_runner.run(request, call)
    return reply_response.respond(request, result, {"Cache-Control": REVALIDATE})


async def _send_kept(request: Request, call: Call) -> Response:
    """What depends on no data."""
    reply = await state_of(request).reply_cache.get(request, call, STATIC)
    return Response(reply.body, headers={"Cache-Control": REVALIDATE}, media_type=reply.media_type)


for _path in PATHS:
    _in_schema = _path == PATHS[0]
    router.add_api_route(_path, reconcile, methods=["GET"], include_in_schema=_in_schema)
    router.add_api_route(_path, reconcile, methods=["POST"], include_in_schema=_in_schema)
    router.add_api_route(_path, other_methods, methods=["OPTIONS", "PUT", "PATCH", "DELETE"], include_in_schema=False)
router.add_api_route("/reconcile/suggest/entity", suggest_entity, methods=["GET"])
router.add_api_route("/reconcile/suggest/{kind}", suggest_term, methods=["GET"])
router.add_api_route("/reconcile/extend/propose", propose_properties, methods=["GET"])
router.add_api_route("/reconcile/preview", preview, methods=["GET"])
for _route in [route for route in router.routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())]:
    router.add_api_route(_route.path, _route.endpoint, methods=["HEAD"], include_in_schema=False)
