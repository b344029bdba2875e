"""Header fields of every response: requests from other origins (CORS), and what browsers must not guess or pass on.

Every origin may read, and write with a token (the CORS protocol of the Fetch standard): a page can send only a token
that its user has given to it. Nothing depends on cookies, and credentials that a browser itself adds are not allowed.
"""

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.request_head import RESPONSE_HEADERS

_EXPOSED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(
        (
            "Allow",
            "Content-Location",
            "Dataset-Version",
            "ETag",
            "Link",
            "Location",
            "Retry-After",
            "WWW-Authenticate",
            "X-Request-ID",
        )
    ),
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, Prefer, X-Request-ID"
    ),
    "Access-Control-Max-Age": "86400",
}
_RAW_HEADERS = [*((name.lower().encode(), value.encode()) for name, value in _EXPOSED.items()), *RESPONSE_HEADERS]
_REQUEST_METHOD = b"access-control-request-method"


class ResponseHeadersMiddleware:
    """Adds these header fields to every response and answers preflights.

    Not Starlette's ``CORSMiddleware``: that answers only requests with ``Origin`` so, and a response which a shared
    cache stored for a client without ``Origin`` could then not be read by a page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", []).extend(_RAW_HEADERS)
            await send(message)

        is_preflight = scope["method"] == "OPTIONS" and any(name == _REQUEST_METHOD for name, _ in scope["headers"])
        app = Response(status_code=204, headers=_PREFLIGHT) if is_preflight else self._app
        await app(scope, receive, send_with_headers)
