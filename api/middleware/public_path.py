"""Serves the routes below the path of ``KG_PUBLIC_URL``, whether or not the proxy in front removes it from requests."""

import re
from http import HTTPStatus

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.public_address import PUBLIC_URL, prefix_of

_TARGETS = (b"location", b"content-location")
_LINK = b"link"


class PublicPathMiddleware:
    """Outermost middleware: removes the prefix from paths of requests, and adds it to header fields with addresses."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._url = public_url.rstrip("/")
        self._prefix = prefix_of(public_url)
        prefix = re.escape(self._prefix.encode())
        self._target = re.compile(rb"^/(?!/)(?!%b(?:[/?#]|$))" % prefix.removeprefix(b"/"))
        self._link_target = re.compile(rb"(?<=<)/(?!/)(?!%b[/?#>])" % prefix.removeprefix(b"/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[PUBLIC_URL] = self._url
        if not self._prefix:
            await self._app(scope, receive, send)
        elif scope["path"] == self._prefix:
            await RedirectResponse(f"{self._prefix}/", HTTPStatus.PERMANENT_REDIRECT)(scope, receive, send)
        else:
            self._remove_prefix(scope)
            await self._app(scope, receive, self._add_prefix(send))

    def _remove_prefix(self, scope: Scope) -> None:
        raw = self._prefix.encode()
        if scope["path"].startswith(f"{self._prefix}/"):
            scope["path"] = scope["path"].removeprefix(self._prefix)
            scope["raw_path"] = scope.get("raw_path", b"").removeprefix(raw)

    def _add_prefix(self, send: Send) -> Send:
        start = self._prefix.encode() + b"/"

        def complete(name: bytes, value: bytes) -> bytes:
            if name.lower() in _TARGETS:
                return self._target.sub(start, value)
            return self._link_target.sub(start, value) if name.lower() == _LINK else value

        async def send_with_prefix(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [(name, complete(name, value)) for name, value in message.get("headers", ())]
            await send(message)

        return send_with_prefix
