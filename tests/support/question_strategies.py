"""Random statements for tests that compare ways to the answer of a yes/no question, and the questions.

Owns a small world in which propositions say more, less or the like of a few deeds, coverages and relations, so that
specificity, incidents and inferences matter.
"""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from kg import namespaces
from kg.settings import DEFAULT_BASE_IRI

Statement = dict[str, Any]
Asked = tuple[str, dict[str, str]]

_ARMY_ATTACK = {"incidentType": "incident-type/attack", "perpetrator": "actor/army"}
_ON_A = {"incident": "incident/a"}
_COVERS = {"zone": "zone/z"}
_LINKED = {"actor": "actor/militia", "relation": "actor-relation/linked-to", "other": "actor/unit"}
_IN_2017 = {"when": "2017", "earliest": "2017-01-01", "latest": "2017-12-31", "span": "2017-01-01/2017-12-31"}
_IN_AUGUST = {"when": "2017-08", "earliest": "2017-08-01", "latest": "2017-08-31", "span": "2017-08-01/2017-08-31"}
_ON_THE_DAY = {
    "when": "2017-08-07", "earliest": "2017-08-07", "latest": "2017-08-07", "span": "2017-08-07/2017-08-07",
}  # fmt: skip
WORLD: dict[str, tuple[str, dict[str, str]]] = {
    "deed": ("IncidentAccount", _ARMY_ATTACK | _ON_A),
    "other-deed": ("IncidentAccount", _ARMY_ATTACK | {"incident": "incident/b"}),
    "any-deed": ("IncidentAccount", _ARMY_ATTACK),
    "in-town": ("IncidentAccount", _ARMY_ATTACK | _ON_A | {"location": "place/town"}),
    "placed": ("IncidentAccount", _ON_A | {"location": "place/town"}),
    "any-in-town": ("IncidentAccount", _ARMY_ATTACK | {"location": "place/town"}),
    "in-province": ("IncidentAccount", _ARMY_ATTACK | _ON_A | {"location": "place/province"}),
    "any-in-province": ("IncidentAccount", _ARMY_ATTACK | {"location": "place/province"}),
    "anybody-in-province": ("IncidentAccount", {"incidentType": "incident-type/attack", "location": "place/province"}),
    "of-unit-in-town": (
        "IncidentAccount", {**_ARMY_ATTACK, **_ON_A, "perpetrator": "actor/unit", "location": "place/town"},
    ),
    "near-town": ("IncidentAccount", _ARMY_ATTACK | _ON_A | {"near": "place/town"}),
    "perhaps-town": ("IncidentAccount", _ARMY_ATTACK | _ON_A | {"locationCandidate": "place/town"}),
    "one-of-two": ("IncidentAccount", _ARMY_ATTACK | _ON_A | {"locationCandidate": "place/town place/other-town"}),
    "here-or-abroad": ("IncidentAccount", _ARMY_ATTACK | _ON_A | {"locationCandidate": "place/town place/abroad"}),
    "town-or-province": ("IncidentAccount", _ARMY_ATTACK | {"locationCandidate": "place/town place/province"}),
    "in-other-town": ("IncidentAccount", _ARMY_ATTACK | _ON_A | {"location": "place/other-town"}),
    "on-militia": ("IncidentAccount", _ARMY_ATTACK | _ON_A | {"target": "actor/militia"}),
    "counted": ("IncidentAccount", _ARMY_ATTACK | _ON_A | {"count": "count/five"}),
    "dated": ("IncidentAccount", _ARMY_ATTACK | _ON_A | _ON_THE_DAY),
    "of-unit": ("IncidentAccount", {**_ARMY_ATTACK, **_ON_A, "perpetrator": "actor/unit"}),
    "of-ally": ("IncidentAccount", {**_ARMY_ATTACK, **_ON_A, "perpetrator": "actor/ally"}),
    "agent": (
        "IncidentAccount", _ON_A | {"incidentType": "incident-type/chemical-attack", "weapon": "weapon/chlorine"},
    ),
    "killing": ("IncidentAccount", _ON_A | {"incidentType": "incident-type/killing", "target": "actor/militia"}),
    "force": ("ActorRelation", {"actor": "actor/unit", "relation": "actor-relation/force-of", "other": "actor/army"}),
    "side": ("ActorRelation", {"actor": "actor/ally", "relation": "actor-relation/part-of", "other": "actor/side"}),
    "shown": ("Depiction", {"medium": "source/video", "shows": "proposition/deed"}),
    "aim": ("Position", {"actor": "actor/army", "positionKind": "position-kind/aim", "content": "proposition/in-town"}),
    "province": ("ZoneCoverage", _COVERS | {"place": "place/province", "extent": "extent/whole"}),
    "most": ("ZoneCoverage", _COVERS | {"place": "place/province", "extent": "extent/most"}),
    "town": ("ZoneCoverage", _COVERS | {"place": "place/town"}),
    "part": ("ZoneCoverage", _COVERS | {"place": "place/town", "extent": "extent/part"}),
    "step": (
        "PlaceRelation", {"place": "place/town", "relation": "place-relation/part-of", "other": "place/province"},
    ),
    "higher-step": (
        "PlaceRelation", {"place": "place/province", "relation": "place-relation/part-of", "other": "place/country"},
    ),
    "beside": (
        "PlaceRelation", {"place": "place/town", "relation": "place-relation/near", "other": "place/province"},
    ),
    "linked": ("ActorRelation", _LINKED),
    "linked-within": ("ActorRelation", _LINKED | _IN_2017),
    "linked-in-august": ("ActorRelation", _LINKED | _IN_AUGUST),
    "linked-throughout": ("ActorRelation", _LINKED | _IN_2017 | {"timeMode": "time-mode/throughout"}),
    "linked-that-day": ("ActorRelation", _LINKED | _ON_THE_DAY),
    "same": ("Identity", {"one": "incident/a", "other": "incident/b"}),
    "name": ("Labelling", {"labelled": "actor/militia", "label": "rebels"}),
}  # fmt: skip
"""Propositions by their slugs, with class and roles; a value without a slash is a text, spaces separate several."""
_CLASSES = {
    "actor/army": "Organization", "actor/unit": "ArmedGroup", "actor/ally": "State", "actor/side": "Coalition",
    "actor/militia": "ArmedGroup", "actor/paper": "Organization", "actor/witness": "Person",
    "incident/a": "Incident", "incident/b": "Incident", "zone/z": "Zone", "place/town": "Place",
    "place/province": "Place", "place/country": "Place", "place/other-town": "Place", "place/abroad": "Place",
    "count/five": "CountEstimate",
}  # fmt: skip
_CONCEPTS = (
    "incident-type", "actor-relation", "place-relation", "position-kind", "extent", "weapon", "time-mode", "hedge",
    "aspect", "source-kind", "explicitness",
)  # fmt: skip
_THEMES = (
    ("deed", "other-deed", "any-deed", "in-town", "on-militia", "counted", "dated", "agent", "killing", "shown", "aim"),
    ("deed", "any-deed", "on-militia", "of-unit", "of-ally", "force", "side"),
    ("province", "most", "town", "part", "step"),
    ("linked", "linked-within", "same", "name"),
    ("linked", "linked-within", "linked-in-august", "linked-throughout", "linked-that-day"),
)
"""Propositions that meet."""
_PLACES = (("deed", "other-deed", "any-deed", "in-town", "placed", "killing", "of-unit", "force"),)
"""Propositions that meet one that says only where an incident was."""
_UNITS = (
    ("in-town", "any-in-town", "in-province", "any-in-province", "step"),
    ("in-town", "any-in-town", "anybody-in-province", "placed", "higher-step", "beside"),
    ("any-in-town", "any-in-province", "of-unit-in-town", "force", "step"),
    ("deed", "placed", "in-town", "near-town", "perhaps-town", "in-other-town", "step"),
    ("one-of-two", "here-or-abroad", "town-or-province", "in-town", "any-in-province", "placed", "step"),
)
"""Propositions that meet by the units in which places lie."""
_SPEAKERS = ("paper", "witness", "army", "paper")
_HEDGES = ("none", "none", "none", "attributed", "probably", "evidential", "may", "claims-of", "reportedly", "unclear")
_ASPECTS = ("existence", "attribution", "target", "place", "number", "evidence", "extent")
_ACTS = ("asserts", "asserts", "asserts", "denies", "denies", "leavesOpen", "supposes")


