"""Publishes a graph as static files: every page and document of the server that a static host can have.

Owns what is in a copy, and how absolute addresses in it read. Pages are those of the server, from the same routes.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox

from api.pages.render import ASSETS, HTML
from api.services import open_services
from api.static_site.addresses import LISTS, Addresses, Target, page_of_resource, spell_file
from api.static_site.data_set import remove_services
from api.static_site.folder import SiteFolder
from api.static_site.origin import Document, Origin, open_app, open_server
from api.static_site.page_rewriter import PageRewriter
from api.static_site.search_files import write_search_files
from kg.errors import BadParameterError, StoreError
from kg.knowledge_graph import load_shipped_schema
from kg.questions.catalogue import Catalogue
from kg.rdf_formats import GRAPH_SYNTAXES, RDF_BY_SUFFIX
from kg.schema.class_index import ClassIndex
from kg.search.hits import Hit, list_texts
from kg.settings import Settings
from kg.store.interface import Store
from kg.store.remote import RemoteStore
from kg.views.incident_names import MAX_NAMED, name_incidents

Progress = Callable[[int, int], None]
"""Called with how many documents are written, and how many are known of."""
_BEGUN_WITH = (
    "/", "/search", "/questions", "/catalog", "/void.ttl", "/sitemap.xml", "/ontology", "/shapes", "/vocab",
    "/alignments", "/context", "/problems", "/warnings",
    *(f"/alignments?format={syntax.suffix}" for syntax in GRAPH_SYNTAXES),
)  # fmt: skip
_DESCRIPTIONS = ("/catalog", "/void.ttl")
_WELL_KNOWN = {"void.ttl": ".well-known/void"}
_NO_IRIS = ("/page/", "/data/", "/dumps/", "/sitemap", *LISTS)
"""Paths of the server that are not those of IRIs as well."""
_SAFE = "/~!$&'()*+,;=:@"
_INCIDENT = "incident"
_NOT_JEKYLL = ".nojekyll"
"""Has a well-known host serve files whose names begin with a dot."""
_ROBOTS = "User-agent: *\nAllow: /\nSitemap: {}/sitemap.xml\n"
_IN_STYLE = re.compile(r"url\(\s*[\"']?(?!data:)([^\s\"')]+)")
_MISSING = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Not found: conflict-kg</title>
</head>
<body>
<h1>Not found</h1>
<p>There is nothing at this address in this copy. That says nothing about the world.</p>
{home}</body>
</html>
"""
"""Hosts show it at any address, where a relative link would lead to nothing."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was written."""

    files: int
    resources: int
    left_out: int
    """Documents that are too large for a format."""
    without_file: int
    """Resources whose IRIs cannot be the name of a file."""


@dataclass
class _Crawl:
    """What is to be written, and what was."""

    queue: "asyncio.Queue[Target]" = field(default_factory=asyncio.Queue)
    known: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    written: int = 0

    def add(self, target: Target) -> None:
        """A file that is to be written, unless it is known."""
        if target.file not in self.known:
            self.known.add(target.file)
            self.queue.put_nowait(target)


def publish(settings: Settings, place: Path, base_url: str, server: str, progress: Progress) -> Published:
    """Write the copy and put it in its place. ``server``: the address of the one that has the data open, or empty.

    ``base_url``: where the copy will be, for the documents that need absolute addresses; empty for the base IRI.
    Raises BadParameterError for a place that has other files, StoreError where something cannot be read or written.
    """
    if settings.plain:
        raise BadParameterError("KG_PLAIN", "a store in plain mode has no pages to publish")
    folder = SiteFolder(place)
    folder.begin()
    try:
        return asyncio.run(_publish(settings, folder, base_url, server, progress))
    except BaseException:
        folder.discard()
        raise


async def _publish(settings: Settings, folder: SiteFolder, base_url: str, server: str, progress: Progress) -> Published:
    if server:
        store = RemoteStore.open(f"{server}/sparql", timeout=settings.query_timeout_s + 5)
        try:
            async with open_server(server, settings.workers) as origin:
                return await _Publisher(settings, store, origin, folder, base_url).run(progress)
        finally:
            store.close()
    # The paths of a copy are those of the routes, wherever the server may be reached.
    services = open_services(replace(settings, public_url=""))
    async with open_app(services) as origin:
        return await _Publisher(settings, services.open_visible_store(), origin, folder, base_url).run(progress)


