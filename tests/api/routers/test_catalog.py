"""The data set described for catalogues: DCAT, VoID, dumps, robots and sitemap, over HTTP."""

import gzip
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pyoxigraph as ox
import pytest
from shipped_data import ShippedData

from api.services import Services, open_services
from kg.namespaces import DCTERMS, VOID
from kg.settings import Settings

BROWSER = {"Accept": "text/html,*/*;q=0.8"}
DCAT = "http://www.w3.org/ns/dcat#"
SPDX = "http://spdx.org/rdf/terms#"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PREFIXES = f"PREFIX dcat: <{DCAT}> PREFIX dcterms: <{DCTERMS}> PREFIX void: <{VOID}> PREFIX spdx: <{SPDX}> "


@pytest.fixture(scope="module")
def client(
    serving: Callable[[Services], AbstractContextManager[str]],
    shipped_data: ShippedData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    services = open_services(Settings(data_dir=shipped_data.copy(tmp_path_factory.mktemp("data")), workers=2))
    with serving(services) as address, httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        yield client


def select(response: httpx.Response, query: str) -> list[dict[str, str]]:
    """The solutions of a query over a Turtle document."""
    assert response.headers["content-type"].startswith("text/turtle"), response.text
    store = ox.Store()
    store.load(response.content, format=ox.RdfFormat.TURTLE)
    solutions = store.query(PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return [{name: term.value for name in names if (term := row[name]) is not None} for row in solutions]


def test_each_download_of_the_catalog_has_the_size_and_checksum_that_it_states(client: httpx.Client) -> None:
    rows = select(
        client.get("/catalog"),
        "SELECT * { ?set dcat:distribution ?d ; void:triples ?triples . ?d dcat:downloadURL ?url ;"
        " dcat:byteSize ?size ; spdx:checksum [ spdx:checksumValue ?sha256 ] }",
    )
    assert len(rows) > 1
    for row in rows:
        content = client.get(row["url"]).content
        assert len(content) == int(row["size"])
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        assert gzip.decompress(content).count(b"\n") == int(row["triples"])


def test_every_home_graph_is_a_data_set_with_its_licence_and_an_address_for_each_syntax(client: httpx.Client) -> None:
    catalog = client.get("/catalog")
    graphs = client.get("/sparql", params={"query": "SELECT DISTINCT ?g { GRAPH ?g { ?g a ?c } }"}).json()
    expected = {row["g"]["value"] for row in graphs["results"]["bindings"]}
    listed = select(
        catalog,
        "SELECT ?set ?licence { [] a dcat:Catalog ; dcat:dataset ?set OPTIONAL { ?set dcterms:license ?licence } }",
    )
    assert expected <= {row["set"] for row in listed}
    assert all(row.get("licence") for row in listed if row["set"] in expected)
    for row in select(
        catalog,
        "SELECT ?url ?type { [] dcat:accessURL ?url ; dcat:mediaType ?type MINUS { [] dcat:downloadURL ?url } }",
    ):
        response = client.get(row["url"])
        assert response.is_success, row
        assert row["type"].endswith(response.headers["content-type"].partition(";")[0])


def test_void_is_found_at_the_well_known_place(client: httpx.Client) -> None:
    response = client.get("/.well-known/void")
    assert (response.status_code, response.headers["location"]) == (302, "/void.ttl")
    void = client.get("/void.ttl")
    (row,) = select(
        void,
        "SELECT ?dump ?endpoint { ?set void:sparqlEndpoint ?endpoint ; void:dataDump ?dump }",
    )
    assert client.get(row["endpoint"], params={"query": "ASK {}"}).is_success
    assert client.head(row["dump"]).headers["content-type"] == "application/gzip"


def test_the_catalog_is_a_page_for_browsers_and_is_not_sent_again(client: httpx.Client) -> None:
    page = client.get("/catalog", headers=BROWSER)
    assert page.headers["content-type"].startswith("text/html")
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    described = json.loads(block)
    assert described["distribution"]["sha256"] in page.text
    assert client.head(described["distribution"]["contentUrl"]).is_success
    assert all(part["license"] for part in described["hasPart"])
    for response in (page, client.get("/catalog"), client.get("/dumps/all.nq.gz")):
        tag = response.headers["etag"]
        headers = {"If-None-Match": tag, "Accept": response.request.headers["accept"]}
        assert client.get(response.request.url, headers=headers).status_code == 304
    assert client.get("/catalog?format=csv").status_code == 406


def test_a_part_of_a_dump_can_be_fetched_again(client: httpx.Client) -> None:
    whole = client.get("/dumps/all.nq.gz").content
    part = client.get("/dumps/all.nq.gz", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])


@pytest.mark.parametrize("path", ["/dumps/nope.nq.gz", "/dumps/all", "/dumps/../manifest.json", "/sitemap/9.xml"])
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_sitemap_lists_pages_that_are_there(client: httpx.Client) -> None:
    robots = client.get("/robots.txt").text
    (address,) = (line.removeprefix("Sitemap: ") for line in robots.splitlines() if line.startswith("Sitemap: "))
    parts = [node.text or "" for node in ET.fromstring(client.get(address).text).iter(f"{MAP}loc")]
    pages = [node.text or "" for part in parts for node in ET.fromstring(client.get(part).text).iter(f"{MAP}loc")]
    assert len(pages) > 50
    assert all(client.get(page).is_success for page in pages[::20])
