"""The examples of tests/shapes as changes: each with its quads and the results that it declares."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg.knowledge_graph import load_shipped_schema
from kg.namespaces import RDFS, SH, SKOS, TYPE, value_of
from kg.settings import DEFAULT_BASE_IRI

_FOLDER = Path(__file__).parents[1] / "shapes"
_BACKGROUND, _EXAMPLE = (ox.NamedNode(f"https://example.org/{name}-graph") for name in ("background", "example"))
_RESULT = ox.NamedNode(f"{SH}ValidationResult")
_READ_OF_ONTOLOGY = {f"{RDFS}subClassOf", f"{SKOS}inScheme"}


class Result(NamedTuple):
    """A validation result, in IRIs; the path is empty if the shape has none or a complex one."""

    focus: str
    path: str
    shape: str
    component: str
    severity: str


@dataclass(frozen=True, slots=True)
class ShapeExample:
    """An example; a valid one declares no result."""

    name: str
    quads: frozenset[ox.Quad]
    results: frozenset[Result]

    @classmethod
    def read(cls, file: Path) -> "ShapeExample":
        """The example in this file."""
        triples = list(ox.parse(path=file, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
        declared = {triple.subject for triple in triples if triple.predicate == TYPE and triple.object == _RESULT}
        members: dict[ox.NamedNode | ox.BlankNode | ox.Triple, dict[str, str]] = defaultdict(dict)
        for triple in triples:
            if triple.subject in declared and not isinstance(triple.object, ox.BlankNode):
                members[triple.subject][triple.predicate.value.removeprefix(SH)] = value_of(triple.object)
        parts = ("focusNode", "resultPath", "sourceShape", "sourceConstraintComponent", "resultSeverity")
        results = frozenset(Result(*(members[node].get(part, "") for part in parts)) for node in declared)
        quads = frozenset(_in_graph(_EXAMPLE, (triple for triple in triples if triple.subject not in declared)))
        return cls(f"{file.parent.parent.name}/{file.parent.name}/{file.stem}", quads, results)


def list_examples(kind: str = "*") -> list[ShapeExample]:
    """All examples, or those of a kind: ``valid`` or ``invalid``."""
    return [ShapeExample.read(file) for file in sorted(_FOLDER.glob(f"*/{kind}/*.ttl"))]


def read_background() -> list[ox.Quad]:
    """The data that every example is validated with: background.ttl and what shapes read of the ontology."""
    ontology = load_shipped_schema(DEFAULT_BASE_IRI).ontology
    read = (quad.triple for quad in ontology if quad.predicate.value in _READ_OF_ONTOLOGY)
    triples = [*(quad.triple for quad in ox.parse(path=_FOLDER / "background.ttl")), *read]
    return list(_in_graph(_BACKGROUND, triples))


def _in_graph(graph: ox.NamedNode, triples: Iterable[ox.Triple | ox.Quad]) -> Iterable[ox.Quad]:
    return (ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)
