"""Whether an actor said it: how the act was made is told, and what was said by way of a medium counts."""

import pytest
from small_world import ATTACK, Asked, SmallWorld, account, did, said

SHOWN = (
    "prop:seen a ck:Depiction ; ck:medium source:film ; ck:shows prop:p .\n"
    'source:film a ck:Source ; skos:prefLabel "Film"@en .\n'
)
IMPLIED = "ck:explicitness explicitness:implied"

ANSWERS = {
    "what is said to be shown is said": Asked(
        account("p", ATTACK) + SHOWN + said("s1", "paper", "asserts", "prop:seen", "evidential"),
        "did-actor-say", {"actor": "paper", "content": "p"}, "yes", "YES: Paper said so, on the evidence of Film.",
    ),
    "said to be shown by several media, told once": Asked(
        account("p", ATTACK) + SHOWN + said("s1", "paper", "asserts", "prop:seen", "evidential")
        + "prop:seen2 a ck:Depiction ; ck:medium source:photo ; ck:shows prop:p .\n"
        + 'source:photo a ck:Source ; skos:prefLabel "Photo"@en .\n'
        + said("s2", "paper", "asserts", "prop:seen2", "evidential"),
        "did-actor-say", {"actor": "paper", "content": "p"}, "yes",
        "YES: Paper said so, on the evidence of Film and Photo.",
    ),
    "what is said not to be shown is not denied": Asked(
        account("p", ATTACK) + SHOWN + said("s1", "paper", "denies", "prop:seen"),
        "did-actor-say", {"actor": "paper", "content": "p"}, "undetermined", "no evidence found",
    ),
    "said by implication": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p", more=IMPLIED),
        "did-actor-say", {"actor": "witness", "content": "p"}, "yes",
        "YES: Witness said so by implication, as Paper reports.",
    ),
    "denied by implication": Asked(
        account("p", ATTACK) + said("s1", "paper", "denies", "prop:p", more=IMPLIED),
        "did-actor-say", {"actor": "paper", "content": "p"}, "no", "NO: Paper denied it by implication.",
    ),
    "said outright, and elsewhere by implication": Asked(
        account("p", ATTACK) + said("s1", "paper", "asserts", "prop:p", more=IMPLIED)
        + said("s2", "paper", "asserts", "prop:p"),
        "did-actor-say", {"actor": "paper", "content": "p"}, "yes", "YES: Paper said so.",
    ),
    "said as probable": Asked(
        account("p", ATTACK) + said("s1", "paper", "asserts", "prop:p", "probably"),
        "did-actor-say", {"actor": "paper", "content": "p"}, "yes", "YES: Paper said so, as probable.",
    ),
    "who disputes a name says that it is not so": Asked(
        'prop:c a ck:Labelling ; ck:labelled actor:militia ; ck:label "rebels"@en .\n'
        'prop:d a ck:Labelling ; ck:labelled actor:militia ; ck:label "fighters"@en .\n'
        + said("s1", "ministry", "asserts", "prop:c")
        + said("s2", "paper", "asserts", "prop:d", more="ck:disputes st:s1 ; ck:disputedAspect aspect:label"),
        "did-actor-say", {"actor": "paper", "content": "c"}, "no", "NO: Paper disputed it as to label.",
    ),
    "evidence for a denial stands beside it": Asked(
        account("p", ATTACK) + said("s1", "witness", "denies", "prop:p")
        + "prop:other a ck:Assessment ; ck:about actor:army .\nprop:seen a ck:Depiction ; ck:medium source:film ;"
        ' ck:shows prop:other .\nsource:film a ck:Source ; skos:prefLabel "Film"@en .\n'
        + said("s2", "paper", "asserts", "prop:seen", "evidential", "ck:supports st:s1"),
        *did("army"), "denied", "Evidence for the denial is given by Paper: Film.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("asked", ANSWERS.values(), ids=ANSWERS.keys())
def test_the_answer_misleads_nobody(asked: Asked, world: SmallWorld) -> None:
    answer = world.ask(asked)
    assert answer.verdict == asked.verdict
    assert asked.headline in answer.headline


def test_evidence_that_was_taken_back_does_not_stand_beside_a_denial(world: SmallWorld) -> None:
    asked = ANSWERS["evidence for a denial stands beside it"]
    turtle = asked.turtle + said("s3", "paper", "retracts", "st:s2")
    assert "Evidence" not in world.ask(asked._replace(turtle=turtle)).headline