@st.composite
def _statements(draw: st.DrawFn, themes: tuple[tuple[str, ...], ...] = _THEMES) -> list[Statement]:
    """Statements on propositions of a theme; links are to statements before them."""
    slugs = draw(st.lists(st.sampled_from(draw(st.sampled_from(themes))), min_size=1, max_size=4, unique=True))
    statements: list[Statement] = []
    for _ in range(draw(st.integers(1, 5))):
        statement = {
            "act": draw(st.sampled_from(_ACTS)),
            "proposition": draw(st.sampled_from(slugs)),
            "speaker": draw(st.sampled_from(_SPEAKERS)),
            "hedge": draw(st.sampled_from(_HEDGES)),
            "source": draw(st.sampled_from(("article", "article", "article", "press"))),
            "aspects": draw(st.lists(st.sampled_from(_ASPECTS), min_size=1, max_size=2, unique=True)),
        }
        statements.append(statement | {"links": _links(draw, statement, statements)})
    return statements


def _links(draw: st.DrawFn, statement: Statement, before: list[Statement]) -> list[tuple[str, int]]:
    """To one other statement: what restates an act is the same act, what retracts one has its speaker."""
    if not before or draw(st.booleans()):
        return []
    number = draw(st.integers(0, len(before) - 1))
    links = ["disputes", "disputes", "partOfStatement"]
    if before[number]["speaker"] == statement["speaker"]:
        links += ["retracts", "partOfStatement"]
        if before[number]["act"] == statement["act"]:
            links.append("restates")
    return [(draw(st.sampled_from(links)), number)]


