"""SHACL paths are read in all their forms and written as SPARQL has them."""

import pyoxigraph as ox
import pytest

from kg.namespaces import SH
from kg.schema.property_path import PropertyPath, read_path, split_path, to_sparql
from kg.schema.quad_index import QuadIndex

PREFIXES = f"@prefix sh: <{SH}> . @prefix : <http://example.org/> . :shape sh:path "


def read(path: str) -> PropertyPath:
    graph = QuadIndex(ox.parse(f"{PREFIXES}{path} .", format=ox.RdfFormat.TURTLE))
    (node,) = graph.objects("http://example.org/shape", f"{SH}path")
    return read_path(graph, node)


@pytest.mark.parametrize(
    ("turtle", "sparql"),
    [
        (":a", "a"),
        ("[ sh:inversePath :a ]", "^a"),
        ("( :a :b )", "a / b"),
        ("[ sh:alternativePath ( :a [ sh:inversePath :b ] ) ]", "a | ^b"),
        ("( :a [ sh:alternativePath ( :b :c ) ] )", "a / (b | c)"),
        ("[ sh:inversePath ( :a :b ) ]", "^(a / b)"),
        ("[ sh:zeroOrMorePath :a ]", "(a)*"),
        ("[ sh:oneOrMorePath ( :a :b ) ]", "(a / b)+"),
        ("[ sh:zeroOrOnePath [ sh:inversePath :a ] ]", "(^a)?"),
    ],
)
def test_paths_are_written_as_sparql(turtle: str, sparql: str) -> None:
    path = read(turtle)
    assert to_sparql(path, lambda iri: iri.rsplit("/", 1)[1]) == sparql
    ox.Store().query(f"SELECT * {{ ?s {to_sparql(path, lambda iri: f'<{iri}>')} ?o }}")


@pytest.mark.parametrize(
    ("turtle", "step"),
    [
        (":a", ("http://example.org/a", False)),
        ("[ sh:inversePath :a ]", ("http://example.org/a", True)),
        ("( :a :b )", (None, False)),
        ("[ sh:inversePath ( :a :b ) ]", (None, False)),
    ],
)
def test_only_a_path_of_one_predicate_is_a_step(turtle: str, step: tuple[str | None, bool]) -> None:
    assert split_path(read(turtle)) == step
