"""A graph as RDF, with a strong entity tag of this graph alone: it serves If-Match (RFC 9110, section 8.8).

The same version of the graph in the same syntax has the same bytes, because they are sorted. A tag is of the state
before the read: where a write comes between, the next If-Match fails, and nothing is lost.
"""

from starlette.requests import Request
from starlette.responses import Response

from api.http import etag, reply_response
from api.http.disconnect import QueryRunner
from api.http.write_request import graph_etag
from kg.errors import QueryDeadlineError, QueryLimitError
from kg.execution.interface import Call
from kg.governed.interface import PATCH_MEDIA_TYPE
from kg.views.reader import ELSEWHERE


async def respond_graph(request: Request, runner: QueryRunner, version: str, call: Call) -> Response:
    """The reply to the call, of a graph of this version; or 304 where the client has it: then no worker is asked."""
    tag = graph_etag(version, call.arguments["suffix"])
    headers = etag.validator_headers(tag) | {"Accept-Patch": PATCH_MEDIA_TYPE}
    if (response := etag.not_modified(request, tag, headers)) is not None:
        return response
    try:
        return reply_response.respond(request, await runner.run(request, call), headers)
    except QueryDeadlineError as error:
        raise QueryLimitError(f"stopped after {error.seconds:g} seconds: there is too much; {ELSEWHERE}") from error
