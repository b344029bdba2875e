"""The schema is what ontology and shapes say: classes with fields, schemes, node shapes."""

import re
import shutil
from pathlib import Path

import pytest

from kg import namespaces
from kg.schema.class_index import ClassIndex
from kg.schema.loader import load_schema
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI


def test_every_shaped_class_has_fields(schema: Schema) -> None:
    targets = {target for shape in schema.node_shapes for target in shape.targets}
    assert targets
    assert {iri for iri in targets if not schema.classes[iri].fields} == set()


def test_targets_are_all_those_of_the_shapes_graph(schema: Schema) -> None:
    quads = [quad for quad in schema.shapes if quad.predicate.value == f"{namespaces.SH}targetClass"]
    targets = {target for shape in schema.node_shapes for target in shape.targets}
    assert targets == {namespaces.value_of(quad.object) for quad in quads}


def test_every_class_that_a_node_can_have_has_a_kind_or_is_a_home_graph(schema: Schema) -> None:
    shaped = [
        schema.classes[iri] for iri in schema.leaves([namespaces.THING, namespaces.PROPOSITION, namespaces.STATEMENT])
    ]
    assert [cls.name for cls in shaped if cls.kind is None] == []


def test_a_subclass_has_the_fields_of_its_superclass(schema: Schema) -> None:
    proposition, account = schema.find_class("Proposition"), schema.find_class("IncidentAccount")
    assert proposition
    assert account
    assert set(proposition.fields) <= set(account.fields)


def test_fields_have_the_order_that_the_shapes_give(schema: Schema) -> None:
    for cls in schema.classes.values():
        orders = [field.order for field in cls.fields.values()]
        assert orders == sorted(orders), cls.name


def test_every_scheme_that_a_field_names_has_concepts(schema: Schema) -> None:
    named = {field.scheme for cls in schema.classes.values() for field in cls.fields.values() if field.scheme}
    assert named
    assert {iri for iri in named if iri not in schema.schemes or not schema.schemes[iri].concepts} == set()


def test_every_class_that_a_field_demands_exists(schema: Schema) -> None:
    demanded = {iri for cls in schema.classes.values() for field in cls.fields.values() for iri in field.classes}
    assert demanded <= set(schema.classes)


def test_every_field_has_a_path(schema: Schema) -> None:
    shapes = {field.shape for cls in schema.classes.values() for field in cls.fields.values()}
    assert shapes <= set(schema.paths)


def test_summaries_name_fields_of_their_class(schema: Schema) -> None:
    templates = ClassIndex(schema).summary_templates
    assert templates
    for iri, template in templates.items():
        names = re.findall(r"\{(\w+)\}", template)
        assert names, iri
        assert set(names) <= set(schema.classes[iri].fields), iri


def test_contents_begin_with_the_classes_that_have_an_order(schema: Schema) -> None:
    ordered = [target for shape in sorted(schema.node_shapes, key=lambda shape: shape.order) if shape.order
               for target in shape.targets]  # fmt: skip
    contents = ClassIndex(schema).contents
    assert list(contents[: len(ordered)]) == ordered
    orders = [shape.order for shape in schema.node_shapes if shape.order]
    assert len(set(orders)) == len(orders), "two classes have the same position"


def test_a_file_that_does_not_parse_is_named(repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository / "ontology", tmp_path / "ontology")
    (tmp_path / "ontology" / "broken.ttl").write_text("nonsense")
    with pytest.raises(SyntaxError) as failure:
        load_schema(tmp_path / "ontology", repository / "shapes", DEFAULT_BASE_IRI)
    assert failure.value.filename == str(tmp_path / "ontology" / "broken.ttl")
