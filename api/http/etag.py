"""Answers that need not be sent twice: names for what a request gives over one state of the data (RFC 9110, 8.8.3).

The tags are weak: the same rows may come in another order. Without a version of the data there are none.
"""

import hashlib
import re
from functools import lru_cache
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from kg.execution.interface import Query
from kg.execution.text_cache import CACHE_SIZE, MAX_CACHED_LENGTH

CACHE = "no-cache"
"""May be kept, and is asked about before each use: a read after a write sees the write."""
_EVER_NEW = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)


def tag(version: str, *parts: object) -> str:
    """The entity tag of an answer that these parts and the state of the data settle; empty without a version."""
    if not version:
        return ""
    digest = hashlib.sha256("\0".join([version, *map(repr, parts)]).encode(errors="surrogatepass"))
    return f'W/"{digest.hexdigest()[:32]}"'


def tag_of(version: str, query: Query, media_type: str) -> str:
    """The entity tag of a query's result, whatever time it may take and under whatever address it was asked."""
    if query.default_graphs or query.named_graphs:
        return tag(version, query.text, media_type, query.default_graphs, query.named_graphs)
    return (_remembered if len(query.text) <= MAX_CACHED_LENGTH else tag)(version, query.text, media_type)


_remembered = lru_cache(CACHE_SIZE)(tag)


def is_settled(query: str) -> bool:
    """Whether the query gives the same over the same data: it does not ask for the time or for chance."""
    return _EVER_NEW.search(query) is None


def headers(etag: str) -> dict[str, str]:
    """The headers of a negotiated answer of that tag."""
    return {"Vary": "Accept", "Cache-Control": CACHE} | ({"ETag": etag} if etag else {})


def unchanged(request: Request, etag: str) -> Response | None:
    """304 where the client of a GET or HEAD has this answer already."""
    if not etag or request.method not in ("GET", "HEAD"):
        return None
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    weakly = {each.removeprefix("W/") for each in known}
    if etag.removeprefix("W/") not in weakly and "*" not in known:
        return None
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers(etag))
