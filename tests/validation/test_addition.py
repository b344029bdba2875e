"""What validating an addition finds is what the whole graph has by it: on random graphs that are apart."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.namespaces import TYPE
from kg.store.embedded import EmbeddedStore
from kg.validation import validator as validator_module
from kg.validation.addition import Addition, PairsByAddition
from kg.validation.affected_pairs import SUBCLASS_OF
from kg.validation.read_set import ReadSets
from kg.validation.shape_reads import Direction, ShapeReads
from kg.validation.validator import Validator, to_n_quads

COUNT = 300
EX = "https://example.org/"
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix : <https://example.org/> .
:ByClass sh:targetClass :C ; sh:property [ sh:path ( :p :r ) ; sh:maxCount 1 ] ,
  [ sh:path :p ; sh:class :D ; sh:maxCount 2 ] , [ sh:path :q ; sh:node :HasR ] .
:HasR sh:property [ sh:path :r ; sh:minCount 1 ] .
:Followed sh:targetClass :C ; sh:property [ sh:path [ sh:inversePath :q ] ; sh:maxCount 2 ] .
:Required sh:targetClass :D ; sh:property [ sh:path [ sh:inversePath :r ] ; sh:minCount 1 ] .
:BySubject sh:targetSubjectsOf :r ; sh:property [ sh:path :r ; sh:disjoint :p ] .
:ByObject sh:targetObjectsOf :q ; sh:property [ sh:path :p ; sh:minCount 1 ] .
:ByName sh:targetNode :kept0 , :added0 , :nothing0 ; sh:property [ sh:path [ sh:inversePath :p ] ; sh:maxCount 1 ] .
:Closed sh:targetClass :E ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path :r ] .
"""
FARTHER = {
    "a path of three predicates": ":s sh:targetClass :C ; sh:property [ sh:path ( :p :q :r ) ; sh:minCount 1 ] .",
    "the class of what a node behind points at": """
        :s sh:targetClass :C ; sh:property [ sh:path :p ; sh:node [ sh:property [ sh:path :q ; sh:class :D ] ] ] .""",
    "back from what is pointed at": """
        :s sh:targetClass :C ;
          sh:property [ sh:path :p ; sh:node [ sh:property [ sh:path [ sh:inversePath :q ] ; sh:maxCount 1 ] ] ] .""",
    "any number of steps": """
        :s sh:targetClass :C ; sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:class :D ] .""",
}
KEPT, ADDED = (ox.NamedNode(f"{EX}{name}") for name in ("of-kept", "of-added"))


def parse_shapes(text: str) -> list[ox.Quad]:
    return list(ox.parse(text, format=ox.RdfFormat.TURTLE))


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{EX}{name}")


def draw_graph(chance: random.Random, graph: ox.NamedNode, name: str, others: Sequence[str]) -> set[ox.Quad]:
    """A graph about a few resources that points at these, at the others and at literals."""
    own = [f"{name}{number}" for number in range(5)]
    quads = set()
    for subject in own:
        for class_ in chance.sample("CDEF", chance.choice((0, 1, 1, 2))):
            quads.add(ox.Quad(node(subject), TYPE, node(class_), graph))
        for _ in range(chance.randrange(5)):
            target = chance.choice([*own, *others, "nothing0", "nothing1"])
            object_ = node(target) if chance.random() < 0.9 else ox.Literal("1")
            quads.add(ox.Quad(node(subject), node(chance.choice("pqr")), object_, graph))
    return quads


@dataclass(frozen=True)
class Drawn:
    """Two graphs that are apart."""

    kept: frozenset[ox.Quad]
    added: frozenset[ox.Quad]

    @classmethod
    def draw(cls, chance: random.Random) -> "Drawn":
        kept = draw_graph(chance, KEPT, "kept", [])
        kept.add(ox.Quad(node("F"), SUBCLASS_OF, node("C"), KEPT))
        return cls(frozenset(kept), frozenset(draw_graph(chance, ADDED, "added", [f"kept{n}" for n in range(5)])))

    def addition(self, folder: Path) -> Addition:
        """The addition, in a new file."""
        file = folder / "added.nq"
        file.write_bytes(to_n_quads(self.added))
        pointed_at = {quad.object for quad in self.added}
        boundary = [quad for quad in self.kept if quad.subject in pointed_at]
        return Addition(file, store_of({*self.added, *boundary}), boundary, store_of(self.kept | self.added))