class _Publisher:
    """Writes one copy."""

    def __init__(self, settings: Settings, store: Store, origin: Origin, folder: SiteFolder, base_url: str) -> None:
        self._base_iri, self._store, self._origin, self._folder = settings.base_iri, store, origin, folder
        kinds = ClassIndex(load_shipped_schema(settings.base_iri)).thing_kinds
        self._ids = tuple(f"{settings.base_iri}id/{kind}/" for kind in kinds)
        self._has_base_url = bool(base_url)
        self._base_url = (base_url or settings.base_iri).rstrip("/")
        described = sorted(_list_described(store, settings.base_iri))
        self._pages = {iri: page for iri in described if (page := page_of_resource(iri, settings.base_iri))}
        self._without_file = len(described) - len(self._pages)
        self._examples: dict[str, str] = {}
        self._crawl = _Crawl()
        left_out = self._crawl.missing
        self._addresses = Addresses(settings.base_iri, frozenset(self._pages.values()), self._examples, left_out)
        self._rewriter = PageRewriter(self._addresses, origin.public_url)
        self._absolute = re.compile(rf"{re.escape(origin.public_url)}(?P<path>/[^\s\"'<>\\]*)?")

    async def run(self, progress: Progress) -> Published:
        """Write everything and put it in its place."""
        await self._choose_examples()
        # Data first: the pages link to those formats in which it could be written.
        await self._write_targets(self._list_data(), progress)
        await self._write_targets(chain(_BEGUN_WITH, map(self._path_of_page, self._pages.values())), progress)
        self._write_rest()
        files = self._folder.finish()
        return Published(files, len(self._pages), len(self._crawl.missing), self._without_file)

    async def _choose_examples(self) -> None:
        """The parameters with which each question is answered: its example, or none, if the data has an answer."""
        for question in Catalogue.load():
            needs_some = any(parameter.is_required for parameter in question.parameters)
            for query in [urlencode(question.example), *([] if needs_some else [""])]:
                if await self._origin.has(f"/questions/{question.name}?{query}"):
                    self._examples[question.name] = query
                    break

    def _list_data(self) -> Iterator[str]:
        """The addresses of the data of all that is described, in each format."""
        for page in self._pages.values():
            path = self._path_of_page(page)
            for suffix in RDF_BY_SUFFIX:
                is_graph = page.startswith("graph/")
                yield f"{path}?format={suffix}" if is_graph else f"/data/{path.removeprefix('/page/')}.{suffix}"

    def _path_of_page(self, page: str) -> str:
        path = quote(page.removesuffix(".html"), safe=_SAFE)
        return f"/{path}" if path.startswith("graph/") else f"/page/{path.removeprefix('id/')}"

    async def _write_targets(self, urls: Iterable[str], progress: Progress) -> None:
        """Write what these addresses have, and what it links to."""
        for url in urls:
            if (target := self._addresses.find(url)) is not None:
                self._crawl.add(target)
        writers = [asyncio.create_task(self._write_all(progress)) for _ in range(self._origin.max_requests)]
        finished = asyncio.create_task(self._crawl.queue.join())
        try:
            await asyncio.wait([finished, *writers], return_when=asyncio.FIRST_COMPLETED)
            for writer in writers:
                if writer.done():
                    writer.result()
        finally:
            for task in (finished, *writers):
                task.cancel()
            await asyncio.gather(finished, *writers, return_exceptions=True)

    async def _write_all(self, progress: Progress) -> None:
        """Write files until there are no more to come; as many at a time as there are writers."""
        crawl = self._crawl
        while True:
            target = await crawl.queue.get()
            await self._write(target)
            crawl.written += 1
            progress(crawl.written, len(crawl.known))
            crawl.queue.task_done()

    async def _write(self, target: Target) -> None:
        if target.file.startswith("static/"):
            self._write_asset(target)
            return
        document = await self._origin.fetch(target.url)
        if document is None:
            if target.file.endswith(".html"):
                raise StoreError(f"{target.url} is too large, or takes too long, to be shown")
            self._crawl.missing.add(target.file)
            return
        self._folder.write(target.file, self._convert(target, document))

    def _write_asset(self, target: Target) -> None:
        """A style, script or picture, and what a style names; it is the one that the program has here."""
        path = ASSETS / target.file.removeprefix("static/")
        if not path.is_file():
            raise StoreError(f"{path} is missing")
        content = path.read_bytes()
        self._folder.write(target.file, content)
        if path.suffix == ".css":
            for match in _IN_STYLE.finditer(content.decode()):
                named = (path.parent / match[1].partition("#")[0].partition("?")[0]).resolve()
                if named.is_file() and named.is_relative_to(ASSETS):
                    file = f"static/{named.relative_to(ASSETS)}"
                    self._crawl.add(Target(file, f"/{file}"))

    def _convert(self, target: Target, document: Document) -> bytes:
        """The document as it is in the copy: relative links in pages, absolute addresses where it will be in others."""
        if document.media_type == HTML:
            page = self._rewriter.rewrite(document.content.decode(), target.url, target.file, self._crawl.add)
            return self._replace_addresses(page).encode()
        if document.media_type == "application/gzip":
            return document.content
        content = document.content
        if target.url.partition("?")[0] in _DESCRIPTIONS:
            content = remove_services(content, RDF_BY_SUFFIX[target.file.rpartition(".")[2]])
        text = content.decode(errors="surrogateescape")
        return self._replace_addresses(text).encode(errors="surrogateescape")

    def _replace_addresses(self, text: str) -> str:
        """The text with addresses of the server as those of the copy; what the copy has not keeps its path."""

        def replace(match: re.Match[str]) -> str:
            if self._is_iri(match[0], match["path"] or "/"):
                return match[0]
            target = self._addresses.find(match["path"] or "/")
            if target is None:
                return f"{self._base_url}{match['path'] or ''}"
            self._crawl.add(target)
            fragment = f"#{target.fragment}" if target.fragment else ""
            return f"{self._base_url}/{quote(target.file, safe=_SAFE)}{fragment}"

        return self._absolute.sub(replace, text) if self._origin.public_url in text else text

    def _is_iri(self, address: str, path: str) -> bool:
        """Whether an address may be an IRI of the data, which begin so too: these are the same in every copy."""
        return address.startswith(self._base_iri) and path != "/" and "?" not in path and not path.startswith(_NO_IRIS)

    def _write_rest(self) -> None:
        """What no address of the server has: the index of the search, and what hosts and crawlers look for."""
        write = self._folder.write
        for file, content in write_search_files(self._list_texts(), self._link_of):
            write(file, content)
        write("robots.txt", _ROBOTS.format(self._base_url).encode())
        write(_NOT_JEKYLL, b"")
        home = f'<p><a href="{urlsplit(self._base_url).path}/index.html">Home</a></p>\n' if self._has_base_url else ""
        write("404.html", _MISSING.format(home=home).encode())
        for file, copy in _WELL_KNOWN.items():
            self._folder.copy(file, copy)

    def _list_texts(self) -> list[Hit]:
        """Every text that is searched; incidents under the names that their pages have."""
        hits = list_texts(self._store, self._ids)
        incidents = sorted({hit.iri for hit in hits if hit.kind == _INCIDENT})
        names: dict[str, str] = {}
        for start in range(0, len(incidents), MAX_NAMED):
            named = name_incidents(self._store, incidents[start : start + MAX_NAMED])
            names |= {iri: str(name) for iri, name in named.items()}
        return [replace(hit, name=names[hit.iri], language="en") if hit.iri in names else hit for hit in hits]

    def _link_of(self, iri: str) -> str:
        """The page of a resource, from the top of the copy."""
        return quote(spell_file(self._pages.get(iri, "")), safe="/~!$&'()*+,;=@")


def _list_described(store: Store, base_iri: str) -> set[str]:
    """The resources and home graphs of the data that have an address here."""
    found = {graph.value for graph in store.graphs()}
    for graph in store.graphs():
        for quad in store.quads(graph):
            if isinstance(quad.subject, ox.NamedNode):
                found.add(quad.subject.value)
    return {iri for iri in found if iri.startswith((f"{base_iri}id/", f"{base_iri}graph/", f"{base_iri}.well-known/"))}
