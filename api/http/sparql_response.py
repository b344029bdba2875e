"""Results of queries on their way out: which formats each kind has, and refusing what a format cannot carry.

What streams is looked at chunk by chunk; RDF/XML and JSON-LD are held back until they are whole, so that a failure is
an error and not a broken document.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from functools import lru_cache
from xml.parsers import expat

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.http import conneg
from api.http.conneg import NotAcceptable
from kg.errors import ConflictKgError, QueryLimitError
from kg.execution.interface import QueryForm, Result
from kg.execution.text_cache import CACHE_SIZE, MAX_CACHED_LENGTH
from kg.rdf_formats import (
    BOOLEAN_FORMATS,
    JSON_LD,
    RDF_SYNTAXES,
    RDF_XML,
    RESULT_FORMATS,
    RESULTS_XML,
    RdfSyntax,
    ResultFormat,
)

BUFFERED_MAX_BYTES = 16_000_000
BUFFERED = (RDF_XML.media_type, JSON_LD.media_type)
FORMATS: dict[QueryForm, tuple[RdfSyntax, ...] | tuple[ResultFormat, ...]] = {
    QueryForm.SOLUTIONS: RESULT_FORMATS,
    QueryForm.BOOLEAN: BOOLEAN_FORMATS,
    QueryForm.GRAPH: RDF_SYNTAXES,
}
# Not one of the characters of XML 1.0 (https://www.w3.org/TR/xml/#charsets), as UTF-8.
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


def select_format(kind: QueryForm, accept: str, wanted: str | None) -> tuple[str, str]:
    """The media type to send and the registered one it stands for. Raises NotAcceptable."""
    is_short = len(accept) + len(wanted or "") <= MAX_CACHED_LENGTH
    return (_remembered if is_short else _negotiated)(kind, accept, wanted)


def _negotiated(kind: QueryForm, accept: str, wanted: str | None) -> tuple[str, str]:
    media_type = conneg.select_media_type(FORMATS[kind], accept, wanted)
    return media_type, conneg.find_format(FORMATS[kind], media_type).media_type


_remembered = lru_cache(CACHE_SIZE)(_negotiated)


class NotRepresentable(NotAcceptable):
    """The format was asked for and exists, but not for these data; ``reason`` says why."""

    def __init__(self, reason: str, kind: QueryForm, media_type: str) -> None:
        super().__init__([each.media_type for each in FORMATS[kind] if each.media_type != media_type])
        self.args = (f"{reason}; {self}",)


class StreamedResult(StreamingResponse):
    """Streams a result and gives its worker back, however the answer ends."""

    def __init__(self, result: Result, chunks: AsyncIterator[bytes], media_type: str, headers: dict[str, str]) -> None:
        super().__init__(chunks, media_type=media_type, headers=headers)
        self._result = result

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except (ConflictKgError, NotAcceptable) as error:
            # Headers are sent: all that is left is to end the connection without its last chunk, and the server does.
            scope["outcome"] = "broken"
            scope["reason"] = type(error).__name__
        finally:
            self._result.close()


async def create_response(request: Request, result: Result, media_type: str, headers: dict[str, str]) -> Response:
    """The answer with this result, under ``media_type``. Raises NotAcceptable or QueryLimitError first."""
    try:
        if request.method == "HEAD":
            result.close()
            return Response(media_type=media_type, headers=headers)
        whole = await _collected(result) if result.media_type in BUFFERED else result.body
        if whole is not None:
            await _check(whole, result)
            return Response(whole, media_type=media_type, headers=headers)
        chunks = _checked(result)
        first = await anext(chunks, b"")
        return StreamedResult(result, _chained(first, chunks), media_type, headers)
    except BaseException:
        result.close()
        raise


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


async def _collected(result: Result) -> bytes:
    data = bytearray()
    async for chunk in result:
        data += chunk
        if len(data) > BUFFERED_MAX_BYTES:
            most = BUFFERED_MAX_BYTES // 1_000_000
            raise QueryLimitError(
                f"{result.media_type} is made whole, of at most {most} MB; ask for Turtle or N-Triples"
            )
    return bytes(data)


async def _checked(result: Result) -> AsyncGenerator[bytes]:
    tail = b""
    async for chunk in result:
        if result.media_type == RESULTS_XML.media_type:
            _check_characters(tail + chunk, result)
            tail = chunk[-2:]
        yield chunk


async def _check(whole: bytes, result: Result) -> None:
    if result.media_type == RDF_XML.media_type:
        await run_in_threadpool(_check_rdf_xml, whole)
    elif result.media_type == RESULTS_XML.media_type:
        _check_characters(whole, result)


def _check_characters(data: bytes, result: Result) -> None:
    if _NOT_XML.search(data):
        raise NotRepresentable("a value has a character that XML has no way to write", result.form, result.media_type)


def _check_rdf_xml(data: bytes) -> None:
    """Raises CannotCarry where a predicate is no qualified name, or a value holds what XML cannot write."""
    bad: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, _: None if name.partition(" ")[2] else bad.append(name)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        bad.append(str(error))
    if bad:
        reason = "RDF/XML can write neither every predicate nor every character, and these data have one it cannot"
        raise NotRepresentable(reason, QueryForm.GRAPH, RDF_XML.media_type)
