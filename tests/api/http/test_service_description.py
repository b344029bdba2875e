"""Each statement of the service description is true of the service."""

from collections.abc import Iterator
from typing import cast

import httpx
import pyoxigraph as ox
import pytest

from kg.rdf_formats import RDF_SYNTAXES, RESULT_FORMATS

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
MEDIA_TYPES = {format_.iri: format_.media_type for format_ in (*RDF_SYNTAXES, *RESULT_FORMATS)}
UPDATE = {"Content-Type": "application/sparql-update"}
POINT = '"POINT(1 1)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'


@pytest.fixture(params=["governed", "plain"])
def service(request: pytest.FixtureRequest) -> httpx.Client:
    """A service of each mode, with data."""
    if request.param == "governed":
        return cast(httpx.Client, request.getfixturevalue("governed"))
    plain: httpx.Client = request.getfixturevalue("plain")
    data = "INSERT DATA { <x:a> <x:p> 1, 2 . GRAPH <x:g> { <x:a> <x:p> 1, 2, 3 } GRAPH <x:h> { <x:b> <x:p> 1 } }"
    assert plain.post("/sparql", content=data, headers=UPDATE).status_code == 204
    return plain


def values(service: httpx.Client, name: str, subject: str | None = None) -> Iterator[str]:
    body = service.get("/sparql").content
    for quad in ox.parse(body, format=ox.RdfFormat.TURTLE):
        if quad.predicate.value == name and subject in (None, quad.subject.value):
            yield quad.object.value


def ask(service: httpx.Client, query: str, **parameters: str) -> httpx.Response:
    return service.get("/sparql", params={"query": query, **parameters})


def count(service: httpx.Client, query: str) -> int:
    return int(ask(service, query, format="csv").text.split()[1])


def test_every_result_format_is_available(service: httpx.Client) -> None:
    described = {MEDIA_TYPES[iri] for iri in values(service, f"{SD}resultFormat")}
    assert described == set(MEDIA_TYPES.values())
    for media_type in described:
        is_table = "sparql-results" in media_type or media_type in ("text/csv", "text/tab-separated-values")
        query = "SELECT * {}" if is_table else "CONSTRUCT {} {}"
        response = service.get("/sparql", params={"query": query}, headers={"Accept": media_type})
        assert response.headers["content-type"].partition(";")[0] == media_type


def test_default_graph_is_described_as_the_union_if_it_is(service: httpx.Client) -> None:
    described = f"{SD}UnionDefaultGraph" in values(service, f"{SD}feature")
    in_default = count(service, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    in_named = count(service, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert described == (in_default == in_named)


def test_refused_features_are_not_described(service: httpx.Client) -> None:
    features = set(values(service, f"{SD}feature"))
    assert not features & {f"{SD}BasicFederatedQuery", f"{SD}DereferencesURIs", f"{SD}RequiresDataset"}
    assert ask(service, "ASK { SERVICE <http://127.0.0.1:9/> {} }").status_code == 403


def test_update_is_described_if_it_is_offered(service: httpx.Client) -> None:
    languages = set(values(service, f"{SD}supportedLanguage"))
    assert f"{SD}SPARQL11Query" in languages
    response = service.post("/sparql", content="INSERT DATA {}", headers=UPDATE)
    assert (f"{SD}SPARQL11Update" in languages) == response.is_success


def test_every_input_format_is_accepted(service: httpx.Client) -> None:
    described = {MEDIA_TYPES[iri] for iri in values(service, f"{SD}inputFormat")}
    has_empty_graphs = f"{SD}EmptyGraphs" in values(service, f"{SD}feature")
    assert described
    for media_type in described:
        content = "[]" if media_type == "application/ld+json" else ""
        content = '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>' if "xml" in media_type else content
        for graph in ("default", "graph=http://example.org/new"):
            response = service.post(f"/graphs?{graph}", content=content, headers={"Content-Type": media_type})
            # in governed mode the default graph is not written, and a graph without a triple is none
            assert response.status_code in (201, 204) if has_empty_graphs else response.status_code in (403, 422)


def test_empty_graphs_are_described_where_they_exist(service: httpx.Client) -> None:
    described = f"{SD}EmptyGraphs" in values(service, f"{SD}feature")
    headers = {"Content-Type": "text/turtle"}
    assert service.put("/graphs?graph=http://example.org/new", content="", headers=headers).is_success == described


def test_graphs_have_their_number_of_triples(service: httpx.Client) -> None:
    description = ox.Store()
    description.load(service.get("/sparql").content, format=ox.RdfFormat.TURTLE)
    rows = description.query(
        f"PREFIX sd: <{SD}> SELECT ?name ?n {{ ?named sd:name ?name ; sd:graph ?g . ?g <{VOID}triples> ?n }}"
    )
    assert isinstance(rows, ox.QuerySolutions)
    counts = {row["name"].value: int(row["n"].value) for row in rows}
    assert counts
    for name, number in counts.items():
        assert count(service, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}") == number
    graphs = count(service, "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert graphs == len(counts)
    default = [int(value) for value in values(service, f"{VOID}triples", f"{service.base_url}/sparql#default-graph")]
    assert default == [count(service, "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }")]


def test_extension_functions_work(service: httpx.Client) -> None:
    functions = list(values(service, f"{SD}extensionFunction"))
    assert functions
    for function in functions:
        response = ask(service, f"SELECT (<{function}>({POINT}, {POINT}) AS ?x) {{}}", format="csv")
        assert response.text.split()[1] in ("true", "false")


def test_counts_change_with_the_data(plain: httpx.Client) -> None:
    for number in range(1, 4):
        plain.post("/sparql", content=f"INSERT DATA {{ GRAPH <x:g> {{ <x:a> <x:p> {number} }} }}", headers=UPDATE)
        assert list(values(plain, f"{VOID}triples", f"{plain.base_url}/sparql#graph-0")) == [str(number)]
