"""The decision table, row by row, and its invariants."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from evidence_samples import ALLY, EVIDENCE, MANY, RIVAL, act_of, reported
from hypothesis import given
from hypothesis import strategies as st

from kg.status.act import Act, Bearing, Evidence, Wording
from kg.status.verdict import Decision, Reason, Status, Strength, Verdict, decide

ASSERTED, DENIED = act_of(Act.ASSERTS), act_of(Act.DENIES, by=RIVAL)
SAID, REFUSED = reported(Act.ASSERTS), reported(Act.DENIES, by=RIVAL)
YES, NO = (Verdict.YES, None), (Verdict.NO, None)
CLAIMED, REFUTED, DISPUTED = (Verdict.CLAIMED, None), (Verdict.DENIED, None), (Verdict.DISPUTED, None)
POSSIBLE = frozenset({Wording.POSSIBLE})


def undetermined(reason: Reason) -> tuple[Verdict, Reason]:
    return Verdict.UNDETERMINED, reason


SILENT = undetermined(Reason.SILENT)


def dispute(by: str = RIVAL, bearing: Bearing = Bearing.EXACT, **fields: Any) -> Evidence:
    return act_of(Act.DISPUTES, bearing, by, disputed_speakers=frozenset({ALLY}), **fields)


def dispute_of_denial(bearing: Bearing = Bearing.EXACT, **fields: Any) -> Evidence:
    """By another than who denies it."""
    disputed = {"disputed_act": Act.DENIES, "disputed_speakers": frozenset({RIVAL})}
    return act_of(Act.DISPUTES, bearing, ALLY, **(disputed | fields))


TABLE = [
    ([], SILENT),
    ([ASSERTED], YES),
    ([SAID], CLAIMED),
    ([SAID, ASSERTED], YES),
    ([DENIED], NO),
    ([REFUSED], REFUTED),
    ([ASSERTED, DENIED], DISPUTED),
    ([ASSERTED, REFUSED], DISPUTED),
    ([SAID, REFUSED], DISPUTED),
    ([ASSERTED, dispute()], DISPUTED),
    ([ASSERTED, dispute(by=ALLY)], YES),
    ([ASSERTED, dispute(fills_question=False)], DISPUTED),
    ([ASSERTED, dispute(fills_question=False, fills_proposition=False)], YES),
    ([ASSERTED, dispute(wordings=POSSIBLE)], YES),
    ([DENIED, dispute_of_denial()], DISPUTED),
    ([DENIED, dispute_of_denial(fills_question=False)], NO),
    ([act_of(Act.DENIES, Bearing.GENERAL, RIVAL), dispute_of_denial(Bearing.GENERAL)], DISPUTED),
    ([act_of(Act.DENIES, Bearing.GENERAL, RIVAL), dispute_of_denial(Bearing.GENERAL, fills_proposition=False)], NO),
    ([act_of(Act.ASSERTS, Bearing.GENERAL), dispute(bearing=Bearing.GENERAL)], NO),
    ([act_of(Act.ASSERTS, Bearing.GENERAL), dispute(bearing=Bearing.GENERAL, fills_proposition=False)], SILENT),
    ([act_of(Act.ASSERTS, by="", wordings=POSSIBLE, is_incomplete=True)], SILENT),
    ([act_of(Act.ASSERTS, wordings=POSSIBLE), dispute(wordings=())], REFUTED),
    ([act_of(Act.ASSERTS, Bearing.SPECIFIC)], YES),
    ([act_of(Act.DENIES, Bearing.SPECIFIC)], SILENT),
    ([act_of(Act.ASSERTS, Bearing.GENERAL)], SILENT),
    ([act_of(Act.DENIES, Bearing.GENERAL)], NO),
    ([act_of(Act.ASSERTS, Bearing.BY_REFERENCE)], YES),
    ([act_of(Act.DENIES, Bearing.BY_REFERENCE)], SILENT),
    ([act_of(Act.ASSERTS, Bearing.BY_FORCE)], YES),
    ([act_of(Act.DENIES, Bearing.BY_FORCE)], SILENT),
    ([act_of(Act.ASSERTS, Bearing.OF_WHOLE)], SILENT),
    ([act_of(Act.DENIES, Bearing.OF_WHOLE)], NO),
    ([act_of(Act.ASSERTS, Bearing.BY_PARTS)], YES),
    ([act_of(Act.ASSERTS, Bearing.BY_PARTS, is_weakened=True)], CLAIMED),
    ([act_of(Act.ASSERTS, Bearing.PARTIAL)], undetermined(Reason.PARTLY)),
    ([act_of(Act.DENIES, Bearing.PARTIAL)], SILENT),
    ([act_of(Act.ASSERTS, wordings=POSSIBLE)], undetermined(Reason.ONLY_POSSIBLE)),
    ([act_of(Act.DENIES, wordings=POSSIBLE)], undetermined(Reason.ONLY_POSSIBLE)),
    ([act_of(Act.ASSERTS, wordings=POSSIBLE), DENIED], NO),
    ([act_of(Act.LEAVES_OPEN)], undetermined(Reason.LEFT_OPEN)),
    ([act_of(Act.LEAVES_OPEN, wordings={Wording.NO_EVIDENCE})], undetermined(Reason.NO_EVIDENCE_FOUND)),
    ([act_of(Act.LEAVES_OPEN, wordings={Wording.NO_EVIDENCE}), REFUSED], REFUTED),
    ([act_of(Act.LEAVES_OPEN), ASSERTED], YES),
    ([act_of(Act.LEAVES_OPEN), act_of(Act.ASSERTS, wordings=POSSIBLE)], undetermined(Reason.LEFT_OPEN)),
    ([act_of(Act.SUPPOSES)], undetermined(Reason.ONLY_ON_A_CONDITION)),
    ([act_of(Act.INTENDS)], undetermined(Reason.ONLY_INTENDED)),
    ([act_of(Act.INTENDS, wordings=POSSIBLE)], undetermined(Reason.ONLY_POSSIBLE)),
    ([act_of(Act.INTENDS), act_of(Act.INTENDS, by=RIVAL, wordings=POSSIBLE)], undetermined(Reason.ONLY_INTENDED)),
    ([act_of(Act.INTENDS), act_of(Act.SUPPOSES)], undetermined(Reason.ONLY_ON_A_CONDITION)),
    ([replace(ASSERTED, is_retracted=True)], undetermined(Reason.TAKEN_BACK)),
    ([replace(ASSERTED, is_retracted=True), DENIED], NO),
    ([act_of(act, Bearing.CONTEXT) for act in Act], SILENT),
]


@pytest.mark.parametrize(("evidence", "expected"), TABLE)
def test_the_table(evidence: list[Evidence], expected: tuple[Verdict, Reason | None]) -> None:
    decision = decide(evidence)
    assert (decision.verdict, decision.reason) == expected


VOICES = [
    ({}, True),
    ({"is_author": False}, False),
    ({"is_party": True}, False),
    ({"reports_on_others": False}, False),
    ({"is_computed": True}, False),
    ({"is_author": False, "is_made_by_being_said": True}, True),
    ({"is_author": False, "is_made_by_being_said": True, "wordings": {Wording.HEARSAY}}, False),
    ({"is_author": False, "is_made_by_being_said": True, "wordings": {Wording.ATTRIBUTED}}, True),
    *(
        ({"wordings": {wording}}, wording in ("flat", "evidential", "likely", "aggregated", "attributed"))
        for wording in Wording
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "is_full"), VOICES)
def test_an_act_counts_in_full_only_in_an_own_voice_or_if_made_by_being_said(
    fields: dict[str, Any], is_full: bool
) -> None:
    assert act_of(Act.ASSERTS, **fields).counts_in_full is is_full


@pytest.mark.parametrize(
    ("fields", "strength"),
    [
        ([{}], Strength.FLAT),
        ([{"is_shown": True}], Strength.EVIDENTIAL),
        ([{"wordings": {Wording.EVIDENTIAL}}], Strength.EVIDENTIAL),
        ([{"wordings": {Wording.LIKELY}}], Strength.LIKELY),
        ([{"wordings": {Wording.LIKELY}}, {"is_shown": True, "by": RIVAL}], Strength.EVIDENTIAL),
        ([{"wordings": {Wording.LIKELY}}, {"is_author": False, "by": RIVAL}], Strength.LIKELY),
    ],
)
def test_a_yes_is_as_strong_as_the_firmest_act_in_full(fields: list[dict[str, Any]], strength: Strength) -> None:
    assert decide([act_of(Act.ASSERTS, **each) for each in fields]).strength is strength


def on(incident: str, act: Evidence) -> Evidence:
    return replace(act, incident=incident, statement=f"{act.statement}-{incident}", proposition=incident)


def test_acts_on_different_incidents_never_meet() -> None:
    assert decide([on("a", ASSERTED), on("b", DENIED)]).verdict is Verdict.YES
    assert decide([on("a", SAID), on("b", REFUSED)]).verdict is Verdict.CLAIMED
    assert decide([on("a", DENIED), on("b", REFUSED)]).verdict is Verdict.NO


def test_a_denial_that_names_no_incident_concerns_them_all() -> None:
    assert decide([on("a", ASSERTED), DENIED]).verdict is Verdict.DISPUTED


def test_an_assertion_that_names_no_incident_does_not_meet_a_denial_of_one() -> None:
    assert decide([ASSERTED, on("b", DENIED)]).verdict is Verdict.YES


def test_a_restatement_counts_only_where_what_it_restates_is_not_there() -> None:
    again = act_of(Act.ASSERTS, statement="again", restated=frozenset({"first"}))
    first = reported(Act.ASSERTS, statement="first")
    assert decide([again]).verdict is Verdict.YES
    assert decide([again, first]).grounds == ("first",)
    assert decide([again, first]).verdict is Verdict.CLAIMED


def test_what_affirms_only_by_what_is_itself_rejected_is_disputed() -> None:
    specific = act_of(Act.ASSERTS, Bearing.SPECIFIC, proposition="p")
    rejection = reported(Act.DENIES, Bearing.SPECIFIC, by=RIVAL, proposition="p")
    other = act_of(Act.ASSERTS, Bearing.SPECIFIC, proposition="q", statement="other")
    assert decide([specific, rejection]).verdict is Verdict.DISPUTED
    assert decide([specific, rejection, other]).verdict is Verdict.YES


def test_a_denial_of_something_between_the_question_and_what_affirms_it_rejects_that() -> None:
    specific = act_of(Act.ASSERTS, Bearing.SPECIFIC, proposition="p")
    between = reported(Act.DENIES, Bearing.SPECIFIC, by=RIVAL, proposition="q", negates=frozenset({"p", "q"}))
    assert decide([specific, between]).verdict is Verdict.DISPUTED


@pytest.mark.parametrize("explicit", [Act.DENIES, Act.LEAVES_OPEN])
def test_an_inference_is_void_against_an_explicit_act_of_the_same_speaker(explicit: Act) -> None:
    inferred = act_of(Act.ASSERTS, Bearing.BY_REFERENCE, statement="whole")
    verdicts = {Act.DENIES: Verdict.NO, Act.LEAVES_OPEN: Verdict.UNDETERMINED}
    assert decide([inferred, act_of(explicit, by=ALLY)]).verdict is verdicts[explicit]
    if explicit is Act.DENIES:
        assert decide([inferred, act_of(explicit, by=RIVAL)]).verdict is Verdict.DISPUTED


def test_a_yes_is_inferred_only_if_every_act_that_decides_is() -> None:
    inferred = act_of(Act.ASSERTS, Bearing.BY_REFERENCE)
    other = act_of(Act.ASSERTS, by=RIVAL)
    assert decide([inferred]).is_inferred
    assert not decide([inferred, other]).is_inferred
    assert decide([inferred]).grounds == (inferred.statement,)
    assert decide([replace(inferred, premises=("premise",))]).grounds == tuple(sorted([inferred.statement, "premise"]))


NAMES = [
    ([ASSERTED], Verdict.UNDETERMINED, Status.USED),
    ([SAID], Verdict.UNDETERMINED, Status.USED),
    ([act_of(Act.ASSERTS, wordings={Wording.DISTANCE})], Verdict.UNDETERMINED, Status.USED),
    ([SAID, DENIED], Verdict.DISPUTED, Status.DISPUTED),
    ([DENIED], Verdict.NO, Status.REJECTED),
    ([REFUSED], Verdict.DENIED, Status.REJECTED),
    ([act_of(Act.ASSERTS, wordings=POSSIBLE)], Verdict.UNDETERMINED, Status.ONLY_POSSIBLE),
    ([], Verdict.UNDETERMINED, Status.SILENT),
]


@pytest.mark.parametrize(("evidence", "verdict", "status"), NAMES)
def test_a_name_is_used_disputed_or_rejected(evidence: list[Evidence], verdict: Verdict, status: Status) -> None:
    decision = decide(evidence, is_name=True)
    assert (decision.verdict, decision.status) == (verdict, status)


def test_every_verdict_and_reason_has_a_status() -> None:
    decided = {decide(evidence).status for evidence, _ in TABLE} | {status for _, _, status in NAMES}
    assert decided == set(Status)
    assert Decision(Verdict.UNDETERMINED, Reason.PARTLY).status is Status.SILENT


def summary(decision: Decision) -> tuple[object, ...]:
    return decision.verdict, decision.reason, decision.strength, decision.disputed_aspects, decision.grounds


@given(MANY.flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))))
def test_order_makes_no_difference(pair: tuple[list[Evidence], list[Evidence]]) -> None:
    assert summary(decide(pair[0])) == summary(decide(pair[1]))


@given(MANY)
def test_repetition_makes_no_difference(evidence: list[Evidence]) -> None:
    assert summary(decide([*evidence, *evidence])) == summary(decide(evidence))


@given(MANY, EVIDENCE)
def test_what_is_taken_back_changes_nothing_but_the_reason(evidence: list[Evidence], more: Evidence) -> None:
    # A restatement of it would be taken back as well.
    idle = replace(more, is_retracted=True, statement="g", incident="")
    before, after = decide(evidence), decide([*evidence, idle])
    assert (before.verdict, before.strength) == (after.verdict, after.strength)


INVARIANTS: list[tuple[str, Callable[[Evidence], bool], set[Verdict]]] = [
    ("a denial or dispute", lambda act: act.act not in (Act.DENIES, Act.DISPUTES), {Verdict.NO, Verdict.DENIED}),
    ("an assertion", lambda act: act.act is not Act.ASSERTS, {Verdict.YES, Verdict.CLAIMED}),
    ("an act in full", lambda act: not act.counts_in_full, {Verdict.YES, Verdict.NO}),
]


@pytest.mark.parametrize(("_needed", "keeps", "impossible"), INVARIANTS)
@given(evidence=MANY)
def test_no_verdict_says_more_than_its_acts(
    _needed: str, keeps: Callable[[Evidence], bool], impossible: set[Verdict], evidence: list[Evidence]
) -> None:
    assert decide(list(filter(keeps, evidence))).verdict not in impossible
