"""A display name says only what its accounts agree on and what the speakers beside it say."""

import pyoxigraph as ox
import pytest
from shipped_data import ShippedData

from kg.settings import DEFAULT_BASE_IRI
from kg.status.act import Act, Bearing, Evidence, Origin, Wording
from kg.status.verdict import decide
from kg.store.change import Change
from kg.store.embedded import EmbeddedStore
from kg.store.query_template import text_of
from kg.views.incident_name import Account, IncidentName, Surroundings, compose_name, name_without_accounts
from kg.views.incident_names import MAX_ACCOUNTS, name_incidents

TYPES = "https://w3id.org/conflict-kg/vocab/incident-type/"
ABOVE = {
    f"{TYPES}airstrike": {f"{TYPES}bombardment", f"{TYPES}attack"},
    f"{TYPES}bombardment": {f"{TYPES}attack"},
    f"{TYPES}chemical-attack": {f"{TYPES}attack"},
    f"{TYPES}killing": {f"{TYPES}attack"},
    "Jobar": {"Damascus", "Syria"},
    "Idlib": {"Syria"},
    "Damascus": {"Syria"},
}
AROUND = Surroundings(
    {thing: frozenset(above) for thing, above in ABOVE.items()},
    kinds={"Jobar": "neighbourhood", "Idlib": "city", "Damascus": "governorate", "Mosque": "building"},
    classes={},
    unfit=frozenset({"Contested"}),
)


def act(speaker: str, act_: Act = Act.ASSERTS, *, is_reported: bool = False) -> Evidence:
    wordings = frozenset({Wording.CLAIM if is_reported else Wording.FLAT})
    return Evidence(
        f"{speaker}-{act_}", act_, Bearing.EXACT, speaker, "p", "i", wordings=wordings, is_author=not is_reported,
        origin=Origin(hedge="claims-of" if is_reported else "none", authors=("Paper",)),
    )  # fmt: skip


def account(kind: str = "", place: str = "", when: str = "", *, by: list[Evidence], role: str = "location") -> Account:
    places = frozenset((role, each) for each in place.split("+") if each)
    types = frozenset(f"{TYPES}{each}" for each in kind.split("+") if each)
    return Account(types, places, frozenset(filter(None, [when])), decide(by))


A, B, C = act("A"), act("B"), act("C", is_reported=True)
NO = act("D", Act.DENIES)


@pytest.mark.parametrize(
    ("accounts", "name"),
    [
        ([account("airstrike", "Idlib", "2017-04-04", by=[A])], "Airstrike at Idlib, 4 April 2017 (says A)"),
        ([account("airstrike", "Idlib", by=[A, B])], "Airstrike at Idlib (say A and B)"),
        ([account("airstrike", "Idlib", by=[C])], "Airstrike at Idlib (claimed by C)"),
        # They disagree: what is common remains.
        ([account("airstrike", "Idlib", by=[A]), account("chemical-attack", "Idlib", by=[B])],
         "Attack at Idlib (say A and B)"),
        ([account("airstrike", "Idlib", by=[A]), account("airstrike", "Jobar", by=[A])],
         "Airstrike in Syria (says A)"),
        ([account("airstrike", "Idlib", by=[A]), account("airstrike", "Atlantis", by=[A])], "Airstrike (says A)"),
        ([account("airstrike", "Jobar", by=[A]), account("airstrike", "Damascus", by=[A])],
         "Airstrike at Jobar (says A)"),
        ([account("airstrike", "Jobar+Idlib", by=[A])], "Airstrike at Idlib and Jobar (says A)"),
        ([account("airstrike", "Jobar+Idlib", by=[A], role="locationCandidate")],
         "Airstrike at Idlib or Jobar (says A)"),
        ([account("airstrike", "Idlib", "2017-04-04", by=[A]), account("airstrike", when="2017-04-09", by=[A])],
         "Airstrike at Idlib, April 2017 (says A)"),
        # Outcomes are no kinds beside others.
        ([account("airstrike", "Idlib", by=[A]), account("killing", by=[B])], "Airstrike at Idlib (says A)"),
        ([account("killing", "Idlib", by=[B])], "Killing at Idlib (says B)"),
        # What the speaker does not say is not said beside the name.
        ([account("airstrike", "Idlib", by=[A]), account(when="2017-04-04", by=[B])], "Airstrike at Idlib (says A)"),
        # Claims of others make what the source says no wider, only narrower where they disagree.
        ([account("airstrike", "Idlib", by=[A]), account("chemical-attack", "Idlib", by=[C])],
         "Attack at Idlib (says A)"),
        ([account("airstrike", "Idlib", by=[C, NO])], "Airstrike at Idlib (claimed by C, rejected by D)"),
        ([account("airstrike", "Idlib", by=[A, NO])], "Airstrike at Idlib (said by A, rejected by D)"),
        # Names of buildings, and contested names, are left out.
        ([account("airstrike", "Mosque", by=[A])], "Airstrike (says A)"),
        ([account("airstrike", "Contested", by=[A])], "Airstrike (says A)"),
    ],
)  # fmt: skip
def test_the_name_is_the_common_part(accounts: list[Account], name: str) -> None:
    composed = compose_name(accounts, AROUND, lambda iri: iri.removeprefix(TYPES).replace("-", " "))
    assert str(composed) == name