STATEMENTS = _statements()
STATEMENTS_OF_PLACES = _statements(_PLACES)
STATEMENTS_OF_UNITS = _statements(_UNITS)
_DID_ARMY = {"actor": "actor/army", "type": "incident-type/attack"}
QUESTIONS: list[Asked] = [
    ("did-actor-do", _DID_ARMY),
    ("did-actor-do", _DID_ARMY | {"target": "actor/militia"}),
    ("did-actor-do", _DID_ARMY | {"place": "place/town"}),
    ("did-actor-do", _DID_ARMY | {"incident": "incident/a"}),
    ("did-actor-do", _DID_ARMY | {"incident": "incident/b"}),
    ("did-actor-do", _DID_ARMY | {"weapon": "weapon/chlorine"}),
    ("did-actor-do", _DID_ARMY | {"type": "incident-type/chemical-attack"}),
    ("did-actor-do", _DID_ARMY | {"type": "incident-type/chemical-attack", "weapon": "weapon/chlorine"}),
    ("did-actor-do", _DID_ARMY | {"type": "incident-type/killing"}),
    ("did-actor-do", _DID_ARMY | {"on": "2017-08-07"}),
    ("did-actor-do", _DID_ARMY | {"actor": "actor/unit"}),
    ("did-actor-do", _DID_ARMY | {"actor": "actor/unit", "target": "actor/militia"}),
    ("did-actor-do", _DID_ARMY | {"actor": "actor/side"}),
    ("does-zone-cover-place", {"zone": "zone/z", "place": "place/town"}),
    ("does-zone-cover-place", {"zone": "zone/z", "place": "place/province"}),
    ("is-actor-related", _LINKED),
    ("is-actor-related", _LINKED | {"on": "2017-08-07"}),
    ("are-two-the-same", {"one": "incident/b", "other": "incident/a"}),
    *(
        ("did-actor-say", {"actor": f"actor/{actor}", "content": f"proposition/{slug}"})
        for actor in ("paper", "army")
        for slug in ("deed", "in-town", "name", "aim")
    ),
]
"""Names of questions, with parameters."""
QUESTIONS_OF_UNITS: list[Asked] = [
    ("did-actor-do", _DID_ARMY | {"place": f"place/{place}", **more})
    for place in ("town", "province", "country", "other-town")
    for more in ({}, {"incident": "incident/a"}, {"actor": "actor/unit"}, {"type": "incident-type/killing"})
]
"""Of deeds at a place, or somewhere in a unit."""


def iri(text: str) -> str:
    """The IRI of a short name; a text or a date stays what it is."""
    kind, _, slug = text.partition("/")
    if not slug or kind[0].isdigit():
        return text
    return f"{namespaces.VOCAB}{text}" if kind in _CONCEPTS else f"{DEFAULT_BASE_IRI}id/{text}"


def triples(statements: list[Statement]) -> Iterator[tuple[str, str, str]]:
    """The world, and what is said of it."""
    ck = namespaces.CK
    for thing, class_ in _CLASSES.items():
        yield iri(thing), namespaces.TYPE.value, ck + class_
    for slug, (class_, roles) in WORLD.items():
        node = iri(f"proposition/{slug}")
        yield node, namespaces.TYPE.value, ck + class_
        yield from ((node, ck + role, iri(value)) for role, values in roles.items() for value in values.split())
    for place, unit in (("town", "province"), ("other-town", "province"), ("province", "country")):
        yield iri(f"place/{place}"), f"{ck}administrativeParent", iri(f"place/{unit}")
    yield iri("count/five"), f"{ck}asGiven", "five"
    for source, kind, publisher in (("article", "article", "paper"), ("press", "press-statement", "army")):
        yield iri(f"source/{source}"), f"{ck}sourceKind", iri(f"source-kind/{kind}")
        yield iri(f"source/{source}"), str(namespaces.PUBLISHER), iri(f"actor/{publisher}")
    for number, fields in enumerate(statements):
        node = iri(f"statement/s{number}")
        yield node, ck + fields["act"], iri(f"proposition/{fields['proposition']}")
        yield node, f"{ck}speaker", iri(f"actor/{fields['speaker']}")
        yield node, f"{ck}hedge", iri(f"hedge/{fields['hedge']}")
        yield node, f"{ck}reportedIn", iri(f"source/{fields['source']}")
        yield from ((node, ck + link, iri(f"statement/s{other}")) for link, other in fields["links"])
        if any(link == "disputes" for link, _ in fields["links"]):
            yield from ((node, f"{ck}disputedAspect", iri(f"aspect/{aspect}")) for aspect in fields["aspects"])
