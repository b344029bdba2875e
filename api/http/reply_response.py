"""Responses whose body is the reply of a procedure, sent while it is produced."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from api.http.etag import not_modified, version_headers
from api.http.sparql_response import StreamedResult
from kg.execution.interface import Result


def respond(request: Request, result: Result, headers: Mapping[str, str]) -> Response:
    """The reply under its media type; its property ``etag`` becomes a header unless ``headers`` has one."""
    etag = result.properties.get("etag", "")
    sent = ({"ETag": etag} if etag else {}) | version_headers(result.version) | dict(headers)
    if (response := not_modified(request, etag, sent)) is not None:
        result.close()
        return response
    if (body := result.body) is not None:
        return Response(body, headers=sent, media_type=result.media_type)
    if request.method == "HEAD":
        result.close()
        return Response(headers=sent, media_type=result.media_type)
    return StreamedResult(result, aiter(result), result.media_type, sent)
