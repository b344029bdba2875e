"""The choice between read sets and the whole graph, ill-typed literals, severities, and the second judge."""

from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph as ox
import pytest

from kg.errors import Finding, Severity
from kg.namespaces import DATASET, RDFS, TYPE
from kg.store.embedded import EmbeddedStore
from kg.store.proposed_change import ProposedChange
from kg.validation import validator as validator_module
from kg.validation.affected_pairs import SAMPLE_PAIRS
from kg.validation.judgement import Judgement
from kg.validation.validator import Validator

LARGE = 10**9
X = "https://example.org/"
SHAPES = f"""
@prefix cks: <https://w3id.org/conflict-kg/shapes#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix x: <{X}> .
x:s sh:targetClass x:T ; sh:property x:name , x:order .
x:name sh:path x:name ; sh:minCount 1 ; sh:message "Name it." .
x:order sh:path x:low ; sh:lessThanOrEquals x:high ; cks:severityInDataset sh:Warning ; sh:message "Too low." .
"""
HOME, OTHER = ox.NamedNode(f"{X}home"), ox.NamedNode(f"{X}other")


@pytest.fixture
def validator() -> Validator:
    return Validator(ox.parse(SHAPES, format=ox.RdfFormat.TURTLE))


def quad(subject: str, predicate: str | ox.NamedNode, object_: str | ox.Literal | ox.NamedNode) -> ox.Quad:
    predicate = ox.NamedNode(f"{X}{predicate}") if isinstance(predicate, str) else predicate
    object_ = ox.NamedNode(f"{X}{object_}") if isinstance(object_, str) else object_
    return ox.Quad(ox.NamedNode(f"{X}{subject}"), predicate, object_, HOME)


def move(quads: Iterable[ox.Quad], graph: ox.NamedNode) -> set[ox.Quad]:
    return {ox.Quad(q.subject, q.predicate, q.object, graph) for q in quads}


def change(before: Iterable[ox.Quad], removed: Iterable[ox.Quad] = (), added: Iterable[ox.Quad] = ()) -> ProposedChange:
    store = EmbeddedStore.in_memory()
    removed, added = frozenset(removed), frozenset(added)
    store.engine.extend((set(before) - removed) | added)
    return ProposedChange(store, removed, added)


def named(subject: str) -> list[ox.Quad]:
    return [quad(subject, TYPE, "T"), quad(subject, "name", ox.Literal(subject))]


def bounds(subject: str, low: int, high: int) -> list[ox.Quad]:
    return [quad(subject, "low", ox.Literal(low)), quad(subject, "high", ox.Literal(high))]


def subjects(findings: Iterable[Finding]) -> set[str]:
    return {finding.subject.removeprefix(X) for finding in findings}


def test_what_a_change_does_not_affect_is_not_read(validator: Validator) -> None:
    unnamed = [quad("old", TYPE, "T")]
    judgement = validator.validate_change(change(unnamed, added=named("new")), LARGE)
    assert judgement.findings == ()
    assert judgement.pairs == 1
    assert {triple.subject for triple in judgement.read_set} & {ox.NamedNode(f"{X}old")} == set()


def test_a_small_graph_is_validated_whole(validator: Validator) -> None:
    judgement = validator.validate_change(change([quad("old", TYPE, "T")], added=named("new")), 3)
    assert subjects(judgement.findings) == {"old"}


def test_a_change_that_affects_too_much_is_validated_with_the_whole_graph(
    validator: Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validator_module, "MAX_PAIRS", 2)
    added = [quad for number in range(3) for quad in named(f"n{number}")]
    judgement = validator.validate_change(change([quad("old", TYPE, "T")], added=added), LARGE)
    assert subjects(judgement.findings) == {"old"}
    assert judgement.pairs is None


def test_a_change_of_a_subclass_axiom_is_validated_with_the_whole_graph(validator: Validator) -> None:
    axiom = quad("U", ox.NamedNode(f"{RDFS}subClassOf"), "T")
    judgement = validator.validate_change(change([quad("old", TYPE, "U")], added=[axiom]), LARGE)
    assert subjects(judgement.findings) == {"old"}
    judgement = validator.validate_change(change([quad("old", TYPE, "U"), axiom], removed=[axiom]), LARGE)
    assert judgement.findings == ()
    assert judgement.pairs is None


