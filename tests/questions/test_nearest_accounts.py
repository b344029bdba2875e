"""Of a deed that is told in parts, the accounts of the parts are nearest: on the shipped data."""

import pytest

from kg.questions import nearest_accounts
from kg.questions.answer import YesNoAnswer
from kg.questions.catalogue import Catalogue
from kg.settings import DEFAULT_BASE_IRI
from kg.status.verdict import Reason, Verdict
from kg.store.interface import Queryable

_IN_PARTS = "no statement in the 2 sources searched says all of this together; nearest: asserted by"
_NONE_SAYS = "none of 2 sources searched says whether"
_OF_ITS_DEED = "of an incident that is said to be its deed"


def ask(catalogue: Catalogue, shipped: Queryable, asked: dict[str, str]) -> YesNoAnswer:
    answer = catalogue.ask("did-actor-do", asked, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    return answer


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        (
            {
                "actor": "united-states",
                "type": "airstrike",
                "weapon": "missile",
                "incident": "aj-2017-04-19-strike",
            },
            f"{_IN_PARTS} Bellingcat: “several smaller missiles”, of a part of the incident, of the type attack, "
            "without a perpetrator; asserted by Bellingcat: “airstrike targeted”, of the same incident, "
            "without a weapon.",
        ),
        (
            {"actor": "united-states", "type": "attack", "weapon": "missile", "incident": "aj-2017-04-19-missiles"},
            f"{_NONE_SAYS} United States of America did this: attack, with missile, in the incident s70, strike near "
            "al-Jinah, 16 March 2017; nearest: asserted by Bellingcat: “several smaller missiles”, "
            "of the same incident, without a perpetrator.",
        ),
        (
            {"actor": "united-states", "type": "airstrike", "weapon": "bomb"},
            f"{_IN_PARTS} munition experts, not named to Forensic Architecture (consistent with): “consistent with”, "
            f"{_OF_ITS_DEED}, without a perpetrator or a type; asserted by Bellingcat: “airstrike targeted”, "
            "without a weapon.",
        ),
        (
            {"actor": "united-states", "type": "attack", "target": "unnamed-aj-2017-04-19-s69-fled"},
            f"{_IN_PARTS} Bellingcat: “several smaller missiles”, {_OF_ITS_DEED}, without a perpetrator; "
            "asserted by Bellingcat: “airstrike targeted”, to building that was struck near al-Jinah.",
        ),
        (
            {"actor": "united-states", "type": "destruction", "target": "aj-2017-04-19-north-part"},
            f"{_IN_PARTS} Bellingcat: “completely destroyed”, {_OF_ITS_DEED}, without a perpetrator; "
            "asserted by Bellingcat: “airstrikes that targeted”, of the type airstrike.",
        ),
        (
            {"actor": "syrian-government", "type": "bombardment", "place": "ein-tarma"},
            f"{_NONE_SAYS} Government of the Syrian Arab Republic did this: bombardment, at Ein Tarma; "
            "nearest: asserted by EA WorldView: “bombardment”, without a perpetrator.",
        ),
        (
            {"actor": "syrian-government", "type": "chemical-attack", "place": "ein-tarma", "on": "2017-07-14"},
            f"{_NONE_SAYS} Government of the Syrian Arab Republic did this: chemical attack, at Ein Tarma, on "
            "2017-07-14; nearest: asserted by EA WorldView (claims of): “14”, at one of Ein Tarma and Jobar.",
        ),
        (
            {"actor": "us-central-command", "type": "killing", "incident": "aj-2017-04-19-strike"},
            f"{_NONE_SAYS} United States Central Command did this: killing, in the incident strike near al-Jinah, "
            "16 March 2017; nearest: asserted by United States Central Command (attributed): “dozens of”, "
            "of the same incident, by United States of America.",
        ),
        (
            {"actor": "united-states", "type": "killing", "on": "2017-03-16"},
            f"{_IN_PARTS} Bellingcat: “On March 16, 2017”, of the type airstrike; asserted by Bellingcat: "
            "“civilian casualties”, without a date.",
        ),
        (
            {"actor": "united-states", "type": "airstrike", "place": "al-jinah"},
            f"{_NONE_SAYS} United States of America did this: airstrike, at al-Jinah; nearest: asserted by Bellingcat: "
            f"“near al-Jinah”, {_OF_ITS_DEED}, near al-Jinah, without a perpetrator or a type; asserted by "
            "Bellingcat: “airstrike targeted”, without a place.",
        ),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_a_silent_answer_tells_who_says_which_part_of_it_and_what_each_lacks(
    asked: dict[str, str], nearest: str, catalogue: Catalogue, shipped: Queryable
) -> None:
    answer = ask(catalogue, shipped, asked)
    assert (answer.verdict, answer.reason) == (Verdict.UNDETERMINED, Reason.SILENT)
    assert answer.headline == f"UNDETERMINED, silent: {nearest}"


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        (
            {"actor": "united-states", "type": "airstrike", "weapon": "missile", "incident": "aj-2017-04-19-strike"},
            ["aj-2017-04-19-s70", "aj-2017-04-19-s71"],
        ),
        ({"actor": "united-states", "type": "airstrike", "weapon": "bomb"}, ["aj-2017-04-19-s68"]),
        (
            {"actor": "united-states", "type": "killing", "on": "2017-03-16"},
            ["aj-2017-04-19-s16-killing", "aj-2017-04-19-s09-killed"],
        ),
        ({"actor": "syrian-government", "type": "bombardment", "place": "ein-tarma"}, ["sd-2017-08-07-f01"]),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_the_accounts_of_its_parts_stand_beside_a_silent_answer(
    asked: dict[str, str], listed: list[str], catalogue: Catalogue, shipped: Queryable
) -> None:
    answer = ask(catalogue, shipped, asked)
    assert set(listed) <= {each.statement.iri.rsplit("/", 1)[-1] for each in answer.related}


def test_of_too_many_incidents_none_is_told_to_be_near(
    catalogue: Catalogue, shipped: Queryable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest_accounts, "_INCIDENTS_MAX", 1)
    answer = ask(catalogue, shipped, {"actor": "united-states", "type": "airstrike", "weapon": "bomb"})
    assert answer.headline.startswith("UNDETERMINED, silent: none of 2 sources searched says whether")


@pytest.mark.parametrize("place", ["ein-tarma", "jobar"])
def test_an_account_of_several_days_and_places_is_told_to_be_one(
    place: str, catalogue: Catalogue, shipped: Queryable
) -> None:
    asked = {"actor": "syrian-government", "type": "chemical-attack", "place": place, "on": "2017-07-14"}
    found = {each.statement.iri.rsplit("/", 1)[-1]: each.how for each in ask(catalogue, shipped, asked).related}
    assert next(iter(found)) == "sd-2017-08-07-f39"
    assert found["sd-2017-08-07-f35"] == "is the nearest: on several days and at several places"
    del asked["on"]
    assert "several days" not in str(ask(catalogue, shipped, asked).related)


def test_an_attack_at_one_of_two_places_answers_for_the_state_around_both(
    catalogue: Catalogue, shipped: Queryable
) -> None:
    asked = {"actor": "syrian-government", "type": "chemical-attack", "place": "syria", "on": "2017-07-14"}
    answer = ask(catalogue, shipped, asked)
    assert (answer.verdict, answer.decision.is_inferred) == (Verdict.CLAIMED, True)
    assert answer.headline == (
        'INFERRED: A CLAIM, told by EA WorldView as such ("claims of"), of somebody not named, passed on by Bellingcat'
        ", and GeoNames gazetteer lists Ein Tarma, Jobar and East Ghouta under Syria, "
        "and sd-2017-08-07-f39 does not say at which of Ein Tarma and Jobar."
    )


def test_a_deed_of_the_type_in_the_unit_is_nearer_than_a_denial_of_another_deed_of_the_actor(
    catalogue: Catalogue, shipped: Queryable
) -> None:
    asked = {"actor": "united-states", "type": "chemical-attack", "place": "idlib-province"}
    answer = ask(catalogue, shipped, asked)
    assert "nearest: asserted by EA WorldView: " in answer.headline
    assert answer.headline.endswith("nerve agent”, by Government of the Syrian Arab Republic, at Khan Sheikhoun.")
    assert "aj-2017-04-19-s10" not in {each.statement.iri.rsplit("/", 1)[-1] for each in answer.related}


def test_the_type_at_the_place_by_others_is_nearer_than_another_type_by_the_actor(
    catalogue: Catalogue, shipped: Queryable
) -> None:
    asked = {"actor": "pro-assad-forces", "type": "attempted-capture", "place": "ein-tarma"}
    answer = ask(catalogue, shipped, asked)
    assert "nearest: asserted by EA WorldView: “to capture”, by Syrian Arab Armed Forces and allies" in answer.headline


def test_what_is_said_of_the_same_relation_of_the_actor_is_nearest(catalogue: Catalogue, shipped: Queryable) -> None:
    asked = {"actor": "tablighi-jamaat", "relation": "linked-to", "other": "al-qaeda"}
    answer = catalogue.ask("is-actor-related", asked, shipped, DEFAULT_BASE_IRI)
    assert isinstance(answer, YesNoAnswer)
    assert [each.statement.iri.rsplit("/", 1)[-1] for each in answer.related][:2] == [
        "aj-2017-04-19-s51-islamic-state",
        "aj-2017-04-19-s51-nusra",
    ]
    assert "on the same relation of Tablighi Jamaat to something else, denied by Sheikh Abdul Razzaq" in answer.headline
