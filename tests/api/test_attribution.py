"""Whatever is contested has its speaker, source and hedge beside it, in every page, format and download.

Random dossiers are written to a real server, and all that it answers about them is read: pages, the addresses that
they link to, searches. How a value is shown is not tested here; only what stands beside it.
"""

import json
import re
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from urllib.parse import quote, urljoin, urlsplit

import httpx
import lxml.html
import pyld.jsonld
import pyoxigraph as ox
import pytest
from contested_records import RECORDS, SLUG, SOURCES, SPEAKERS, Contested, Record, contested_values, dossier
from document_parts import XLSX, parts_with
from hypothesis import Phase, given, settings

from api.services import Services, open_services
from kg.namespaces import CK
from kg.settings import Settings

pytestmark = pytest.mark.slow

TOKEN = "a-token-for-writing-in-tests-only"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
RDF = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}
LISTS = ("incidents", "actors", "places", "zones", "sources", "statements")
STARTS = [
    *(f"/page/{kind}/{SLUG}" for kind in ("incident", "place", "zone", "actor", "source")),
    *(f"/page/actor/{SLUG}-{slug}" for slug in SPEAKERS),
    *(f"/page/source/{SLUG}-{slug}" for slug in SOURCES),
    f"/graph/{SLUG}",
    "/",
    *(
        f"/cite/{kind}/{SLUG}-0?format={format_}"
        for kind in ("statement", "proposition")
        for format_ in ("txt", "bib", "csl")
    ),
    *(f"/{things}{suffix}" for things in LISTS for suffix in ("", ".csv", ".xlsx", ".geojson", ".json")),
]
SUFFIXES = ("ttl", "nt", "rdf", "trig", "nq", "jsonld")
OF_ONE_STATEMENT = re.compile("^/(page|cite)/(statement|proposition|passage|selector|count|geometry)/")
"""Pages of which the whole is beside each value: of a statement, and of what it is made of."""
MOST = 600
"""Addresses of one dossier."""


