"""The lookups behind answers, on another engine. It does not accept an empty VALUES block, so each has a term."""

import pyoxigraph as ox
import pytest
import rdflib

from kg.questions.evidence_graph import SUPPORT
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore
from kg.store.query_template import BatchQuery, text_of

IDS = f"{DEFAULT_BASE_IRI}id/"
BOUND = {
    "evidence": {
        "proposition": [f"{IDS}proposition/sd-2017-08-07-f24", f"{IDS}proposition/sd-2017-08-07-f75"],
        "parted": [f"{IDS}proposition/sd-2017-08-07-f48"],
    },
    "surroundings": {
        "proposition": [f"{IDS}proposition/aj-2017-04-19-deed", f"{IDS}proposition/sd-2017-08-07-f64"],
    },
    "nearest-statements": {
        "thing": [f"{IDS}actor/united-states"],
        "concept": ["https://w3id.org/conflict-kg/vocab/weapon/missile"],
        "unit": [f"{IDS}place/syria"],
        "doer": [f"{IDS}actor/united-states"],
        "related": [f"{IDS}actor/tablighi-jamaat"],
        "relation": ["https://w3id.org/conflict-kg/vocab/actor-relation/linked-to"],
    },
    "reference-steps": {"start": [f"{IDS}place/khan-sheikhoun", f"{IDS}place/al-jinah"]},
    "statements": {
        "statement": [f"{IDS}statement/sd-2017-08-07-f24"],
        "thing": [f"{IDS}zone/idlib"],
        "place": [f"{IDS}place/khan-sheikhoun"],
        "link": ["https://w3id.org/conflict-kg/ontology#reportedIn"],
    },
}


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # rdflib warns about its own calls
@pytest.mark.parametrize("name", list(BOUND))
def test_another_engine_gives_the_same_rows(name: str, shipped: EmbeddedStore) -> None:
    terms = {variable: [ox.NamedNode(iri) for iri in iris] for variable, iris in BOUND[name].items()}
    query = BatchQuery.read(SUPPORT / f"{name}.rq")
    other = rdflib.Dataset(default_union=True)
    for graph in shipped.graphs():
        triples = ox.serialize([quad.triple for quad in shipped.quads(graph)], format=ox.RdfFormat.N_TRIPLES) or b""
        other.graph(rdflib.URIRef(graph.value)).parse(data=triples.decode(), format="nt")
    ours = query.select(shipped, terms)
    theirs = other.query(query.bind(terms))
    rows = {tuple(text_of(row[column]) for column in ours.columns) for row in ours.rows}
    assert rows
    assert rows == {
        tuple("" if term is None else str(term) for term in row)
        for row in theirs
        if isinstance(row, rdflib.query.ResultRow)
    }


@pytest.mark.parametrize("name", ["evidence", "surroundings"])
def test_properties_are_compared_and_not_joined(name: str) -> None:
    # Of many propositions, Oxigraph would join the properties in VALUES with every triple of the store first.
    text = (SUPPORT / f"{name}.rq").read_text(encoding="utf-8")
    assert "VALUES ?" not in text
