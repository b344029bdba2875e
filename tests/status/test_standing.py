"""How a proposition stands: its status and its headline, the same by a question and by GraphQL."""

import pytest
from small_world import ATTACK, CONTENT, POSITION, Asked, SmallWorld, account, said

from kg.graphql.schema.inflection import constant_case

STATUSES = {
    "the content of an aim belongs to its holder": (
        POSITION.format("aim") + CONTENT + said("s1", "paper", "asserts", "prop:p"),
        "c", "ONLY_INTENDED", "aim of Ministry, according to Paper",
    ),
    "the content of a possible use is possible": (
        POSITION.format("use") + CONTENT + said("s1", "paper", "asserts", "prop:p", "may"),
        "c", "ONLY_POSSIBLE", "possible use by Ministry, according to Paper",
    ),
    "a position stated by its holder is made by being said": (
        POSITION.format("promise") + CONTENT + said("s1", "ministry", "asserts", "prop:p", "attributed"),
        "p", "ASSERTED", "promise of Ministry, by its own word, as Paper reports",
    ),
    "a position stated by its holder by hearsay is claimed": (
        POSITION.format("promise") + CONTENT + said("s1", "ministry", "asserts", "prop:p", "reportedly"),
        "p", "CLAIMED", 'promise of Ministry, by its own word, it is reported ("reportedly"), as Paper reports',
    ),
    "what a video is said to show is asserted on evidence": (
        "prop:d a ck:Depiction ; ck:medium source:video ; ck:shows prop:c .\n" + CONTENT
        + said("s1", "paper", "asserts", "prop:d"),
        "c", "ASSERTED", "said by Paper to be shown by video",
    ),
    "what a video is said not to show is found without evidence": (
        "prop:d a ck:Depiction ; ck:medium source:video ; ck:shows prop:c .\n" + CONTENT
        + said("s1", "paper", "denies", "prop:d"),
        "c", "NO_EVIDENCE_FOUND", "said by Paper not to be shown by video",
    ),
    "a restatement counts where what it restates is on another proposition": (
        CONTENT + account("o", "ck:incidentType type:attack ; ck:perpetrator actor:unit")
        + said("s1", "paper", "asserts", "prop:o")
        + said("s2", "paper", "asserts", "prop:c", more="ck:restates st:s1"),
        "c", "ASSERTED", "asserted by Paper",
    ),
    "a claim that an author reports names claimants and relays": (
        CONTENT + account("o", f"{ATTACK} ; ck:incident incident:a")
        + said("s1", "witness", "asserts", "prop:o", "not-given")
        + said("s2", "ministry", "relays", "st:s1", "claims-of")
        + said("s3", "paper", "asserts", "prop:x", "claims-of", "ck:basedOn st:s2")
        + 'prop:x a ck:Assessment ; ck:gist "it was so"@en .\n'
        + said("s4", "paper", "asserts", "prop:c", "claims-of", "ck:partOfStatement st:s3"),
        "c", "CLAIMED", 'a claim, told by Paper as such ("claims of"), of Witness, passed on by Ministry',
    ),
    "a name is used": (
        'prop:c a ck:Labelling ; ck:labelled actor:militia ; ck:label "rebels"@en .\n'
        + said("s1", "paper", "asserts", "prop:c"),
        "c", "USED", "used by Paper",
    ),
    "a name that others reject is disputed": (
        'prop:c a ck:Labelling ; ck:labelled actor:militia ; ck:label "rebels"@en .\n'
        'prop:o a ck:Labelling ; ck:labelled actor:militia ; ck:label "terrorists"@en .\n'
        + said("s1", "paper", "asserts", "prop:c")
        + said("s2", "army", "asserts", "prop:o", more="ck:disputes st:s1 ; ck:disputedAspect aspect:label"),
        "c", "DISPUTED", "disputed by Army as to label, as Paper reports",
    ),
    "a dispute of a role that the proposition does not fill leaves its status": (
        CONTENT + said("s1", "paper", "asserts", "prop:c")
        + said("s2", "army", "asserts", "prop:x", more="ck:disputes st:s1 ; ck:disputedAspect aspect:number")
        + 'prop:x a ck:Assessment ; ck:gist "fewer"@en .\n',
        "c", "ASSERTED", "disputed by Army as to number, as Paper reports",
    ),
    "a machine that codes an article says nothing itself": (
        CONTENT + said("s1", "paper", "asserts", "prop:c", "machine-coded"),
        "c", "CLAIMED", "coded by a program by Paper",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(STATUSES))
def test_the_status_is_the_only_one_that_misleads_nobody(world: SmallWorld, name: str) -> None:
    turtle, proposition, status, attribution = STATUSES[name]
    found = world.status(turtle, proposition)
    assert (found["status"], attribution in found["attribution"]) == (status, True), found
    asked = Asked(turtle, "how-does-a-proposition-stand", {"proposition": proposition}, "", "")
    assert constant_case(world.ask(asked).status) == status


OF_MILITIA = account("d", f"{ATTACK} ; ck:incident incident:a ; ck:target actor:militia")
OF_INCIDENT = account("c", f"{ATTACK} ; ck:incident incident:a")
JUDGEMENT = 'prop:c a ck:Assessment ; ck:about actor:militia ; ck:gist "they are civilians"@en .\n'
TWO_POSITIONS = f"{POSITION}{POSITION.format('aim').replace('prop:p', 'prop:q').replace('ministry', 'army')}{CONTENT}"

HEADLINES = {
    "beside a claim stands who says more": (
        OF_INCIDENT + said("s1", "witness", "asserts", "prop:c")
        + OF_MILITIA + said("s2", "paper", "asserts", "prop:d"),
        "c", "SAID by Witness, as Paper reports. Elsewhere Paper says so, and more.",
    ),
    "beside a claim stands who speaks of the same deed in its own voice": (
        account("c", f"{ATTACK} ; ck:incident incident:a ; ck:location place:town")
        + said("s1", "witness", "asserts", "prop:c") + OF_MILITIA + said("s2", "paper", "asserts", "prop:d"),
        "c", "SAID by Witness, as Paper reports. Elsewhere Paper speaks of the same deed in its own voice.",
    ),
    "a deed of another incident does not stand beside": (
        OF_INCIDENT + said("s1", "witness", "asserts", "prop:c")
        + OF_MILITIA.replace("incident:a", "incident:b") + said("s2", "paper", "asserts", "prop:d"),
        "c", "SAID by Witness, as Paper reports; Paper does not say so itself.",
    ),
    "what is said flatly is elsewhere reported only as a claim": (
        account("c", f"{ATTACK} ; ck:incident incident:a ; ck:location place:town")
        + said("s1", "paper", "asserts", "prop:c") + OF_MILITIA + said("s2", "paper", "asserts", "prop:d", "claims-of"),
        "c",
        "YES, says Paper, which elsewhere tells it only as a claim."
        " 1 speaker, 1 source; nobody recorded here denies it.",
    ),
    "beside what is asserted stands who denies something more general": (
        OF_INCIDENT + said("s1", "army", "denies", "prop:c") + OF_MILITIA + said("s2", "paper", "asserts", "prop:d"),
        "d", "YES, says Paper. 1 speaker, 1 source. Army denied something more general, as Paper reports.",
    ),
    "to deny the deed without naming its incident is to deny it of each": (
        account("c", ATTACK) + said("s1", "army", "denies", "prop:c")
        + OF_MILITIA + said("s2", "paper", "asserts", "prop:d"),
        "d", "YES, says Paper. 1 speaker, 1 source. Army denied something more general, as Paper reports.",
    ),
    "what is denied, and not asserted": (
        OF_MILITIA + said("s1", "army", "denies", "prop:d") + OF_INCIDENT + said("s2", "paper", "asserts", "prop:c"),
        "d",
        "DENIED by Army, as Paper reports; nobody recorded here says that it is so. Of this incident: Raid, first.",
    ),
    "what is denied, and said with more": (
        OF_INCIDENT + said("s1", "army", "denies", "prop:c") + OF_MILITIA + said("s2", "witness", "asserts", "prop:d"),
        "c",
        "DENIED by Army, as Paper reports. Of this incident: Raid, first."
        " Elsewhere it is said, with more, by Witness, as Paper reports.",
    ),
    "what is left open in detail is not left open": (
        OF_INCIDENT + said("s1", "paper", "asserts", "prop:c")
        + OF_MILITIA + said("s2", "witness", "leavesOpen", "prop:d", "unclear"),
        "c",
        "YES, says Paper. 1 speaker, 1 source; nobody recorded here denies it."
        " Witness said that something more specific is not settled, as Paper reports.",
    ),
    "what is said twice is said once: asserted by one, denied by another": (
        OF_INCIDENT + OF_INCIDENT.replace("prop:c", "prop:again")
        + said("s1", "paper", "asserts", "prop:c") + said("s2", "army", "denies", "prop:again"),
        "c", "DISPUTED: Paper says so; Army denied it, as Paper reports.",
    ),
    "and so is the other": (
        OF_INCIDENT + OF_INCIDENT.replace("prop:c", "prop:again")
        + said("s1", "paper", "asserts", "prop:c") + said("s2", "army", "denies", "prop:again"),
        "again", "DISPUTED: Paper says so; Army denied it, as Paper reports.",
    ),
    "a judgement is one": (
        JUDGEMENT + said("s1", "paper", "asserts", "prop:c"),
        "c", "JUDGED SO by Paper. 1 speaker, 1 source; nobody recorded here denies it.",
    ),
    "a judgement that is believed is reported as believed": (
        JUDGEMENT + said("s1", "paper", "asserts", "prop:c", "believes"),
        "c", "BELIEVED SO by Paper. 1 speaker, 1 source; nobody recorded here denies it.",
    ),
    "two speakers who state a position are both named": (
        POSITION.format("aim") + said("s1", "ministry", "asserts", "prop:p", "attributed")
        + said("s2", "paper", "asserts", "prop:p"),
        "p", "AIM of Ministry, by its own word, as Paper reports; aim of Ministry, according to Paper.",
    ),
    "positions of one kind by one speaker are put together": (
        TWO_POSITIONS.format("aim") + said("s1", "paper", "asserts", "prop:p")
        + said("s2", "paper", "asserts", "prop:q"),
        "c", "UNDETERMINED, only intended: aim of Ministry, and of Army, according to Paper.",
    ),
    "positions of two kinds are not made one": (
        TWO_POSITIONS.format("promise") + said("s1", "paper", "asserts", "prop:p")
        + said("s2", "paper", "asserts", "prop:q"),
        "c",
        "UNDETERMINED, only intended: promise of Ministry, according to Paper; aim of Army, according to Paper.",
    ),
    "a position that is only possible stays so beside one that is not": (
        TWO_POSITIONS.format("aim") + said("s1", "paper", "asserts", "prop:p")
        + said("s2", "witness", "asserts", "prop:q", "may"),
        "c",
        "UNDETERMINED, only intended: aim of Ministry, according to Paper;"
        " possible aim of Army, according to Witness, as Paper reports.",
    ),
    "a use is one by its holder": (
        POSITION.format("use") + CONTENT + said("s1", "paper", "asserts", "prop:p"),
        "c", "UNDETERMINED, only intended: use by Ministry, according to Paper.",
    ),
    "who say so in the same way are named together": (
        OF_INCIDENT + said("s1", "witness", "asserts", "prop:c", "claims-of")
        + said("s2", "ministry", "asserts", "prop:c") + said("s3", "militia", "asserts", "prop:c"),
        "c",
        "CLAIMED by Witness, as Paper reports; said by Ministry and Militia, as Paper reports;"
        " Paper does not say so itself.",
    ),
    "what is reported as believed is believed by whom": (
        OF_INCIDENT + said("s1", "witness", "asserts", "prop:c", "believes"),
        "c", "BELIEVED by Witness, as Paper reports; Paper does not say so itself.",
    ),
    "what is reported as probable": (
        OF_INCIDENT + said("s1", "witness", "asserts", "prop:c", "probably"),
        "c", "SAID by Witness to be probable, as Paper reports; Paper does not say so itself.",
    ),
    "a note of who republishes is not reported by the author": (
        OF_INCIDENT + said("s1", "archive", "asserts", "prop:c", more="ck:reportedIn source:copy"),
        "c", "SAID by Archive, in Copy.",
    ),
    "people who are not named, and only a possibility": (
        OF_INCIDENT + said("s1", "experts", "asserts", "prop:c", "consistent-with")
        + 'actor:experts a ck:UnnamedActor ; skos:prefLabel "munition experts, not named (s68)"@en .\n',
        "c",
        "UNDETERMINED, only possible: said by munition experts (not named) to be possibly so, and no more"
        ' ("consistent with"), as Paper reports.',
    ),
    "a name that is rejected elsewhere": (
        'prop:c a ck:Labelling ; ck:labelled actor:militia ; ck:label "rebels"@en ; ck:gist "the armed ones"@en .\n'
        'prop:d a ck:Labelling ; ck:labelled actor:militia ; ck:label "rebels"@en .\n'
        + said("s1", "witness", "asserts", "prop:c") + said("s2", "paper", "denies", "prop:d"),
        "c", '"rebels": used by Witness, as Paper reports. Paper rejects the name elsewhere.',
    ),
    "what no statement is on": (
        "prop:d a ck:Depiction ; ck:medium source:video ; ck:shows prop:c .\n" + CONTENT,
        "c", "UNDETERMINED, silent: no statement recorded here says whether it is so.",
    ),
    "a hedge that data adds takes the verb of its group": (
        OF_INCIDENT + said("s1", "witness", "asserts", "prop:c", "insinuates")
        + "hedge:insinuates skos:broader hedge:allegations .\n",
        "c", "ALLEGED by Witness, as Paper reports; Paper does not say so itself.",
    ),
    "a likelihood that data adds takes the word of its group": (
        OF_INCIDENT + said("s1", "paper", "asserts", "prop:c", "assumes")
        + "hedge:assumes skos:broader hedge:believes .\n",
        "c", "BELIEVED, says Paper. 1 speaker, 1 source; nobody recorded here denies it.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(HEADLINES))
def test_a_headline_contains_what_stands_beside_the_status(world: SmallWorld, name: str) -> None:
    turtle, proposition, headline = HEADLINES[name]
    asked = Asked(turtle, "how-does-a-proposition-stand", {"proposition": proposition}, "", "")
    assert world.ask(asked).headline == headline
    assert world.status(turtle, proposition)["headline"] == headline


def test_the_rivals_of_a_name_stand_beside_it(world: SmallWorld) -> None:
    turtle = STATUSES["a name that others reject is disputed"][0]
    asked = Asked(turtle, "how-does-a-proposition-stand", {"proposition": "c"}, "", "")
    assert world.ask(asked).headline == (
        '"rebels": used by Paper; rejected by Army, as Paper reports; against "terrorists" of Army.'
    )
