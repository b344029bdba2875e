"""Pages of any origin may read everything here: nothing depends on cookies."""

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REQUEST_HEADERS = "Accept, Authorization, Content-Type, If-Match, If-None-Match, X-Request-ID"
_PREFLIGHT = b"access-control-request-method"
CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, ETag, Retry-After, Location, Content-Location, X-Request-ID",
}
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in CROSS_ORIGIN.items()]
_METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS"


class PublicCORSMiddleware:
    """Adds the headers of the Fetch standard to every answer, and answers preflights."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and any(name == _PREFLIGHT for name, _ in scope["headers"]):
            await self._preflight()(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", []).extend(_HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers)

    def _preflight(self) -> Response:
        allowed = {
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _REQUEST_HEADERS,
            "Access-Control-Max-Age": "86400",
        }
        return Response(status_code=204, headers={**CROSS_ORIGIN, **allowed})
