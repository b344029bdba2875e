"""The validator determines what each shape reads; a construct that it does not know would be ignored silently."""

import pyshacl
import pytest
from rdflib import RDF, RDFS, SH, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

ALLOWED = {
    # description
    *("description", "message", "name", "order", "path"),
    # targets
    *("targetClass", "targetSubjectsOf"),
    # constraints
    *("class", "closed", "datatype", "disjoint", "hasValue", "ignoredProperties", "lessThan", "lessThanOrEquals"),
    *("maxCount", "minCount", "minExclusive", "minInclusive", "minLength", "node", "nodeKind", "or", "pattern"),
    *("property", "qualifiedMaxCount", "qualifiedMinCount", "qualifiedValueShape", "uniqueLang", "xone"),
    # paths
    *("alternativePath", "inversePath"),
}
INNER = (SH.node, SH.property, SH.qualifiedValueShape)


@pytest.mark.slow
def test_shapes_conform_to_the_shapes_of_shapes(shapes: Graph) -> None:
    conforms, _, _ = pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms


def test_shapes_use_only_constructs_that_the_validator_knows(shapes: Graph) -> None:
    assert not used_terms(shapes) - ALLOWED


def test_every_allowed_construct_is_used(shapes: Graph) -> None:
    assert not ALLOWED - used_terms(shapes), "no shape uses them: remove them from the list"


def test_no_shape_is_a_class_with_an_implicit_target(shapes: Graph) -> None:
    assert not set(shapes.subjects(RDF.type, RDFS.Class))


def test_no_shape_refers_to_itself(shapes: Graph) -> None:
    for shape in {*shapes.subjects(SH.targetClass, None), *shapes.subjects(SH.targetSubjectsOf, None)}:
        assert not has_cycle(shapes, shape, ()), shape


def test_inverse_paths_invert_one_property(shapes: Graph) -> None:
    assert all(isinstance(path, URIRef) for path in shapes.objects(None, SH.inversePath))


def test_paths_are_a_property_its_inverse_or_a_choice_of_these(shapes: Graph) -> None:
    for path in shapes.objects(None, SH.path):
        choices = shapes.value(path, SH.alternativePath)
        steps = Collection(shapes, choices) if choices else [path]
        for step in steps:
            assert isinstance(step, URIRef) or (step, SH.inversePath, None) in shapes


def used_terms(shapes: Graph) -> set[str]:
    names = map(str, shapes.predicates())
    return {name.removeprefix(str(SH)) for name in names if name.startswith(str(SH))}


def has_cycle(shapes: Graph, shape: Node, above: tuple[Node, ...]) -> bool:
    if shape in above:
        return True
    inner = [value for parameter in INNER for value in shapes.objects(shape, parameter)]
    for list_ in (*shapes.objects(shape, SH["or"]), *shapes.objects(shape, SH.xone)):
        inner += Collection(shapes, list_)
    return any(has_cycle(shapes, value, (*above, shape)) for value in inner if isinstance(value, URIRef | BNode))
