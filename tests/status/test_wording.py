"""Phrases for records that the shapes would refuse; those of the shipped data are tested where they are shown."""

from kg.namespaces import SHOWS as SHOWN_BY
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


ARABIC, TRICK = "هيئة", "\u202eaissuR"
"""A name written right to left, and one that would turn the rest of its line around."""


def test_names_cannot_reorder_the_sentence_that_attributes_a_proposition() -> None:
    evidence = Evidence("s", Act.ASSERTS, Bearing.EXACT, ARABIC, disputants=frozenset({TRICK}))
    line = attribute_proposition([evidence], {SHOWN_BY: [ARABIC]}, str)
    name = f"\u2068{ARABIC}\u2069"
    assert line == f"asserted by {name}; said to be shown by {name}; disputed by aissuR"


def test_names_cannot_reorder_the_sentence_that_attributes_a_statement() -> None:
    line = attribute_statement(
        "denies", speakers=[ARABIC], hedges=(), sources=[TRICK], disputants=[ARABIC], name_of=str
    )
    assert line == f"\u2068{ARABIC}\u2069 denies, in aissuR; disputed by \u2068{ARABIC}\u2069"


def test_names_cannot_reorder_the_sentence_that_describes_a_statement() -> None:
    line = describe_statement(
        "denies", ARABIC, hedge="", explicitness="explicit", said_when="\u202e2017", source=ARABIC
    )
    assert line == f"\u2068{ARABIC}\u2069 denies, on 2017, in \u2068{ARABIC}\u2069"
