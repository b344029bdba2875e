"""Where a copy is taken from: an app in this process over the data directory, or the server that has it open.

Owns how a document is asked for, and that all of them are of one version of the data.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from starlette.concurrency import run_in_threadpool

from api.app import create_app
from api.http.etag import VERSION
from api.services import Services
from kg.errors import StoreError, StoreUnreachableError

_ADDRESS = "http://copy.invalid"
"""Of the app in this process (RFC 6761, section 6.4); no page keeps it."""
_BUSY = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
_TRIES, _PAUSE_S = 5, 1.0
_TIMEOUT_S = 120.0
_INDEXING_S, _POLL_S = 1_800.0, 0.1
_TOO_LARGE = (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT, httpx.codes.NOT_ACCEPTABLE)
_DUMPS_OF_GRAPHS = "/dumps/graph/"
_SITEMAP = re.compile(r"^Sitemap: (\S+)/sitemap\.xml$", re.MULTILINE)
_BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@dataclass(frozen=True, slots=True)
class Document:
    """What an address has."""

    media_type: str
    content: bytes


class Origin:
    """Documents by their addresses, all of one version of the data."""

    def __init__(self, client: httpx.AsyncClient, address: str, max_requests: int, public_url: str = "") -> None:
        """``public_url``: what the links of documents lead to, where a proxy gives the server another address."""
        self._client, self.address, self.max_requests = client, address, max_requests
        self.public_url = public_url or address
        self._version = ""

    async def fetch(self, url: str) -> Document | None:
        """The document; None where it is too large to be computed or written in that format.

        Raises StoreError where there is none, or where the data has changed since the first one.
        """
        response = await self._request_patiently(url)
        if response.status_code in _TOO_LARGE:
            return None
        if not response.is_success:
            raise StoreError(f"{url} answers {response.status_code}: {response.text[:300]}")
        # The dump of one graph has the version of that graph, which is older where others were changed since.
        version = "" if url.startswith(_DUMPS_OF_GRAPHS) else response.headers.get(VERSION, "")
        self._version = self._version or version
        if version not in ("", self._version):
            raise StoreError(f"the data has changed meanwhile, from {self._version} to {version}; publish it again")
        return Document(response.headers.get("content-type", "").partition(";")[0], response.content)

    async def has(self, url: str) -> bool:
        """Whether there is such a document; of a question, whether it can be answered here."""
        return (await self._request_patiently(url)).is_success

    async def _request_patiently(self, url: str) -> httpx.Response:
        """The response, asked for again where the server is busy."""
        response = await self._request(url)
        for attempt in range(1, _TRIES):
            if response.status_code not in _BUSY:
                break
            await asyncio.sleep(_PAUSE_S * attempt)
            response = await self._request(url)
        return response

    async def _request(self, url: str) -> httpx.Response:
        try:
            return await self._client.get(url, headers={"Accept": _BROWSER})
        except httpx.HTTPError as error:
            raise StoreUnreachableError(self.address, str(error)) from error


@asynccontextmanager
async def open_app(services: Services) -> AsyncIterator[Origin]:
    """The app over these services, in this process: it listens at no port. Closes the services."""
    try:
        await run_in_threadpool(services.prepare)
        await run_in_threadpool(services.wait_for_worker)
        await _index(services)
        app, prepared = create_app(services), Future[None]()
        prepared.set_result(None)
        app.state.conflict_kg.readiness.track(prepared)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=_ADDRESS, timeout=_TIMEOUT_S) as client:
            yield Origin(client, _ADDRESS, services.settings.workers)
    finally:
        await run_in_threadpool(services.close)


@asynccontextmanager
async def open_server(address: str, max_requests: int) -> AsyncIterator[Origin]:
    """A server of this machine."""
    async with httpx.AsyncClient(base_url=address, timeout=_TIMEOUT_S, trust_env=False) as client:
        yield Origin(client, address, max_requests, await _read_public_url(client))


async def _read_public_url(client: httpx.AsyncClient) -> str:
    """Where the server says that it is. Raises StoreUnreachableError."""
    try:
        robots = (await client.get("/robots.txt")).raise_for_status().text
    except httpx.HTTPError as error:
        raise StoreUnreachableError(str(client.base_url), str(error)) from error
    found = _SITEMAP.search(robots)
    return found[1] if found else ""


async def _index(services: Services) -> None:
    """Wait until the texts are indexed, which lists are made of. Raises StoreError if that takes too long."""
    index, store = services.text_index, services.knowledge_graph.store
    if index is None:
        raise StoreError("the texts of the graph cannot be indexed")
    await run_in_threadpool(services.index)
    for _ in range(round(_INDEXING_S / _POLL_S)):
        if index.is_of(store):
            return
        await asyncio.sleep(_POLL_S)
    raise StoreError(f"the texts of the graph were not indexed within {_INDEXING_S:g} seconds")
