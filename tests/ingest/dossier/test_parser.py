"""A dossier is parsed to the quads on file, and is unchanged by a store and an export."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import InProcessGraph
from pyld import jsonld

from kg import namespaces
from kg.export import export_prefixes, serialize_export
from kg.ingest import yaml_source
from kg.ingest.dossier.expander import expand_dossier
from kg.ingest.dossier.iri_resolver import IriResolver
from kg.ingest.dossier.parser import parse_dossier, to_json_ld
from kg.jsonld_context import build_context, dossier_sections
from kg.knowledge_graph import load_shipped_schema
from kg.rdf_formats import RDF_BY_SUFFIX
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.interface import normalize

HERE = Path(__file__).parent
GOLDEN = HERE / "post.nq"
ID = f"{DEFAULT_BASE_IRI}id/"
GRAPH = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/post")
PREFIXES = export_prefixes(load_shipped_schema(DEFAULT_BASE_IRI), DEFAULT_BASE_IRI)


def test_post_is_parsed_to_the_quads_on_file(post_quads: frozenset[ox.Quad]) -> None:
    lines = "".join(sorted(f"{quad} .\n" for quad in post_quads))
    assert set(lines.splitlines()) ^ set(GOLDEN.read_text(encoding="utf-8").splitlines()) == set()
    assert lines == GOLDEN.read_text(encoding="utf-8")


def test_post_uses_every_section_act_and_class_of_proposition(schema: Schema, post: str) -> None:
    acts = ("asserts", "denies", "leavesOpen", "supposes", "declares", "relays", "retracts")
    links = ("disputes", "supports", "basedOn", "groundFor", "inTensionWith", "conditionalOn", "restates")
    kinds = [schema.classes[iri].name for iri in schema.leaves([namespaces.PROPOSITION])]
    assert len(kinds) >= 13
    assert [name for name in (*dossier_sections(schema), *acts, *links) if f"{name}:" not in post] == []
    assert [name for name in kinds if f"type: {name}" not in post] == []


def test_another_json_ld_processor_returns_the_same_quads(
    schema: Schema, post: str, post_quads: frozenset[ox.Quad]
) -> None:
    source = yaml_source.parse_yaml(post.encode(), "post.yaml")
    context = build_context(schema, DEFAULT_BASE_IRI)
    resolver = IriResolver(source, DEFAULT_BASE_IRI, context)
    document = to_json_ld(expand_dossier(source, schema, resolver), resolver, context)
    n_quads = jsonld.to_rdf(document, {"format": "application/n-quads", "base": DEFAULT_BASE_IRI})
    quads = {ox.Quad(q.subject, q.predicate, q.object, GRAPH) for q in ox.parse(n_quads, format=ox.RdfFormat.N_QUADS)}
    assert quads == post_quads


def test_name_of_the_file_does_not_change_the_quads(schema: Schema, post: str, post_quads: frozenset[ox.Quad]) -> None:
    again = parse_dossier(post.encode(), "elsewhere.yaml", schema, DEFAULT_BASE_IRI)
    assert again.quads == post_quads


def test_order_of_plain_keys_does_not_change_the_quads(
    schema: Schema, post: str, post_quads: frozenset[ox.Quad]
) -> None:
    def reverse_plain_keys(value: yaml_source.Value) -> yaml_source.Value:
        if isinstance(value, dict):
            plain = {key: value[key] for key in reversed(value) if isinstance(value[key], str)}
            return plain | {key: reverse_plain_keys(item) for key, item in value.items() if key not in plain}
        return [reverse_plain_keys(item) for item in value] if isinstance(value, list) else value

    text = json.dumps(reverse_plain_keys(yaml_source.parse_yaml(post.encode(), "post.yaml").value), ensure_ascii=False)
    assert parse_dossier(text.encode(), "post.yaml", schema, DEFAULT_BASE_IRI).quads == post_quads


def test_nested_nodes_are_named_after_their_parent_and_numbered_from_the_second(
    post_quads: frozenset[ox.Quad],
) -> None:
    counts = {q.object.value for q in post_quads if q.predicate.value == f"{namespaces.CK}count"}  # type: ignore[union-attr]
    assert counts == {f"{ID}count/{name}" for name in ("post-farmers", "post-wounded", "post-wounded-2", "post-raids")}
    shown = {q.object.value for q in post_quads if q.predicate.value == f"{namespaces.CK}shows"}  # type: ignore[union-attr]
    assert shown == {f"{ID}proposition/post-video-2"}
    selectors = [q.object for q in post_quads if q.subject == ox.NamedNode(f"{ID}passage/post-map")]
    assert ox.NamedNode(f"{ID}selector/post-map") in selectors
    assert ox.NamedNode(f"{ID}selector/post-map-2") in selectors


def test_id_in_the_dossier_is_not_minted_for_another_node(schema: Schema, post: str) -> None:
    text = post.replace("id: prop:ilm", "id: proposition/post-map").replace("asserts: prop:ilm", "asserts: prop:map")
    document = parse_dossier(text.encode(), "post.yaml", schema, DEFAULT_BASE_IRI)
    minted = {q.object for q in document.quads if q.subject == ox.NamedNode(f"{ID}statement/post-map")}
    assert ox.NamedNode(f"{ID}proposition/post-map-2") in minted


def test_passage_nested_in_a_source_has_that_source(post_quads: frozenset[ox.Quad]) -> None:
    sources = {q.object for q in post_quads if q.predicate == namespaces.HAS_SOURCE}
    assert sources == {ox.NamedNode(f"{ID}source/post")}


def test_quads_have_no_blank_nodes(post_quads: frozenset[ox.Quad]) -> None:
    assert not any(isinstance(term, ox.BlankNode) for quad in post_quads for term in (quad.subject, quad.object))


def test_text_without_a_language_has_that_of_the_context(schema: Schema, post: str) -> None:
    text = post.replace("  - st: {", '  - "@language": pl\n    st: {')
    document = parse_dossier(text.encode(), "post.yaml", schema, DEFAULT_BASE_IRI)
    assert ox.Literal("An invented post", language="pl") in {quad.object for quad in document.quads}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["trig", "nq"])
def test_loading_an_export_changes_nothing(suffix: str, post: str, knowledge_graph: InProcessGraph) -> None:
    knowledge_graph.load([knowledge_graph.ingestor.read(post.encode(), "post.yaml")])
    data = serialize_export(knowledge_graph.store.quads(), RDF_BY_SUFFIX[suffix], PREFIXES)
    plan = knowledge_graph.load([knowledge_graph.ingestor.read(data, f"all.{suffix}")])
    assert plan.graphs == ()
    assert serialize_export(knowledge_graph.store.quads(), RDF_BY_SUFFIX[suffix], PREFIXES) == data


@pytest.mark.parametrize("suffix", sorted(RDF_BY_SUFFIX))
def test_home_graph_survives_every_syntax(
    suffix: str, register_graph: InProcessGraph, post_quads: frozenset[ox.Quad]
) -> None:
    stored = normalize(post_quads)
    data = serialize_export(stored, RDF_BY_SUFFIX[suffix], PREFIXES)
    assert normalize(register_graph.ingestor.read(data, f"post.{suffix}").quads) == stored


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
def test_any_quads_survive_an_export(quads: frozenset[ox.Quad], suffix: str) -> None:
    def export(stored: frozenset[ox.Quad]) -> bytes:
        store = EmbeddedStore.in_memory()
        store.apply(Change.from_quads(added=stored))
        return serialize_export(store.quads(), RDF_BY_SUFFIX[suffix], PREFIXES)

    exported = export(quads)
    format_ = RDF_BY_SUFFIX[suffix].engine
    again = [ox.Quad(q.subject, q.predicate, q.object, GRAPH) for q in ox.parse(exported, format=format_)]
    assert export(frozenset(again)) == exported
