"""Phrases for records that the shapes would refuse, and names that would turn a sentence around."""

from dataclasses import replace
from typing import Any

import pytest
from evidence_samples import act_of

from kg.status.act import UNKNOWN_SPEAKER, Act, Bearing, Evidence, Origin, Wording
from kg.status.attribution import (
    NO_STATEMENT,
    ActPhrases,
    attribute_proposition,
    attribute_statement,
    describe_statement,
)
from kg.status.badge import write_badge
from kg.status.headline import write_headline
from kg.status.topic import Topic
from kg.status.verdict import decide
from kg.status.wording import format_date, shorten_names, word_date

ARABIC, TRICK = "هيئة", "\u202eaissuR"
"""A name written right to left, and one that would turn the rest of its line around."""
ISOLATED = f"\u2068{ARABIC}\u2069"


def said_in(act: Act, by: str, in_source_of: str, **fields: Any) -> Evidence:
    origin = Origin(sources=("s",), texts=("s",), authors=(in_source_of,))
    return replace(act_of(act, by=by, is_author=by == in_source_of, **fields), origin=origin)


def test_a_disputant_without_a_record_is_named_as_such() -> None:
    dispute = act_of(Act.DISPUTES, by=UNKNOWN_SPEAKER, is_author=False, is_incomplete=True)
    line = attribute_proposition([said_in(Act.ASSERTS, "a", "a"), dispute], (), ActPhrases(str.upper))
    assert line == "asserted by A; disputed by a speaker who is not recorded"


@pytest.mark.parametrize(
    ("wording", "hedge", "line", "badge"),
    [
        (Wording.FLAT, "none", "denied by A", "A says no"),
        (Wording.LIKELY, "unlikely", "held unlikely by A", "held unlikely by A"),
        (Wording.LIKELY, "appears", "held apparently not so by A", "held apparently not so by A"),
        (Wording.LIKELY, "believes", "believed not so by A", "believed not so by A"),
        (Wording.POSSIBLE, "may", "held possibly not so by A", "only possible"),
    ],
)
def test_a_denial_keeps_its_hedge(wording: Wording, hedge: str, line: str, badge: str) -> None:
    denial = act_of(Act.DENIES, by="a", wordings={wording})
    denial = replace(denial, origin=Origin(hedge=hedge, sources=("s",), texts=("s",), authors=("a",)))
    assert attribute_proposition([denial], (), ActPhrases(str.upper)) == line
    assert write_badge(decide([denial]), str.upper) == badge


def test_without_evidence_nobody_is_named() -> None:
    assert attribute_proposition([], (), ActPhrases(str.upper)) == NO_STATEMENT
    assert (
        attribute_statement("asserts", speakers=(), hedges=(), sources=(), disputants=(), name_of=str.upper)
        == NO_STATEMENT
    )


def test_a_statement_without_hedge_and_source_is_described_by_the_rest() -> None:
    line = describe_statement("denies", "A", hedge="", explicitness="explicit", said_when="", source="")
    assert line == "A denied"


def test_names_cannot_reorder_the_sentence_that_attributes_a_proposition() -> None:
    evidence = [said_in(Act.ASSERTS, ARABIC, ARABIC), said_in(Act.DENIES, TRICK, ARABIC)]
    line = attribute_proposition(evidence, [ARABIC], ActPhrases(str))
    assert line == f"asserted by {ISOLATED}; denied by aissuR, as {ISOLATED} reports; assessed by {ISOLATED}"


def test_names_cannot_reorder_the_sentence_that_attributes_a_statement() -> None:
    line = attribute_statement(
        "denies", speakers=[ARABIC], hedges=(), sources=[TRICK], disputants=[ARABIC], name_of=str
    )
    assert line == f"{ISOLATED} denied, in aissuR; disputed by {ISOLATED}"


def test_names_cannot_reorder_the_sentence_that_describes_a_statement() -> None:
    line = describe_statement(
        "denies", ARABIC, hedge="", explicitness="explicit", said_when="\u202e2017", source=ARABIC
    )
    assert line == f"{ISOLATED} denied, on 2017, in {ISOLATED}"


