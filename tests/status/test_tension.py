"""What somebody links as in tension with a statement stands beside the verdict, with who says it and who links it."""

import pytest
from small_world import Asked, SmallWorld, said

_OA = "http://www.w3.org/ns/oa#"
DOORS = (
    'prop:doors a ck:Assessment ; ck:about place:town ; ck:gist "its rooms had doors"@en .\n'
    'prop:sliding a ck:Assessment ; ck:about place:province ; ck:gist "sliding doors"@en .\n'
    + said("s1", "witness", "denies", "prop:doors", "attributed")
    + said(
        "s2",
        "paper",
        "asserts",
        "prop:sliding",
        more=f'ck:quote [ <{_OA}hasSelector> [ <{_OA}exact> "sliding doors" ] ]',
    )
)
LINK = (
    "prop:l a ck:StatementLink ; ck:from st:s1 ; ck:to st:s2 ;"
    " ck:link <https://w3id.org/conflict-kg/vocab/statement-link/{}> .\n"
)
NOTES = (
    "source:notes a ck:Source ; ck:sourceKind kind:recorders-notes ; dcterms:publisher actor:archive ;"
    ' skos:prefLabel "Notes"@en .\n'
)
NOTE = (
    NOTES
    + LINK.format("in-tension-with")
    + said("n1", "archive", "asserts", "prop:l", more="ck:reportedIn source:notes")
)
NOTED = "In tension with it, as the recorder notes: asserted by Paper: “sliding doors”."

LINKED = {
    "by the recorder": (DOORS + NOTE, NOTED),
    "by another speaker": (
        DOORS + LINK.format("in-tension-with") + said("n1", "witness", "asserts", "prop:l"),
        "In tension with it, according to Witness: asserted by Paper: “sliding doors”.",
    ),
    "as a conflict": (
        DOORS + LINK.format("conflicts-with") + said("n1", "witness", "asserts", "prop:l"),
        "In conflict with it, according to Witness: asserted by Paper: “sliding doors”.",
    ),
    "by the speaker of the one": (
        DOORS + "st:s2 ck:inTensionWith st:s1 .\n",
        "Set against it by Paper: asserted by Paper: “sliding doors”.",
    ),
    "by the speaker of the other": (
        DOORS + "st:s1 ck:inTensionWith st:s2 .\n",
        "Set against it by Witness: asserted by Paper: “sliding doors”.",
    ),
}  # fmt: skip
UNLINKED = {
    "it was never linked": DOORS,
    "it is only related": DOORS + LINK.format("related-to") + said("n1", "witness", "asserts", "prop:l"),
    "the link was taken back": (
        DOORS + LINK.format("in-tension-with") + said("n1", "witness", "asserts", "prop:l")
        + said("n2", "witness", "retracts", "st:n1")
    ),
    "the other was taken back": DOORS + NOTE + said("s3", "paper", "retracts", "st:s2"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(LINKED))
def test_what_is_in_tension_stands_beside_the_verdict(world: SmallWorld, name: str) -> None:
    turtle, sentence = LINKED[name]
    answer = world.ask(Asked(turtle, "how-does-a-proposition-stand", {"proposition": "doors"}, "", ""))
    assert answer.headline == f"DENIED by Witness, as Paper reports. {sentence}"
    found = world.status(turtle, "doors")
    assert found["headline"] == answer.headline
    assert found["attribution"] == f"denied by Witness, as Paper reports; {sentence[0].lower()}{sentence[1:-1]}"


@pytest.mark.parametrize("name", list(UNLINKED))
def test_what_is_not_in_tension_does_not(world: SmallWorld, name: str) -> None:
    asked = Asked(UNLINKED[name], "how-does-a-proposition-stand", {"proposition": "doors"}, "", "")
    assert world.ask(asked).headline == (
        "DENIED by Witness, as Paper reports; nobody recorded here says that it is so."
    )


def test_a_link_decides_nothing(world: SmallWorld) -> None:
    assert world.status(DOORS + NOTE, "doors")["status"] == "DENIED"
    assert world.status(DOORS + NOTE, "sliding")["status"] == "ASSERTED"


def test_whether_an_actor_said_it_is_answered_with_what_it_says_against_it(world: SmallWorld) -> None:
    asked = Asked(DOORS + NOTE, "did-actor-say", {"actor": "paper", "content": "doors"}, "", "")
    answer = world.ask(asked)
    assert answer.headline.endswith(f"does not say so itself; i{NOTED[1:]}")
    assert [(each.statement.iri.rsplit("/", 1)[-1], each.how) for each in answer.related] == [
        ("s1", "denies this"), ("s2", "is in tension with it, as the recorder notes"),
    ]  # fmt: skip


def test_whether_an_actor_said_it_is_answered_with_the_evidence_that_it_gives(world: SmallWorld) -> None:
    turtle = DOORS + "st:s2 ck:supports st:s1 .\n"
    answer = world.ask(Asked(turtle, "did-actor-say", {"actor": "paper", "content": "doors"}, "", ""))
    assert "; evidence for the denial is given by Paper (“sliding doors”)." in answer.headline
    assert ("s2", "is evidence for the denial") in [
        (each.statement.iri.rsplit("/", 1)[-1], each.how) for each in answer.related
    ]


def test_what_is_relayed_is_told_as_what_it_is(world: SmallWorld) -> None:
    turtle = (
        DOORS + NOTE.replace("ck:to st:s2", "ck:to st:s4") + said("s4", "ministry", "relays", "st:s5", "claims-of")
        + "prop:open a ck:Assessment ; ck:about place:town .\n"
        + said("s5", "army", "asserts", "prop:open", "not-given")
    )  # fmt: skip
    asked = Asked(turtle, "how-does-a-proposition-stand", {"proposition": "doors"}, "", "")
    assert (
        "as the recorder notes: claimed by Army, passed on by Ministry, as Paper reports." in world.ask(asked).headline
    )


def test_a_declaration_is_told_by_its_speaker_and_words(world: SmallWorld) -> None:
    turtle = DOORS + "st:s6 ck:inTensionWith st:s1 .\n" + said("s6", "ministry", "declares", "zone:z")
    asked = Asked(turtle, "how-does-a-proposition-stand", {"proposition": "doors"}, "", "")
    assert world.ask(asked).headline.endswith("Set against it by Ministry: a declaration by Ministry.")
