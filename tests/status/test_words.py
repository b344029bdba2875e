"""The words of headlines and attributions: to whom it was said, whose words they are, in one form everywhere."""

import pytest
from small_world import ATTACK, Asked, SmallWorld, account, did, said

from kg.questions.formats import render_text

DEED = account("p", ATTACK)
NAME = 'prop:p a ck:Labelling ; ck:labelled actor:militia ; ck:label "rebels"@en .\n'
TO = "ck:saidTo actor:ministry"

WORDED = {
    "what was said to somebody is told so": (
        DEED + said("s1", "witness", "asserts", "prop:p", "attributed", TO),
        "SAID by Witness to Ministry, as Paper reports; Paper does not say so itself.",
        "said by Witness to Ministry, as Paper reports",
    ),
    "by several to the same as well": (
        DEED + said("s1", "witness", "asserts", "prop:p", "attributed", TO)
        + said("s2", "eyewitnesses", "asserts", "prop:p", "attributed", TO),
        "SAID by Witness and eyewitnesses of the raid to Ministry, as Paper reports",
        "said by Witness to Ministry, as Paper reports; said by eyewitnesses of the raid to Ministry, as Paper reports",
    ),
    "and what was denied": (
        DEED + said("s1", "witness", "denies", "prop:p", "attributed", TO),
        "DENIED by Witness to Ministry, as Paper reports; nobody",
        "denied by Witness to Ministry, as Paper reports",
    ),
    "and of what is disputed who told whom": (
        DEED + said("s1", "witness", "denies", "prop:p", "attributed", TO)
        + said("s2", "eyewitnesses", "asserts", "prop:p", "attributed", "ck:saidTo actor:archive"),
        "DISPUTED: eyewitnesses of the raid said so to Archive, as Paper reports; Witness denied it to Ministry, as",
        "said by eyewitnesses of the raid to Archive, as Paper reports; "
        "denied by Witness to Ministry, as Paper reports",
    ),
    "what is passed on was said to the first": (
        DEED + said("s1", "witness", "asserts", "prop:p", "attributed", TO)
        + said("s2", "army", "relays", "st:s1", "attributed"),
        "SAID by Witness to Ministry, passed on by Army, as Paper reports",
        "said by Witness to Ministry, passed on by Army, as Paper reports",
    ),
    "and what was not found": (
        DEED + said("s1", "witness", "leavesOpen", "prop:p", "no-evidence", TO),
        "UNDETERMINED, no evidence found: Witness found no evidence of it, as told to Ministry, as Paper reports.",
        "no evidence of it found by Witness, as told to Ministry, as Paper reports",
    ),
    "words in quotation marks are not those of the author": (
        DEED + said("s1", "paper", "asserts", "prop:p", "scare-quotes"),
        "THE WORDS OF OTHERS, told by Paper, in quotation marks.",
        "the words of others, told by Paper, in quotation marks",
    ),
    "a name is rejected, not denied": (
        NAME + said("s1", "witness", "asserts", "prop:p", "attributed") + said("s2", "paper", "denies", "prop:p"),
        '"rebels": used by Witness, as Paper reports; rejected by Paper.',
        "used by Witness, as Paper reports; rejected by Paper",
    ),
    "what is left open by implication is told so": (
        DEED + said("s1", "paper", "leavesOpen", "prop:p", "unclear",
                    "ck:explicitness <https://w3id.org/conflict-kg/vocab/explicitness/implied>"),
        "UNDETERMINED, left open: Paper says by implication that it is not settled.",
        "left open by Paper by implication",
    ),
    "a position that is only reported is capitalized as others are": (
        "prop:p a ck:Position ; ck:actor actor:army ; ck:positionKind position:hope .\n"
        + said("s1", "witness", "asserts", "prop:p", "attributed"),
        "HOPE of Army, according to Witness, as Paper reports",
        "hope of Army, according to Witness, as Paper reports",
    ),
    "who published a text is told once": (
        DEED + said("s1", "witness", "asserts", "prop:p", "attributed", "ck:reportedIn source:copy")
        + said("s2", "army", "denies", "prop:p", "attributed", "ck:reportedIn source:copy"),
        "DISPUTED: Witness said so, as Paper (published by Archive) reports; Army denied it, as Paper reports.",
        "said by Witness, as Paper (published by Archive) reports; denied by Army, as Paper reports",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(WORDED))
def test_a_headline_and_an_attribution_have_the_same_words(world: SmallWorld, name: str) -> None:
    turtle, headline, attribution = WORDED[name]
    found = world.status(turtle, "p")
    assert headline in found["headline"], found["headline"]
    assert found["attribution"] == attribution


def test_words_in_quotation_marks_are_claimed(world: SmallWorld) -> None:
    turtle = DEED + said("s1", "paper", "asserts", "prop:p", "scare-quotes")
    assert world.status(turtle, "p")["status"] == "CLAIMED"
    answer = world.ask(Asked(turtle, *did("army"), "", ""))
    assert (answer.verdict.value, answer.headline) == (
        "claimed", "THE WORDS OF OTHERS, told by Paper, in quotation marks.",
    )  # fmt: skip


def test_a_line_about_a_statement_needs_no_number_of_its_speaker(world: SmallWorld) -> None:
    turtle = DEED + said("s1", "eyewitnesses", "asserts", "prop:p", "attributed", TO)
    text = render_text(world.ask(Asked(turtle, *did("army"), "", "")))
    assert "\neyewitnesses of the raid asserted to Ministry, worded as: attributed, in Article" in text


def test_what_only_names_the_actor_is_not_told_to_be_the_nearest(world: SmallWorld) -> None:
    turtle = DEED + said("s1", "paper", "asserts", "prop:p")
    asked = Asked(turtle, "is-actor-related", {"actor": "army", "relation": "allied-with", "other": "militia"}, "", "")
    assert [each.how for each in world.ask(asked).related] == ["is near, on something else"]


@pytest.mark.parametrize(
    ("relation", "act", "nearest"),
    [
        ("prop:r a ck:Identity ; ck:one actor:unit ; ck:other actor:army .\n", "asserts",
         "about Unit (the same as Army according to Paper): asserted by Paper."),
        ("prop:r a ck:Identity ; ck:one actor:army ; ck:other actor:unit .\n", "leavesOpen",
         "about Unit (whether it is Army is left open by Paper): asserted by Paper."),
        ("prop:r a ck:ActorRelation ; ck:actor actor:unit ; ck:relation relation:affiliated-with ;"
         " ck:other actor:army .\n", "asserts",
         "about Unit, not the same (affiliated with Army according to Paper): asserted by Paper."),
        ("prop:r a ck:ActorRelation ; ck:actor actor:army ; ck:relation relation:successor-of ;"
         " ck:other actor:unit .\n", "asserts",
         "about Unit, not the same (Army is successor of it according to Paper): asserted by Paper."),
    ],
)  # fmt: skip
def test_a_related_actor_is_told_to_be_another(world: SmallWorld, relation: str, act: str, nearest: str) -> None:
    turtle = (
        account("p", "ck:incidentType type:attack ; ck:perpetrator actor:unit")
        + said("s1", "paper", "asserts", "prop:p") + relation + said("s2", "paper", act, "prop:r")
    )  # fmt: skip
    answer = world.ask(Asked(turtle, *did("army"), "", ""))
    assert (answer.verdict.value, answer.headline.rpartition("nearest: ")[2]) == ("undetermined", nearest)
    taken_back = turtle + said("s3", "paper", "retracts", "st:s2")
    assert "about Unit" not in world.ask(Asked(taken_back, *did("army"), "", "")).headline


def test_a_denied_identity_relates_no_actors(world: SmallWorld) -> None:
    turtle = (
        account("p", "ck:incidentType type:attack ; ck:perpetrator actor:unit")
        + said("s1", "paper", "asserts", "prop:p")
        + "prop:r a ck:Identity ; ck:one actor:unit ; ck:other actor:army .\n" + said("s2", "paper", "denies", "prop:r")
    )  # fmt: skip
    assert "about Unit" not in world.ask(Asked(turtle, *did("army"), "", "")).headline
