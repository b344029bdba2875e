"""Complete replies of procedures that many clients ask for, by the version of the data that they were computed from."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from api.http.disconnect import QueryRunner
from kg.execution.interface import Call

STATIC = "static"
"""The version of what depends on no data."""
MAX_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class CachedReply:
    """A reply as it is sent."""

    media_type: str
    body: bytes
    properties: Mapping[str, Any]
    version: str
    """Of the data; empty for what depends on none."""


class ReplyCache:
    """Of one event loop; keeps the replies used last, MAX_BYTES of them."""

    def __init__(self, runner: QueryRunner) -> None:
        self._runner = runner
        self._replies: OrderedDict[str, CachedReply] = OrderedDict()
        self._size = 0

    async def get(self, request: Request, call: Call, version: str) -> CachedReply:
        """The reply to a call over this version of the data; empty: unknown, so it is computed. Raises as ``run``."""
        if version and (known := self._replies.get(key := _create_key(version, call))):
            self._replies.move_to_end(key)
            return known
        result = await self._runner.run(request, call)
        try:
            body = result.body
            if body is None:
                body = b"".join([chunk async for chunk in result])
        finally:
            result.close()
        is_static = version == STATIC
        reply = CachedReply(result.media_type, body, result.properties, "" if is_static else result.version)
        if version and (is_static or result.version):
            # Of the version that it has: a commit may have reached the worker meanwhile, or not yet.
            self._keep(_create_key(STATIC if is_static else result.version, call), reply)
        return reply

    def _keep(self, key: str, reply: CachedReply) -> None:
        if key in self._replies or len(reply.body) > MAX_BYTES:
            return
        self._replies[key] = reply
        self._size += len(reply.body)
        while self._size > MAX_BYTES:
            _, oldest = self._replies.popitem(last=False)
            self._size -= len(oldest.body)


def _create_key(version: str, call: Call) -> str:
    return json.dumps([version, call.procedure, call.arguments], sort_keys=True)
