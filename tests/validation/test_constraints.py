"""Every constraint of every shape is broken by a change and healed by another; both engines say what it breaks."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox
import pytest
from shape_examples import Result, ShapeExample, list_examples, read_background

from kg.errors import Finding
from kg.namespaces import SH, value_of
from kg.schema.model import Schema
from kg.schema.quad_index import QuadIndex, Term
from kg.store.embedded import EmbeddedStore
from kg.store.proposed_change import ProposedChange
from kg.validation.engine import ShaclEngine
from kg.validation.shape_reads import CONSTRAINTS
from kg.validation.validator import Validator, find_ill_typed, to_n_quads

EXAMPLES = list_examples()
INVALID = list_examples("invalid")
LARGE = 10**9
_NOT_REPORTED_ITSELF = {"qualifiedValueShape"}
"""Its two counts are components of their own."""


@pytest.fixture(scope="module")
def background() -> list[ox.Quad]:
    return read_background()


@pytest.fixture(scope="module")
def validator(schema: Schema) -> Validator:
    return Validator(schema.shapes)


@pytest.fixture(scope="module")
def engine(schema: Schema) -> ShaclEngine:
    return ShaclEngine.compile(schema.shapes)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_first_engine_has_the_results_that_the_example_declares(
    example: ShapeExample, background: list[ox.Quad], engine: ShaclEngine
) -> None:
    report = engine.shapes.validate_text(to_n_quads([*background, *example.quads]).decode(), "nquads")
    results = {
        Result(
            focus=_iri(result.focus_node),
            path=_iri(result.path),
            shape=_iri(result.source_shape),
            component=f"{SH}{result.component}",
            severity=f"{SH}{result.severity}",
        )
        for result in report.results
    }
    assert results == example.results


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_change_that_adds_an_example_has_the_findings_that_it_declares(
    example: ShapeExample, background: list[ox.Quad], validator: Validator
) -> None:
    store = _create_store([*background, *example.quads])
    added = example.quads - set(background)
    judgement = validator.validate_change(ProposedChange(store, frozenset(), added), LARGE)
    assert _summarize(judgement.findings) == _expect(example)
    assert validator.agrees(judgement), "the second engine has the same verdict on what was read"


@pytest.mark.parametrize("example", INVALID, ids=lambda example: example.name)
def test_a_change_that_takes_an_example_back_has_no_finding(
    example: ShapeExample, background: list[ox.Quad], validator: Validator
) -> None:
    removed = example.quads - set(background)
    judgement = validator.validate_change(ProposedChange(_create_store(background), removed, frozenset()), LARGE)
    assert judgement.findings == ()


def test_the_examples_break_every_constraint(schema: Schema) -> None:
    declared = {(result.shape, result.component) for example in INVALID for result in example.results}
    assert set(_list_constraints(QuadIndex(schema.shapes))) <= declared


def _list_constraints(shapes: QuadIndex) -> Iterator[tuple[str, str]]:
    """Each shape that can be the source of a result, with the component of each of its constraints."""
    targets = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
    targeted = {shape for target in targets for shape in shapes.subjects(f"{SH}{target}")}
    reported: set[Term] = targeted | {inner for shape in targeted for inner in shapes.objects(shape, f"{SH}property")}
    counts = ("qualifiedMinCount", "qualifiedMaxCount")
    for shape in reported:
        for name in (*(CONSTRAINTS - _NOT_REPORTED_ITSELF), *counts):
            if shapes.objects(shape, f"{SH}{name}"):
                yield value_of(shape), f"{SH}{name[0].upper()}{name[1:]}ConstraintComponent"


def _create_store(quads: Iterable[ox.Quad]) -> EmbeddedStore:
    store = EmbeddedStore.in_memory()
    store.engine.extend(quads)
    return store


def _summarize(findings: Iterable[Finding]) -> set[tuple[str, str, str, str]]:
    return {(finding.subject, finding.path, finding.rule, finding.severity) for finding in findings}


def _expect(example: ShapeExample) -> set[tuple[str, str, str, str]]:
    """The results as findings; an ill-typed value is reported once, as that."""
    ill_typed = _summarize(find_ill_typed(example.quads))
    reported = {(subject, path) for subject, path, *_ in ill_typed}
    results = {
        (result.focus, result.path, result.shape, result.severity.removeprefix(SH))
        for result in example.results
        if (result.focus, result.path) not in reported
    }
    return ill_typed | results


def _iri(term: str | None) -> str:
    return term[1:-1] if term and term.startswith("<") and term.endswith(">") else ""
