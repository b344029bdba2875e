"""Responses with the result of a query: which formats each query form has, and what XML results cannot represent.

Streamed results are checked chunk by chunk.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.http import conneg
from kg.errors import ConflictKgError, NotRepresentableError
from kg.execution.interface import QueryForm, Result
from kg.execution.text_cache import CACHE_SIZE, MAX_CACHED_LENGTH
from kg.rdf_formats import BOOLEAN_FORMATS, RDF_SYNTAXES, RESULT_FORMATS, RESULTS_XML, RdfSyntax, ResultFormat

FORMATS: dict[QueryForm, tuple[RdfSyntax, ...] | tuple[ResultFormat, ...]] = {
    QueryForm.SOLUTIONS: RESULT_FORMATS,
    QueryForm.BOOLEAN: BOOLEAN_FORMATS,
    QueryForm.GRAPH: RDF_SYNTAXES,
}
# Not one of the characters of XML 1.0 (https://www.w3.org/TR/xml/#charsets), as UTF-8.
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


def select_format(form: QueryForm, accept: str, override: str | None) -> tuple[str, str]:
    """The media type to send and the registered one of its format. Raises NotAcceptableError."""
    is_short = len(accept) + len(override or "") <= MAX_CACHED_LENGTH
    return (_cached_format if is_short else _select_format)(form, accept, override)


def _select_format(form: QueryForm, accept: str, override: str | None) -> tuple[str, str]:
    media_type = conneg.select_media_type(FORMATS[form], accept, override)
    return media_type, conneg.find_format(FORMATS[form], media_type).media_type


_cached_format = lru_cache(CACHE_SIZE)(_select_format)


class StreamedResult(StreamingResponse):
    """Streams a result and closes it, however the response ends, so that its worker is free again."""

    def __init__(self, result: Result, chunks: AsyncIterator[bytes], media_type: str, headers: dict[str, str]) -> None:
        super().__init__(chunks, media_type=media_type, headers=headers)
        self._result = result

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except ConflictKgError as error:
            # The headers are sent. The server ends the connection without the last chunk, so the client sees a failure.
            scope["outcome"] = "broken"
            scope["reason"] = type(error).__name__.removesuffix("Error")
        finally:
            self._result.close()


async def create_response(request: Request, result: Result, media_type: str, headers: dict[str, str]) -> Response:
    """The response, under ``media_type``. Raises NotRepresentableError or QueryLimitError before any byte is sent."""
    try:
        if request.method == "HEAD":
            result.close()
            return Response(media_type=media_type, headers=headers)
        body = result.body
        if body is not None:
            if result.media_type == RESULTS_XML.media_type:
                _check_characters(body, result)
            return Response(body, media_type=media_type, headers=headers)
        chunks = _checked_chunks(result)
        first = await anext(chunks, b"")
        return StreamedResult(result, _chain(first, chunks), media_type, headers)
    except BaseException:
        result.close()
        raise


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


async def _checked_chunks(result: Result) -> AsyncGenerator[bytes]:
    tail = b""
    async for chunk in result:
        if result.media_type == RESULTS_XML.media_type:
            _check_characters(tail + chunk, result)
            tail = chunk[-2:]
        yield chunk


def _check_characters(data: bytes, result: Result) -> None:
    if _NOT_XML.search(data):
        others = [format_.media_type for format_ in FORMATS[result.form] if format_ is not RESULTS_XML]
        raise NotRepresentableError("a value has a character that XML cannot represent", others)
