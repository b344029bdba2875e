"""Each answer names the version of the data that it shows, while commits follow one another."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import NamedTuple

import httpx
import pyoxigraph as ox
import pytest

from api.services import Services
from kg.journal.record import UNKNOWN
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change

pytestmark = pytest.mark.slow

COMMITS = 150
PATIENCE_S = 30.0
"""Of readers that wait for the only worker; on a slow machine some would wait longer than a query may take."""
VERSION = "Dataset-Version"
CK = "https://w3id.org/conflict-kg/ontology#"
COUNTER = f"{DEFAULT_BASE_IRI}id/actor/counter"
SKOS_LABEL = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
GRAPH = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/counter")
DATA = f"""
PREFIX ck: <{CK}>
PREFIX id: <{DEFAULT_BASE_IRI}id/>
<{GRAPH.value}> {{
  <{GRAPH.value}> a ck:Dossier .
  <{COUNTER}> a ck:Organization .
  id:labelling a ck:Labelling ; ck:labelled <{COUNTER}> .
  id:statement a ck:Statement ; ck:asserts id:labelling ; ck:speaker <{COUNTER}> ;
    ck:hedge id:hedge ; ck:reportedIn id:source .
}}
"""


def quads_of(count: int) -> list[ox.Quad]:
    """What says that so many commits were made."""
    text = ox.Literal(f"count {count}", language="en")
    labelling = ox.NamedNode(f"{DEFAULT_BASE_IRI}id/labelling")
    return [
        ox.Quad(ox.NamedNode(COUNTER), SKOS_LABEL, text, GRAPH),
        ox.Quad(labelling, ox.NamedNode(f"{CK}label"), text, GRAPH),
    ]


class Endpoint(NamedTuple):
    """A GET whose answer shows the counter, with the version in its body where it has room for it."""

    path: str
    parameters: dict[str, str]
    version_in_body: str = ""


QUERY = f"SELECT ?count {{ GRAPH ?g {{ <{COUNTER}> <{SKOS_LABEL.value}> ?count }} }}"
ENDPOINTS = [
    Endpoint("/sparql", {"query": QUERY, "format": "json"}),
    Endpoint("/sparql", {"query": f"DESCRIBE <{COUNTER}>", "format": "nt"}),
    Endpoint(
        "/graphql", {"query": '{ organization(id: "actor:counter") { prefLabel } }'}, r'"datasetVersion": ?"([^"]+)"'
    ),
    Endpoint(
        "/questions/which-names-does-a-thing-have",
        {"labelled": "actor:counter", "format": "json"},
        r'"datasetVersion": "([^"]+)"',
    ),
    Endpoint(
        "/questions/which-names-does-a-thing-have",
        {"labelled": "actor:counter", "format": "html"},
        r"version (\S+) of the data",
    ),
    Endpoint("/graph/counter", {"format": "nq"}),
    Endpoint("/data/actor/counter.ttl", {}),
]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory, services_in: Callable[..., Services]) -> Services:
    services = services_in(tmp_path_factory.mktemp("data"), query_timeout_s=PATIENCE_S)
    data = ox.parse(DATA, format=ox.RdfFormat.TRIG)
    commit(services, Change.from_quads(added=[*data, *quads_of(0)]))
    return services


@pytest.fixture(scope="module")
def client(services: Services, serving: Callable[[Services], AbstractContextManager[str]]) -> Iterator[httpx.Client]:
    with serving(services) as address, httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        yield client


def commit(services: Services, *changes: Change) -> None:
    store = services.knowledge_graph.store
    store.commit([(change, UNKNOWN) for change in changes])
    for_readers = changes[0]
    for change in changes[1:]:
        for_readers = Change.merge([for_readers, change])
    services.executor.refresh(for_readers, store.version)


def test_the_version_of_each_answer_is_the_one_whose_state_it_shows(services: Services, client: httpx.Client) -> None:
    store = services.knowledge_graph.store
    versions = {store.version: 0}
    done = threading.Event()

    def read(endpoint: Endpoint) -> list[tuple[str, int]]:
        """Version and counter of each answer; those with a tag of an answer before may be answered by 304."""
        seen: list[tuple[str, int]] = []
        etag, known = "", 0
        while not (done.is_set() and seen):
            response = client.get(
                endpoint.path, params=endpoint.parameters, headers={"If-None-Match": etag} if etag else {}
            )
            if response.status_code == 304:
                continue
            assert response.status_code == 200, response.text
            counts = {int(number) for number in re.findall(r"\bcount (\d+)", response.text)}
            assert len(counts) == 1, f"one state, not two: {response.text}"
            (known,) = counts
            etag = response.headers.get("ETag", "")
            version = response.headers[VERSION]
            if endpoint.version_in_body:
                named = re.search(endpoint.version_in_body, response.text)
                assert named
                assert named[1] == version
            seen.append((version, known))
        return seen

    with ThreadPoolExecutor(len(ENDPOINTS)) as threads:
        readers = [threads.submit(read, endpoint) for endpoint in ENDPOINTS]
        count = 0
        while count < COMMITS:
            group = [Change.from_quads(quads_of(count + n), quads_of(count + n + 1)) for n in range(1 + count % 3)]
            count += len(group)
            commit(services, *group)
            versions[store.version] = count
        done.set()
        for reader in readers:
            for version, shown in reader.result():
                assert versions[version] == shown


def test_a_tag_never_outlives_the_state_that_it_was_sent_with(services: Services, client: httpx.Client) -> None:
    """Also where the commit is durable, and the workers have not been told of it yet."""
    store, parameters = services.knowledge_graph.store, {"query": QUERY, "format": "json"}
    before = client.get("/sparql", params=parameters)
    shown = int(before.json()["results"]["bindings"][0]["count"]["value"].removeprefix("count "))
    change = Change.from_quads(quads_of(shown), quads_of(shown + 1))
    store.commit([(change, UNKNOWN)])
    between = client.get("/sparql", params=parameters)
    assert between.headers[VERSION] == before.headers[VERSION]
    assert between.headers["ETag"] == before.headers["ETag"]
    services.executor.refresh(change, store.version)
    after = client.get("/sparql", params=parameters, headers={"If-None-Match": between.headers["ETag"]})
    assert after.status_code == 200
    assert after.headers[VERSION] == store.version
    assert f"count {shown + 1}" in after.text
    again = client.get("/sparql", params=parameters, headers={"If-None-Match": after.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/", "/sparql", "/ontology", "/graphql/schema"])
def test_answers_that_are_kept_name_the_version_that_they_were_computed_over(
    services: Services, client: httpx.Client, path: str
) -> None:
    for _ in range(2):
        response = client.get(path, headers={"Accept": "text/turtle" if path == "/sparql" else "*/*"})
        assert response.headers[VERSION] == services.knowledge_graph.store.version
    if path == "/sparql":
        assert f'versionInfo> "{services.knowledge_graph.store.version}"' in response.text


def test_what_depends_on_no_data_names_no_version(client: httpx.Client) -> None:
    for path in ("/healthz", "/problems", "/questions"):
        assert VERSION not in client.get(path).headers


def test_pages_of_other_origins_may_read_the_version(client: httpx.Client) -> None:
    assert VERSION in client.get("/healthz").headers["Access-Control-Expose-Headers"]
