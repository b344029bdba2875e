"""What shapes read; a construct whose reads are unknown is refused with its place, and never ignored."""

import pyoxigraph as ox
import pytest

from kg.errors import UnsupportedShapesError
from kg.namespaces import TYPE
from kg.schema.model import Schema
from kg.schema.property_path import InversePath, PredicatePath, RepeatedPath
from kg.validation.shape_reads import Direction, Read, ShapeReads, read_shapes

X = "https://example.org/"
PREFIXES = f"""
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix x: <{X}> .
"""


def read(turtle: str) -> ShapeReads:
    return read_shapes(ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("turtle", "place", "construct"),
    [
        ('x:s sh:targetClass x:T ; sh:sparql [ sh:select "..." ] .', f"{X}s", "sh:sparql"),
        ('x:s sh:targetClass x:T ; sh:js [ sh:jsFunctionName "f" ] .', f"{X}s", "sh:js"),
        ("x:s sh:targetClass x:T ; sh:rule [ a sh:TripleRule ] .", f"{X}s", "sh:rule"),
        ("x:s sh:targetClass x:T ; sh:property x:p . x:p sh:path x:a ; sh:sparql [] .", f"{X}p", "sh:sparql"),
        ("x:s sh:targetClass x:T ; sh:node x:n . x:n sh:expression [] .", f"{X}n", "sh:expression"),
        ("x:s sh:targetClass x:T ; sh:or ( x:n ) . x:n sh:someValue 1 .", f"{X}n", "sh:someValue"),
        ("x:s sh:target [ a sh:SPARQLTarget ] ; sh:class x:T .", f"{X}s", "sh:target"),
        (
            "x:c a sh:ConstraintComponent ; sh:parameter [ sh:path x:most ] .",
            f"{X}c",
            "a constraint component of its own",
        ),
        ("x:s sh:targetClass x:T ; sh:node x:s .", f"{X}s", "recursion"),
        ("x:s sh:targetClass x:T ; sh:not x:n . x:n sh:property [ sh:path x:a ; sh:node x:s ] .", f"{X}s", "recursion"),
        ("x:s a rdfs:Class , sh:NodeShape ; sh:class x:T .", f"{X}s", "a shape that is a class"),
        ("x:s a owl:Class , sh:NodeShape ; sh:class x:T .", f"{X}s", "a shape that is a class"),
        (
            "x:s sh:targetClass x:T ; sh:property [ sh:path [ sh:inversePath ( x:a x:b ) ] ; sh:minCount 1 ] .",
            f"{X}s",
            "the inverse of a path that is more than a predicate",
        ),
        (
            "x:s sh:targetClass x:T ; sh:property x:p . x:p sh:path x:a ; sh:qualifiedValueShape [ sh:class x:T ] ; "
            "sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true .",
            f"{X}p",
            "sh:qualifiedValueShapesDisjoint",
        ),
    ],
)
def test_a_construct_whose_reads_are_unknown_is_refused_with_its_place(turtle: str, place: str, construct: str) -> None:
    with pytest.raises(UnsupportedShapesError) as caught:
        read(turtle)
    assert place in str(caught.value)
    assert construct in str(caught.value)


def test_a_target_on_a_shape_without_an_iri_is_refused() -> None:
    with pytest.raises(UnsupportedShapesError, match="a target on a shape without an IRI"):
        read("[] sh:targetClass x:T ; sh:class x:U .")


def test_the_shipped_shapes_are_supported(schema: Schema) -> None:
    reads = read_shapes(schema.shapes)
    targeted = {target.shape for target in reads.targets}
    assert len(targeted) > 40
    assert reads.lowered, "some shape has another severity in data sets"


@pytest.mark.parametrize(
    "turtle",
    [
        "x:s sh:targetClass x:T ; sh:property [ sh:path x:a ; sh:name 'a' ] .",
        "x:s sh:targetClass x:T ; sh:property [ sh:path [ sh:inversePath x:a ] ] .",
        "x:s sh:targetClass x:T ; sh:deactivated true ; sh:property [ sh:path x:a ; sh:minCount 1 ] .",
        "x:s sh:targetClass x:T ; sh:deactivated '1'^^<http://www.w3.org/2001/XMLSchema#boolean> ; sh:class x:U .",
        "x:s sh:targetClass x:T ; sh:nodeKind sh:IRI .",
        "x:s sh:property [ sh:path x:a ; sh:minCount 1 ] .",
    ],
)
def test_what_can_report_nothing_of_the_graph_reads_nothing(turtle: str) -> None:
    assert read(turtle).reads == ()


@pytest.mark.parametrize(
    ("turtle", "reads"),
    [
        ("sh:class x:U", {Read(f"{X}s", (), TYPE.value, member_of=f"{X}U")}),
        ("sh:closed true", {Read(f"{X}s", (), None)}),
        ("sh:closed '1'^^<http://www.w3.org/2001/XMLSchema#boolean>", {Read(f"{X}s", (), None)}),
        ("sh:equals x:a", {Read(f"{X}s", (), f"{X}a")}),
        (
            "sh:property [ sh:path [ sh:inversePath x:a ] ; sh:minCount 1 ]",
            {Read(f"{X}s", (), f"{X}a", Direction.INVERSE)},
        ),
        (
            "sh:property [ sh:path ( x:a x:b ) ; sh:lessThan x:c ]",
            {
                Read(f"{X}s", (), f"{X}a"),
                Read(f"{X}s", (PredicatePath(f"{X}a"),), f"{X}b"),
                Read(f"{X}s", (), f"{X}c"),
            },
        ),
        (
            "sh:property [ sh:path [ sh:oneOrMorePath x:a ] ; sh:minCount 1 ]",
            {Read(f"{X}s", (RepeatedPath(PredicatePath(f"{X}a"), "*"),), f"{X}a")},
        ),
        (
            "sh:property [ sh:path [ sh:inversePath x:a ] ; sh:node [ sh:property [ sh:path x:b ; sh:minCount 1 ] ] ]",
            {
                Read(f"{X}s", (), f"{X}a", Direction.INVERSE),
                Read(f"{X}s", (InversePath(PredicatePath(f"{X}a")),), f"{X}b"),
            },
        ),
    ],
)
def test_a_shape_reads_what_its_constraints_name(turtle: str, reads: set[Read]) -> None:
    assert set(read(f"x:s sh:targetClass x:T ; {turtle} .").reads) == reads
