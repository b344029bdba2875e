"""Structure is in ontology and shapes: one package reads shapes, and class names are in ``kg.namespaces`` only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.schema.model import Schema

READERS = ("kg/schema/", "kg/validation/")
LINKS = "api/http/links.py"
"""It maps terms of the shapes graph to paths of the server and reads no quad."""
WRITTEN_CLASS = re.compile(r"ontology#([A-Z]\w*)")


def modules(repository: Path) -> Iterator[tuple[str, ast.Module]]:
    for root in ("kg", "api"):
        for file in sorted((repository / root).rglob("*.py")):
            yield file.relative_to(repository).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def shape_namespaces(module: ast.Module) -> set[str]:
    """The names SH and CKS where the module uses or imports them, and their IRIs where it writes them."""
    names = {node.attr for node in ast.walk(module) if isinstance(node, ast.Attribute)}
    names |= {alias.name for node in ast.walk(module) if isinstance(node, ast.ImportFrom) for alias in node.names}
    texts = {node.value for node in ast.walk(module) if isinstance(node, ast.Constant) if isinstance(node.value, str)}
    iris = {text for text in texts if "ns/shacl#" in text or "conflict-kg/shapes#" in text}
    return (names & {"SH", "CKS"}) | iris


def docstrings(module: ast.Module) -> set[int]:
    return {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}


def class_names(module: ast.Module, names: frozenset[str]) -> set[str]:
    """The classes that strings of the module name, alone or after a namespace; prose is no name."""
    prose = docstrings(module)
    texts = [
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]
    return ({*texts} & names) | {match for text in texts for match in WRITTEN_CLASS.findall(text)}


def annotations(module: ast.Module) -> set[str]:
    """The strings that stand for types: a forward reference is no class of the ontology."""
    forward = (
        annotation
        for node in ast.walk(module)
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if annotation is not None
    )
    return {
        leaf.value
        for annotation in forward
        for leaf in ast.walk(annotation)
        if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
    }


def test_only_the_schema_and_validation_read_shapes(repository: Path) -> None:
    readers = {path for path, module in modules(repository) if shape_namespaces(module)}
    assert {path for path in readers if not path.startswith(READERS)} == {"kg/namespaces.py", LINKS}


def test_classes_are_named_in_namespaces_only(repository: Path, schema: Schema) -> None:
    names = frozenset(cls.name for cls in schema.classes.values())
    named = {
        path: found
        for path, module in modules(repository)
        if (found := class_names(module, names) - annotations(module)) and path != "kg/namespaces.py"
    }
    assert named == {}, "read them from ontology and shapes, or name the class in kg/namespaces.py"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('X = f"{namespaces.CK}Incident"', {"Incident"}),
        ('X = "https://w3id.org/conflict-kg/ontology#Incident"', {"Incident"}),
        ('X = ("Zone", "name")', {"Zone"}),
        ('"""Incident"""', set()),
        ('X = "every Incident has an account"', set()),
    ],
)
def test_a_class_name_is_seen_where_it_is_written(source: str, found: set[str]) -> None:
    assert class_names(ast.parse(source), frozenset({"Incident", "Zone"})) == found
