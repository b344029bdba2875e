"""What each shape reads of the graph: the paths and predicates on which the verdict about a focus node depends.

Read from the shapes graph once. Every property of SHACL that is not listed here raises: a construct that is ignored
would be a change accepted without being judged. Shapes without any constraint read nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import pyoxigraph as ox

from kg.errors import UnsupportedShapesError
from kg.namespaces import OWL, RDFS, SEVERITY_IN_DATASET, SH, TYPE, value_of
from kg.schema.property_path import (
    AlternativePath,
    InversePath,
    PredicatePath,
    PropertyPath,
    RepeatedPath,
    SequencePath,
    read_path,
)
from kg.schema.quad_index import QuadIndex, Term

Prefix = tuple[PropertyPath, ...]
"""Paths followed one after the other from a focus node."""

_COMPARED = ("equals", "disjoint", "lessThan", "lessThanOrEquals")
_LISTS = ("and", "or", "xone")
CONSTRAINTS = frozenset(
    (
        *("class", "datatype", "nodeKind", "in", "hasValue", "minCount", "maxCount", "uniqueLang", "languageIn"),
        *("minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "minLength", "maxLength", "pattern"),
        *("closed", "node", "not", "qualifiedValueShape", *_COMPARED, *_LISTS),
    )
)
_OTHER = frozenset(
    (
        *("property", "path", "targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "deactivated"),
        *("severity", "message", "name", "description", "order", "group", "defaultValue", "flags"),
        *("ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"),
    )
)
_TARGETS = {f"{SH}target{name}": name for name in ("Class", "Node", "SubjectsOf", "ObjectsOf")}


class Direction(Enum):
    """Whether a read follows triples from subject to object or back."""

    FORWARD = "forward"
    INVERSE = "inverse"


@dataclass(frozen=True, slots=True)
class Read:
    """The triples with this predicate at each node that the prefix leads to from a focus node."""

    shape: str
    prefix: Prefix
    predicate: str | None
    """None is any predicate, for closed shapes."""
    direction: Direction = Direction.FORWARD
    member_of: str = ""
    """For a read of ``rdf:type``: only whether the node is an instance of this class matters."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target declaration (SHACL, section 2.1.3); ``kind`` is Class, Node, SubjectsOf or ObjectsOf."""

    shape: str
    kind: str
    value: str


@dataclass(frozen=True)
class ShapeReads:
    """The targets of the shapes, their reads, and the shapes whose findings depend on the home graph of the focus."""

    targets: tuple[Target, ...]
    reads: tuple[Read, ...]
    lowered: frozenset[str]
    """Targeted shapes of which some finding has another severity in a data set."""

    @property
    def shapes(self) -> frozenset[str]:
        """The targeted shapes that read anything."""
        return frozenset(read.shape for read in self.reads)


def read_shapes(quads: Iterable[ox.Quad]) -> ShapeReads:
    """The reads of all targeted shapes. Raises UnsupportedShapesError for a construct whose reads are unknown."""
    quads = list(quads)
    reader = _Reader(quads)
    return reader.read()


