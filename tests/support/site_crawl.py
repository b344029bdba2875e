"""Follows the links of pages and of header fields, some of each kind of address."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import urldefrag, urljoin

import httpx

_ADDRESS = re.compile(r'\s(?:href|src|action|formaction|data-(?:endpoint|outlines|query))="([^"]*)"')
_LINK = re.compile("<([^>]*)>")


def addresses_in(response: httpx.Response, url: str) -> Iterator[str]:
    """What a browser or a client of linked data may request next, absolute."""
    links = _LINK.findall(response.headers.get("link", ""))
    named = [response.headers[name] for name in ("location", "content-location") if name in response.headers]
    is_page = response.headers.get("content-type", "").startswith("text/html")
    written = map(unescape, _ADDRESS.findall(response.text)) if is_page else ()
    for address in (*links, *named, *written):
        if address and not address.startswith(("data:", "mailto:")):
            yield urldefrag(urljoin(url, address)).url


def crawl(
    start: str, host: str, get: Callable[[str], httpx.Response], of_each_kind: int
) -> Iterator[tuple[str, httpx.Response]]:
    """The first pages below ``start``, and of each kind of address of ``host`` some."""
    queue, kinds = deque([start, f"{start}nothing"]), Counter[str]()
    known = set(queue)
    while queue:
        url = queue.popleft()
        response = get(url)
        yield url, response
        for address in addresses_in(response, url):
            kind = "/".join(address.removeprefix(start).partition("?")[0].split("/")[:2])
            if address.startswith(host) and address not in known and kinds[kind] < of_each_kind:
                kinds[kind] += 1
                known.add(address)
                queue.append(address)
