"""The table of MODEL, Answers, row by row, and what must never change it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.status.verdict import Act, Bearing, Decision, Evidence, Reason, Status, Verdict, decide

ALLY, RIVAL = "ally", "rival"


def said(act: Act, bearing: Bearing = Bearing.EXACT, *, possibly: bool = False, by: str = ALLY) -> Evidence:
    return Evidence(f"{by}-{act}-{bearing}-{possibly}", act, bearing, by, is_possibility=possibly)


ASSERTED, DENIED = said(Act.ASSERTS), said(Act.DENIES, by=RIVAL)
YES, NO = (Verdict.YES, None), (Verdict.NO, None)
DISPUTED = (Verdict.DISPUTED, None)
SILENT = (Verdict.UNDETERMINED, Reason.SILENT)

TABLE = [
    ([], SILENT),
    ([ASSERTED], YES),
    ([DENIED], NO),
    ([ASSERTED, DENIED], DISPUTED),
    ([replace(ASSERTED, disputants=frozenset({RIVAL}))], DISPUTED),
    ([replace(ASSERTED, disputants=frozenset({ALLY}))], YES),
    ([replace(DENIED, disputants=frozenset({ALLY}))], DISPUTED),
    ([said(Act.ASSERTS, Bearing.SPECIFIC)], YES),
    ([said(Act.DENIES, Bearing.SPECIFIC)], SILENT),
    ([said(Act.ASSERTS, Bearing.GENERAL)], SILENT),
    ([said(Act.DENIES, Bearing.GENERAL)], NO),
    ([said(Act.ASSERTS, Bearing.INFERRED)], YES),
    ([said(Act.DENIES, Bearing.INFERRED)], SILENT),
    ([said(Act.ASSERTS, Bearing.PARTIAL)], (Verdict.UNDETERMINED, Reason.PARTLY)),
    ([said(Act.DENIES, Bearing.PARTIAL)], SILENT),
    ([said(Act.ASSERTS, possibly=True)], (Verdict.UNDETERMINED, Reason.ONLY_POSSIBLE)),
    ([said(Act.DENIES, possibly=True)], (Verdict.UNDETERMINED, Reason.ONLY_POSSIBLE)),
    ([said(Act.ASSERTS, possibly=True), ASSERTED], YES),
    ([said(Act.ASSERTS, possibly=True), DENIED], NO),
    ([said(Act.LEAVES_OPEN)], (Verdict.UNDETERMINED, Reason.LEFT_OPEN)),
    ([said(Act.LEAVES_OPEN), ASSERTED], YES),
    ([said(Act.LEAVES_OPEN), said(Act.ASSERTS, possibly=True)], (Verdict.UNDETERMINED, Reason.LEFT_OPEN)),
    ([said(Act.SUPPOSES)], (Verdict.UNDETERMINED, Reason.ONLY_SUPPOSED)),
    ([said(Act.INTENDS)], (Verdict.UNDETERMINED, Reason.ONLY_INTENDED)),
    ([said(Act.INTENDS), said(Act.SUPPOSES)], (Verdict.UNDETERMINED, Reason.ONLY_SUPPOSED)),
    ([said(act, Bearing.CONTEXT) for act in Act], SILENT),
]


@pytest.mark.parametrize(("evidence", "expected"), TABLE)
def test_the_table(evidence: list[Evidence], expected: tuple[Verdict, Reason | None]) -> None:
    decision = decide(evidence)
    assert (decision.verdict, decision.reason) == expected


def test_an_inference_is_marked_only_where_nothing_else_says_yes() -> None:
    inferred = said(Act.ASSERTS, Bearing.INFERRED)
    assert decide([inferred]).is_inferred
    assert not decide([inferred, ASSERTED]).is_inferred
    assert decide([inferred]).grounds == (inferred.statement,)


def test_every_verdict_and_reason_has_a_status() -> None:
    assert {decide(evidence).status for evidence, _ in TABLE} == set(Status)
    assert Decision(Verdict.UNDETERMINED, Reason.SILENT).status is Status.SILENT


EVIDENCE = st.builds(
    Evidence,
    statement=st.sampled_from("abcdef"),
    act=st.sampled_from(Act),
    bearing=st.sampled_from(Bearing),
    speaker=st.sampled_from([ALLY, RIVAL]),
    is_possibility=st.booleans(),
    is_retracted=st.booleans(),
    is_restatement=st.booleans(),
    disputants=st.frozensets(st.sampled_from([ALLY, RIVAL])),
)
MANY = st.lists(EVIDENCE, max_size=6)


@given(MANY.flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))))
def test_order_never_matters(pair: tuple[list[Evidence], list[Evidence]]) -> None:
    assert decide(pair[0]) == decide(pair[1])


@given(MANY, EVIDENCE, st.booleans())
def test_what_does_not_count_never_changes_it(evidence: list[Evidence], more: Evidence, taken_back: bool) -> None:
    idle = replace(more, is_retracted=taken_back, is_restatement=not taken_back)
    assert decide([*evidence, idle]) == decide(evidence)


@given(MANY)
def test_to_say_it_twice_is_to_say_it_once(evidence: list[Evidence]) -> None:
    assert decide([*evidence, *evidence]) == decide(evidence)


@given(MANY)
def test_no_denial_no_no(evidence: list[Evidence]) -> None:
    silent = [each for each in evidence if each.act is not Act.DENIES]
    assert decide(silent).verdict is not Verdict.NO


@given(MANY)
def test_a_yes_survives_all_but_denial_and_dispute(evidence: list[Evidence]) -> None:
    peaceful = [replace(each, disputants=frozenset()) for each in evidence if each.act is not Act.DENIES]
    assert decide([*peaceful, ASSERTED]).verdict is Verdict.YES
