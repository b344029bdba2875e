"""Phrases for records that the shapes would refuse; those of the shipped data are tested where they are shown."""

from kg.status.verdict import Act, Bearing, Evidence
from kg.status.wording import NO_STATEMENT, attribute_proposition, attribute_statement, describe_statement


def test_a_disputant_without_a_record_is_named_as_such() -> None:
    evidence = Evidence("s", Act.ASSERTS, Bearing.EXACT, "a", disputants=frozenset({""}))
    assert (
        attribute_proposition([evidence], {}, str.upper) == "asserted by A; disputed by a speaker who is not recorded"
    )


def test_without_evidence_nobody_is_named() -> None:
    assert attribute_proposition([], {}, str.upper) == NO_STATEMENT
    assert (
        attribute_statement("asserts", speakers=(), hedges=(), sources=(), disputants=(), name_of=str.upper)
        == NO_STATEMENT
    )


def test_a_statement_without_hedge_and_source_is_described_by_the_rest() -> None:
    line = describe_statement("denies", "A", hedge="", explicitness="explicit", said_when="", source="")
    assert line == "A denies"
