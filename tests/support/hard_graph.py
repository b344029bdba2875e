"""A random graph for hard-shapes.ttl that conforms: nodes that fail a shape are targets of it no more."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.namespaces import DATASET, RDFS, TYPE
from kg.validation.validator import Validator

SHAPES = tuple(ox.parse(path=Path(__file__).parent / "hard-shapes.ttl", format=ox.RdfFormat.TURTLE))
_NODES = 400
_TARGETS = 11
_GRAPHS = [ox.NamedNode(f"https://example.org/graph-{number}") for number in range(4)]


def create_graph(validator: Validator, seed: int) -> list[ox.Quad]:
    """The graph, for the validator of these shapes."""
    quads = set(_draw(random.Random(seed)))
    while findings := validator.validate(quads):
        failed = {ox.NamedNode(finding.subject) for finding in findings}
        quads -= {quad for quad in quads if quad.subject in failed and _is_target(quad)}
        quads -= {quad for quad in quads if quad.object in failed and quad.predicate == _iri("r")}
    return sorted(quads, key=str)


def _draw(source: random.Random) -> Iterator[ox.Quad]:
    nodes = [_iri(f"node-{number}") for number in range(_NODES)]
    yield ox.Quad(_GRAPHS[0], TYPE, DATASET, _GRAPHS[0])
    yield ox.Quad(_iri("B2"), ox.NamedNode(f"{RDFS}subClassOf"), _iri("B"), _GRAPHS[0])
    for number, node in enumerate(nodes):
        graph = source.choice(_GRAPHS)
        for predicate, object_ in _describe(source, nodes, number):
            yield ox.Quad(node, predicate, object_, graph)


def _describe(
    source: random.Random, nodes: list[ox.NamedNode], number: int
) -> Iterable[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]]:
    targets = source.sample(range(1, _TARGETS + 1), 6)
    for kind in (source.choice(["A", "B", "B", "B2", "B2", "C"]), *(f"T{target}" for target in targets)):
        yield TYPE, _iri(kind)
    for predicate, share in (("p", 0.9), ("p", 0.3), ("q", 0.8), ("r", 0.6)):
        if source.random() < share:
            yield _iri(predicate), source.choice(nodes)
    if number:
        yield _iri("up"), nodes[source.randrange(number)]
    value = source.randrange(80)
    for predicate, other in (("a", value), ("b", value), ("d", 100 + value), ("e", source.randrange(40, 200))):
        if source.random() < 0.9:
            yield _iri(predicate), ox.Literal(other)


def _is_target(quad: ox.Quad) -> bool:
    targets = {_iri("d"), *((TYPE,) if str(quad.object).startswith("<https://example.org/T") else ())}
    return quad.predicate in targets


def _iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"https://example.org/{name}")
