"""A client of the SPARQL 1.1 Protocol: sends queries and updates in the form that the engine accepts.

Owns the connections, the token, and what is known of the engine: whether it takes forms, and whether it is Virtuoso,
which is known by its header. Does not know what is asked.
"""

import re
import time
from collections.abc import Sequence
from typing import Self
from urllib.parse import urlencode

import httpx

from kg.errors import QueryDeadlineError, StoreError, StoreUnreachableError
from kg.namespaces import GEO
from kg.rdf_formats import N_TRIPLES, RESULTS_JSON
from kg.store.sparql_text import create_syntax_error

_TABLES, _TRIPLES = RESULTS_JSON.media_type, N_TRIPLES.media_type
_GIVES_TRIPLES = re.compile(
    r"(?:\s++|\#[^\n]*+|PREFIX\s++\S*?:\s*+<[^>]*+>|BASE\s*+<[^>]*+>)*+(?:CONSTRUCT|DESCRIBE)\b", re.IGNORECASE
)
"""SPARQL 1.1, Prologue with ConstructQuery or DescribeQuery. Virtuoso gives a table where that is accepted, too."""
_GEOMETRY, _KEPT_GEOMETRY = f"{GEO}wktLiteral", "https://w3id.org/conflict-kg/datatype/wkt"
"""Virtuoso rounds coordinates of a geometry to single precision; under another datatype it keeps what is written."""
_FORM = "application/x-www-form-urlencoded"
_UNAUTHORIZED = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
_ANSWERED = (httpx.codes.OK, *_UNAUTHORIZED)
"""A query of another status may be accepted in another form."""


