"""A deed at a place answers for the units under which reference graphs list it, and for nothing else."""

import pytest
from small_world import ATTACK, FORCE, Asked, SmallWorld, account, did, said

REGISTER = (
    "place:province ck:administrativeParent place:country .\n"
    'place:country a ck:Place ; skos:prefLabel "Country"@en .\n'
    'place:village a ck:Place ; ck:administrativeParent place:province ; skos:prefLabel "Village"@en .\n'
)
AT_TOWN = account("p", f"{ATTACK} ; ck:incident incident:a ; ck:location place:town")
IN_PROVINCE = account("u", f"{ATTACK} ; ck:location place:province")
NOT_SO = (
    "prop:n a ck:PlaceRelation ; ck:place place:town ; ck:relation place-relation:part-of ; ck:other place:province .\n"
)
CANDIDATES = account("p", f"{ATTACK} ; ck:locationCandidate place:town , place:village")
PLACED = "ck:incident incident:a ; ck:incidentType type:attack ; ck:location place:town"

ANSWERS = {
    "a deed at a place answers for the unit above it": Asked(
        AT_TOWN + said("s1", "paper", "asserts", "prop:p"),
        *did("army", place="province"), "yes",
        "YES, INFERRED, says Paper, and case lists Town under Province. 1 speaker, 1 source; nobody",
    ),
    "and for the unit above that": Asked(
        AT_TOWN + said("s1", "witness", "asserts", "prop:p", "claims-of"),
        *did("army", place="country"), "claimed",
        "INFERRED: CLAIMED by Witness, as Paper reports, and case lists Town under Country",
    ),
    "as weak as it is said": Asked(
        AT_TOWN + said("s1", "paper", "asserts", "prop:p", "probably"),
        *did("army", place="province"), "yes", "PROBABLY, INFERRED, says Paper, and case lists Town under Province",
    ),
    "with several places of the unit": Asked(
        AT_TOWN + said("s1", "paper", "asserts", "prop:p")
        + account("q", f"{ATTACK} ; ck:incident incident:a ; ck:location place:village")
        + said("s2", "paper", "asserts", "prop:q"),
        *did("army", place="province"), "yes", "and case lists Town and Village under Province",
    ),
    "whoever denies a step stops it": Asked(
        AT_TOWN + said("s1", "paper", "asserts", "prop:p") + NOT_SO + said("s2", "witness", "denies", "prop:n"),
        *did("army", place="country"), "undetermined", "silent",
    ),
    "but not who takes that back": Asked(
        AT_TOWN + said("s1", "paper", "asserts", "prop:p") + NOT_SO + said("s2", "witness", "denies", "prop:n")
        + said("s3", "witness", "retracts", "st:s2"),
        *did("army", place="country"), "yes", "YES, INFERRED",
    ),
    "what the same speaker says of the unit itself is not inferred": Asked(
        AT_TOWN + said("s1", "paper", "asserts", "prop:p") + IN_PROVINCE + said("s2", "paper", "denies", "prop:u"),
        *did("army", place="province"), "no", "NO, says Paper.",
    ),
    "what another says of the unit is set against it": Asked(
        AT_TOWN + said("s1", "paper", "asserts", "prop:p") + IN_PROVINCE + said("s2", "witness", "denies", "prop:u"),
        *did("army", place="province"), "disputed",
        "Paper says so; Witness denied it, as Paper reports; inferred: case lists Town under Province",
    ),
    "what is said of the unit itself needs no inference": Asked(
        AT_TOWN + said("s1", "paper", "asserts", "prop:p") + IN_PROVINCE + said("s2", "paper", "asserts", "prop:u"),
        *did("army", place="province"), "yes", "YES, says Paper.",
    ),
    "a denial at the place says nothing of the unit": Asked(
        AT_TOWN + said("s1", "paper", "denies", "prop:p"),
        *did("army", place="province"), "undetermined", "silent",
    ),
    "whoever denies any attack at the place denies what answers for the unit": Asked(
        AT_TOWN + said("s1", "paper", "asserts", "prop:p") + account("q", PLACED)
        + said("s2", "witness", "denies", "prop:q"),
        *did("army", place="province"), "disputed", "Witness denied it",
    ),
    "a denial in all of the unit is one at its places": Asked(
        IN_PROVINCE + said("s1", "paper", "denies", "prop:u"),
        *did("army", place="town"), "no", "NO, INFERRED, says Paper, and case lists Town under Province.",
    ),
    "and only a claim where it is reported": Asked(
        IN_PROVINCE + said("s1", "army", "denies", "prop:u"),
        *did("army", place="town"), "denied", "DENIED by Army, as Paper reports, and case lists Town under Province",
    ),
    "a denial of where one incident was says nothing of others": Asked(
        account("q", f"{ATTACK} ; ck:incident incident:a ; ck:location place:province")
        + said("s1", "paper", "denies", "prop:q"),
        *did("army", place="town"), "undetermined", "silent",
    ),
    "of that incident it does": Asked(
        account("q", f"{ATTACK} ; ck:incident incident:a ; ck:location place:province")
        + said("s1", "paper", "denies", "prop:q"),
        *did("army", place="town", incident="a"), "no", "NO, INFERRED, says Paper",
    ),
    "a deed somewhere in the unit is none at each of its places": Asked(
        IN_PROVINCE + said("s1", "paper", "asserts", "prop:u"),
        *did("army", place="town"), "undetermined", "silent",
    ),
    "a deed near a place says nothing of its unit": Asked(
        account("p", f"{ATTACK} ; ck:near place:town") + said("s1", "paper", "asserts", "prop:p"),
        *did("army", place="province"), "undetermined", "silent",
    ),
    "a deed at one of two places answers for the unit around both": Asked(
        CANDIDATES + said("s1", "paper", "asserts", "prop:p"),
        *did("army", place="province"), "yes",
        "YES, INFERRED, says Paper, and case lists Town and Village under Province, and s1 does not say at which "
        "of Town and Village. 1 speaker",
    ),
    "and for the unit above that, as weak as it is said": Asked(
        CANDIDATES + said("s1", "witness", "asserts", "prop:p", "claims-of"),
        *did("army", place="country"), "claimed", "INFERRED: CLAIMED by Witness, as Paper reports, and case lists",
    ),
    "but for neither of the two": Asked(
        CANDIDATES + said("s1", "paper", "asserts", "prop:p"),
        *did("army", place="town"), "undetermined", "silent",
    ),
    "nor where one of the two lies elsewhere": Asked(
        account("p", f"{ATTACK} ; ck:locationCandidate place:town , place:abroad")
        + said("s1", "paper", "asserts", "prop:p"),
        *did("army", place="province"), "undetermined", "silent",
    ),
    "nor where somebody denies the step of one of the two": Asked(
        CANDIDATES + said("s1", "paper", "asserts", "prop:p") + NOT_SO + said("s2", "witness", "denies", "prop:n"),
        *did("army", place="province"), "undetermined", "silent",
    ),
    "to deny it of one of the two denies nothing of the unit": Asked(
        CANDIDATES + said("s1", "paper", "denies", "prop:p"),
        *did("army", place="province"), "undetermined", "silent",
    ),
    "what the same speaker says of the unit voids what the two would answer": Asked(
        CANDIDATES + said("s1", "paper", "asserts", "prop:p") + IN_PROVINCE + said("s2", "paper", "denies", "prop:u"),
        *did("army", place="province"), "no", "NO, says Paper.",
    ),
    "a place that a speaker calls part of another is not listed under it": Asked(
        account("p", f"{ATTACK} ; ck:location place:quarter") + said("s1", "paper", "asserts", "prop:p")
        + "prop:n a ck:PlaceRelation ; ck:place place:quarter ; ck:relation place-relation:part-of ;"
        " ck:other place:town .\n" + said("s2", "paper", "asserts", "prop:n"),
        *did("army", place="town"), "undetermined", "silent",
    ),
    "the deed of a force at a place has both grounds": Asked(
        account("p", "ck:incidentType type:attack ; ck:perpetrator actor:unit ; ck:location place:town")
        + said("s1", "paper", "asserts", "prop:p")
        + FORCE.format("force-of", "army") + said("s2", "paper", "asserts", "prop:r"),
        *did("army", place="province"), "yes",
        "YES, INFERRED, says Paper, and case lists Town under Province, and Unit is a force of Army, according to",
    ),
    "to deny the whole's deed in the unit denies the part's at its places": Asked(
        IN_PROVINCE + said("s1", "paper", "denies", "prop:u")
        + FORCE.format("force-of", "army") + said("s2", "paper", "asserts", "prop:r"),
        *did("unit", place="town"), "no", "and case lists Town under Province, and Unit is a force of Army, according",
    ),
    "parts of a statement that give one place of the unit are read together": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a") + said("s1", "paper", "asserts", "prop:p")
        + account("q", "ck:incident incident:a ; ck:location place:town")
        + said("s2", "paper", "asserts", "prop:q", more="ck:partOfStatement st:s1"),
        *did("army", place="province"), "yes", "and case lists Town under Province, and read together: s1, s2",
    ),
    "parts that give two places of the unit are not": Asked(
        account("p", f"{ATTACK} ; ck:incident incident:a") + said("s1", "paper", "asserts", "prop:p")
        + account("q", "ck:incident incident:a ; ck:location place:town")
        + said("s2", "paper", "asserts", "prop:q", more="ck:partOfStatement st:s1")
        + account("v", "ck:incident incident:a ; ck:location place:village")
        + said("s3", "paper", "asserts", "prop:v", more="ck:partOfStatement st:s1"),
        *did("army", place="province"), "undetermined", "silent",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ANSWERS))
