"""No constraint without an example that breaks it, no class without one that keeps to it."""

from collections.abc import Iterator
from pathlib import Path

from rdflib import OWL, RDF, SH, SKOS, Graph, URIRef
from rdflib.term import Node

HERE = Path(__file__).parent
BASE = "https://w3id.org/conflict-kg/"

# Which finding each parameter leads to: https://www.w3.org/TR/shacl/#core-components
COMPONENTS = {
    SH["class"]: SH.ClassConstraintComponent,
    SH.closed: SH.ClosedConstraintComponent,
    SH.datatype: SH.DatatypeConstraintComponent,
    SH.hasValue: SH.HasValueConstraintComponent,
    SH.lessThan: SH.LessThanConstraintComponent,
    SH.lessThanOrEquals: SH.LessThanOrEqualsConstraintComponent,
    SH.maxCount: SH.MaxCountConstraintComponent,
    SH.minCount: SH.MinCountConstraintComponent,
    SH.minExclusive: SH.MinExclusiveConstraintComponent,
    SH.minInclusive: SH.MinInclusiveConstraintComponent,
    SH.minLength: SH.MinLengthConstraintComponent,
    SH.node: SH.NodeConstraintComponent,
    SH.nodeKind: SH.NodeKindConstraintComponent,
    SH["or"]: SH.OrConstraintComponent,
    SH.pattern: SH.PatternConstraintComponent,
    SH.qualifiedMaxCount: SH.QualifiedMaxCountConstraintComponent,
    SH.qualifiedMinCount: SH.QualifiedMinCountConstraintComponent,
    SH.sparql: SH.SPARQLConstraintComponent,
    SH.uniqueLang: SH.UniqueLangConstraintComponent,
    SH.xone: SH.XoneConstraintComponent,
}
TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)


def test_every_constraint_is_broken_by_an_example(shapes: Graph) -> None:
    broken = {
        (example.value(finding, SH.sourceShape), example.value(finding, SH.sourceConstraintComponent))
        for example in examples("invalid")
        for finding in example.subjects(RDF.type, SH.ValidationResult)
    }
    unbroken = sorted(
        f"{shape.removeprefix(BASE)} {component.removeprefix(str(SH))}"
        for shape in reported(shapes)
        for parameter, component in COMPONENTS.items()
        if (shape, parameter, None) in shapes and (shape, component) not in broken
    )
    assert not unbroken, f"write an invalid example for each: {unbroken}"


def test_every_shape_is_reached_from_a_target(shapes: Graph) -> None:
    reached = set(reported(shapes))
    frontier = list(reached)
    while frontier:
        shape = frontier.pop()
        for inner in (*shapes.objects(shape, SH.node), *shapes.objects(shape, SH.qualifiedValueShape)):
            new = {inner, *shapes.objects(inner, SH.property)} - reached
            reached |= new
            frontier += new
    named = {shape for kind in (SH.NodeShape, SH.PropertyShape) for shape in shapes.subjects(RDF.type, kind)}
    assert not named - reached, "a shape that nothing leads to checks nothing"


def test_every_class_has_a_valid_example(repository: Path, shapes: Graph) -> None:
    ontology = Graph()
    for file in sorted((repository / "ontology").glob("*.ttl")):
        ontology.parse(file, publicID=BASE)
    abstract = {term for term, note in ontology.subject_objects(SKOS.scopeNote) if str(note).startswith("Abstract:")}
    shaped = set(shapes.objects(None, SH.targetClass)) | set(ontology.subjects(RDF.type, OWL.Class))
    shown = {kind for example in examples("valid") for kind in example.objects(None, RDF.type)}
    assert not shaped - abstract - shown


def test_valid_examples_show_every_field(shapes: Graph) -> None:
    used = {path for example in examples("valid") for path in example.predicates()}
    fields = {shapes.value(shape, SH.path) for shape in reported(shapes)}
    assert not {path for path in fields if isinstance(path, URIRef)} - used


def reported(shapes: Graph) -> Iterator[Node]:
    """Shapes that can be the source of a finding: targeted, or a property of one that is."""
    targeted = {shape for target in TARGETS for shape in shapes.subjects(target, None)}
    yield from targeted
    for shape in targeted:
        yield from shapes.objects(shape, SH.property)


def examples(folder: str) -> Iterator[Graph]:
    for file in sorted(HERE.glob(f"*/{folder}/*.ttl")):
        yield Graph().parse(file)
