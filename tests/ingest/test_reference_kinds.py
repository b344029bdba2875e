"""References to what a property does not take, in RDF as in dossiers, and cures that name what was meant."""

from collections.abc import Iterable

import pyoxigraph as ox
import pytest

from kg.ingest.reference_kinds import ReferenceFields, kinds_taken
from kg.ingest.statement_defects import Defect
from kg.namespaces import CK, TYPE, value_of
from kg.schema.model import Schema

IDS = "https://example.org/id/"


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{IDS}{name}")


def quads(*triples: tuple[str, str, str]) -> list[ox.Quad]:
    """Triples of ids; a class as the object of ``a``."""
    return [
        ox.Quad(node(subject), TYPE, ox.NamedNode(f"{CK}{other}"))
        if predicate == "a"
        else ox.Quad(node(subject), ox.NamedNode(f"{CK}{predicate}"), node(other))
        for subject, predicate, other in triples
    ]


def find_other_kinds(references: Iterable[ox.Quad], graph: Iterable[ox.Quad], schema: Schema) -> list[Defect]:
    """The defects of the references, in this graph."""
    graph = list(graph)

    def find_types(nodes: Iterable[object]) -> dict[object, set[str]]:
        return {
            node: {value_of(quad.object) for quad in graph if quad.subject == node and quad.predicate == TYPE}
            for node in nodes
        }

    def find_acts(term: object) -> list[ox.Quad]:
        return [quad for quad in graph if term in (quad.subject, quad.object)]

    return list(ReferenceFields(schema, IDS).find_other_kinds(list(references), find_types, find_acts))


DESCRIBED = quads(
    ("statement/1", "a", "Statement"),
    ("statement/2", "a", "Statement"),
    ("proposition/1", "a", "Labelling"),
    ("zone/1", "a", "Zone"),
    ("actor/1", "a", "ArmedGroup"),
    ("statement/1", "asserts", "proposition/1"),
)


@pytest.mark.parametrize(
    ("predicate", "other", "message", "cure"),
    [
        (
            "leavesOpen",
            "statement/1",
            "statement/1 is a statement, and leavesOpen takes a proposition",
            "Write leavesOpen: proposition/1, which that statement asserts",
        ),
        (
            "supports",
            "proposition/1",
            "proposition/1 is a proposition, and supports takes a statement",
            "Write supports: statement/1, which asserts it",
        ),
        ("speaker", "zone/1", "zone/1 is a zone, and speaker takes an actor", "Name who speaks"),
        ("declares", "actor/1", "actor/1 is an armed group, and declares takes a zone", "Let declares point at zones"),
    ],
)
def test_a_reference_to_another_kind_is_named_with_what_was_meant(
    predicate: str, other: str, message: str, cure: str, schema: Schema
) -> None:
    wrong = quads(("statement/2", predicate, other))
    ((subject, path, found, found_cure),) = find_other_kinds(wrong, [*DESCRIBED, *wrong], schema)
    assert (subject, path, found) == (f"{IDS}statement/2", f"{CK}{predicate}", message)
    assert found_cure.startswith(cure)


def test_references_that_a_property_takes_are_not_reported(schema: Schema, post_quads: frozenset[ox.Quad]) -> None:
    right = quads(
        ("statement/2", "speaker", "actor/1"),
        ("statement/2", "denies", "proposition/1"),
        ("statement/2", "disputes", "statement/1"),
        ("statement/2", "denies", "proposition/not-described"),
    )
    assert find_other_kinds(right, [*DESCRIBED, *right], schema) == []
    assert find_other_kinds(post_quads, post_quads, schema) == []


def test_the_kinds_of_a_property_are_those_of_its_classes(schema: Schema) -> None:
    assert kinds_taken(schema, f"{CK}speaker") == {"actor"}
    assert kinds_taken(schema, f"{CK}basedOn") == {"statement", "source"}
