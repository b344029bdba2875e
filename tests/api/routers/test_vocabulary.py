"""Ontology, shapes and vocabularies over HTTP: complete pages, working links and queries, content negotiation."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html import unescape
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from in_process import InProcessGraph

from api.pages.vocabulary_page import EXAMPLES
from api.services import Services, open_services
from kg.ingest import edtf_dates
from kg.knowledge_graph import list_shipped_documents
from kg.namespaces import CK
from kg.schema.model import Class, Property, Schema, local_name
from kg.settings import Settings
from kg.store.change import Change

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SYNTAXES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
PATHS = ("/ontology", "/ontology/ZoneCoverage", "/shapes", "/shapes/Statement", "/vocab", "/vocab/hedge", "/alignments")


@pytest.fixture(scope="module")
def client(
    serving: Callable[[Services], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A server over the shipped data, which is stored without validation."""
    services = open_services(Settings(data_dir=tmp_path_factory.mktemp("data"), empty=True, workers=1))
    for document in InProcessGraph.create().read_files(list_shipped_documents()):
        change = Change.from_quads(added=frozenset(edtf_dates.derive_days(document.quads)[0]))
        services.knowledge_graph.store.apply(change)
        services.executor.refresh(change, services.knowledge_graph.store.version)
    with (
        serving(services) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=30, headers={"Accept": "*/*"}) as client,
    ):
        yield client


def _page(client: httpx.Client, path: str) -> str:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


def _triples(answer: httpx.Response) -> set[ox.Triple]:
    assert answer.status_code == 200
    media_type = answer.headers["content-type"].partition(";")[0]
    quads = ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media_type))
    return {quad.triple for quad in quads}


def test_the_index_has_an_entry_for_every_term_with_its_definition_and_page(
    client: httpx.Client, schema: Schema
) -> None:
    page = unescape(_page(client, "/ontology"))
    entries = re.findall(r'<li id="([^"]+)"><a href="([^"]+)">', page)
    terms: list[Class | Property] = [*schema.classes.values(), *schema.properties.values()]
    schemes = [f"vocab/{local_name(iri)}" for iri in schema.schemes]
    assert sorted(entries) == sorted(
        [(term.name, f"/ontology/{term.name}") for term in terms] + [(name, f"/{name}") for name in schemes]
    )
    assert all(term.definition in page for term in terms)
    assert len(page.encode()) < 100_000


def test_every_term_has_a_page_with_its_shapes_and_the_questions_that_use_it(
    client: httpx.Client, schema: Schema
) -> None:
    terms: list[Class | Property] = [*schema.classes.values(), *schema.properties.values()]
    for term in terms[::2]:
        page = unescape(_page(client, f"/ontology/{term.name}"))
        assert term.definition in page
        assert len(page.encode()) < 100_000
        for shape in schema.shapes_of(term.iri):
            assert f'href="/shapes/{local_name(shape.iri)}"' in page
    statement, coverage = _page(client, "/ontology/Statement"), _page(client, "/ontology/ZoneCoverage")
    fields = schema.classes[f"{CK}Statement"].fields
    assert {f"Statement.{name}" for name in fields} <= set(re.findall(r' id="([^"]+)"', statement))
    assert 'href="/questions/does-zone-cover-place"' in coverage
    assert 'href="/ontology/extent"' in coverage
    assert "Choose exactly one hedge" in _page(client, "/ontology/hedge")


@pytest.mark.parametrize("name", ["ZoneCoverage", "Proposition", "label", "extent", "incident"])
def test_a_contested_use_in_the_data_has_speaker_hedge_and_source(client: httpx.Client, name: str) -> None:
    use = _page(client, f"/ontology/{name}").partition('id="use"')[2].partition("</section>")[0]
    assert "/id/proposition/" in use
    for part in ("/id/actor/", "/id/statement/", "hedge: ", "/id/source/"):
        assert part in use


def test_the_version_iri_leads_to_the_ontology(client: httpx.Client) -> None:
    document = client.get("/ontology").text
    (version,) = re.findall(r"owl:versionIRI <https://w3id.org/conflict-kg(/ontology/[^>]+)>", document)
    assert client.get(version).text == document
    assert _page(client, version) == _page(client, "/ontology")


