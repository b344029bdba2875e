"""Home graphs that are restricted: on no page, in no dump, catalog, sitemap or copy, unless the operator says so."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from api.services import Services, open_services
from api.static_site.publisher import publish
from kg.access_rights import RESTRICTED
from kg.errors import BadParameterError
from kg.knowledge_graph import KnowledgeGraph
from kg.settings import DEFAULT_BASE_IRI, Settings
from kg.store.change import Change

DATA = f"""@base <{DEFAULT_BASE_IRI}> .
@prefix ck: <https://w3id.org/conflict-kg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix vocab: <vocab/> .
<graph/open> {{
  <graph/open> a ck:Reference ; dcterms:title "Open"@en ; dcterms:license <https://example.org/open> .
  <id/place/town> a ck:Place ; skos:prefLabel "Town"@en ; ck:placeKind <vocab/place-kind/town> .
  <id/actor/maker> a ck:Organization ; skos:prefLabel "Maker"@en .
}}
<graph/closed> {{
  <graph/closed> a ck:Dataset ; dcterms:title "Unpublishable"@en ; dcterms:license <https://example.org/closed> ;
    dcterms:accessRights <{RESTRICTED.value}> .
  <id/source/file> a ck:Source ; skos:prefLabel "Unpublishable file"@en ; ck:sourceKind <vocab/source-kind/dataset> .
  <id/incident/hidden> a ck:Incident ; skos:prefLabel "Unpublishable event"@en .
  <id/statement/hidden> a ck:Statement ; ck:speaker <id/actor/maker> ; ck:asserts <id/proposition/hidden> ;
    ck:hedge <vocab/hedge/none> ; ck:reportedIn <id/source/file> .
  <id/proposition/hidden> a ck:IncidentAccount ; ck:incident <id/incident/hidden> ; ck:location <id/place/town> ;
    ck:gist "Unpublishable words"@en .
}}
"""
QUADS = frozenset(ox.parse(DATA, format=ox.RdfFormat.TRIG))
HIDDEN = [
    "/id/incident/hidden",
    "/page/incident/hidden",
    "/data/statement/hidden.ttl",
    "/cite/statement/hidden",
    "/graph/closed",
    "/graph/closed?format=ttl",
    f"/graphs?graph={DEFAULT_BASE_IRI}graph/closed",
]


def open_with_data(folder: Path, *, publish_restricted: bool) -> Services:
    services = open_services(Settings(data_dir=folder, empty=True, workers=1, publish_restricted=publish_restricted))
    change = Change.from_quads(added=QUADS)
    services.knowledge_graph.store.apply(change)
    services.executor.refresh(change, services.knowledge_graph.store.version)
    return services


@pytest.fixture(scope="module", params=[False, True], ids=["restricted", "published"])
def client(
    request: pytest.FixtureRequest,
    serving: Callable[[Services], AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    services = open_with_data(tmp_path_factory.mktemp("data"), publish_restricted=request.param)
    with serving(services) as address, httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        client.headers["X-Published"] = str(request.param)
        yield client


def is_published(client: httpx.Client) -> bool:
    return client.headers["X-Published"] == "True"


@pytest.mark.parametrize("path", HIDDEN)
def test_what_a_restricted_graph_describes_is_refused(client: httpx.Client, path: str) -> None:
    response = client.get(path, headers={"Accept": "*/*"})
    if is_published(client):
        assert response.status_code in (200, 303)
        return
    assert response.status_code == 403
    problem = response.json()
    assert problem["type"].endswith("/problems#restricted")
    assert "KG_PUBLISH_RESTRICTED" in problem["detail"]
    assert "Unpublishable" not in response.text


def test_what_others_describe_is_there(client: httpx.Client) -> None:
    for path in ("/page/place/town", "/data/actor/maker.ttl", "/graph/open?format=ttl"):
        assert client.get(path).status_code == 200


def test_no_list_of_the_data_has_it(client: httpx.Client) -> None:
    documents = {path: client.get(path).text for path in ("/catalog", "/catalog?format=html", "/void.ttl")}
    assert {path: "graph/closed" in text for path, text in documents.items()} == dict.fromkeys(
        documents, is_published(client)
    )
    assert all("graph/open" in text for text in documents.values())
    pages = client.get("/sitemap/0.xml").text
    assert ("incident/hidden" in pages) is is_published(client)
    assert "place/town" in pages


def test_no_dump_has_it(client: httpx.Client) -> None:
    whole = gzip.decompress(client.get("/dumps/all.nq.gz").content).decode()
    assert ("Unpublishable" in whole) is is_published(client)
    assert "Town" in whole
    assert client.get("/dumps/graph/closed.nq.gz").status_code == (200 if is_published(client) else 404)


@pytest.mark.slow
def test_a_published_copy_does_not_know_of_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", empty=True, workers=1)
    graph = KnowledgeGraph.open(settings)
    graph.store.apply(Change.from_quads(added=QUADS))
    graph.close()
    publish(settings, tmp_path / "site", "", "", lambda _written, _known: None)
    files = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert (tmp_path / "site" / "id" / "place" / "town.html").is_file()
    for file in files:
        content = file.read_bytes()
        text = gzip.decompress(content) if file.suffix == ".gz" else content
        assert b"Unpublishable" not in text, file
        assert b"incident/hidden" not in text, file
    graph = KnowledgeGraph.open(settings)
    assert frozenset(graph.store.quads()) == QUADS
    graph.close()


def test_a_server_with_it_is_not_copied(client: httpx.Client, tmp_path: Path) -> None:
    if is_published(client):
        return
    with pytest.raises(BadParameterError, match="graph/closed: restricted"):
        publish(Settings(), tmp_path / "site", "", str(client.base_url).rstrip("/"), lambda _written, _known: None)
    assert not (tmp_path / "site").exists()


@pytest.mark.slow
def test_a_copy_is_made_where_graphs_were_changed_at_different_times(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", empty=True, workers=1, publish_restricted=True)
    graph = KnowledgeGraph.open(settings)
    for name in ("open", "closed"):
        quads = frozenset(quad for quad in QUADS if quad.graph_name.value.endswith(name))
        graph.store.apply(Change.from_quads(added=quads))
    graph.close()
    publish(settings, tmp_path / "site", "", "", lambda _written, _known: None)
    assert (tmp_path / "site" / "id" / "incident" / "hidden.html").is_file()
