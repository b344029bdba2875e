from collections.abc import Callable
from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, RDFS, SH, SKOS, BNode, Graph
from rdflib.term import Node

BASE = "https://w3id.org/conflict-kg/"

# Focus, path, shape, component, severity; no path where the shape has none, or one that is no plain property.
Finding = tuple[Node, Node | None, Node, Node, Node]
PARTS = (SH.focusNode, SH.resultPath, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity)


@pytest.fixture(scope="session")
def shapes(repository: Path) -> Graph:
    graph = Graph()
    for file in sorted((repository / "shapes").glob("*.ttl")):
        graph.parse(file, publicID=BASE)
    return graph


@pytest.fixture(scope="session")
def background(repository: Path) -> Graph:
    """What stands beside every example: background.ttl, and of the ontology all that validation reads."""
    ontology = Graph()
    for file in sorted((repository / "ontology").rglob("*.ttl")):
        if file.stem != "alignments":
            ontology.parse(file, publicID=BASE)
    graph = Graph().parse(Path(__file__).parent / "background.ttl")
    for property_ in (RDFS.subClassOf, SKOS.inScheme):
        for triple in ontology.triples((None, property_, None)):
            graph.add(triple)
    return graph


@pytest.fixture(scope="session")
def validate(shapes: Graph, background: Graph) -> Callable[[Graph], set[Finding]]:
    """The findings about an example beside its background; findings that the example expects are no data."""

    def validating(example: Graph) -> set[Finding]:
        data = background + example
        for expected in example.subjects(RDF.type, SH.ValidationResult):
            data.remove((expected, None, None))
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
        assert isinstance(report, Graph)
        reported = Graph()
        for result in report.objects(None, SH.result):
            reported += report.triples((result, None, None))
        return findings(reported)

    return validating


@pytest.fixture(scope="session")
def expected() -> Callable[[Graph], set[Finding]]:
    """The findings that an example says it has."""
    return findings


def findings(graph: Graph) -> set[Finding]:
    found = set()
    for result in graph.subjects(RDF.type, SH.ValidationResult):
        focus, path, *rest = (graph.value(result, part) for part in PARTS)
        found.add((focus, None if isinstance(path, BNode) else path, *rest))
    return found