def test_a_deed_answers_for_the_units_that_reference_graphs_list_its_place_under(world: SmallWorld, name: str) -> None:
    asked = ANSWERS[name]
    answer = world.ask(asked._replace(turtle=REGISTER + asked.turtle))
    assert (answer.verdict.value, asked.headline in answer.headline) == (asked.verdict, True), answer.headline


def test_the_status_of_a_proposition_rests_on_no_reference_graph(world: SmallWorld) -> None:
    turtle = (
        AT_TOWN + said("s1", "paper", "asserts", "prop:p") + IN_PROVINCE + said("s2", "witness", "denies", "prop:u")
    )
    assert world.status(REGISTER + turtle, "p")["status"] == "ASSERTED"
    assert world.status(REGISTER + turtle, "u")["status"] == "DENIED"


def test_a_deed_near_the_place_in_question_or_done_to_it_is_the_nearest(world: SmallWorld) -> None:
    others = (
        account("b", f"{ATTACK} ; ck:incident incident:b ; ck:weapon weapon:bomb")
        + said("s1", "paper", "asserts", "prop:b")
        + account("c", f"{ATTACK} ; ck:incident incident:b ; ck:location place:village")
        + said("s2", "paper", "asserts", "prop:c")
    )
    for role in ("near", "target"):
        turtle = account("p", f"{ATTACK} ; ck:incident incident:a ; ck:{role} place:town")
        turtle += said("s9", "witness", "asserts", "prop:p")
        answer = world.ask(Asked(REGISTER + others + turtle, *did("army", place="town", weapon="bomb"), "", ""))
        assert answer.related[0].statement.iri.endswith("/s9"), role
        assert "nearest: asserted by Witness" in answer.headline
