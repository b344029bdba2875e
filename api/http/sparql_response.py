"""Responses with the result of a query: which formats each query form has, and the header fields of its warnings."""

from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.http import conneg
from api.http.etag import version_headers
from kg.errors import ConflictKgError
from kg.execution.interface import QueryForm, Result
from kg.execution.text_cache import CACHE_SIZE, MAX_CACHED_LENGTH
from kg.rdf_formats import BOOLEAN_FORMATS, RDF_SYNTAXES, RESULT_FORMATS, RdfSyntax, ResultFormat

FORMATS: dict[QueryForm, tuple[RdfSyntax, ...] | tuple[ResultFormat, ...]] = {
    QueryForm.SOLUTIONS: RESULT_FORMATS,
    QueryForm.BOOLEAN: BOOLEAN_FORMATS,
    QueryForm.GRAPH: RDF_SYNTAXES,
}

MAX_LINK_LENGTH = 3_000


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
    headers = headers | version_headers(result.version) | link_headers(result)
    try:
        if request.method == "HEAD":
            result.close()
            return Response(media_type=media_type, headers=headers)
        body = result.body
        if body is not None:
            return Response(body, media_type=media_type, headers=headers)
        chunks = aiter(result)
        first = await anext(chunks, b"")
        return StreamedResult(result, _chain(first, chunks), media_type, headers)
    except BaseException:
        result.close()
        raise


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


def link_headers(result: Result) -> dict[str, str]:
    """Links (RFC 8288) to what explains the warnings of the query, with their words as titles; empty without any.

    Those beyond MAX_LINK_LENGTH are left out: proxies refuse long heads.
    """
    warnings = result.properties.get("warnings")
    if not warnings:
        return {}
    page = result.properties["links"][0].partition("#")[0]
    links = [_link(page, warning) for warning in warnings]
    while len(value := ", ".join(links)) > MAX_LINK_LENGTH and len(links) > 1:
        links.pop()
    return {"Link": value}


def _link(page: str, warning: Mapping[str, Any]) -> str:
    words = f"line {warning['line']}, column {warning['column']}: {warning['message']}"
    title = f"title*=UTF-8''{quote(words)}"
    if words.isascii():
        title = 'title="' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'<{page}#{warning["rule"]}>; rel="help"; {title}'
