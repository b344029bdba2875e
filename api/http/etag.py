"""What an answer was computed from: the version of the data, and entity tags (RFC 9110, section 8.8.3), with
``If-None-Match``, ``If-Modified-Since`` and 304 (section 13.1).

Tags are weak where they name what determines an answer (query, format, version of the data) before it is computed:
the same rows may come in another order. They are strong where they are made from the bytes of an answer; those that
were sent lately are known by what determined them, so that 304 needs no worker.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kg.execution.interface import Call, Query
from kg.execution.text_cache import CACHE_SIZE, MAX_CACHED_LENGTH

VERSION = "Dataset-Version"
"""The header field that names the version of the data, so that an answer can be cited."""
LAST_MODIFIED = "Last-Modified"
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
    if query.default_graphs or query.named_graphs or query.reads_all:
        parts = query.text, media_type, query.default_graphs, query.named_graphs, query.reads_all
        return weak_etag(version, *parts)
    create = _cached_weak_etag if len(query.text) <= MAX_CACHED_LENGTH else weak_etag
    return create(version, query.text, media_type)


def validator_headers(etag: str) -> dict[str, str]:
    """The headers of a negotiated answer with that tag, or with none."""
    return {"Vary": "Accept", "Cache-Control": REVALIDATE} | ({"ETag": etag} if etag else {})


def page_etag(version: str, started: str, call: Call) -> str:
    """The tag of the reply to a call; ``started`` identifies the process, as other code may write other bytes."""
    return weak_etag(version, started, call.procedure, sorted(call.arguments.items()))


class SentReplies:
    """The properties of replies that were sent, by the tag of what determined them; so many of the last ones.

    With them, the headers of a 304 are those of the 200 it stands for, and no worker is asked.
    """

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._properties: OrderedDict[str, Mapping[str, Any]] = OrderedDict()

    def find(self, determined: str) -> Mapping[str, Any] | None:
        """The properties of the reply that ``determined`` determines; None if they are not known."""
        return self._properties.get(determined)

    def note(self, determined: str, properties: Mapping[str, Any]) -> None:
        """The reply that ``determined`` determines was sent with these."""
        if determined:
            self._properties[determined] = properties
            self._properties.move_to_end(determined)
            if len(self._properties) > self._size:
                self._properties.popitem(last=False)


def modified_headers(modified: float | None) -> dict[str, str]:
    """``Last-Modified`` for what was last changed then; none if that is unknown, or in this second.

    HTTP counts whole seconds: within one, a second change would have the same date (RFC 9110, section 8.8.2.2).
    """
    if modified is None or int(modified) >= int(time.time()):
        return {}
    return {LAST_MODIFIED: formatdate(int(modified), usegmt=True)}


def not_modified(request: Request, etag: str, headers: Mapping[str, str] | None = None) -> Response | None:
    """304 where the client of a GET or HEAD has the answer of that tag already.

    ``headers``: those of the 200 it stands for; without them, those of a negotiated answer.
    """
    if not _matches(request, etag) and not _is_unmodified(request, (headers or {}).get(LAST_MODIFIED, "")):
        return None
    sent = validator_headers(etag) if headers is None else headers
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)


def _matches(request: Request, etag: str) -> bool:
    """``If-None-Match`` by weak comparison (section 8.8.3.2); false without the header or without a tag."""
    if not etag or request.method not in ("GET", "HEAD"):
        return False
    listed = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return etag.removeprefix("W/") in listed or "*" in listed


def _is_unmodified(request: Request, last_modified: str) -> bool:
    """``If-Modified-Since``, which counts only without ``If-None-Match`` (section 13.1.3); false for no date."""
    since = request.headers.get("if-modified-since", "")
    if not since or not last_modified or "if-none-match" in request.headers or request.method not in ("GET", "HEAD"):
        return False
    try:
        return parsedate_to_datetime(last_modified) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