def store_of(quads: set[ox.Quad] | frozenset[ox.Quad]) -> EmbeddedStore:
    store = EmbeddedStore.in_memory()
    store.engine.extend(quads)
    return store


@pytest.fixture(scope="module")
def drawn() -> list[Drawn]:
    chance = random.Random(1)
    return [Drawn.draw(chance) for _ in range(COUNT)]


@pytest.fixture(scope="module")
def validator() -> Validator:
    return Validator(parse_shapes(SHAPES))


def is_exact(validator: Validator, drawn: Drawn, folder: Path) -> bool:
    """Whether all that the addition makes wrong is found, and nothing that is not wrong."""
    found = validator.validate_addition(drawn.addition(folder), ())
    assert found is not None
    whole = set(validator.validate(drawn.kept | drawn.added))
    return set(found) <= whole and whole - set(found) <= set(validator.validate(drawn.kept))


def test_an_addition_has_the_findings_of_the_whole_graph(
    validator: Validator, drawn: Sequence[Drawn], tmp_path: Path
) -> None:
    rules = set()
    for number, graphs in enumerate(drawn):
        assert is_exact(validator, graphs, tmp_path), number
        new = set(validator.validate(graphs.kept | graphs.added)) - set(validator.validate(graphs.kept))
        rules |= {(finding.component, "kept" in finding.subject) for finding in new}
    assert {is_kept for _, is_kept in rules} == {True, False}, "some about what is kept"


SABOTAGES: dict[str, tuple[object, str, object]] = {
    "nothing of what is kept about focus nodes there": (ReadSets, "extract", lambda *_: frozenset()),
    "no other targets": (PairsByAddition, "_by_other_targets", lambda *_: ()),
    "no classes": (PairsByAddition, "_shapes_by_class", lambda *_: {}),
}


@pytest.mark.parametrize("name", SABOTAGES)
def test_a_part_that_is_missing_is_noticed(
    validator: Validator, drawn: Sequence[Drawn], tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, attribute, replacement = SABOTAGES[name]
    monkeypatch.setattr(owner, attribute, replacement)
    assert not all(is_exact(validator, graphs, tmp_path) for graphs in drawn)


def test_a_missing_boundary_is_noticed(
    validator: Validator, drawn: Sequence[Drawn], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = Drawn.addition

    def create(graphs: Drawn, folder: Path) -> Addition:
        made = complete(graphs, folder)
        return replace(made, boundary=(), lookup=store_of(graphs.added))

    monkeypatch.setattr(Drawn, "addition", create)
    assert not all(is_exact(validator, graphs, tmp_path) for graphs in drawn)


def test_pairs_that_are_followed_back_are_needed(
    drawn: Sequence[Drawn], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(shapes: ShapeReads) -> PairsByAddition:
        ahead = tuple(read for read in shapes.reads if read.direction is Direction.FORWARD)
        return PairsByAddition(replace(shapes, reads=ahead))

    monkeypatch.setattr(validator_module, "PairsByAddition", create)
    validator = Validator(parse_shapes(SHAPES))
    assert not all(is_exact(validator, graphs, tmp_path) for graphs in drawn)


@pytest.mark.parametrize("reads", FARTHER)
def test_shapes_that_read_farther_are_not_judged_so(drawn: Sequence[Drawn], tmp_path: Path, reads: str) -> None:
    prefixes = "\n".join(line for line in SHAPES.splitlines() if line.startswith("@prefix"))
    validator = Validator(parse_shapes(prefixes + FARTHER[reads]))
    assert validator.validate_addition(drawn[0].addition(tmp_path), ()) is None


def test_a_class_that_moves_is_not_judged_so(validator: Validator, drawn: Sequence[Drawn], tmp_path: Path) -> None:
    axiom = ox.Quad(node("added1"), SUBCLASS_OF, node("C"), ADDED)
    moved = replace(drawn[0], added=drawn[0].added | {axiom})
    assert validator.validate_addition(moved.addition(tmp_path), ()) is None


def test_an_addition_that_affects_too_much_is_not_judged_so(
    validator: Validator, drawn: Sequence[Drawn], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validator_module, "MAX_PAIRS", 0)
    judged = [validator.validate_addition(graphs.addition(tmp_path), ()) for graphs in drawn[:20]]
    assert None in judged
