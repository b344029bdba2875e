"""Compact JSON-LD has exactly the triples of a description, and readers of plain JSON find who says what is said."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pyld.jsonld
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped_data import ShippedData

from kg import namespaces
from kg.knowledge_graph import load_shipped_schema
from kg.schema.class_index import ClassIndex
from kg.store.embedded import EmbeddedStore
from kg.views.compact_json import CompactTerms, write_compact
from kg.views.description import collect_quads

BASE = "https://w3id.org/conflict-kg/"
ACTS = {"assertedBy": "asserts", "deniedBy": "denies", "leftOpenBy": "leavesOpen", "supposedBy": "supposes"}
SAMPLED = 7
"""One resource in so many is described; every class has some."""


@pytest.fixture(scope="module")
def terms() -> CompactTerms:
    return CompactTerms(ClassIndex(load_shipped_schema(BASE)), BASE)


@pytest.fixture(scope="module")
def store(shipped_data: ShippedData) -> Iterator[EmbeddedStore]:
    with closing(shipped_data.store()) as store:
        yield store


def triples(quads: Any) -> set[ox.Triple]:
    return {quad.triple for quad in quads}


def nodes(value: object) -> Iterator[dict[str, Any]]:
    """All nodes of a document."""
    if isinstance(value, list):
        for item in value:
            yield from nodes(item)
    elif isinstance(value, dict):
        if "id" in value:
            yield value
        for key, item in value.items():
            if key != "@context":
                yield from nodes(item)


def write(terms: CompactTerms, store: EmbeddedStore, iri: str) -> tuple[set[ox.Triple], bytes]:
    quads = collect_quads(store, terms.index, iri)
    document = write_compact(terms, quads, iri)
    assert document is not None
    return triples(quads), document


def test_a_proposition_has_all_its_statements_in_it_with_speaker_source_and_hedge(
    terms: CompactTerms, store: EmbeddedStore
) -> None:
    found = 0
    for name in ("zone/east-ghouta", "place/ein-tarma", "place/jobar"):
        described, document = write(terms, store, BASE + "id/" + name)
        acts = {triple for triple in described if triple.predicate.value in terms.index.acts}
        for node in nodes(json.loads(document)):
            stated = [
                (predicate, statement)
                for term, predicate in ACTS.items()
                for statement in node.get(term, ())
                if node["type"] != "Statement"
            ]
            found += len(stated)
            for _, statement in stated:
                assert {"speaker", "hedge", "reportedIn"} <= statement.keys()
            named = {(f"{namespaces.CK}{predicate}", statement["id"]) for predicate, statement in stated}
            subjects = {(t.predicate.value, str(t.subject)[1:-1]) for t in acts if t.object == ox.NamedNode(node["id"])}
            if node["type"] != "Statement":
                assert {item for item in subjects if item[0].removeprefix(namespaces.CK) in ACTS.values()} == named
    assert found > 20


def test_values_are_plain_where_the_context_says_what_they_are(terms: CompactTerms, store: EmbeddedStore) -> None:
    _, document = write(terms, store, f"{BASE}id/place/ein-tarma")
    tree = json.loads(document)
    assert tree["placeKind"] == "town"
    assert tree["prefLabel"] == ["Ein Tarma", {"text": "عين ترما", "lang": "ar"}]
    positions = [node for node in nodes(tree) if node.get("type") == "TextPositionSelector"]
    assert positions
    assert all(type(node["start"]) is int for node in positions)
    context = tree["@context"]
    assert {name: terms.context[name] for name in context} == context


def test_a_second_parser_reads_the_same_with_this_context_and_with_the_served_one(
    terms: CompactTerms, store: EmbeddedStore
) -> None:
    described, document = write(terms, store, f"{BASE}id/zone/east-ghouta")
    tree = json.loads(document)
    for context in (tree["@context"], terms.context):
        text = pyld.jsonld.to_rdf(
            {**tree, "@context": context}, {"format": "application/n-quads", "documentLoader": _refuse}
        )
        assert triples(ox.parse(text, format=ox.RdfFormat.N_QUADS)) == described


def _refuse(url: str, _options: object) -> None:
    raise AssertionError(f"{url} is to be fetched")


_IRIS = st.sampled_from([f"http://example.org/{name}" for name in "abcd"])
_PREDICATES = st.sampled_from(
    [f"{namespaces.CK}{name}" for name in ("asserts", "denies", "hedge", "zone", "quote", "minimum", "inferred", "odd")]
    + [f"{namespaces.SKOS}prefLabel", f"{namespaces.OA}start", f"{namespaces.VOCAB}odd"]
)
_CLASSES = st.sampled_from(
    [f"{namespaces.CK}{n}" for n in ("Statement", "ZoneCoverage", "Zone", "ActorRelation", "Passage", "Dossier", "Odd")]
)
_LITERALS = st.one_of(
    st.builds(ox.Literal, st.text("a01-.e ", max_size=4), language=st.sampled_from(["en", "ar"])),
    st.builds(
        lambda text, name: ox.Literal(text, datatype=ox.NamedNode(namespaces.XSD + name)),
        st.one_of(st.text("a01-.e ", max_size=4), st.integers().map(str), st.sampled_from(["true", "1", "05"])),
        st.sampled_from(["string", "integer", "boolean", "decimal", "date"]),
    ),
)
_CONCEPTS = st.sampled_from([f"{namespaces.VOCAB}hedge/{slug}" for slug in ("none", "target", "a/b", "id")])
_TRIPLES = st.one_of(
    st.tuples(_IRIS, st.just(namespaces.TYPE.value), _CLASSES.map(ox.NamedNode)),
    st.tuples(_IRIS, _PREDICATES, st.one_of((_IRIS | _CONCEPTS).map(ox.NamedNode), _LITERALS)),
)


@given(st.lists(_TRIPLES, max_size=25))
def test_any_triples_are_read_back(
    terms: CompactTerms, drawn: list[tuple[str, str, ox.NamedNode | ox.Literal]]
) -> None:
    quads = [ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value) for subject, predicate, value in drawn]
    document = write_compact(terms, quads, "http://example.org/a")
    assert document is not None
    assert triples(ox.parse(document, format=ox.RdfFormat.JSON_LD)) == triples(quads)


def test_blank_nodes_have_no_place_in_the_tree(terms: CompactTerms) -> None:
    quad = ox.Quad(ox.BlankNode(), namespaces.TYPE, ox.NamedNode(f"{namespaces.CK}Zone"))
    assert write_compact(terms, [quad], "http://example.org/a") is None


def test_each_document_has_the_triples_of_the_description_and_each_resource_once(
    terms: CompactTerms, store: EmbeddedStore
) -> None:
    subjects = sorted({quad.subject.value for quad in store.quads() if isinstance(quad.subject, ox.NamedNode)})
    own = [iri for iri in subjects if iri.startswith(f"{BASE}id/")]
    for iri in [*own[::SAMPLED], f"{BASE}id/zone/east-ghouta", f"{BASE}id/source/syria-daily-2017-08-07"]:
        if not (quads := collect_quads(store, terms.index, iri)):
            continue
        document = write_compact(terms, quads, iri)
        assert document is not None
        assert triples(ox.parse(document, format=ox.RdfFormat.JSON_LD)) == triples(quads), iri
        described = [node["id"] for node in nodes(json.loads(document)) if len(node) > 1]
        assert len(described) == len(set(described)), iri
        assert json.loads(document)["id"] == iri
