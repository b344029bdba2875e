"""Which heads of requests are accepted: version, framing, coding, target and Host (RFC 9110, RFC 9112).

Decides before any routing. What the parser of uvicorn rejects by itself does not come this far.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from http import HTTPStatus
from typing import NamedTuple, Self
from urllib.parse import unquote

import httptools
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

Headers = Iterable[tuple[bytes, bytes]]

RESPONSE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
"""On every response. Pages of any origin may read what is served here, so any may embed it."""

_AUTHORITY_MAX_LENGTH = 300
_AUTHORITY = re.compile(rb"([A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{0,5}))?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PORT_MAX = 65_535
_METHODS = (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH")
_CHECKED = (b"host", b"content-encoding", b"transfer-encoding")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is answered without looking at what it asks for; as an ASGI app, that answer."""

    status: HTTPStatus
    detail: str

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The header fields of the response, which also ends the connection."""
        allow = [(b"allow", b", ".join(_METHODS))] if self.status is HTTPStatus.METHOD_NOT_ALLOWED else []
        retry = [(b"retry-after", b"1")] if self.status is HTTPStatus.SERVICE_UNAVAILABLE else []
        return [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(self.body)),
            (b"connection", b"close"),
            (b"cache-control", b"no-store"),
            (b"access-control-allow-origin", b"*"),
            *RESPONSE_HEADERS,
            *allow,
            *retry,
        ]

    @property
    def body(self) -> bytes:
        """The detail as text."""
        return f"{self.detail}\n".encode()

    def to_bytes(self) -> bytes:
        """The whole response."""
        lines = [b"HTTP/1.1 %d %s" % (self.status, self.status.phrase.encode())]
        lines += [b"%s: %s" % field for field in self.headers]
        return b"\r\n".join([*lines, b"", self.body])

    async def __call__(self, _scope: Scope, _receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


NO_TARGET = Refusal(HTTPStatus.BAD_REQUEST, "the target of the request is not an address")
_CONTROL_IN_PATH = Refusal(HTTPStatus.BAD_REQUEST, "the path has control characters")


class RequestTarget(NamedTuple):
    """The target of a request (RFC 9112, section 3.2)."""

    raw_path: bytes
    path: str
    """Without percent-encoding."""
    query: bytes
    authority: bytes | None
    """In absolute form only."""

    @classmethod
    def parse(cls, target: bytes) -> Self | None:
        """The parts of the target; None if it is not an address."""
        try:
            url = httptools.parse_url(target)
            raw_path = url.path or b"/"
            path = raw_path.decode("ascii")
        except (httptools.HttpParserError, UnicodeDecodeError):
            return None
        authority = None
        if url.schema is not None:
            authority = target.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0]
        return cls(raw_path, unquote(path) if "%" in path else path, url.query or b"", authority)

    def refusal(self, method: bytes) -> Refusal | None:
        """Why the path is refused; None if it is not."""
        if not (self.raw_path.startswith(b"/") or (self.raw_path == b"*" and method == b"OPTIONS")):
            return NO_TARGET
        return _CONTROL_IN_PATH if b"%" in self.raw_path and _CONTROL.search(self.path) else None


class HeadCheck:
    """Checks heads; any host is allowed if ``allowed_hosts`` is empty."""

    def __init__(self, allowed_hosts: Collection[str]) -> None:
        allowed = frozenset(host.lower().rstrip(".").encode() for host in allowed_hosts)
        self._check_authority = lru_cache(256)(partial(_check_authority, allowed))

    def __call__(self, method: bytes, version: str, headers: Headers, target: bytes | None) -> Refusal | None:
        """Why the request is refused; None if it is not. ``target`` is the authority in an absolute-form target."""
        hosts: list[bytes] = []
        for name, value in headers:
            if name not in _CHECKED:
                continue
            if name == b"host":
                hosts.append(value)
            elif refusal := _check_coding(name, value, version):
                return refusal
        if method not in _METHODS:
            return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "this method is not offered here")
        return self._check_hosts(hosts, version, target)

    def _check_hosts(self, hosts: Sequence[bytes], version: str, target: bytes | None) -> Refusal | None:
        if len(hosts) != 1 and (hosts or version != "1.0"):
            return Refusal(HTTPStatus.BAD_REQUEST, "send exactly one Host")
        for authority in hosts if target is None else (*hosts, target):
            if len(authority) > _AUTHORITY_MAX_LENGTH:
                return Refusal(HTTPStatus.BAD_REQUEST, "Host is too long")
            if refusal := self._check_authority(authority):
                return refusal
        return None


def _check_coding(name: bytes, value: bytes, version: str) -> Refusal | None:
    coding = value.strip().lower()
    if name == b"content-encoding":
        if coding in (b"", b"identity"):
            return None
        return Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the content without Content-Encoding")
    if version == "1.0":
        return Refusal(HTTPStatus.BAD_REQUEST, "HTTP/1.0 has no Transfer-Encoding")
    if coding != b"chunked":
        return Refusal(HTTPStatus.NOT_IMPLEMENTED, "the only transfer coding is chunked")
    return None


def _check_authority(allowed: Collection[bytes], authority: bytes) -> Refusal | None:
    """Whether this is ``host`` or ``host:port`` (RFC 9110, section 7.2), and an allowed host."""
    match = _AUTHORITY.fullmatch(authority)
    if match is None or int(match[2] or 0) > _PORT_MAX:
        return Refusal(HTTPStatus.BAD_REQUEST, "Host is not a host name or address with an optional port")
    host = match[1].lower().rstrip(b".")
    if allowed and host not in allowed and host.strip(b"[]") not in allowed:
        return Refusal(HTTPStatus.MISDIRECTED_REQUEST, "this host is not served here")
    return None