class _Reader:
    def __init__(self, quads: list[ox.Quad]) -> None:
        self._graph = QuadIndex(quads)
        self._properties: Mapping[Term, list[str]] = _group_predicates(quads)
        self._open: list[Term] = []
        """The shapes that are being read, to find recursion."""

    def read(self) -> ShapeReads:
        targets = tuple(sorted(self._targets(), key=lambda target: (target.shape, target.kind, target.value)))
        self._check_implicit_targets()
        self._check_extensions()
        shapes = sorted({target.shape for target in targets})
        reads: dict[Read, None] = {}
        lowered = set()
        for shape in shapes:
            node = ox.NamedNode(shape)
            reads |= dict.fromkeys(self._shape_reads(shape, node, ()))
            if any(self._graph.objects(part, SEVERITY_IN_DATASET.value) for part in self._parts(node)):
                lowered.add(shape)
        return ShapeReads(targets, tuple(reads), frozenset(lowered))

    def _targets(self) -> Iterator[Target]:
        for predicate, kind in _TARGETS.items():
            for subject in self._graph.subjects(predicate):
                if not isinstance(subject, ox.NamedNode):
                    raise UnsupportedShapesError(str(subject), "a target on a shape without an IRI")
                for value in self._graph.iris(subject, predicate):
                    yield Target(subject.value, kind, value)

    def _check_implicit_targets(self) -> None:
        kinds = (f"{RDFS}Class", f"{OWL}Class")
        classes = {value_of(node) for kind in kinds for node in self._graph.subjects(TYPE.value, kind)}
        for name in ("NodeShape", "PropertyShape"):
            for shape in self._graph.subjects(TYPE.value, f"{SH}{name}"):
                if value_of(shape) in classes:
                    raise UnsupportedShapesError(value_of(shape), "a shape that is a class")

    def _check_extensions(self) -> None:
        """Refuse what no shape that is read need name: targets of other kinds, and new constraint components."""
        for shape in self._graph.subjects(f"{SH}target"):
            raise UnsupportedShapesError(value_of(shape), "sh:target")
        for component in self._graph.subjects(TYPE.value, f"{SH}ConstraintComponent"):
            raise UnsupportedShapesError(value_of(component), "a constraint component of its own")

    def _parts(self, node: Term) -> Iterator[Term]:
        """The shape and all shapes that it contains or names."""
        seen, pending = {node}, [node]
        while pending:
            node = pending.pop()
            yield node
            inner = {*self._inner_shapes(node), *self._graph.objects(node, f"{SH}property")} - seen
            seen |= inner
            pending += inner

    def _inner_shapes(self, node: Term) -> Iterator[Term]:
        for name in ("node", "not", "qualifiedValueShape"):
            yield from self._graph.objects(node, f"{SH}{name}")
        for name in _LISTS:
            for head in self._graph.objects(node, f"{SH}{name}"):
                yield from self._graph.members(head)

    def _shape_reads(self, shape: str, node: Term, prefix: Prefix) -> Iterator[Read]:
        """What the shape at ``node`` reads from each node that the prefix leads to from a focus node of ``shape``."""
        self._check(node)
        if node in self._open:
            raise UnsupportedShapesError(value_of(node), "recursion")
        if self._is_deactivated(node):
            return
        self._open.append(node)
        yield from self._read_open(shape, node, prefix)
        self._open.pop()

    def _read_open(self, shape: str, node: Term, prefix: Prefix) -> Iterator[Read]:
        values = prefix
        if (path_node := next(iter(self._graph.objects(node, f"{SH}path")), None)) is not None:
            if not self._constrains(node):
                return
            path = read_path(self._graph, path_node)
            yield from _path_reads(shape, prefix, path)
            values = (*prefix, path)
        # Compared predicates are those of the focus node, and not of the values (SHACL, section 4.5).
        for compared in _COMPARED:
            for predicate in self._graph.iris(node, f"{SH}{compared}"):
                yield Read(shape, prefix, predicate)
        for class_ in self._graph.iris(node, f"{SH}class"):
            yield Read(shape, values, TYPE.value, member_of=class_)
        if self._graph.text(node, f"{SH}closed") == "true":
            yield Read(shape, values, None)
        for inner in (*self._inner_shapes(node), *self._graph.objects(node, f"{SH}property")):
            yield from self._shape_reads(shape, inner, values)
        if self._graph.text(node, f"{SH}qualifiedValueShapesDisjoint") == "true":
            raise UnsupportedShapesError(value_of(node), "sh:qualifiedValueShapesDisjoint")

    def _constrains(self, node: Term) -> bool:
        """Whether the property shape can report anything; many only name a path for readers."""
        inner = self._graph.objects(node, f"{SH}property")
        return not CONSTRAINTS.isdisjoint(self._terms(node)) or any(map(self._constrains, inner))

    def _is_deactivated(self, node: Term) -> bool:
        return self._graph.text(node, f"{SH}deactivated") == "true"

    def _check(self, node: Term) -> None:
        if unknown := self._terms(node) - CONSTRAINTS - _OTHER:
            raise UnsupportedShapesError(value_of(node), f"sh:{min(unknown)}")

    def _terms(self, node: Term) -> set[str]:
        """The local names of the properties of SHACL that the shape has."""
        return {name.removeprefix(SH) for name in self._properties.get(node, ()) if name.startswith(SH)}


def _group_predicates(quads: Iterable[ox.Quad]) -> Mapping[Term, list[str]]:
    groups: dict[Term, list[str]] = defaultdict(list)
    for quad in quads:
        groups[quad.subject].append(quad.predicate.value)
    return groups


def _path_reads(shape: str, prefix: Prefix, path: PropertyPath) -> Iterator[Read]:
    """The reads of following the path from each node that the prefix leads to."""
    match path:
        case PredicatePath(predicate):
            yield Read(shape, prefix, predicate)
        case InversePath(PredicatePath(predicate)):
            yield Read(shape, prefix, predicate, Direction.INVERSE)
        case InversePath():
            raise UnsupportedShapesError(shape, "the inverse of a path that is more than a predicate")
        case SequencePath(paths):
            for part in paths:
                yield from _path_reads(shape, prefix, part)
                prefix = (*prefix, part)
        case AlternativePath(paths):
            for part in paths:
                yield from _path_reads(shape, prefix, part)
        case RepeatedPath(inner, modifier):
            reached = prefix if modifier == "?" else (*prefix, RepeatedPath(inner, "*"))
            yield from _path_reads(shape, reached, inner)
