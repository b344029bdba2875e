"""A graph as RDF, with a strong entity tag of this graph alone: it serves If-Match (RFC 9110, section 8.8).

The same version of the graph in the same syntax has the same bytes, because they are sorted. A tag is of the state
before the read: where a write comes between, the next If-Match fails, and nothing is lost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from api.http import etag, reply_response
from api.http.disconnect import QueryRunner
from api.http.signposting import Facts
from api.http.write_request import graph_etag
from kg.errors import QueryDeadlineError, QueryLimitError
from kg.execution.interface import Call
from kg.governed.interface import PATCH_MEDIA_TYPE
from kg.views.reader import ELSEWHERE
from kg.writer import Writer


@dataclass(frozen=True, slots=True)
class GraphState:
    """What is known of a graph before it is read."""

    version: str
    last_modified: float | None


class GraphReaders(Protocol):
    """What graphs are read with; the state of the app has it."""

    @property
    def query_runner(self) -> QueryRunner: ...

    @property
    def sent_replies(self) -> etag.SentReplies: ...


def read_graph_state(writer: Writer, graph: ox.NamedNode) -> GraphState:
    """The state that readers see."""
    # In this order, a change in between makes the tag older than the time, and not the time older than the content.
    version = writer.graph_version(graph)
    return GraphState(version, writer.graph_last_modified(graph))


async def respond_graph(
    request: Request,
    readers: GraphReaders,
    state: GraphState,
    call: Call,
    headers: Mapping[str, str],
    link: Callable[[Facts], str],
) -> Response:
    """The reply to the call, of a graph in this state; or 304 where the client has it: then no worker is asked.

    ``link`` is the value of ``Link`` for what the reply says.
    """
    tag = graph_etag(state.version, call.arguments["suffix"])
    headers = {
        **headers,
        **etag.validator_headers(tag),
        **etag.modified_headers(state.last_modified),
        "Accept-Patch": PATCH_MEDIA_TYPE,
    }
    if (sent := readers.sent_replies.find(tag)) is not None:
        known = headers | {"Link": link(Facts.of(sent))}
        if (response := etag.not_modified(request, tag, known)) is not None:
            return response
    try:
        result = await readers.query_runner.run(request, call)
    except QueryDeadlineError as error:
        raise QueryLimitError(f"stopped after {error.seconds:g} seconds: there is too much; {ELSEWHERE}") from error
    readers.sent_replies.note(tag, result.properties)
    return reply_response.respond(request, result, headers | {"Link": link(Facts.of(result.properties))})
