"""A dossier becomes exactly these quads, always, and comes back unchanged from a store and an export."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from kg import namespaces
from kg.export import export_prefixes, serialize_export
from kg.ingest import yaml_source
from kg.ingest.dossier.expander import expand_dossier
from kg.ingest.dossier.iri_resolver import IriResolver
from kg.ingest.dossier.parser import parse_dossier, to_json_ld
from kg.ingest.quotes import quoted_share, read_passages
from kg.jsonld_context import build_context, dossier_sections
from kg.knowledge_graph import KnowledgeGraph, load_shipped_schema
from kg.rdf_formats import RDF_BY_SUFFIX
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.store.embedded import EmbeddedStore
from kg.store.interface import Change, normalize

HERE = Path(__file__).parent
GOLDEN = HERE / "post.nq"
ID = f"{DEFAULT_BASE_IRI}id/"
GRAPH = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/post")
PREFIXES = export_prefixes(load_shipped_schema(DEFAULT_BASE_IRI), DEFAULT_BASE_IRI)


def test_the_post_becomes_exactly_the_quads_on_file(post_quads: frozenset[ox.Quad]) -> None:
    found = "".join(sorted(f"{quad} .\n" for quad in post_quads))
    assert set(found.splitlines()) ^ set(GOLDEN.read_text(encoding="utf-8").splitlines()) == set()
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_the_post_uses_every_section_act_and_kind_of_proposition(schema: Schema, post: str) -> None:
    acts = ("asserts", "denies", "leavesOpen", "supposes", "declares", "relays", "retracts")
    links = ("disputes", "supports", "basedOn", "groundFor", "inTensionWith", "conditionalOn", "restates")
    kinds = [schema.classes[iri].name for iri in schema.leaves([namespaces.PROPOSITION])]
    assert len(kinds) >= 13
    assert [name for name in (*dossier_sections(schema), *acts, *links) if f"{name}:" not in post] == []
    assert [name for name in kinds if f"type: {name}" not in post] == []


def test_another_reader_of_json_ld_finds_the_same_quads(
    schema: Schema, post: str, post_quads: frozenset[ox.Quad]
) -> None:
    text = yaml_source.parse_yaml(post.encode(), "post.yaml")
    shipped = build_context(schema, DEFAULT_BASE_IRI)
    names = IriResolver(text, DEFAULT_BASE_IRI, shipped)
    document = to_json_ld(expand_dossier(text, schema, names), names, shipped)
    written = jsonld.to_rdf(document, {"format": "application/n-quads", "base": DEFAULT_BASE_IRI})
    found = {ox.Quad(q.subject, q.predicate, q.object, GRAPH) for q in ox.parse(written, format=ox.RdfFormat.N_QUADS)}
    assert found == post_quads


def test_the_same_text_gives_the_same_quads(schema: Schema, post: str, post_quads: frozenset[ox.Quad]) -> None:
    again = parse_dossier(post.encode(), "elsewhere.yaml", schema, DEFAULT_BASE_IRI)
    assert again.quads == post_quads


def test_the_order_of_plain_keys_changes_nothing(schema: Schema, post: str, post_quads: frozenset[ox.Quad]) -> None:
    def turned(value: yaml_source.Value) -> yaml_source.Value:
        if isinstance(value, dict):
            plain = {key: value[key] for key in reversed(value) if isinstance(value[key], str)}
            return plain | {key: turned(each) for key, each in value.items() if key not in plain}
        return [turned(each) for each in value] if isinstance(value, list) else value

    text = json.dumps(turned(yaml_source.parse_yaml(post.encode(), "post.yaml").value), ensure_ascii=False)
    assert parse_dossier(text.encode(), "post.yaml", schema, DEFAULT_BASE_IRI).quads == post_quads


def test_nested_nodes_are_named_after_their_owner_and_numbered_from_the_second(
    post_quads: frozenset[ox.Quad],
) -> None:
    counts = {q.object.value for q in post_quads if q.predicate.value == f"{namespaces.CK}count"}  # type: ignore[union-attr]
    assert counts == {f"{ID}count/{name}" for name in ("post-farmers", "post-wounded", "post-wounded-2", "post-raids")}
    shown = {q.object.value for q in post_quads if q.predicate.value == f"{namespaces.CK}shows"}  # type: ignore[union-attr]
    assert shown == {f"{ID}proposition/post-video-2"}
    selectors = [q.object for q in post_quads if q.subject == ox.NamedNode(f"{ID}passage/post-map")]
    assert ox.NamedNode(f"{ID}selector/post-map") in selectors
    assert ox.NamedNode(f"{ID}selector/post-map-2") in selectors


def test_a_name_that_is_given_is_never_minted_for_another_node(schema: Schema, post: str) -> None:
    text = post.replace("id: prop:ilm", "id: proposition/post-map").replace("asserts: prop:ilm", "asserts: prop:map")
    document = parse_dossier(text.encode(), "post.yaml", schema, DEFAULT_BASE_IRI)
    minted = {q.object for q in document.quads if q.subject == ox.NamedNode(f"{ID}statement/post-map")}
    assert ox.NamedNode(f"{ID}proposition/post-map-2") in minted


def test_a_passage_under_a_source_is_of_that_source(post_quads: frozenset[ox.Quad]) -> None:
    sources = {q.object for q in post_quads if q.predicate == namespaces.HAS_SOURCE}
    assert sources == {ox.NamedNode(f"{ID}source/post")}


def test_nothing_is_blank(post_quads: frozenset[ox.Quad]) -> None:
    assert not any(isinstance(term, ox.BlankNode) for quad in post_quads for term in (quad.subject, quad.object))


def test_a_text_without_a_language_is_in_that_of_the_context(schema: Schema, post: str) -> None:
    text = post.replace("  - st: {", '  - "@language": pl\n    st: {')
    document = parse_dossier(text.encode(), "post.yaml", schema, DEFAULT_BASE_IRI)
    assert ox.Literal("An invented post", language="pl") in {quad.object for quad in document.quads}


def test_an_archive_holds_the_quotes_of_the_post_to_its_text(post: str, knowledge_graph: KnowledgeGraph) -> None:
    plan = knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    assert plan.warnings == ()
    quoted = list(knowledge_graph.store.quads(GRAPH))
    text = (HERE / "post.txt").read_text(encoding="utf-8")
    assert len(read_passages(quoted)) > 20
    assert 0.1 < quoted_share(read_passages(quoted), len(text)) <= 0.30


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["trig", "nq"])
def test_an_export_loaded_again_changes_nothing(suffix: str, post: str, knowledge_graph: KnowledgeGraph) -> None:
    knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    data = serialize_export(knowledge_graph.store.quads(), RDF_BY_SUFFIX[suffix], PREFIXES)
    plan = knowledge_graph.load([knowledge_graph.ingestor.read(data, f"all.{suffix}")])
    assert plan.graphs == ()
    assert serialize_export(knowledge_graph.store.quads(), RDF_BY_SUFFIX[suffix], PREFIXES) == data


@pytest.mark.parametrize("suffix", sorted(RDF_BY_SUFFIX))
def test_one_home_graph_comes_back_from_every_syntax(
    suffix: str, register_graph: KnowledgeGraph, post_quads: frozenset[ox.Quad]
) -> None:
    held = normalize(post_quads)
    data = serialize_export(held, RDF_BY_SUFFIX[suffix], PREFIXES)
    assert normalize(register_graph.ingestor.read(data, f"post.{suffix}").quads) == held


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)
literals = st.one_of(
    texts.map(ox.Literal),
    st.builds(lambda text, language: ox.Literal(text, language=language), texts, st.sampled_from(["en", "ar", "pl"])),
    st.integers().map(lambda number: ox.Literal(str(number), datatype=ox.NamedNode(f"{namespaces.XSD}integer"))),
)
nodes = st.integers(0, 5).map(lambda number: ox.NamedNode(f"{ID}thing/{number}"))
some_quads = st.frozensets(
    st.builds(ox.Quad, nodes, nodes, st.one_of(nodes, literals), st.just(GRAPH)), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=50)
@given(some_quads, st.sampled_from(["trig", "nq", "ttl", "nt"]))
def test_whatever_is_stored_and_dumped_is_the_same_when_stored_again(quads: frozenset[ox.Quad], suffix: str) -> None:
    def dumped(held: frozenset[ox.Quad]) -> bytes:
        store = EmbeddedStore.in_memory()
        store.apply(Change(frozenset(), held))
        return serialize_export(store.quads(), RDF_BY_SUFFIX[suffix], PREFIXES)

    once = dumped(quads)
    format_ = RDF_BY_SUFFIX[suffix].engine
    again = [ox.Quad(q.subject, q.predicate, q.object, GRAPH) for q in ox.parse(once, format=format_)]
    assert dumped(frozenset(again)) == once
