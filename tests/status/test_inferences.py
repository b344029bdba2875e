"""What an answer may be inferred from, and what not: reference graphs, forces, parts of one statement."""

import pytest
from small_world import ATTACK, COVERAGE, DEED, FORCE, OF_TOWN, PARTS, Asked, SmallWorld, account, covers, did, said

ANSWERS = {
    "a flat deed and a probable agent are read together as probable": Asked(
        account("p", "ck:incident incident:a ; ck:incidentType type:chemical-attack ; ck:perpetrator actor:army ;"
                " ck:weapon weapon:chemical-agent") + said("s1", "paper", "asserts", "prop:p")
        + account("q", "ck:incident incident:a ; ck:incidentType type:chemical-attack ; ck:weapon weapon:chlorine")
        + said("s2", "paper", "asserts", "prop:q", "probably", "ck:partOfStatement st:s1"),
        *did("army", "chemical-attack", weapon="chlorine"), "yes", "PROBABLY, INFERRED, says Paper",
    ),
    "a part in quotation marks beside a flat one that says the same weakens nothing": Asked(
        account("p", "ck:incident incident:a ; ck:incidentType type:chemical-attack ; ck:perpetrator actor:army ;"
                " ck:weapon weapon:chemical-agent") + said("s2", "paper", "asserts", "prop:p")
        + account("g", "ck:incident incident:a ; ck:incidentType type:chemical-attack ; ck:perpetrator actor:army ;"
                  " ck:weapon weapon:toxic-gas")
        + said("s1", "paper", "asserts", "prop:g", "scare-quotes", "ck:partOfStatement st:s2")
        + account("q", "ck:incident incident:a ; ck:incidentType type:chemical-attack ; ck:weapon weapon:chlorine")
        + said("s3", "paper", "asserts", "prop:q", "probably", "ck:partOfStatement st:s2"),
        *did("army", "chemical-attack", weapon="chlorine"),
        "yes", "PROBABLY, INFERRED, says Paper, and read together: s2, s3",
    ),
    "parts that name different perpetrators name no killer": Asked(
        PARTS + account("l", "ck:incident incident:a ; ck:incidentType type:looting ; ck:perpetrator actor:militia")
        + said("s2", "paper", "asserts", "prop:l", more="ck:partOfStatement st:s1")
        + account("k", "ck:incident incident:a ; ck:incidentType type:killing ; ck:target actor:witness")
        + said("s3", "paper", "asserts", "prop:k", more="ck:partOfStatement st:s1"),
        *did("army", "killing"), "undetermined", "silent",
    ),
    "parts that agree are read together": Asked(
        PARTS + account("k", "ck:incident incident:a ; ck:incidentType type:killing ; ck:target actor:witness")
        + said("s3", "paper", "asserts", "prop:k", more="ck:partOfStatement st:s1"),
        *did("army", "killing"), "yes", "YES, INFERRED, says Paper, and read together: s1, s3",
    ),
    "a target never passes from one part to another": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a ; ck:target actor:militia")
        + said("s1", "paper", "asserts", "prop:p")
        + account("k", "ck:incident incident:a ; ck:incidentType type:killing")
        + said("s3", "paper", "asserts", "prop:k", more="ck:partOfStatement st:s1"),
        *did("army", "killing", target="actor:militia"), "undetermined", "silent",
    ),
    "an exception by the same speaker is no": Asked(
        COVERAGE + OF_TOWN + said("s1", "paper", "asserts", "prop:w") + said("s2", "paper", "denies", "prop:t"),
        *covers("town"), "no", "NO, says Paper.",
    ),
    "the same exception by another is disputed": Asked(
        COVERAGE + OF_TOWN + said("s1", "paper", "asserts", "prop:w") + said("s2", "witness", "denies", "prop:t"),
        *covers("town"), "disputed", "Witness denied it, as Paper reports",
    ),
    "whole coverage of a unit covers its places": Asked(
        COVERAGE + said("s1", "paper", "asserts", "prop:w"),
        *covers("town"), "yes", "YES, INFERRED, says Paper",
    ),
    "whoever denies the step of the reference graph stops it": Asked(
        COVERAGE + said("s1", "paper", "asserts", "prop:w")
        + "prop:n a ck:PlaceRelation ; ck:place place:town ; ck:relation place-relation:part-of ;"
        " ck:other place:province .\n"
        + said("s2", "witness", "denies", "prop:n"),
        *covers("town"), "undetermined", "silent",
    ),
    "not the army, a unit gone rogue": Asked(
        DEED + FORCE.format("force-of", "army") + said("s2", "paper", "asserts", "prop:r")
        + account("q", ATTACK) + said("s3", "paper", "denies", "prop:q"),
        *did("army"), "no", "NO, says Paper.",
    ),
    "a force answers for what it is a force of": Asked(
        DEED + FORCE.format("force-of", "army") + said("s2", "witness", "asserts", "prop:r"),
        *did("army"), "claimed", "INFERRED",
    ),
    "an organization answers for what it is part of": Asked(
        DEED + FORCE.format("part-of", "army") + said("s2", "paper", "asserts", "prop:r"),
        *did("army"), "yes", "and Unit is a part of Army, according to Paper",
    ),
    "what is perhaps a force makes it possible": Asked(
        DEED + FORCE.format("force-of", "army") + said("s2", "paper", "asserts", "prop:r", "possibly"),
        *did("army"), "undetermined", "only possible",
    ),
    "an ally does not answer": Asked(
        DEED + FORCE.format("allied-with", "army") + said("s2", "paper", "asserts", "prop:r"),
        *did("army"), "undetermined", "silent",
    ),
    "a state that is part of a coalition does not make its deed the coalition's": Asked(
        account("p", "ck:incidentType type:attack ; ck:perpetrator actor:ally")
        + said("s1", "paper", "asserts", "prop:p")
        + "prop:r a ck:ActorRelation ; ck:actor actor:ally ; ck:relation relation:part-of ;"
        " ck:other actor:coalition .\n"
        + said("s2", "paper", "asserts", "prop:r"),
        *did("coalition"), "undetermined", "silent",
    ),
    "what became part in 2017 does not answer for 2016": Asked(
        account("p", 'ck:incidentType type:attack ; ck:perpetrator actor:unit ; ck:earliest "2016-05-01"^^xsd:date ;'
                ' ck:latest "2016-05-01"^^xsd:date') + said("s1", "paper", "asserts", "prop:p")
        + 'prop:r a ck:ActorRelation ; ck:actor actor:unit ; ck:relation relation:part-of ; ck:other actor:army ;'
        ' ck:earliest "2017-01-01"^^xsd:date .\n' + said("s2", "paper", "asserts", "prop:r"),
        *did("army"), "undetermined", "silent",
    ),
    "to deny the whole's deed is to deny the part's": Asked(
        account("q", ATTACK) + said("s1", "paper", "denies", "prop:q")
        + FORCE.format("force-of", "army") + said("s2", "paper", "asserts", "prop:r"),
        *did("unit"), "no", "NO, INFERRED, says Paper",
    ),
    "a force of a force does not answer: one relation, not a chain": Asked(
        account("p", "ck:incidentType type:attack ; ck:perpetrator actor:militia")
        + said("s1", "paper", "asserts", "prop:p")
        + "prop:r1 a ck:ActorRelation ; ck:actor actor:militia ; ck:relation relation:force-of ;"
        " ck:other actor:unit .\n"
        + "prop:r2 a ck:ActorRelation ; ck:actor actor:unit ; ck:relation relation:force-of ; ck:other actor:army .\n"
        + said("s2", "paper", "asserts", "prop:r1") + said("s3", "paper", "asserts", "prop:r2"),
        *did("army"), "undetermined", "silent",
    ),
    "a force does not speak for its whole": Asked(
        account("p", ATTACK) + said("s1", "unit", "asserts", "prop:p")
        + FORCE.format("force-of", "army") + said("s2", "paper", "asserts", "prop:r"),
        "did-actor-say", {"actor": "army", "content": "p"}, "undetermined", "silent",
    ),
    "a member does not answer": Asked(
        DEED + FORCE.format("member-of", "army") + said("s2", "paper", "asserts", "prop:r"),
        *did("army"), "undetermined", "silent",
    ),
    "a side does not answer": Asked(
        DEED + FORCE.format("side-of", "army") + said("s2", "paper", "asserts", "prop:r"),
        *did("army"), "undetermined", "silent",
    ),
    "an office does not answer": Asked(
        DEED + FORCE.format("holds-office-of", "army") + said("s2", "paper", "asserts", "prop:r"),
        *did("army"), "undetermined", "silent",
    ),
    "the day of one part is that of another": Asked(
        PARTS + account("d", 'ck:incident incident:a ; ck:incidentType type:attack ; ck:when "2017-04-04"^^edtf:EDTF ;'
                        ' ck:earliest "2017-04-04"^^xsd:date ; ck:latest "2017-04-04"^^xsd:date ;'
                        ' ck:span "2017-04-04/2017-04-04"')
        + said("s2", "paper", "asserts", "prop:d", more="ck:partOfStatement st:s1"),
        *did("army", on="2017-04-04"), "yes", "YES, INFERRED, says Paper, and read together: s1, s2",
    ),
    "the day of one part is no other day of another": Asked(
        PARTS + account("d", 'ck:incident incident:a ; ck:incidentType type:attack ; ck:when "2017-04-04"^^edtf:EDTF ;'
                        ' ck:earliest "2017-04-04"^^xsd:date ; ck:latest "2017-04-04"^^xsd:date ;'
                        ' ck:span "2017-04-04/2017-04-04"')
        + said("s2", "paper", "asserts", "prop:d", more="ck:partOfStatement st:s1"),
        *did("army", on="2017-04-05"), "undetermined", "silent",
    ),
    "parts that give different days give none": Asked(
        PARTS + "".join(
            account(f"d{day}", f'ck:incident incident:a ; ck:incidentType type:meeting ;'
                    f' ck:when "2017-04-0{day}"^^edtf:EDTF ;'
                    f' ck:earliest "2017-04-0{day}"^^xsd:date ; ck:latest "2017-04-0{day}"^^xsd:date ;'
                    f' ck:span "2017-04-0{day}/2017-04-0{day}"')
            + said(f"s{day}", "paper", "asserts", f"prop:d{day}", more="ck:partOfStatement st:s1")
            for day in (4, 5)
        ),
        *did("army", on="2017-04-04"), "undetermined", "silent",
    ),
    "bodies counted in one part are not those of another": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a ; ck:target actor:witness")
        + said("s1", "paper", "asserts", "prop:p")
        + account("k", "ck:incident incident:a ; ck:incidentType type:attack ; ck:target actor:militia")
        + said("s2", "paper", "asserts", "prop:k", more="ck:partOfStatement st:s1"),
        *did("ministry", target="actor:militia"), "undetermined", "silent",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ANSWERS))
def test_nothing_follows_but_by_reference_graph_force_and_parts(world: SmallWorld, name: str) -> None:
    asked = ANSWERS[name]
    answer = world.ask(asked)
    assert (answer.verdict.value, asked.headline in answer.headline) == (asked.verdict, True), answer.headline