def test_paths_are_written_as_in_sparql(client: httpx.Client) -> None:
    assert "<code>^ck:disputes</code>" in _page(client, "/ontology/Statement")
    assert "<code>^ck:asserts | ^ck:denies | ^ck:leavesOpen | ^ck:supposes</code>" in _page(
        client, "/ontology/Proposition"
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_query_is_on_the_page_and_has_results(client: httpx.Client, repository: Path, name: str) -> None:
    assert [path for path in list_shipped_documents() if path.suffix == ".yaml"], "no dossier is shipped"
    queries = re.findall(r'name="query" value="([^"]+)"', _page(client, "/ontology"))
    assert len(queries) == len(EXAMPLES)
    text = repository.joinpath("api", "pages", "queries", f"{name}.rq").read_text(encoding="utf-8")
    answer = client.get("/sparql", params={"query": text}, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    rows = answer.json()["results"]["bindings"]
    assert rows
    for variable in answer.json()["head"]["vars"]:
        if variable not in ("isRestatement", "isRetracted"):
            assert any(variable in row for row in rows), f"{variable} is never bound"


def test_the_coverage_example_distinguishes_left_open_from_no_statement(client: httpx.Client, repository: Path) -> None:
    text = repository.joinpath("api/pages/queries/ontology-coverage.rq").read_text(encoding="utf-8")
    answer = client.get("/sparql", params={"query": text}, headers={"Accept": "application/json"})
    statuses = {row["status"]["value"] for row in answer.json()["results"]["bindings"]}
    assert {"undetermined: left open", "undetermined: no statement"} <= statuses


def test_the_coverage_example_calls_coverage_of_a_part_partly(repository: Path) -> None:
    text = repository.joinpath("api/pages/queries/ontology-coverage.rq").read_text(encoding="utf-8")
    store = ox.Store()
    data = """PREFIX ck: <https://w3id.org/conflict-kg/ontology#>
        PREFIX extent: <https://w3id.org/conflict-kg/vocab/extent/>
        PREFIX : <https://w3id.org/conflict-kg/id/>
        INSERT DATA {
          :d ck:declares :z . :a ck:incident :i ; ck:location :whole , :part .
          :w a ck:ZoneCoverage ; ck:zone :z ; ck:place :whole ; ck:extent extent:whole . :s ck:asserts :w .
          :p a ck:ZoneCoverage ; ck:zone :z ; ck:place :part ; ck:extent extent:part . :t ck:asserts :p .
        }"""
    store.update(data)
    rows = store.query(text)
    assert isinstance(rows, ox.QuerySolutions)
    statuses = {row["place"].value.rpartition("/")[2]: row["status"].value for row in rows}
    assert statuses == {"whole": "yes, by those who assert it", "part": "partly, by those who assert it"}


@pytest.mark.parametrize("path", PATHS)
def test_all_syntaxes_have_the_same_triples(client: httpx.Client, path: str) -> None:
    by_default = client.get(path)
    assert by_default.headers["content-type"].startswith("text/turtle")
    canonical = {_canonical(_triples(by_default))}
    for name, media_type in SYNTAXES.items():
        for answer in (client.get(path, params={"format": name}), client.get(path, headers={"Accept": media_type})):
            assert answer.headers["content-type"].partition(";")[0] == media_type
            assert answer.headers["vary"] == "Accept"
            canonical.add(_canonical(_triples(answer)))
    assert len(canonical) == 1


def _canonical(triples: set[ox.Triple]) -> frozenset[str]:
    dataset = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(map(str, dataset))


def test_a_format_that_is_not_offered_is_406(client: httpx.Client) -> None:
    assert client.get("/ontology", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/ontology?format=docx").status_code == 406


@pytest.mark.parametrize(
    ("path", "accept"),
    [(path, "*/*") for path in (*PATHS, "/context", "/context.jsonld")]
    + [(path, "text/html") for path in PATHS if path != "/alignments"],
)
def test_a_matching_etag_gives_304(client: httpx.Client, path: str, accept: str) -> None:
    first = client.get(path, headers={"Accept": accept})
    again = client.get(path, headers={"Accept": accept, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.head(path, headers={"Accept": accept}).headers["etag"] == first.headers["etag"]


def test_the_context_is_json_ld(client: httpx.Client) -> None:
    answer = client.get("/context")
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.json()["@context"]["speaker"]["@id"].endswith("ontology#speaker")
    assert client.get("/context.jsonld").content == answer.content


def test_a_concept_redirects_to_its_anchor_in_the_scheme(client: httpx.Client) -> None:
    answer = client.get("/vocab/hedge/reportedly")
    assert (answer.status_code, answer.headers["location"]) == (303, "/vocab/hedge#reportedly")
    assert ' id="reportedly"' in _page(client, "/vocab/hedge")


def test_a_closed_scheme_says_that_it_is_closed(client: httpx.Client) -> None:
    assert "This scheme is closed" in _page(client, "/vocab/extent")
    assert "This scheme is closed" not in _page(client, "/vocab/weapon")


@pytest.mark.parametrize(
    "path",
    [
        "/vocab/nothing",
        "/vocab/hedge/nothing",
        "/vocab/nothing/none",
        "/ontology/Statment",
        "/ontology/9",
        "/ontology/%C3%A9%20",
        "/shapes/x",
    ],
)
def test_unknown_terms_are_404(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["title"] == "There is no such thing"


@pytest.mark.parametrize(
    "path",
    ["/ontology", "/ontology/Statement", "/ontology/hedge", "/shapes", "/shapes/Statement", "/vocab", "/vocab/hedge"],
)
def test_every_link_on_the_page_resolves(client: httpx.Client, path: str) -> None:
    page = _page(client, path)
    assert "<script" not in page
    own = set(re.findall(r' id="([^"]+)"', page))
    links = set(re.findall(r'href="((?:/|#)[^"]*)"', page))
    assert {link[1:] for link in links if link.startswith("#")} <= own
    for target in {link.partition("#")[0] for link in links if link.startswith("/")} - {"/questions"}:
        assert client.get(target, headers=BROWSER).status_code in (200, 303), target


def test_every_shape_has_a_page_with_messages_and_every_rule_a_place_in_the_index(
    client: httpx.Client, schema: Schema
) -> None:
    index = _page(client, "/shapes")
    assert len(index.encode()) < 100_000
    places = dict(re.findall(r'id="([^"]+)" href="(/shapes/[^"]+)"', index))
    assert places["Statement-speaker"] == "/shapes/Statement#Statement-speaker"
    rules = {local_name(rule.iri) for shape in schema.node_shapes for rule in shape.constraints if rule.iri}
    assert rules == places.keys()
    for shape in schema.node_shapes:
        name = local_name(shape.iri)
        page = _page(client, f"/shapes/{name}")
        assert f'id="{name}"' in index
        assert {rule for rule, place in places.items() if place.startswith(f"/shapes/{name}#")} <= set(
            re.findall(r' id="([^"]+)"', page)
        )
    assert "Name exactly one speaker" in _page(client, "/shapes/Statement")


ADDED = b"""
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix weapon: <https://w3id.org/conflict-kg/vocab/weapon/> .
<https://w3id.org/conflict-kg/graph/weapons> {
  weapon:barrel-bomb a skos:Concept ; skos:prefLabel "barrel bomb"@en ; skos:broader weapon:bomb ;
    skos:inScheme <https://w3id.org/conflict-kg/vocab/weapon> .
}
"""


def test_an_added_concept_is_shown_with_its_scheme_until_it_is_removed(
    serving: Callable[[Services], AbstractContextManager[str]], tmp_path: Path
) -> None:
    services = open_services(Settings(data_dir=tmp_path, empty=True, workers=1))
    change = Change.from_quads(added=frozenset(ox.parse(ADDED, format=ox.RdfFormat.TRIG)))
    with serving(services) as address, httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        assert client.get("/vocab/weapon/barrel-bomb").status_code == 404
        assert "barrel-bomb" not in _page(client, "/vocab/weapon")
        services.knowledge_graph.store.apply(change)
        services.executor.refresh(change, services.knowledge_graph.store.version)
        answer = client.get("/vocab/weapon/barrel-bomb")
        assert (answer.status_code, answer.headers["location"]) == (303, "/vocab/weapon#barrel-bomb")
        assert ' id="barrel-bomb"' in _page(client, "/vocab/weapon")
        described = {str(triple.subject) for triple in _triples(client.get("/vocab/weapon?format=ttl"))}
        assert "<https://w3id.org/conflict-kg/vocab/weapon/barrel-bomb>" in described
        assert "BARREL_BOMB" in client.get("/graphql/schema").text