def test_names_cannot_reorder_a_headline_or_a_badge() -> None:
    evidence = [said_in(Act.ASSERTS, ARABIC, TRICK)]
    decision = decide(evidence)
    headline = write_headline(decision, evidence, str, Topic())
    assert headline == f"SAID by {ISOLATED}, as aissuR reports; aissuR does not say so itself."
    assert write_badge(decision, str) == f"said by {ISOLATED}"
    name = write_headline(decide(evidence, is_name=True), evidence, str, Topic(name=ARABIC))
    assert name == f'"{ISOLATED}": used by {ISOLATED}, as aissuR reports.'


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2017-04-04", "on 4 April 2017"),
        ("2017-08-07~", "about 7 August 2017"),
        ("2017-07", "in July 2017"),
        ("2016-21/..", "from spring 2016"),
        ("../2017-08-03", "up to 3 August 2017"),
        ("2012/2014", "from 2012 until 2014"),
        ("{2017-07-11,2017-07-14}", "on 11 July 2017 and 14 July 2017"),
        ("{2017-07-11..2017-07-14}", "in {2017-07-11..2017-07-14}"),
        ("2017-02-30", "on 2017-02-30"),
        ("2017-08-07?", "on 7 August 2017 (uncertain)"),
        ("2017-08%", "about August 2017 (uncertain)"),
    ],
)
def test_dates_are_in_words_where_there_are_simple_ones(date: str, words: str) -> None:
    assert format_date(date) == words


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2017-08-07~", "about 7 August 2017"),
        ("2017-05-01~/2017-05-10?", "from about 1 May 2017 until 10 May 2017 (uncertain)"),
        ("2017-03-16T18:55:00+02:00", "on 16 March 2017, 18:55 (UTC+02:00)"),
        ("[2017-07-11,2017-07-14]", "[2017-07-11,2017-07-14]"),
        ("2017-XX", "2017-XX"),
        ("?2017-08", "?2017-08"),
        ("14 July", "14 July"),
        ("on Saturday", "on Saturday"),
    ],
)
def test_a_date_is_in_words_on_a_page_if_nothing_of_it_is_lost(date: str, words: str) -> None:
    assert word_date(date) == words


def test_nobody_recorded_here_is_said_only_after_a_look_around() -> None:
    evidence = [said_in(Act.ASSERTS, "a", "a")]
    decision = decide(evidence)
    assert write_headline(decision, evidence, str.upper, Topic()) == "YES, says A."
    around = Topic(is_looked_around=True)
    assert write_headline(decision, evidence, str.upper, around) == (
        "YES, says A. 1 speaker, 1 source; nobody recorded here denies it."
    )
    denied = [*evidence, replace(said_in(Act.DENIES, "b", "a"), bearing=Bearing.SPECIFIC)]
    assert "nobody" not in write_headline(decide(denied), denied, str.upper, around)


def reported_act(by: str, hedge: str) -> Evidence:
    item = said_in(Act.ASSERTS, by, "paper", statement=by)
    return replace(item, origin=replace(item.origin, hedge=hedge))


@pytest.mark.parametrize(
    ("hedges", "badge"),
    [
        ({"a": "claims-of", "b": "claims-of"}, "claimed by A and B"),
        ({"a": "claims-of", "b": "attributed"}, "said by A and B"),
        ({"a": "reportedly", "b": "attributed"}, "said by B"),
        ({"a": "reportedly"}, "reported"),
        ({"paper": "claims-of", "b": "attributed"}, "said by B"),
        ({"paper": "claims-of"}, "told as a claim"),
    ],
)
def test_a_badge_says_no_more_of_several_than_of_each(hedges: dict[str, str], badge: str) -> None:
    wordings = {"claims-of": Wording.CLAIM, "attributed": Wording.ATTRIBUTED, "reportedly": Wording.HEARSAY}
    items = [replace(reported_act(by, hedge), wordings=frozenset({wordings[hedge]})) for by, hedge in hedges.items()]
    assert write_badge(decide(items), str.upper) == badge


def test_lists_leave_out_the_number_of_a_sentence_unless_two_names_would_be_the_same() -> None:
    names = {
        "a": "locals (s21, s23)",
        "b": "people, not named (F48)",
        "c": "people, not named (F49)",
        "d": "Idlib (city)",
    }
    assert shorten_names(names) == names | {"a": "locals"}
