from collections.abc import Callable
from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, RDFS, SH, SKOS, BNode, Graph
from rdflib.term import Node

BASE = "https://w3id.org/conflict-kg/"

# Focus, path, shape, component, severity; the path is None if the shape has none or a complex one.
Finding = tuple[Node | None, ...]
# Left out as in ``kg.validation.validator``: pySHACL compares each triple of a shape with every constraint.
FOR_READERS = (SH.name, SH.description, SH.order)
PARTS = (SH.focusNode, SH.resultPath, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity)


@pytest.fixture(scope="session")
def shapes(repository: Path) -> Graph:
    graph = Graph()
    for file in sorted((repository / "shapes").glob("*.ttl")):
        graph.parse(file, publicID=BASE)
    return graph


@pytest.fixture(scope="session")
def background(repository: Path) -> Graph:
    """The data that every example is validated with: background.ttl and what validation reads of the ontology."""
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
    """The findings about an example with its background. The findings that it declares as expected are not data."""
    read = shapes + Graph()
    for predicate in FOR_READERS:
        read.remove((None, predicate, None))

    def find(example: Graph) -> set[Finding]:
        data = background + example
        for expected in example.subjects(RDF.type, SH.ValidationResult):
            data.remove((expected, None, None))
        _, report, _ = pyshacl.validate(data, shacl_graph=read)
        assert isinstance(report, Graph)
        reported = Graph()
        for result in report.objects(None, SH.result):
            reported += report.triples((result, None, None))
        return parse_findings(reported)

    return find


@pytest.fixture(scope="session")
def expected() -> Callable[[Graph], set[Finding]]:
    """The findings that an example declares."""
    return parse_findings


def parse_findings(graph: Graph) -> set[Finding]:
    parsed = set()
    for result in graph.subjects(RDF.type, SH.ValidationResult):
        focus, path, *rest = (graph.value(result, part) for part in PARTS)
        parsed.add((focus, None if isinstance(path, BNode) else path, *rest))
    return parsed
