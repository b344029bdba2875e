"""Every constraint has an example that violates it, every class one that conforms."""

from collections.abc import Iterator
from pathlib import Path

from rdflib import OWL, RDF, SH, SKOS, Graph, URIRef
from rdflib.term import Node

HERE = Path(__file__).parent
BASE = "https://w3id.org/conflict-kg/"

# The constraint component of each parameter: https://www.w3.org/TR/shacl/#core-components
COMPONENTS = {
    SH["class"]: SH.ClassConstraintComponent,
    SH.closed: SH.ClosedConstraintComponent,
    SH.datatype: SH.DatatypeConstraintComponent,
    SH.disjoint: SH.DisjointConstraintComponent,
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
    SH.uniqueLang: SH.UniqueLangConstraintComponent,
    SH.xone: SH.XoneConstraintComponent,
}
TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)


def test_every_constraint_is_violated_by_an_example(shapes: Graph) -> None:
    violated = {
        (example.value(finding, SH.sourceShape), example.value(finding, SH.sourceConstraintComponent))
        for example in examples("invalid")
        for finding in example.subjects(RDF.type, SH.ValidationResult)
    }
    untested = sorted(
        f"{str(shape).removeprefix(BASE)} {component.removeprefix(str(SH))}"
        for shape in reportable(shapes)
        for parameter, component in COMPONENTS.items()
        if (shape, parameter, None) in shapes and (shape, component) not in violated
    )
    assert not untested, f"write an invalid example for each: {untested}"


def test_every_shape_is_reached_from_a_target(shapes: Graph) -> None:
    reached = set(reportable(shapes))
    frontier = list(reached)
    while frontier:
        shape = frontier.pop()
        for inner in (*shapes.objects(shape, SH.node), *shapes.objects(shape, SH.qualifiedValueShape)):
            new = {inner, *shapes.objects(inner, SH.property)} - reached
            reached |= new
            frontier += new
    named = {shape for kind in (SH.NodeShape, SH.PropertyShape) for shape in shapes.subjects(RDF.type, kind)}
    assert not named - reached, "a shape that no target leads to is never used"


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
    fields = {shapes.value(shape, SH.path) for shape in reportable(shapes)}
    assert not {path for path in fields if isinstance(path, URIRef)} - used


def reportable(shapes: Graph) -> Iterator[Node]:
    """The shapes that can be the source of a finding: those with a target, and their property shapes."""
    targeted = {shape for target in TARGETS for shape in shapes.subjects(target, None)}
    yield from targeted
    for shape in targeted:
        yield from shapes.objects(shape, SH.property)


def examples(folder: str) -> Iterator[Graph]:
    for file in sorted(HERE.glob(f"*/{folder}/*.ttl")):
        yield Graph().parse(file)
