"""A request as bytes that can be wrong in every part, and its text for people who replay it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Request:
    """A request. ``raw`` in place of the parts is sent as it is, and may be no HTTP at all."""

    method: str = "GET"
    target: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    raw: bytes = b""
    needs_response: bool = True
    """Whether the server owes a response: not to half a request, nor to one that is no HTTP."""

    def encode(self, token: str, request_id: str) -> bytes:
        """The bytes; ``{token}`` in a header field becomes the write token."""
        if self.raw:
            return self.raw.replace(b"{token}", token.encode())
        headers = {"Host": "127.0.0.1", "X-Request-ID": request_id, "Accept": "*/*", **self.headers}
        if self.body is not None:
            headers.setdefault("Content-Length", str(len(self.body)))
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join(lines).replace("{token}", token)
        return head.encode("utf-8", "surrogatepass") + b"\r\n\r\n" + (self.body or b"")

    def with_header(self, name: str, value: str) -> "Request":
        """The same with this header field."""
        return replace(self, headers={**self.headers, name: value})


AUTHORIZED = {"Authorization": "Bearer {token}"}


def query(text: str, **parameters: str) -> Request:
    """A SPARQL query by GET, or by POST if it is long."""
    form = urlencode({"query": text, **parameters}, errors="surrogatepass")
    if len(form) < 4000:
        return Request("GET", f"/sparql?{form}")
    return Request("POST", "/sparql", {"Content-Type": FORM}, form.encode())


def update(text: str) -> Request:
    """A SPARQL update with the token."""
    content = text.encode("utf-8", "surrogatepass")
    return Request("POST", "/sparql", {"Content-Type": "application/sparql-update", **AUTHORIZED}, content)


def dry_run(request: Request) -> Request:
    """The same write, which only reports what it would change: the server keeps its data."""
    return replace(request, target=f"{request.target}{'&' if '?' in request.target else '?'}dry-run=true")


def patch(content: bytes, condition: str = "*", *, path: str = "/graph/places") -> Request:
    """A patch of a graph, with the token."""
    headers = {"Content-Type": "application/sparql-update", "If-Match": condition, **AUTHORIZED}
    return dry_run(Request("PATCH", path, headers, content))


def graphql(document: str, variables: object = None, **members: object) -> Request:
    """A GraphQL request by POST; lone surrogates are escaped, as JSON may."""
    content = json.dumps({"query": document, "variables": variables, **members})
    return Request("POST", "/graphql", {"Content-Type": "application/json"}, content.encode())


def load(*documents: tuple[str, bytes], dry_run: bool = True) -> Request:
    """Documents, each a name and its content, with the token."""
    items = [{"name": name, "content": base64.b64encode(content).decode()} for name, content in documents]
    content = json.dumps({"documents": items, "dryRun": dry_run}).encode()
    return Request("POST", "/load", {"Content-Type": "application/json", **AUTHORIZED}, content)


def graph(media_type: str, content: bytes, *, method: str = "PUT", name: str = "http://example.org/g") -> Request:
    """A write of the Graph Store Protocol, with the token."""
    return Request(method, f"/graphs?{urlencode({'graph': name})}", {"Content-Type": media_type, **AUTHORIZED}, content)
