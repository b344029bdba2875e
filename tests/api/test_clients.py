"""Widely used SPARQL clients work unchanged."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, JSON, JSONLD, N3, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

CLIENTS = Path(__file__).parent.parent / "clients"
LABELS = "SELECT ?thing ?label { ?thing <http://www.w3.org/2004/02/skos/core#prefLabel> ?label } ORDER BY ?label"
ALL = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def endpoint(address: str) -> str:
    return f"{address}/sparql"


@pytest.fixture
def count(client: httpx.Client) -> int:
    """How many labels there are."""
    return len(client.get("/sparql", params={"query": LABELS}).json()["results"]["bindings"])


def convert(wrapper: SPARQLWrapper) -> Any:
    """The converted result, whose type depends on the return format."""
    return wrapper.queryAndConvert()


@pytest.mark.parametrize("method", ["GET", POST])
def test_sparqlwrapper_rows(endpoint: str, count: int, method: str) -> None:
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setMethod(method)
    wrapper.setQuery(LABELS)
    wrapper.setReturnFormat(JSON)
    assert len(convert(wrapper)["results"]["bindings"]) == count
    wrapper.setReturnFormat(XML)
    assert len(convert(wrapper).getElementsByTagName("result")) == count
    for format_ in (CSV, TSV):
        wrapper.setReturnFormat(format_)
        assert len(convert(wrapper).splitlines()) == count + 1


# SPARQLWrapper creates a ConjunctiveGraph, which rdflib has deprecated.
@pytest.mark.filterwarnings("ignore:.* is deprecated, use Dataset:DeprecationWarning")
@pytest.mark.parametrize(("form", "name"), [(TURTLE, "turtle"), (N3, "n3"), (RDFXML, "xml"), (JSONLD, "json-ld")])
def test_sparqlwrapper_graphs(endpoint: str, form: str, name: str) -> None:
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(ALL)
    wrapper.setReturnFormat(form)
    result = convert(wrapper)
    graph = result if isinstance(result, Graph) else Graph().parse(data=result, format=name)
    assert len(graph) > 10


def test_sparqlwrapper_ask_and_errors(endpoint: str) -> None:
    wrapper = SPARQLWrapper(endpoint, returnFormat=JSON)
    wrapper.setQuery("ASK {}")
    assert convert(wrapper)["boolean"] is True
    wrapper.setQuery("ASK nothing")
    with pytest.raises(QueryBadFormed):
        wrapper.query()


def test_sparqlwrapper_update(plain: httpx.Client, plain_address: str, token: str) -> None:
    wrapper = SPARQLWrapper(f"{plain_address}/sparql")
    wrapper.addCustomHttpHeader("Authorization", f"Bearer {token}")
    wrapper.setMethod(POST)
    wrapper.setQuery("INSERT DATA { <x:a> <x:p> 1 }")
    wrapper.query()
    assert plain.get("/sparql", params={"query": "ASK { <x:a> <x:p> 1 }"}).json()["boolean"]


def test_rdflib_reads(endpoint: str, count: int) -> None:
    graph = Graph(SPARQLStore(endpoint))
    assert len(list(graph.query(LABELS))) == count
    assert len(list(graph.triples((None, URIRef("http://www.w3.org/2004/02/skos/core#prefLabel"), None)))) == count
    assert len(graph) > count


def test_rdflib_writes(plain: httpx.Client, plain_address: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    store = SPARQLUpdateStore(f"{plain_address}/sparql", f"{plain_address}/sparql", headers=headers)
    graph = Graph(store, identifier=URIRef("http://example.org/g"))
    graph.add((URIRef("x:a"), URIRef("x:p"), Literal("one")))
    graph.add((URIRef("x:a"), URIRef("x:p"), Literal("two")))
    graph.remove((URIRef("x:a"), URIRef("x:p"), Literal("one")))
    assert [str(value) for value in graph.objects()] == ["two"]
    assert plain.get("/graphs", params={"graph": "http://example.org/g"}).status_code == 200


def test_pandas_reads_rows(endpoint: str, count: int) -> None:
    frame = pd.read_csv(str(httpx.URL(endpoint, params={"query": LABELS, "format": "csv"})))
    assert frame.shape == (count, 2)
    assert list(frame.columns) == ["thing", "label"]


@pytest.fixture
def node() -> str:
    """Node, with the clients installed."""
    path = shutil.which("node")
    if path is None or not (CLIENTS / "node_modules" / ".installed").exists():
        pytest.skip("CLIENTS IN JAVASCRIPT ARE NOT TESTED: no Node here, or `make web` was not run")
    return path


def run_script(node: str, script: str, *arguments: str) -> Any:
    """The output of a script, parsed as JSON."""
    command = [node, str(CLIENTS / script), *arguments]
    process = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("script", ["comunica.js", "sparql-http-client.js"])
def test_javascript_client(node: str, script: str, endpoint: str, count: int) -> None:
    output = run_script(node, script, endpoint, LABELS, ALL)
    assert output["rows"] == count
    assert output["triples"] > count
    assert output["truth"] is True
    assert output["error"]


@pytest.mark.slow
def test_editor_in_a_browser(node: str, address: str, count: int, tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("THE EDITOR IS NOT TESTED: no chromium here")
    picture = tmp_path / "editor.png"
    output = run_script(node, "editor.js", address, LABELS, CHROMIUM, str(picture))
    assert output["complaints"] == []
    assert output["others"] == []
    assert len(output["rows"]) == count
    assert any("بلدة" in row for row in output["rows"])
    assert output["formHidden"]
    assert output["warnings"] == []
    assert picture.stat().st_size > 10_000


@pytest.mark.slow
def test_the_editor_shows_warnings_above_the_result(node: str, address: str, tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("THE EDITOR IS NOT TESTED: no chromium here")
    query = "PREFIX ck: <https://w3id.org/conflict-kg/ontology#> SELECT ?s ?unbound WHERE { ?s ck:denies ?o }"
    output = run_script(node, "editor.js", address, query, CHROMIUM, str(tmp_path / "editor.png"))
    assert output["complaints"] == []
    (warning,) = output["warnings"]
    assert "nothing binds ?unbound, which is used in SELECT" in warning
    assert warning.endswith("Why?")