def test_instances_of_subclasses_are_focus_nodes(validator: Validator) -> None:
    axiom = quad("U", ox.NamedNode(f"{RDFS}subClassOf"), "T")
    judgement = validator.validate_change(change([axiom], added=[quad("new", TYPE, "U")]), LARGE)
    assert subjects(judgement.findings) == {"new"}
    assert validator.agrees(judgement)


def test_an_ill_typed_literal_is_a_violation_where_no_shape_looks_at_it(validator: Validator) -> None:
    wrong = ox.Literal("many", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    judgement = validator.validate_change(change([], added=[quad("thing", "count", wrong)]), LARGE)
    (finding,) = judgement.findings
    assert (finding.rule, finding.value, finding.severity) == ("datatype", "many", Severity.VIOLATION)
    assert not judgement.conforms
    assert validator.agrees(judgement)


def test_an_ill_typed_literal_that_a_shape_looks_at_is_reported_once(validator: Validator) -> None:
    wrong = ox.Literal("few", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    added = [*named("thing"), quad("thing", "low", wrong), quad("thing", "high", ox.Literal(1))]
    judgement = validator.validate_change(change([], added=added), LARGE)
    assert [finding.rule for finding in judgement.findings] == ["datatype"]
    assert validator.agrees(judgement), "the engines compare such values differently, and that is no difference"


def test_a_finding_about_a_resource_of_a_data_set_is_lowered(validator: Validator) -> None:
    before = [quad("home", TYPE, DATASET)]
    judgement = validator.validate_change(change(before, added=[*named("n"), *bounds("n", 2, 1)]), LARGE)
    assert [finding.severity for finding in judgement.findings] == [Severity.WARNING]
    assert judgement.conforms


def test_a_data_set_that_becomes_something_else_is_validated_again(validator: Validator) -> None:
    kind = quad("home", TYPE, DATASET)
    judgement = validator.validate_change(change([kind, *named("n"), *bounds("n", 2, 1)], removed=[kind]), LARGE)
    assert [finding.severity for finding in judgement.findings] == [Severity.VIOLATION]


def test_a_resource_that_leaves_a_data_set_is_validated_again(validator: Validator) -> None:
    resource = {*named("n"), *bounds("n", 2, 1)}
    before = [quad("home", TYPE, DATASET), *resource]
    judgement = validator.validate_change(change(before, resource, move(resource, OTHER)), LARGE)
    assert [finding.severity for finding in judgement.findings] == [Severity.VIOLATION]


def test_the_loss_of_one_of_two_copies_of_a_triple_affects_nothing(validator: Validator) -> None:
    name = quad("n", "name", ox.Literal("n"))
    before = [*named("n"), *move([name], OTHER)]
    judgement = validator.validate_change(change(before, removed=[name]), LARGE)
    assert judgement.findings == ()
    judgement = validator.validate_change(change(named("n"), removed=[name]), LARGE)
    assert subjects(judgement.findings) == {"n"}


def test_the_second_engine_notices_a_wrong_verdict(validator: Validator) -> None:
    accepted = validator.validate_change(change([], added=named("n")), LARGE)
    refused = validator.validate_change(change([], added=[quad("n", TYPE, "T")]), LARGE)
    assert validator.agrees(accepted)
    assert validator.agrees(refused)
    assert not validator.agrees(replace(accepted, conforms_there=False))
    assert not validator.agrees(replace(refused, conforms_there=True))


def test_of_a_large_change_the_second_engine_judges_a_sample(
    validator: Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = [quad for number in range(2 * SAMPLE_PAIRS) for quad in named(f"n{number}")]
    for max_pairs, pairs in ((LARGE, 2 * SAMPLE_PAIRS), (SAMPLE_PAIRS, None)):
        monkeypatch.setattr(validator_module, "MAX_PAIRS", max_pairs)
        judgement = validator.validate_change(change([], added=added), len(added))
        assert judgement.pairs == pairs
        assert 0 < _count_marked(judgement) <= SAMPLE_PAIRS
        assert judgement.conforms_there
        assert validator.agrees(judgement)


def _count_marked(judgement: Judgement) -> int:
    marker = "urn:x-conflict-kg:focus"
    return sum(triple.predicate.value.startswith(marker) for triple in judgement.read_set)
