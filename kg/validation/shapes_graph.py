"""The shapes as the engines get them: as they are, for a whole graph, or with given focus nodes in place of targets.

Each engine compiles the second form once: a shape has as targets the objects of a marker of its own, and the data say
which nodes these are. The object position of a triple that no shape reads disturbs no closed shape.
"""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.namespaces import CKS, SH
from kg.validation.affected_pairs import Pairs

_MARKER = "urn:x-conflict-kg:focus:"
_MARKED = ox.NamedNode("urn:x-conflict-kg:focus")
_TARGETS = frozenset(f"{SH}{name}" for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"))
_FOR_READERS = frozenset(f"{SH}{name}" for name in ("name", "description", "order", "group"))


def select_constraints(shapes: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The shapes without what they say to readers: pySHACL would compare it with every constraint at each use."""
    return [
        quad for quad in shapes if quad.predicate.value not in _FOR_READERS and not quad.predicate.value.startswith(CKS)
    ]


def retarget(shapes: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The shapes with markers in place of their targets."""
    quads: list[ox.Quad] = []
    retargeted = set()
    for quad in shapes:
        if quad.predicate.value in _TARGETS:
            assert isinstance(quad.subject, ox.NamedNode)
            retargeted.add(quad.subject)
        else:
            quads.append(quad)
    objects_of = ox.NamedNode(f"{SH}targetObjectsOf")
    return quads + [ox.Quad(shape, objects_of, _marker(shape.value)) for shape in sorted(retargeted, key=str)]


def mark(pairs: Pairs) -> Iterator[ox.Triple]:
    """The triples that name the focus nodes of the shapes."""
    for shape, nodes in pairs.items():
        marker = _marker(shape)
        for node in nodes:
            yield ox.Triple(_MARKED, marker, node)


def _marker(shape: str) -> ox.NamedNode:
    return ox.NamedNode(f"{_MARKER}{shape}")