@pytest.mark.parametrize("acts", [[NO], [act("A", Act.LEAVES_OPEN)], []])
def test_what_nobody_affirms_gives_no_name(acts: list[Evidence]) -> None:
    assert compose_name([account("airstrike", "Idlib", by=acts)], AROUND, str) is None


def test_without_a_name_it_is_its_place_in_the_source() -> None:
    assert name_without_accounts("x/sd-2017-08-07-f47", "F47 in Syria Daily", "") == IncidentName(
        "Incident F47 in Syria Daily"
    )
    assert str(name_without_accounts("x/y", "", "the meeting")) == "Incident: the meeting"


INCIDENTS = f"{DEFAULT_BASE_IRI}id/incident/"
EXPECTED = {
    "sd-2017-08-07-f47": "Chemical attack at Khan Sheikhoun, 4 April 2017 (says EA WorldView)",
    "aj-2017-04-19-strike": "Airstrike near al-Jinah, 16 March 2017 (says Bellingcat)",
    "sd-2017-08-07-f39": "Chemical attack at Ein Tarma or Jobar, 14 July 2017 (told as a claim by EA WorldView)",
    "sd-2017-08-07-f20": "Destruction of equipment, F20 in Syria Daily (said by Free Syrian Army)",
    "aj-2017-04-19-s09": "Incident S09 in Bellingcat on al-Jinah",
}


@pytest.fixture(scope="module")
def store(shipped_data: ShippedData) -> EmbeddedStore:
    return shipped_data.store()


def test_incidents_of_the_shipped_data_have_these_names(store: EmbeddedStore) -> None:
    names = name_incidents(store, (INCIDENTS + slug for slug in EXPECTED))
    assert {iri.removeprefix(INCIDENTS): str(name) for iri, name in names.items()} == EXPECTED


def test_every_name_that_says_something_says_whose_word_it_is(store: EmbeddedStore) -> None:
    found = store.query("SELECT DISTINCT ?i { ?i a <https://w3id.org/conflict-kg/ontology#Incident> }")
    assert isinstance(found, ox.QuerySolutions)
    names = name_incidents(store, (text_of(row["i"]) for row in found))
    assert len(set(map(str, names.values()))) == len(names) > 40
    for name in names.values():
        assert name.mark or name.text.startswith("Incident ")
        assert "mosque" not in name.text.lower()


def test_an_incident_with_very_many_accounts_is_not_named_by_a_part_of_them(store: EmbeddedStore) -> None:
    crowded, other = INCIDENTS + "sd-2017-08-07-f47", INCIDENTS + "aj-2017-04-19-strike"
    graph, incident = ox.NamedNode("http://x/g"), ox.NamedNode("https://w3id.org/conflict-kg/ontology#incident")
    copies = {
        ox.Quad(ox.NamedNode(f"http://x/{number}"), incident, ox.NamedNode(crowded), graph)
        for number in range(2 * MAX_ACCOUNTS)
    }
    store.apply(Change.from_quads(added=frozenset(copies)))
    try:
        names = name_incidents(store, [crowded, other])
        assert str(names[other]) == EXPECTED["aj-2017-04-19-strike"]
        assert names[crowded].mark == ""
    finally:
        store.apply(Change.from_quads(removed=frozenset(copies)))
