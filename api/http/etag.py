"""What an answer was computed from: the version of the data, and entity tags (RFC 9110, section 8.8.3), with
``If-None-Match`` and 304 (section 13.1.2).

Tags are weak where they name what determines an answer (query, format, version of the data) before it is computed:
the same rows may come in another order. They are strong where they are made from the bytes of an answer.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from kg.execution.interface import Call, Query
from kg.execution.text_cache import CACHE_SIZE, MAX_CACHED_LENGTH

VERSION = "Dataset-Version"
"""The header field that names the version of the data, so that an answer can be cited."""
REVALIDATE = "no-cache"
"""Caches may store the answer and ask before each use (RFC 9111, section 5.2.2.4): a read after a write sees it."""


def version_headers(version: str) -> dict[str, str]:
    """The header field for an answer that was computed over this version; none if it is unknown."""
    return {VERSION: version} if version else {}


def weak_etag(version: str, *parts: object) -> str:
    """The tag of an answer that ``parts`` and the version of the data determine; empty without a version."""
    if not version:
        return ""
    digest = hashlib.sha256("\0".join([version, *map(repr, parts)]).encode(errors="surrogatepass"))
    return f'W/"{digest.hexdigest()[:32]}"'


_cached_weak_etag = lru_cache(CACHE_SIZE)(weak_etag)


def query_etag(version: str, query: Query, media_type: str) -> str:
    """The tag of a query's result, whatever its timeout and under whatever address it was sent."""
    if query.default_graphs or query.named_graphs:
        return weak_etag(version, query.text, media_type, query.default_graphs, query.named_graphs)
    create = _cached_weak_etag if len(query.text) <= MAX_CACHED_LENGTH else weak_etag
    return create(version, query.text, media_type)


def validator_headers(etag: str) -> dict[str, str]:
    """The headers of a negotiated answer with that tag, or with none."""
    return {"Vary": "Accept", "Cache-Control": REVALIDATE} | ({"ETag": etag} if etag else {})


def page_etag(version: str, started: str, call: Call) -> str:
    """The tag of the reply to a call; ``started`` identifies the process, as other code may write other bytes."""
    return weak_etag(version, started, call.procedure, sorted(call.arguments.items()))


def not_modified(request: Request, etag: str, headers: Mapping[str, str] | None = None) -> Response | None:
    """304 where the client of a GET or HEAD has the answer of that tag already.

    ``headers``: those of the 200 it stands for; without them, those of a negotiated answer.
    """
    if not _matches(request, etag):
        return None
    sent = validator_headers(etag) if headers is None else headers
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)


def _matches(request: Request, etag: str) -> bool:
    """``If-None-Match`` by weak comparison (section 8.8.3.2); false without the header or without a tag."""
    if not etag or request.method not in ("GET", "HEAD"):
        return False
    listed = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return etag.removeprefix("W/") in listed or "*" in listed
