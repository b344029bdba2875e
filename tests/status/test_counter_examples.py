"""Counter-examples that became rules: each is a small graph, a question, and the only answer that misleads nobody."""

import pytest
from small_world import ATTACK, CONTENT, COVERAGE, MEETING, Asked, SmallWorld, account, covers, did, said

NOT_IN_TOWN = account("w", "ck:incident incident:a ; ck:location place:town") + said("s1", "paper", "denies", "prop:w")
OF_ARMY = account("p", f"{ATTACK} ; ck:incident incident:a") + said("s2", "witness", "asserts", "prop:p")

ANSWERS = {
    "a denial that is not also a dispute makes it disputed": Asked(
        MEETING + said("s1", "ministry", "asserts", "prop:m") + said("s2", "witness", "denies", "prop:m"),
        *did("militia", "meeting"), "disputed", "DISPUTED: Ministry said so, as Paper reports; Witness denied it",
    ),
    "a dispute by several people reads well": Asked(
        MEETING + said("s1", "ministry", "asserts", "prop:m") + said("s2", "eyewitnesses", "denies", "prop:m"),
        *did("militia", "meeting"), "disputed",
        "DISPUTED: Ministry said so, as Paper reports; eyewitnesses of the raid denied it, as Paper reports.",
    ),
    "what several people leave open reads well": Asked(
        MEETING + said("s2", "eyewitnesses", "leavesOpen", "prop:m", "unclear"),
        *did("militia", "meeting"), "undetermined",
        "left open: eyewitnesses of the raid said that it is not settled, as Paper reports.",
    ),
    "two authors are several": Asked(
        MEETING + said("s1", "paper", "asserts", "prop:m", more="ck:reportedIn source:joint"),
        *did("militia", "meeting"), "yes", "YES, say Archive and Paper.",
    ),
    "two authors reject together": Asked(
        MEETING + said("s1", "ministry", "asserts", "prop:m")
        + said("s2", "paper", "denies", "prop:m", more="ck:reportedIn source:joint"),
        *did("militia", "meeting"), "disputed", "Ministry said so, as Paper reports; Archive and Paper reject it.",
    ),
    "one strike asserted and another denied is no dispute": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a") + account("q", f"{ATTACK} ; ck:incident incident:b")
        + said("s1", "paper", "asserts", "prop:p") + said("s2", "army", "denies", "prop:q"),
        *did("army"), "yes", "YES, says Paper",
    ),
    "a denial that names the incident is reported as one of this incident": Asked(
        account("q", f"{ATTACK} ; ck:incident incident:b") + said("s2", "army", "denies", "prop:q"),
        *did("army"), "denied",
        "DENIED by Army, as Paper reports; nobody recorded here says that it is so. Of this incident: Raid, second.",
    ),
    "denials of several incidents name them all": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a") + said("s1", "paper", "denies", "prop:p")
        + account("q", f"{ATTACK} ; ck:incident incident:b") + said("s2", "paper", "denies", "prop:q"),
        *did("army"), "no", "NO, says Paper. Of these incidents: Raid, first; Raid, second.",
    ),
    "who says less does not say what is denied": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a") + said("s1", "paper", "asserts", "prop:p")
        + account("q", f"{ATTACK} ; ck:incident incident:a ; ck:target actor:militia")
        + said("s2", "army", "denies", "prop:q"),
        *did("army", target="actor:militia"), "denied",
        "DENIED by Army, as Paper reports; nobody recorded here says that it is so. Of this incident: Raid, first.",
    ),
    "a deed near a town of the province answers for no province, and is the nearest": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a ; ck:near place:town")
        + said("s1", "witness", "asserts", "prop:p")
        + account("q", f"{ATTACK} ; ck:incident incident:b") + said("s0", "paper", "asserts", "prop:q"),
        *did("army", place="province"), "undetermined", "nearest: asserted by Witness, near Town.",
    ),
    "a denial of where an incident was denies no deed that is not spoken of": Asked(
        NOT_IN_TOWN,
        *did("army", place="town"), "undetermined", "silent",
    ),
    "a denial of where an incident was denies a deed that is said of it": Asked(
        NOT_IN_TOWN + OF_ARMY,
        *did("army", place="town"), "no", "NO, says Paper. Of this incident: Raid, first.",
    ),
    "to deny a deed is to speak of it as well": Asked(
        NOT_IN_TOWN
        + account("p", f"{ATTACK} ; ck:incident incident:a") + said("s2", "witness", "denies", "prop:p"),
        *did("army", place="town"), "no", "NO, says Paper. Of this incident: Raid, first.",
    ),
    "a deed of another incident is not the one whose place is denied": Asked(
        NOT_IN_TOWN
        + account("p", f"{ATTACK} ; ck:incident incident:b") + said("s2", "witness", "asserts", "prop:p"),
        *did("army", place="town"), "undetermined", "silent",
    ),
    "a deed of another doer is not the one whose place is denied": Asked(
        NOT_IN_TOWN
        + account("p", "ck:incidentType type:attack ; ck:perpetrator actor:militia ; ck:incident incident:a")
        + said("s2", "witness", "asserts", "prop:p"),
        *did("army", place="town"), "undetermined", "silent",
    ),
    "a deed of another type is not the one whose place is denied": Asked(
        NOT_IN_TOWN
        + account("p", "ck:incidentType type:meeting ; ck:perpetrator actor:army ; ck:incident incident:a")
        + said("s2", "witness", "asserts", "prop:p"),
        *did("army", place="town"), "undetermined", "silent",
    ),
    "a target that is not spoken of is not one of the incident whose place is denied": Asked(
        NOT_IN_TOWN + OF_ARMY,
        *did("army", place="town", target="actor:militia"), "undetermined", "silent",
    ),
    "a weapon that is not spoken of is not one of the incident whose place is denied": Asked(
        NOT_IN_TOWN + OF_ARMY,
        *did("army", place="town", weapon="missile"), "undetermined", "silent",
    ),
    "the incident may be asked for by name": Asked(
        NOT_IN_TOWN,
        *did("army", place="town", incident="a"), "no", "NO, says Paper. Of this incident: Raid, first.",
    ),
    "a denial that is only likely is no flat rejection": Asked(
        MEETING + said("s1", "ministry", "asserts", "prop:m") + said("s2", "paper", "denies", "prop:m", "unlikely"),
        *did("militia", "meeting"), "disputed",
        "DISPUTED: Ministry said so, as Paper reports; Paper holds it unlikely.",
    ),
    "the firmest denial of a speaker is told": Asked(
        MEETING + said("s1", "ministry", "asserts", "prop:m") + said("s2", "paper", "denies", "prop:m", "unlikely")
        + said("s3", "paper", "denies", "prop:m"),
        *did("militia", "meeting"), "disputed", "Ministry said so, as Paper reports; Paper rejects it.",
    ),
    "a denial that is only likely is a no of that strength": Asked(
        MEETING + said("s2", "paper", "denies", "prop:m", "unlikely"),
        *did("militia", "meeting"), "no", "PROBABLY NOT, says Paper. Of this incident: Raid, first.",
    ),
    "a reported denial that is only likely keeps its hedge": Asked(
        MEETING + said("s2", "witness", "denies", "prop:m", "unlikely"),
        *did("militia", "meeting"), "denied", "HELD UNLIKELY by Witness, as Paper reports; nobody recorded here says",
    ),
    "who held something unlikely did not flatly deny it": Asked(
        MEETING + said("s2", "paper", "denies", "prop:m", "unlikely"),
        "did-actor-say", {"actor": "paper", "content": "m"}, "no", "NO: Paper held it unlikely.",
    ),
    "who denies coverage of most denies coverage of the whole": Asked(
        COVERAGE + said("s1", "witness", "asserts", "prop:w")
        + "prop:v a ck:ZoneCoverage ; ck:zone zone:z ; ck:place place:province ; ck:extent extent:most .\n"
        + said("s2", "ministry", "denies", "prop:v"),
        *covers("town"), "disputed", "DISPUTED: Witness said so, as Paper reports; Ministry denied it",
    ),
    "who disputes coverage of most rejects coverage of the whole": Asked(
        COVERAGE + said("s1", "witness", "asserts", "prop:w")
        + "prop:v a ck:ZoneCoverage ; ck:zone zone:z ; ck:place place:province ; ck:extent extent:most .\n"
        + said("s2", "paper", "asserts", "prop:v")
        + said("s3", "ministry", "disputes", "st:s2",
               more="ck:reportedIn source:article ; ck:disputedAspect aspect:extent"),
        *covers("town"), "disputed", "DISPUTED AS TO EXTENT: Witness said so, as Paper reports; Ministry rejected it",
    ),
    "who denies coverage of the whole may cover a part": Asked(
        "prop:v a ck:ZoneCoverage ; ck:zone zone:z ; ck:place place:province ; ck:extent extent:most .\n"
        + said("s1", "paper", "asserts", "prop:v") + COVERAGE + said("s2", "ministry", "denies", "prop:w"),
        *covers("province"), "undetermined", "partly",
    ),
    "who denies it of any time in a year denies it of each day": Asked(
        account("p", f'{ATTACK} ; ck:when "2017-08-07"^^edtf:EDTF ; ck:span "2017-08-07/2017-08-07"')
        + said("s1", "paper", "asserts", "prop:p")
        + account("q", f'{ATTACK} ; ck:when "2017"^^edtf:EDTF ; ck:span "2017-01-01/2017-12-31"')
        + said("s2", "ministry", "denies", "prop:q"),
        *did("army"), "disputed", "DISPUTED: Paper says so; Ministry denied it, as Paper reports.",
    ),
    "who denies it of another day does not": Asked(
        account("p", f'{ATTACK} ; ck:when "2017-08-07"^^edtf:EDTF ; ck:span "2017-08-07/2017-08-07"')
        + said("s1", "paper", "asserts", "prop:p")
        + account("q", f'{ATTACK} ; ck:when "2017-08-08"^^edtf:EDTF ; ck:span "2017-08-08/2017-08-08"')
        + said("s2", "ministry", "denies", "prop:q"),
        *did("army"), "yes", "YES, on 7 August 2017, says Paper.",
    ),
    "the incident is a parameter": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a") + account("q", f"{ATTACK} ; ck:incident incident:b")
        + said("s1", "paper", "asserts", "prop:p") + said("s2", "army", "denies", "prop:q"),
        *did("army", incident="b"), "denied", "DENIED by Army",
    ),
    "a party that denies in a press release is no no": Asked(
        account("q", ATTACK) + said("s2", "army", "denies", "prop:q", more="ck:reportedIn source:press"),
        *did("army"), "denied", "DENIED by Army, in Press statement",
    ),
    "a party that reports its own deed in a press release is no yes": Asked(
        account("q", ATTACK) + said("s2", "army", "asserts", "prop:q", more="ck:reportedIn source:press"),
        *did("army"), "claimed", "SAID by Army of its own deed, in Press statement",
    ),
    "some day of a month is not each day of it": Asked(
        account("p", f'{ATTACK} ; ck:when "2017-04"^^edtf:EDTF ; ck:span "2017-04-01/2017-04-30"')
        + said("s1", "paper", "asserts", "prop:p"),
        *did("army", on="2017-04-04"), "undetermined", "silent",
    ),
    "a denial for a month is one for each day of it": Asked(
        account("p", f'{ATTACK} ; ck:when "2017-04"^^edtf:EDTF ; ck:span "2017-04-01/2017-04-30"')
        + said("s1", "paper", "denies", "prop:p"),
        *did("army", on="2017-04-04"), "no", "NO, in April 2017, says Paper.",
    ),
    "one of several days is a day of it": Asked(
        account("p", f'{ATTACK} ; ck:when "{{2017-04-04,2017-04-07}}"^^edtf:EDTF ;'
                ' ck:span "2017-04-04/2017-04-04" , "2017-04-07/2017-04-07"')
        + said("s1", "paper", "asserts", "prop:p"),
        *did("army", on="2017-04-07"), "yes", "YES",
    ),
    "a deed of another day does not answer": Asked(
        account("p", f'{ATTACK} ; ck:when "2017-04-04"^^edtf:EDTF ; ck:span "2017-04-04/2017-04-04"')
        + said("s1", "paper", "asserts", "prop:p"),
        *did("army", on="2017-04-05"), "undetermined", "silent",
    ),
    "a name that was used was said": Asked(
        'prop:c a ck:Labelling ; ck:labelled actor:militia ; ck:label "rebels"@en .\n'
        + said("s1", "ministry", "asserts", "prop:c"),
        "did-actor-say", {"actor": "ministry", "content": "c"}, "yes", "YES: Ministry said so, as Paper reports.",
    ),
    "a place that an actor uses": Asked(
        "prop:u a ck:ActorRelation ; ck:actor actor:militia ; ck:relation relation:uses ; ck:other place:town .\n"
        + said("s1", "witness", "asserts", "prop:u", "claims-of"),
        "is-actor-related", {"actor": "militia", "relation": "uses", "other": "place:town"}, "claimed",
        "CLAIMED by Witness, as Paper reports; Paper does not say so itself.",
    ),
    "a place that is not said to be used": Asked(
        'prop:u a ck:ActorRelation ; ck:actor actor:militia ; ck:relation relation:uses ; ck:other place:province .\n'
        + said("s1", "witness", "asserts", "prop:u"),
        "is-actor-related", {"actor": "militia", "relation": "uses", "other": "place:town"}, "undetermined",
        "does not say whether Militia stands in the relation “uses” to Town",
    ),
    "the recorder's notes are no source that is searched": Asked(
        account("p", "ck:incidentType type:meeting ; ck:participant actor:army")
        + said("s1", "paper", "asserts", "prop:p")
        + "source:notes a ck:Source ; ck:sourceKind kind:recorders-notes ; dcterms:publisher actor:archive .\n"
        + 'prop:x a ck:Assessment ; ck:about actor:army ; ck:gist "see there"@en .\n'
        + said("n1", "archive", "asserts", "prop:x", more="ck:reportedIn source:notes"),
        *did("army"), "undetermined", "the one source searched does not say whether",
    ),
    "propositions that say the same are one": Asked(
        account("p", ATTACK) + account("q", ATTACK)
        + said("s1", "paper", "asserts", "prop:p") + said("s2", "army", "denies", "prop:q"),
        *did("army"), "disputed", "DISPUTED: Paper says so; Army denied it, as Paper reports.",
    ),
    "said flatly, and elsewhere reported only as a claim": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a") + said("s1", "paper", "asserts", "prop:p")
        + account("q", f"{ATTACK} ; ck:incident incident:b") + said("s2", "paper", "asserts", "prop:q", "claims-of"),
        *did("army"), "yes", "YES, says Paper, which elsewhere tells it only as a claim. 1 speaker, 1 source;",
    ),
    "copies of one text are one source": Asked(
        account("p", ATTACK) + said("s1", "paper", "asserts", "prop:p")
        + said("s2", "paper", "asserts", "prop:p", more="ck:reportedIn source:copy"),
        *did("army"), "yes", "1 speaker, 1 source; nobody recorded here denies it.",
    ),
    "who republishes is not the author": Asked(
        account("p", ATTACK) + said("s2", "archive", "asserts", "prop:p", more="ck:reportedIn source:copy"),
        *did("army"), "claimed", "SAID by Archive, in Copy.",
    ),
    "an author is shown with who published it": Asked(
        account("p", ATTACK) + said("s2", "paper", "asserts", "prop:p", more="ck:reportedIn source:copy"),
        *did("army"), "yes", "YES, says Paper (published by Archive)",
    ),
    "what is found without evidence is no denial": Asked(
        account("p", ATTACK) + said("s1", "paper", "leavesOpen", "prop:p", "no-evidence"),
        *did("army"), "undetermined", "UNDETERMINED, no evidence found: Paper found no evidence of it.",
    ),
    "who found no evidence stands beside the verdict": Asked(
        account("p", ATTACK) + said("s1", "paper", "leavesOpen", "prop:p", "no-evidence")
        + said("s2", "witness", "asserts", "prop:p"),
        *did("army"), "claimed", "Paper found no evidence of it.",
    ),
    "said and taken back": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p") + said("s2", "witness", "retracts", "st:s1"),
        *did("army"), "undetermined", "UNDETERMINED, taken back: Witness said so and took it back, as Paper reports.",
    ),
    "a retraction reaches restatements": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p")
        + said("s3", "witness", "asserts", "prop:p", more="ck:restates st:s1")
        + said("s2", "witness", "retracts", "st:s1"),
        *did("army"), "undetermined", "taken back",
    ),
    "said and taken back was still said": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p") + said("s2", "witness", "retracts", "st:s1"),
        "did-actor-say", {"actor": "witness", "content": "p"}, "yes",
        "YES: Witness said so, as Paper reports, and took it back.",
    ),
    "said by hearsay only is claimed to be said": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p", "reportedly"),
        "did-actor-say", {"actor": "witness", "content": "p"}, "claimed", "CLAIMED: Witness reportedly said so",
    ),
    "an author who reports a claim has not said it": Asked(
        account("p", ATTACK) + said("s1", "paper", "asserts", "prop:p", "claims-of"),
        "did-actor-say", {"actor": "paper", "content": "p"}, "undetermined", "silent",
    ),
    "an author who leaves it open speaks of it, and has not said it": Asked(
        account("p", ATTACK) + said("s1", "paper", "leavesOpen", "prop:p", "unclear"),
        "did-actor-say", {"actor": "paper", "content": "p"}, "undetermined", "left open",
    ),
    "who disputes that it happened at all rejects every account of it": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p")
        + said("s2", "paper", "asserts", "prop:x", more="ck:disputes st:s1 ; ck:disputedAspect aspect:existence")
        + 'prop:x a ck:Assessment ; ck:gist "nothing happened"@en .\n',
        *did("army", target="actor:militia"), "no", "NO, says Paper.",
    ),
    "to dispute what a denial rests on does not contest it": Asked(
        account("p", ATTACK) + said("s1", "paper", "denies", "prop:p")
        + said("s2", "witness", "asserts", "prop:x", more="ck:disputes st:s1 ; ck:disputedAspect aspect:evidence")
        + 'prop:x a ck:Assessment ; ck:gist "it rests on little"@en .\n',
        *did("army"), "no", "NO, says Paper.",
    ),
    "a dispute of evidence or intent rejects nothing": Asked(
        account("p", ATTACK) + said("s1", "paper", "asserts", "prop:p")
        + said("s2", "witness", "asserts", "prop:x", more="ck:disputes st:s1 ; ck:disputedAspect aspect:intent")
        + 'prop:x a ck:Assessment ; ck:gist "it was not meant"@en .\n',
        *did("army"), "yes", "Witness disputed it as to intent, as Paper reports.",
    ),
    "a dispute of a target rejects a question that names one": Asked(
        account("p", f"{ATTACK} ; ck:target actor:militia") + said("s1", "paper", "asserts", "prop:p")
        + said("s2", "witness", "asserts", "prop:x", more="ck:disputes st:s1 ; ck:disputedAspect aspect:target")
        + 'prop:x a ck:Assessment ; ck:gist "they hit others"@en .\n',
        *did("army", target="actor:militia"), "disputed", "DISPUTED AS TO TARGET: Paper says so; Witness rejected it",
    ),
    "a speaker who says both, and retracts nothing, is reported to say both": Asked(
        account("p", ATTACK) + said("s1", "witness", "asserts", "prop:p", more='ck:saidWhen "2017-04-05"')
        + said("s2", "witness", "denies", "prop:p", more='ck:saidWhen "2017-04-06"'),
        *did("army"), "disputed", "DISPUTED: Witness said both (2017-04-05, 2017-04-06).",
    ),
    "the answer says formerly": Asked(
        'prop:p a ck:ActorRelation ; ck:actor actor:militia ; ck:relation relation:linked-to ; ck:other actor:unit ;'
        ' ck:whenAsGiven "formerly"@en .\n' + said("s1", "paper", "asserts", "prop:p"),
        "is-actor-related", {"actor": "militia", "relation": "linked-to", "other": "actor:unit"}, "yes",
        "YES, formerly, says Paper.",
    ),
    "what another speaker reports as a claim is not so reported by the author": Asked(
        account("p", ATTACK) + said("s1", "paper", "asserts", "prop:p")
        + account("q", f"{ATTACK} ; ck:target actor:militia")
        + said("s2", "ministry", "asserts", "prop:q", "claims-of"),
        *did("army"), "yes", "YES, says Paper. 2 speakers, 1 source; nobody recorded here denies it.",
    ),
    "what is not spoken of is silent, never no": Asked(
        account("p", "ck:incidentType type:meeting ; ck:participant actor:army")
        + said("s1", "paper", "asserts", "prop:p"),
        *did("army"), "undetermined",
        "the one source searched does not say whether Army did this: attack; nearest: on something else that names "
        "Army, asserted by Paper",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ANSWERS))