class ProtocolClient:
    """The endpoints of one engine; for any thread."""

    def __init__(self, query_url: str, update_url: str, client: httpx.Client, timeout_s: float) -> None:
        """``timeout_s``: of an update."""
        self._query_url, self._update_url = query_url, update_url
        self._client, self._timeout_s = client, timeout_s
        self._takes_query_forms: bool | None = None
        """None until a query has shown what the engine accepts."""
        self._wants_update_forms = False
        self.is_virtuoso = False
        """As far as its answers have shown."""

    @classmethod
    def open(cls, query_url: str, update_url: str | None, timeout_s: float, token: str) -> Self:
        """A client of the engine at ``query_url``; sends nothing yet.

        Without ``update_url``, updates go to ``.../update`` if queries go to ``.../query``, else to the same address.
        ``token``: a bearer token, sent with each request.
        """
        # Only the settings read the environment, so proxies named there are not used.
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = httpx.Client(timeout=timeout_s, trust_env=False, headers=headers)
        return cls(query_url, update_url or _update_url(query_url), client, timeout_s)

    def query(self, text: str, dataset: Sequence[tuple[str, str]], timeout_s: float) -> tuple[str, bytes]:
        """Media type, of a table or of triples, and body of the result.

        ``dataset``: parameters of the protocol. As a form (section 2.1.2) or, to an engine that refuses these, directly
        (section 2.1.3): Virtuoso 7.2 leaves a direct query without an answer. Raises QuerySyntaxError,
        QueryDeadlineError or StoreUnreachableError.
        """
        as_form = self._takes_query_forms is not False
        accepted = _TRIPLES if _GIVES_TRIPLES.match(text) else _TABLES
        status, media_type, body = self._post_query(text, accepted, dataset, timeout_s, as_form=as_form)
        if status not in _ANSWERED and self._takes_query_forms is None:
            answer = self._post_query(text, accepted, dataset, timeout_s, as_form=False)
            if answer[0] == httpx.codes.OK:
                as_form = False
                status, media_type, body = answer
        if status == httpx.codes.BAD_REQUEST:
            raise create_syntax_error(_message(body))
        if status != httpx.codes.OK:
            raise self.unreachable(_refusal(status, body))
        self._takes_query_forms = as_form
        if media_type != accepted:
            raise self.unreachable(f"it answers with {media_type or 'no media type'}, not {accepted}")
        return media_type, body

    def update(self, text: str) -> None:
        """Send an update: directly (section 2.2.2), since a form is much larger, or as a form where that is wanted.

        Raises QuerySyntaxError, QueryDeadlineError or StoreUnreachableError.
        """
        status, body = self._post_update(text)
        if status == httpx.codes.UNSUPPORTED_MEDIA_TYPE and not self._wants_update_forms:
            self._wants_update_forms = True
            status, body = self._post_update(text)
        if status == httpx.codes.BAD_REQUEST:
            raise create_syntax_error(_message(body))
        if not httpx.codes.is_success(status):
            raise self.unreachable(f"it refused an update, {_refusal(status, body)}", self._update_url)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def unreachable(self, reason: str, url: str | None = None) -> StoreUnreachableError:
        """The error that the engine cannot be used, which names its address without a password."""
        return StoreUnreachableError(_without_password(url or self._query_url), reason)

    def _post_query(
        self, text: str, accepted: str, dataset: Sequence[tuple[str, str]], timeout_s: float, *, as_form: bool
    ) -> tuple[int, str, bytes]:
        """With a form, the dataset is a part of it."""
        text = self._keep_geometries(text)
        if as_form:
            return self._post(self._query_url, urlencode([("query", text), *dataset]), _FORM, accepted, timeout_s)
        url = str(httpx.URL(self._query_url).copy_merge_params(list(dataset))) if dataset else self._query_url
        return self._post(url, text, "application/sparql-query", accepted, timeout_s)

    def _post_update(self, text: str) -> tuple[int, bytes]:
        text = self._keep_geometries(text)
        as_form = self._wants_update_forms or self.is_virtuoso
        content, content_type = (urlencode({"update": text}), _FORM) if as_form else (text, "application/sparql-update")
        status, _, body = self._post(self._update_url, content, content_type, "*/*", self._timeout_s)
        return status, body

    def _keep_geometries(self, text: str) -> str:
        return text.replace(_GEOMETRY, _KEPT_GEOMETRY) if self.is_virtuoso else text

    def _post(self, url: str, text: str, content_type: str, accepted: str, timeout_s: float) -> tuple[int, str, bytes]:
        """Status, media type and body within the timeout: that of the HTTP client is for each read alone."""
        if self._client.is_closed:
            raise StoreError("the store is closed")
        deadline = time.monotonic() + timeout_s
        headers = {"Content-Type": f"{content_type}; charset=utf-8", "Accept": accepted}
        try:
            with self._client.stream(
                "POST", url, content=text.encode(), headers=headers, timeout=timeout_s
            ) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if time.monotonic() > deadline:
                        raise QueryDeadlineError(timeout_s)
                self.is_virtuoso |= "virtuoso" in response.headers.get("Server", "").lower()
                if self.is_virtuoso:
                    body = body.replace(_KEPT_GEOMETRY.encode(), _GEOMETRY.encode())
                return response.status_code, _media_type(response), bytes(body)
        except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
            raise QueryDeadlineError(timeout_s) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self.unreachable(str(error) or type(error).__name__, url) from error


def _update_url(query_url: str) -> str:
    return query_url.removesuffix("/query") + "/update" if query_url.endswith("/query") else query_url


def _media_type(response: httpx.Response) -> str:
    content_type: str = response.headers.get("Content-Type", "")
    return content_type.partition(";")[0].strip().lower()


def _refusal(status: int, body: bytes) -> str:
    hint = "; KG_STORE_TOKEN names the token that it asks for" if status in _UNAUTHORIZED else ""
    return f"status {status}: {_message(body)}{hint}"


def _message(body: bytes) -> str:
    return body[:500].decode(errors="replace").strip()


def _without_password(url: str) -> str:
    try:
        return str(httpx.URL(url).copy_with(username=None, password=None))
    except httpx.InvalidURL:
        return url