@pytest.fixture(scope="module")
def client(
    serving: Callable[[Services], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    directory = tmp_path_factory.mktemp("attribution")
    services = open_services(Settings(data_dir=directory, empty=True, workers=2, write_token=TOKEN, write_rate=10**6))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with (
        serving(services) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60, headers=headers) as client,
    ):
        yield client


def put(client: httpx.Client, records: Sequence[Record]) -> None:
    path, deadline = f"/graph/{SLUG}", time.monotonic() + 20
    condition = {"If-Match": "*"} if client.head(path).is_success else {"If-None-Match": "*"}
    response = client.put(
        path,
        content=dossier(records),
        headers={"Content-Type": "application/yaml", "Accept": "text/plain", **condition},
    )
    assert response.is_success, response.text
    *_, last = contested_values(records)  # the words of a quote
    while not (found := client.get("/search", params={"q": last.value})).is_success or not found.json()["hits"]:
        assert time.monotonic() < deadline, "the text index does not follow"


def walk(client: httpx.Client, contested: Sequence[Contested]) -> Iterator[httpx.Response]:
    """The answers of all addresses about the dossier that can be reached from its pages, each once."""
    searches = [f"/search?q={quote(item.value)}" for item in contested]
    waiting = deque([*STARTS, *searches])
    seen = set(waiting)
    while waiting:
        assert len(seen) < MOST, sorted(seen)
        address = waiting.popleft()
        response = client.get(address, headers=BROWSER, follow_redirects=True)
        assert response.status_code == 200, (address, response.text)
        yield response
        if media_type_of(response) == "text/html":
            for target in links(response):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
    for address in searches:
        yield client.get(address)


def links(response: httpx.Response) -> Iterator[str]:
    """The addresses of this server in a page that are about the dossier."""
    for element in lxml.html.document_fromstring(response.text).iter("a", "link"):
        target = urlsplit(urljoin(str(response.url), element.get("href", "")))
        if target.netloc != response.url.netloc.decode():
            continue
        address = target.path + (f"?{target.query}" if target.query else "")
        if SLUG in address and is_chosen(target.path) and target.query not in ("format=txt", "format=bib"):
            yield address


def is_chosen(path: str) -> bool:
    """No editor, no selection of a list, and of the formats of each description two, not the same of all."""
    if path.split("/")[1].partition(".")[0] in ("sparql", "graphql", *LISTS):
        return False
    resource, dot, suffix = path.rpartition(".")
    at = SUFFIXES.index(suffix) if dot and suffix in SUFFIXES else None
    return at is None or (at - zlib.crc32(resource.encode())) % len(SUFFIXES) < 2


def media_type_of(response: httpx.Response) -> str:
    return response.headers["content-type"].partition(";")[0]


def has_value(response: httpx.Response, value: str) -> bool:
    """Whether it has to be looked at: what is compressed has always to be."""
    return media_type_of(response) == XLSX or value in response.text


def check(response: httpx.Response, item: Contested) -> None:
    """Fails if the value stands anywhere in the answer without somebody who says it."""
    media_type = media_type_of(response)
    if media_type in RDF or media_type == "application/ld+json":
        check_triples(read_triples(response), item, str(response.url))
        return
    if OF_ONE_STATEMENT.search(response.url.path):
        assert any(all(name in response.text for name in names) for names in item.attributions), response.url
        return
    body = response.content
    if response.url.path == "/search" and media_type == "application/json":
        body = json.dumps(response.json()["hits"]).encode()
    for part in parts_with(body, media_type, item.value, [SPEAKERS.values(), SOURCES.values()]):
        assert any(all(name in part for name in names) for names in item.attributions), (
            f"{response.url}: {item.value} has none of {sorted(item.attributions)} beside it in {part!r}"
        )


def read_triples(response: httpx.Response) -> list[ox.Triple]:
    """Those of a document; JSON-LD is read by another implementation."""
    media_type = media_type_of(response)
    if media_type != "application/ld+json":
        return [quad.triple for quad in ox.parse(response.content, format=RDF[media_type])]
    options = {"format": "application/n-quads", "base": str(response.url)}
    quads = pyld.jsonld.to_rdf(json.loads(response.text), options)
    return [quad.triple for quad in ox.parse(quads.encode(), format=ox.RdfFormat.N_QUADS)]


def check_triples(triples: Sequence[ox.Triple], item: Contested, address: str) -> None:
    """Fails unless a statement leads to each node that has the value, with its speaker, source and hedge."""
    into: dict[str, set[str]] = {}
    parts: dict[str, dict[str, str]] = {}
    for triple in triples:
        into.setdefault(str(triple.object), set()).add(str(triple.subject))
        parts.setdefault(str(triple.subject), {})[triple.predicate.value] = str(triple.object)
    for triple in triples:
        if not isinstance(triple.object, ox.Literal) or item.value not in triple.object.value:
            continue
        reached, waiting = set[str](), [str(triple.subject)]
        while waiting:
            if (node := waiting.pop()) not in reached:
                reached.add(node)
                waiting += into.get(node, ())
        said_by = {
            tuple(last_word(parts[node].get(CK + name, "")) for name in ("speaker", "reportedIn", "hedge"))
            for node in reached
            if f"{CK}speaker" in parts.get(node, {})
        }
        wanted = {
            (speaker.lower(), source.lower(), hedge.rsplit(" ", 1)[-1]) for speaker, source, hedge in item.attributions
        }
        assert said_by & wanted, f"{address}: {triple} is said by {said_by}, not by {wanted}"


def last_word(iri: str) -> str:
    """What follows the last slash or hyphen of an IRI in angle brackets."""
    return re.split("[/-]", iri.strip("<>"))[-1]


SAID = Contested("xword", frozenset({("Belvard", "Mornlight", "attributed")}))
ATTRIBUTED = "Belvard said (attributed; in Mornlight)"


@pytest.mark.parametrize(
    ("media_type", "right", "wrong"),
    [
        ("text/html", f"<li>xword: {ATTRIBUTED}</li>", f"<li>xword</li><li>{ATTRIBUTED}</li>"),
        (
            "text/html",
            "<h1>Mornlight</h1><p>x<section>xword Belvard attributed</section>",
            f"<p>xword</p><p>{ATTRIBUTED}",
        ),
        (
            "text/html",
            f"<li><a title='xword'>It</a> {ATTRIBUTED}</li>",
            f"<a title='xword'>It</a><li>{ATTRIBUTED}</li>",
        ),
        (
            "text/html",
            "<table><caption>All in Mornlight<tr><td>xword<td>Belvard (attributed)</table>",
            f"<table><caption>Of two sources<tr><td>xword<td>Belvard (attributed)<tr><td>{ATTRIBUTED}</table>",
        ),
        ("text/csv", "xword,Belvard,Mornlight,attributed\n", "xword,Belvard,,attributed\n,,Mornlight,\n"),
        (
            "application/json",
            '[{"words": ["xword"], "said": {"by": "Belvard", "in": "Mornlight", "hedge": "attributed"}}]',
            '[{"words": ["xword"], "by": "Belvard"}, {"in": "Mornlight", "hedge": "attributed"}]',
        ),
    ],
)
def test_what_stands_elsewhere_is_not_beside_it(media_type: str, right: str, wrong: str) -> None:
    request = httpx.Request("GET", "http://127.0.0.1/page/place/walk")
    check(httpx.Response(200, text=right, headers={"Content-Type": media_type}, request=request), SAID)
    with pytest.raises(AssertionError):
        check(httpx.Response(200, text=wrong, headers={"Content-Type": media_type}, request=request), SAID)


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])  # to shrink takes minutes
@given(records=RECORDS)
def test_nothing_contested_is_shown_without_speaker_source_and_hedge(
    client: httpx.Client, records: list[Record]
) -> None:
    put(client, records)
    contested = contested_values(records)
    shown = set[str]()
    for response in walk(client, contested):
        for item in contested:
            if has_value(response, item.value):
                shown.add(item.value)
                check(response, item)
    assert shown == {item.value for item in contested}