def test_the_answer_is_the_only_one_that_misleads_nobody(world: SmallWorld, name: str) -> None:
    asked = ANSWERS[name]
    answer = world.ask(asked)
    assert (answer.verdict.value, asked.headline in answer.headline) == (asked.verdict, True), answer.headline


def test_the_nearest_says_most_of_what_is_asked_of_a_deed_of_the_actor(world: SmallWorld) -> None:
    turtle = (
        account("p", f"{ATTACK} ; ck:incident incident:a")
        + said("s1", "paper", "asserts", "prop:p")
        + account("q", "ck:incident incident:b ; ck:weapon weapon:missile")
        + said("s2", "paper", "asserts", "prop:q")
        + account("r", 'ck:incident incident:a ; ck:weapon weapon:missile ; ck:gist "of some kind"@en')
        + said("s3", "witness", "asserts", "prop:r")
        + account("s", "ck:incident incident:a ; ck:location place:town")
        + said("s4", "witness", "asserts", "prop:s")
    )
    answer = world.ask(Asked(turtle, *did("army", weapon="missile"), "undetermined", ""))
    assert [(each.how, each.statement.iri.rsplit("/", 1)[-1]) for each in answer.related] == [
        ("is the nearest: of an incident that is said to be its deed, without a perpetrator or a type", "s3"),
        ("asserts something more general: without a weapon", "s1"),
    ]
    assert answer.headline == (
        "UNDETERMINED, silent: no statement in the one source searched says all of this together; nearest: asserted by "
        "Witness, of an incident that is said to be its deed, without a perpetrator or a type; asserted by Paper, "
        "without a weapon."
    )


