"""Property paths of SHACL (section 2.3.1) and how SPARQL writes them (SPARQL 1.1, section 9)."""

from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.namespaces import SH
from kg.schema.quad_index import QuadIndex, Term

_MODIFIERS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


@dataclass(frozen=True, slots=True)
class PredicatePath:
    """One predicate, followed from subject to object."""

    predicate: str


@dataclass(frozen=True, slots=True)
class InversePath:
    """A path followed backwards."""

    path: "PropertyPath"


@dataclass(frozen=True, slots=True)
class SequencePath:
    """Paths followed one after the other."""

    paths: tuple["PropertyPath", ...]


@dataclass(frozen=True, slots=True)
class AlternativePath:
    """Any of several paths."""

    paths: tuple["PropertyPath", ...]


@dataclass(frozen=True, slots=True)
class RepeatedPath:
    """A path followed any number of times; ``modifier`` is ``*``, ``+`` or ``?``."""

    path: "PropertyPath"
    modifier: str


PropertyPath = PredicatePath | InversePath | SequencePath | AlternativePath | RepeatedPath


def read_path(graph: QuadIndex, node: Term) -> PropertyPath:
    """The path that this node of a shapes graph denotes."""
    if isinstance(node, ox.NamedNode):
        return PredicatePath(node.value)
    for inverse in graph.objects(node, f"{SH}inversePath"):
        return InversePath(read_path(graph, inverse))
    for alternatives in graph.objects(node, f"{SH}alternativePath"):
        return AlternativePath(tuple(read_path(graph, member) for member in graph.members(alternatives)))
    for name, modifier in _MODIFIERS.items():
        for inner in graph.objects(node, f"{SH}{name}"):
            return RepeatedPath(read_path(graph, inner), modifier)
    return SequencePath(tuple(read_path(graph, member) for member in graph.members(node)))


def split_path(path: PropertyPath) -> tuple[str | None, bool]:
    """The predicate of a path of one step and whether it is inverse; None for any other path."""
    match path:
        case PredicatePath(predicate):
            return predicate, False
        case InversePath(PredicatePath(predicate)):
            return predicate, True
    return None, False


def to_sparql(path: PropertyPath, name: Callable[[str], str]) -> str:
    """The path as SPARQL writes it, with ``name`` for each predicate."""
    match path:
        case PredicatePath(predicate):
            return name(predicate)
        case InversePath(inner):
            return f"^{_group(inner, name)}"
        case SequencePath(paths):
            return " / ".join(_group(part, name) for part in paths)
        case AlternativePath(paths):
            return " | ".join(to_sparql(part, name) for part in paths)
        case RepeatedPath(inner, modifier):
            return f"({to_sparql(inner, name)}){modifier}"


def _group(path: PropertyPath, name: Callable[[str], str]) -> str:
    """The path in parentheses where its operators bind less tightly than those around it."""
    text = to_sparql(path, name)
    return f"({text})" if isinstance(path, SequencePath | AlternativePath) else text
