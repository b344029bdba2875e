"""``kg publish``: a copy that works from any web host, below any path, with all data and a search in the browser.

``PUBLISH=shipped`` publishes the shipped data instead of an invented conflict; that takes minutes.
"""

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpx
import pyoxigraph as ox
import pytest
from required import skip_unless_required
from shipped_data import ShippedData
from small_world import ATTACK, SmallWorld, account, said

from api.services import Services, open_services
from api.static_site.publisher import Published, publish
from kg.knowledge_graph import KnowledgeGraph
from kg.rdf_formats import RDF_BY_SUFFIX
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.change import Change

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATH = "/some/path"
IS_SHIPPED = os.environ.get("PUBLISH") == "shipped"
RAID = (
    account("p", f"{ATTACK} ; ck:incident incident:a ; ck:location place:town")
    + said("s1", "paper", "asserts", "prop:p")
    + said("s2", "army", "denies", "prop:p", "attributed")
    + 'prop:n a ck:Labelling ; ck:labelled actor:militia ; ck:label "rebels"@en , "\u062b\u0648\u0627\u0631"@ar .\n'
    + said("s3", "paper", "asserts", "prop:n")
    + said("s4", "army", "denies", "prop:n", "attributed")
    + "prop:z a ck:ZoneCoverage ; ck:zone zone:z ; ck:place place:town .\n"
    + said("s5", "paper", "leavesOpen", "prop:z", "unclear")
    + said("s6", "army", "declares", "zone:z", "attributed")
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Settings:
    folder = tmp_path_factory.mktemp("data")
    if IS_SHIPPED:
        shipped_data: ShippedData = request.getfixturevalue("shipped_data")
        return Settings(data_dir=shipped_data.copy(folder / "shipped"), workers=2)
    settings = Settings(data_dir=folder, empty=True, workers=2)
    graph = KnowledgeGraph.open(settings)
    graph.store.apply(Change.from_quads(added=frozenset(SmallWorld.create().store(RAID).quads())))
    graph.close()
    return settings


@pytest.fixture(scope="module")
def site(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("web") / PATH[1:]
    done = write(settings, place)
    assert done.resources > 25
    assert (done.left_out, done.without_file) == (0, 0)
    return place


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site below a path of an ordinary web server."""
    top = site.parents[PATH.count("/") - 1]

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(top)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{PATH}"
    server.shutdown()
    thread.join()
    server.server_close()


def write(settings: Settings, place: Path) -> Published:
    return publish(settings, place, "", "", lambda _written, _known: None)


class Links(HTMLParser):
    """The links of a page, what it loads, its forms and ids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[str] = []
        self.ids: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.ids.update(filter(None, [values.get("id")]))
        self.links += [value for name in ("href", "src", "data-outlines") if (value := values.get(name)) is not None]
        if tag == "form":
            self.forms.append(values.get("action") or "")


def test_every_link_leads_to_a_file_or_to_a_source(site: Path, address: str) -> None:
    """All that is reached from the first page; what lies in files is read there, and a part of it over HTTP."""
    pending, seen, outside = [f"{address}/index.html"], set[str](), set[str]()
    pages: dict[str, Links] = {}
    fragments: list[tuple[str, str]] = []
    for url in pending:
        if url in seen:
            continue
        seen.add(url)
        file = site / unquote(urlsplit(url).path.removeprefix(f"{PATH}/"))
        assert file.is_file(), url
        if file.suffix != ".html":
            continue
        page = pages[url] = Links(file.read_text(encoding="utf-8"))
        assert all(urljoin(url, form).partition("?")[0] == f"{address}/search.html" for form in page.forms), url
        for link in page.links:
            target, _, fragment = urljoin(url, link).partition("#")
            if urlsplit(link).scheme:
                outside.add(link)
                continue
            assert not link.startswith("/"), (url, link)
            assert target.startswith(f"{address}/"), (url, link)
            pending.append(target)
            if fragment and target != url:
                fragments.append((target, unquote(fragment)))
    assert len(pages) > 60
    with httpx.Client(trust_env=False) as client:
        for url in sorted(seen)[::20]:
            assert client.get(url).status_code == 200, url
    assert not [link for link in outside if re.search(r"127\.0\.0\.1|copy\.invalid|conflict-kg/(id|page|data)/", link)]
    missing = {(url, fragment) for url, fragment in fragments if fragment not in pages[url].ids}
    assert not missing
    every_page = {f"{address}/{quote(str(path.relative_to(site)))}" for path in (site / "id").rglob("*.html")}
    statements = {url for url in every_page if "/id/statement/" in url or "/id/place/" in url}
    assert statements <= seen, "they are reached from the first page"


def test_names_of_files_differ_in_more_than_case(site: Path) -> None:
    files = [str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()]
    assert len({file.casefold() for file in files}) == len(files)
    for name in ("~place", "place"):
        assert (site / f"ontology/{name}.html").is_file()


def test_nothing_says_that_a_server_is_there(site: Path) -> None:
    for path in site.rglob("*"):
        if path.is_file() and path.suffix in (".html", ".ttl", ".xml", ".json", ".txt"):
            text = path.read_text(encoding="utf-8")
            assert "copy.invalid" not in text, path
            assert "sparqlEndpoint" not in text or "ontology" in path.name, path
    page = (site / "index.html").read_text(encoding="utf-8")
    assert "need the server" in page
    assert '<a title="needs the server">SPARQL</a>' in re.sub(r' class="[^"]*"', "", page)


def test_data_of_every_resource_is_beside_its_page_and_describes_it(site: Path, settings: Settings) -> None:
    graph = KnowledgeGraph.open(settings)
    try:
        subjects = {quad.subject.value for quad in graph.store.quads() if isinstance(quad.subject, ox.NamedNode)}
    finally:
        graph.close()
    described = sorted(iri for iri in subjects if iri.startswith(f"{DEFAULT_BASE_IRI}id/"))
    assert described
    for number, iri in enumerate(described):
        file = site / iri.removeprefix(DEFAULT_BASE_IRI)
        assert file.with_name(f"{file.name}.html").is_file()
        for suffix, syntax in RDF_BY_SUFFIX.items():
            data = file.with_name(f"{file.name}.{suffix}")
            if number % 10:
                assert data.stat().st_size > 0
                continue
            quads = list(ox.parse(path=data, format=syntax.engine))
            assert any(quad.subject == ox.NamedNode(iri) for quad in quads), data


def test_pages_are_small(site: Path) -> None:
    large = [path.name for path in site.rglob("*.html") if path.stat().st_size > 100_000]
    assert set(large) <= {"ontology.html", "shapes.html"}
    assert max(path.stat().st_size for path in (site / "search").rglob("*.json")) < 100_000


@pytest.mark.parametrize(
    ("public_url", "compared"),
    # Where IRIs begin with the public address, their pages are linked instead; in data they stay as they are.
    [("https://example.org/kg/", "*.[ht]t[ml]*"), (DEFAULT_BASE_IRI, "id/**/*.ttl")],
)
def test_a_server_with_another_public_address_gives_the_same_copy(
    public_url: str,
    compared: str,
    site: Path,
    settings: Settings,
    tmp_path: Path,
    serving: Callable[[Services], AbstractContextManager[str]],
) -> None:
    copy = tmp_path / "copy"
    with serving(open_services(replace(settings, public_url=public_url))) as server:
        publish(settings, copy, "", server, lambda _written, _known: None)
    assert read_all(copy).keys() == read_all(site).keys()
    files = [path.relative_to(site) for path in site.rglob(compared)]
    assert files
    assert [file for file in files if (copy / file).read_bytes() != (site / file).read_bytes()] == []


@pytest.mark.skipif(not IS_SHIPPED, reason="a second copy takes as long as the first; make soak writes one")
def test_the_same_version_gives_the_same_bytes_in_the_place_of_the_last(site: Path, settings: Settings) -> None:
    before = read_all(site)
    (site / "index.html").write_text("an older copy", encoding="utf-8")
    write(settings, site)
    assert read_all(site) == before
    assert [path.name for path in site.parent.iterdir()] == [site.name]


def read_all(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def test_names_that_are_disputed_come_with_who_uses_and_disputes_them(site: Path) -> None:
    texts = [text for path in (site / "search" / "texts").iterdir() for text in json.loads(path.read_bytes())]
    assert texts
    for text in texts:
        if text["matched"] in ("called", "words"):
            assert text["said"], text
            assert all(saying["speaker_name"] and saying["statement_path"] for saying in text["said"])
        assert (site / unquote(text["path"])).is_file()


def test_the_search_names_incidents_as_their_pages_do(site: Path) -> None:
    texts = [text for path in (site / "search" / "texts").iterdir() for text in json.loads(path.read_bytes())]
    incidents = [text for text in texts if text["kind"] == "incident"]
    assert incidents
    for text in incidents:
        (heading,) = re.findall(r"(?s)<h1.*?>(.*?)</h1>", (site / unquote(text["path"])).read_text(encoding="utf-8"))
        name = re.sub("[\u2066-\u2069]", "", text["name"])
        assert re.sub("<.*?>|[\u2066-\u2069]", "", unescape(heading)).strip() == name


def test_a_person_searches_in_the_browser(site: Path, address: str) -> None:
    if CHROMIUM is None:
        skip_unless_required("no Chromium")
        return
    texts = [text for path in sorted((site / "search" / "texts").iterdir()) for text in json.loads(path.read_bytes())]
    thing = next(text for text in texts if text["kind"] == "place" and text["matched"] == "name")
    called = next(text for text in texts if text["matched"] == "called")
    for text in (thing, called) if IS_SHIPPED else (called,):
        page = show(f"{address}/search.html?q={quote(text['text'].upper())}")
        assert f'href="{address}/{text["path"]}"' in page, text
        for saying in text["said"][:1]:
            assert saying["speaker_name"] in page


def show(url: str) -> str:
    """The page as a browser has it after its scripts."""
    assert CHROMIUM
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--virtual-time-budget=8000"]
    done = subprocess.run([*command, "--dump-dom", url], capture_output=True, timeout=90, check=True)
    return done.stdout.decode()
