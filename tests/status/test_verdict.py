"""The decision table of MODEL, Answers, row by row, and its invariants."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.status.verdict import Act, Bearing, Decision, Evidence, Reason, Status, Verdict, decide

ALLY, RIVAL = "ally", "rival"


def act_of(act: Act, bearing: Bearing = Bearing.EXACT, *, possibly: bool = False, by: str = ALLY) -> Evidence:
    return Evidence(f"{by}-{act}-{bearing}-{possibly}", act, bearing, by, is_possibility=possibly)


ASSERTED, DENIED = act_of(Act.ASSERTS), act_of(Act.DENIES, by=RIVAL)
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
    ([act_of(Act.ASSERTS, Bearing.SPECIFIC)], YES),
    ([act_of(Act.DENIES, Bearing.SPECIFIC)], SILENT),
    ([act_of(Act.ASSERTS, Bearing.GENERAL)], SILENT),
    ([act_of(Act.DENIES, Bearing.GENERAL)], NO),
    ([act_of(Act.ASSERTS, Bearing.INFERRED)], YES),
    ([act_of(Act.DENIES, Bearing.INFERRED)], SILENT),
    ([act_of(Act.ASSERTS, Bearing.PARTIAL)], (Verdict.UNDETERMINED, Reason.PARTLY)),
    ([act_of(Act.DENIES, Bearing.PARTIAL)], SILENT),
    ([act_of(Act.ASSERTS, possibly=True)], (Verdict.UNDETERMINED, Reason.ONLY_POSSIBLE)),
    ([act_of(Act.DENIES, possibly=True)], (Verdict.UNDETERMINED, Reason.ONLY_POSSIBLE)),
    ([act_of(Act.ASSERTS, possibly=True), ASSERTED], YES),
    ([act_of(Act.ASSERTS, possibly=True), DENIED], NO),
    ([act_of(Act.LEAVES_OPEN)], (Verdict.UNDETERMINED, Reason.LEFT_OPEN)),
    ([act_of(Act.LEAVES_OPEN), ASSERTED], YES),
    (
        [act_of(Act.LEAVES_OPEN), act_of(Act.ASSERTS, possibly=True)],
        (Verdict.UNDETERMINED, Reason.LEFT_OPEN),
    ),
    ([act_of(Act.SUPPOSES)], (Verdict.UNDETERMINED, Reason.ONLY_SUPPOSED)),
    ([act_of(Act.INTENDS)], (Verdict.UNDETERMINED, Reason.ONLY_INTENDED)),
    ([act_of(Act.INTENDS), act_of(Act.SUPPOSES)], (Verdict.UNDETERMINED, Reason.ONLY_SUPPOSED)),
    ([act_of(act, Bearing.CONTEXT) for act in Act], SILENT),
]


@pytest.mark.parametrize(("evidence", "expected"), TABLE)
def test_the_table(evidence: list[Evidence], expected: tuple[Verdict, Reason | None]) -> None:
    decision = decide(evidence)
    assert (decision.verdict, decision.reason) == expected


def test_a_yes_is_inferred_only_if_every_affirming_act_is() -> None:
    inferred = act_of(Act.ASSERTS, Bearing.INFERRED)
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
def test_order_makes_no_difference(pair: tuple[list[Evidence], list[Evidence]]) -> None:
    assert decide(pair[0]) == decide(pair[1])


@given(MANY, EVIDENCE, st.booleans())
def test_retracted_acts_and_restatements_make_no_difference(
    evidence: list[Evidence], more: Evidence, retracted: bool
) -> None:
    idle = replace(more, is_retracted=retracted, is_restatement=not retracted)
    assert decide([*evidence, idle]) == decide(evidence)


@given(MANY)
def test_repetition_makes_no_difference(evidence: list[Evidence]) -> None:
    assert decide([*evidence, *evidence]) == decide(evidence)


@given(MANY)
def test_without_a_denial_the_verdict_is_never_no(evidence: list[Evidence]) -> None:
    silent = [each for each in evidence if each.act is not Act.DENIES]
    assert decide(silent).verdict is not Verdict.NO


@given(MANY)
def test_a_yes_is_only_undone_by_denial_or_dispute(evidence: list[Evidence]) -> None:
    peaceful = [replace(each, disputants=frozenset()) for each in evidence if each.act is not Act.DENIES]
    assert decide([*peaceful, ASSERTED]).verdict is Verdict.YES
