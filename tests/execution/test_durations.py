"""What clients have learnt about durations: their own experience counts, and is bounded fairly."""

from kg.execution.durations import Durations, ExpectedDuration


def test_client_that_floods_with_fingerprints_makes_only_itself_forget() -> None:
    durations = Durations(max_known=100)
    for number in range(10):
        durations.learn("victim", number, ran_long=True)
    for number in range(1000, 3000):
        durations.learn("attacker", number, ran_long=False)
    assert len(durations) == 100
    assert all(durations.expect("victim", number) is ExpectedDuration.LONG for number in range(10))
    assert durations.expect("attacker", 2999) is ExpectedDuration.SHORT
    assert durations.expect("attacker", 1000) is ExpectedDuration.UNKNOWN


def test_newcomer_takes_from_others_what_is_short_but_not_what_is_long() -> None:
    durations = Durations()
    durations.learn("a", 1, ran_long=False)
    durations.learn("a", 2, ran_long=True)
    assert durations.expect("b", 1) is ExpectedDuration.SHORT
    assert durations.expect("b", 2) is ExpectedDuration.UNKNOWN
    durations.learn("a", 1, ran_long=True)
    assert durations.expect("b", 1) is ExpectedDuration.UNKNOWN


def test_own_experience_counts_more_than_that_of_others() -> None:
    durations = Durations()
    durations.learn("a", 1, ran_long=False)
    durations.learn("b", 1, ran_long=True)
    assert durations.expect("a", 1) is ExpectedDuration.SHORT
    assert durations.expect("b", 1) is ExpectedDuration.LONG


def test_one_long_run_of_a_short_fingerprint_changes_nothing() -> None:
    durations = Durations()
    for _ in range(5):
        durations.learn("a", 1, ran_long=False)
    durations.learn("a", 1, ran_long=True)
    assert durations.expect("a", 1) is ExpectedDuration.SHORT


def test_only_a_row_of_brief_runs_makes_a_fingerprint_brief() -> None:
    durations = Durations()
    for _ in range(3):
        assert durations.expect("a", 1) is not ExpectedDuration.BRIEF
        durations.learn("a", 1, ran_long=False, was_brief=True)
    assert durations.expect("a", 1) is ExpectedDuration.BRIEF
    assert durations.expect("b", 1) is ExpectedDuration.SHORT
    durations.learn("a", 1, ran_long=False)
    assert durations.expect("a", 1) is ExpectedDuration.SHORT
