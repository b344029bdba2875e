"""Home graphs that are restricted: in no answer, dump, catalog, sitemap or copy, unless the operator says so."""

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from api.services import Services, open_services
from api.static_site.publisher import publish
from kg.access_rights import ACCESS_RIGHTS, RESTRICTED
from kg.knowledge_graph import KnowledgeGraph
from kg.namespaces import PREF_LABEL
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
  <id/place/town> skos:altLabel "Unpublishable town"@en .
}}
"""
LABEL = ox.NamedNode(PREF_LABEL)
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


CLOSED = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/closed")
ALL, TURTLE = "SELECT * { ?s ?p ?o }", {"format": "turtle"}
ANSWERS: list[tuple[str, dict[str, str]]] = [
    ("/sparql", {"query": ALL}),
    ("/sparql", {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }"}),
    ("/sparql", {"query": f"SELECT * {{ GRAPH {CLOSED} {{ ?s ?p ?o }} }}"}),
    ("/sparql", {"query": f"SELECT * FROM {CLOSED} FROM <{DEFAULT_BASE_IRI}graph/open> {{ ?s ?p ?o }}"}),
    (
        "/sparql",
        {"query": f"BASE <{DEFAULT_BASE_IRI}> SELECT * FROM NAMED <graph/closed> {{ GRAPH ?g {{ ?s ?p ?o }}}}"},
    ),
    ("/sparql", {"query": f"prefix g: <{DEFAULT_BASE_IRI}graph/> select * from g:closed where {{ ?s ?p ?o }}"}),
    ("/sparql", {"query": ALL, "default-graph-uri": CLOSED.value}),
    ("/sparql", {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }", "named-graph-uri": CLOSED.value}),
    ("/sparql", {"query": f"DESCRIBE <{DEFAULT_BASE_IRI}id/incident/hidden>", **TURTLE}),
    ("/sparql", {"query": "CONSTRUCT WHERE { ?s ?p ?o }", **TURTLE}),
    ("/sparql", {"query": ALL, "format": "html"}),
    ("/graphs", {"default": "", "format": "ttl"}),
    ("/graphql", {"query": "{ incidents(first: 5) { nodes { id } } statements(first: 5) { nodes { id } } }"}),
    ("/search", {"q": "event unpublishable", "format": "json"}),
    ("/reconcile", {"queries": '{"q": {"query": "unpublishable event"}}'}),
    ("/incidents", {}),
    ("/statements", {}),
    ("/sources.csv", {}),
    ("/questions/what-is-said-of-incidents", {}),
    ("/page/place/town", {}),
    ("/compare", {"thing": "place/town", "format": "html"}),
    ("/page/actor/maker", {}),
    ("/data/actor/maker.ttl", {}),
    ("/", {}),
]
"""Each has something of the restricted graph where that is served."""
OWN = ("Unpublishable", "incident/hidden", "statement/hidden", "source/file", "proposition/hidden")


def open_with_data(folder: Path, *, publish_restricted: bool) -> Services:
    services = open_services(Settings(data_dir=folder, empty=True, workers=1, publish_restricted=publish_restricted))
    change = Change.from_quads(added=QUADS)
    services.knowledge_graph.store.apply(change)
    services.executor.refresh(change, services.knowledge_graph.store.version)
    return services


@pytest.fixture(scope="module", params=[False, True], ids=["restricted", "published"])
def services(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Services:
    return open_with_data(tmp_path_factory.mktemp("data"), publish_restricted=request.param)


@pytest.fixture(scope="module")
def client(services: Services, serving: Callable[[Services], AbstractContextManager[str]]) -> Iterator[httpx.Client]:
    with serving(services) as address, httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        client.headers["X-Published"] = str(services.settings.publish_restricted)
        yield client


def has_restricted(response: httpx.Response) -> bool:
    return any(text in response.text for text in OWN)


def fetch(client: httpx.Client, path: str, parameters: dict[str, str]) -> httpx.Response:
    """The answer, once the files that follow the commits have been made."""
    while (response := client.get(path, params=parameters)).status_code == httpx.codes.SERVICE_UNAVAILABLE:
        time.sleep(0.05)
    return response


def is_published(client: httpx.Client) -> bool:
    return client.headers["X-Published"] == "True"


@pytest.mark.parametrize(("path", "parameters"), ANSWERS)
def test_no_answer_has_it(client: httpx.Client, path: str, parameters: dict[str, str]) -> None:
    response = fetch(client, path, parameters)
    assert response.status_code in ((200,) if is_published(client) else (200, 403))
    assert has_restricted(response) is is_published(client)
    if response.status_code == httpx.codes.FORBIDDEN:
        assert "KG_PUBLISH_RESTRICTED" in response.text


def test_what_is_counted_is_what_others_say(client: httpx.Client) -> None:
    counted = [quad for quad in QUADS if is_published(client) or quad.graph_name != CLOSED]
    for pattern in ("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }"):
        response = client.get("/sparql", params={"query": f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", "format": "csv"})
        assert response.text.split() == ["n", str(len(counted))]


def test_the_command_line_reads_all(services: Services, client: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {services.access.authenticator.owner_token}"}
    responses = [client.get("/sparql", params={"query": ALL}, headers=given) for given in (headers, {}, headers)]
    assert [has_restricted(response) for response in responses] == [True, is_published(client), True]
    assert responses[0].headers["ETag"] != responses[1].headers["ETag"]
    assert has_restricted(client.get("/sparql", params={"query": ALL}, headers={"Authorization": "Bearer x"})) is (
        is_published(client)
    )


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


@pytest.mark.slow
def test_a_copy_of_a_server_has_what_the_server_answers(client: httpx.Client, tmp_path: Path) -> None:
    publish(Settings(), tmp_path / "site", "", str(client.base_url).rstrip("/"), lambda _written, _known: None)
    assert (tmp_path / "site" / "id" / "place" / "town.html").is_file()
    assert (tmp_path / "site" / "id" / "incident" / "hidden.html").is_file() is is_published(client)


def commit(services: Services, change: Change) -> None:
    """Commit and publish it as the writer does."""
    store, before = services.knowledge_graph.store, services.knowledge_graph.store.version
    store.apply(change)
    services.executor.refresh(change, store.version)
    for index in (services.text_index, services.list_index):
        assert index is not None
        index.follow(change, before, store.version, store)


def test_a_commit_restricts_a_graph_or_opens_it(
    serving: Callable[[Services], AbstractContextManager[str]], tmp_path: Path
) -> None:
    services = open_with_data(tmp_path, publish_restricted=False)
    restriction = [ox.Quad(CLOSED, ACCESS_RIGHTS, RESTRICTED, CLOSED)]
    words = [ox.Quad(ox.NamedNode(f"{DEFAULT_BASE_IRI}id/incident/hidden"), LABEL, ox.Literal("Unpublishable"), CLOSED)]
    steps = [
        (Change(), False),
        (Change.from_quads(removed=restriction), True),
        (Change.from_quads(added=restriction), False),
        (Change.from_quads(added=words), False),
        (Change.from_quads(removed=restriction), True),
    ]
    with serving(services) as address, httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        for change, is_open in steps:
            commit(services, change)
            for path, parameters in ANSWERS:
                assert has_restricted(fetch(client, path, parameters)) is is_open, (path, parameters)


def test_files_made_with_another_setting_are_made_again(
    serving: Callable[[Services], AbstractContextManager[str]], tmp_path: Path
) -> None:
    open_with_data(tmp_path, publish_restricted=True).close()
    for is_open in (True, False, True):
        settings = Settings(data_dir=tmp_path, empty=True, workers=1, publish_restricted=is_open)
        with serving(open_services(settings)) as address, httpx.Client(base_url=address, trust_env=False) as client:
            for path in ("/incidents", "/statements"):
                assert has_restricted(fetch(client, path, {})) is is_open
            assert bool(fetch(client, "/search", {"q": "event", "format": "json"}).json()["hits"]) is is_open


@pytest.mark.parametrize("is_published", [False, True])
def test_a_remote_engine_with_it_is_not_read(
    serving: Callable[[Services], AbstractContextManager[str]], tmp_path: Path, is_published: bool
) -> None:
    engine = open_with_data(tmp_path / "engine", publish_restricted=True)
    with serving(engine) as url:
        data = tmp_path / "data"
        settings = Settings(data_dir=data, empty=True, store=f"{url}/sparql", publish_restricted=is_published)
        with serving(open_services(settings)) as address, httpx.Client(base_url=address, trust_env=False) as client:
            for path, parameters in (("/page/place/town", {}), ("/sparql", {"query": ALL}), ("/catalog", {})):
                response = client.get(path, params=parameters)
                assert response.status_code == (200 if is_published else 403), path
                assert has_restricted(response) is is_published
            assert client.get("/ontology").status_code == 200


def test_the_log_says_at_start_what_is_not_served(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    services = open_with_data(tmp_path, publish_restricted=False)
    services.prepare()
    services.close()
    (record,) = [record for record in caplog.records if "not served" in record.message]
    assert CLOSED.value in record.message
    assert "KG_PUBLISH_RESTRICTED" in record.message


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