def test_a_deed_by_another_is_told_with_its_doer_and_after_one_without(world: SmallWorld) -> None:
    turtle = (
        account("p", f"{ATTACK} ; ck:incident incident:a ; ck:location place:town")
        + said("s1", "paper", "asserts", "prop:p")
        + account("s", "ck:incident incident:a ; ck:incidentType type:attack ; ck:location place:town")
        + said("s2", "paper", "asserts", "prop:s")
    )
    answer = world.ask(Asked(turtle, *did("militia", place="town"), "undetermined", ""))
    assert [(each.how, each.statement.iri.rsplit("/", 1)[-1]) for each in answer.related] == [
        ("is the nearest: without a perpetrator", "s2"),
        ("is the nearest: by Army", "s1"),
    ]


def test_the_nearest_related_statement_comes_first(world: SmallWorld) -> None:
    turtle = (
        account("p", f"{ATTACK} ; ck:incident incident:a")
        + said("s1", "paper", "asserts", "prop:p")
        + account("s", "ck:incident incident:a ; ck:incidentType type:attack ; ck:location place:town")
        + said("s2", "witness", "asserts", "prop:s")
    )
    answer = world.ask(Asked(turtle, *did("army", place="town"), "undetermined", ""))
    assert [each.statement.iri.rsplit("/", 1)[-1] for each in answer.related] == ["s2", "s1"]


def test_evidence_for_a_denial_is_called_that(world: SmallWorld) -> None:
    turtle = (
        CONTENT
        + said("s1", "paper", "denies", "prop:c")
        + said("s2", "paper", "asserts", "prop:x", more="ck:supports st:s1")
        + 'prop:x a ck:Assessment ; ck:gist "they were elsewhere"@en .\n'
    )
    answer = world.ask(Asked(turtle, *did("army"), "no", "NO, says Paper."))
    assert [(each.how, each.statement.iri.rsplit("/", 1)[-1]) for each in answer.related] == [
        ("is evidence for the denial", "s2")
    ]
