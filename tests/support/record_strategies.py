"""Random records for tests that compare ways to a status: few things, so that acts meet, and every kind of act on them.

Owns the small world (propositions that say the same, more, less of one deed; a position, a depiction, names, a zone, a
judgement) and the strategy of statements about it. Faulty records are among them: no speaker, two hedges, two acts.
"""

from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
from hypothesis import strategies as st

from kg import namespaces
from kg.settings import DEFAULT_BASE_IRI

Record = dict[str, Any]
Link = tuple[str, str, str]
Triple = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]

ADDED_HEDGE = "added-by-data"
"""A hedge that no vocabulary of the schema contains; the data says that it is one of possibility."""
_INSISTENCE = "insists"
"""Another, without words of its own: one of claims."""
_DEED = (("incidentType", "incident-type/attack"), ("perpetrator", "actor/c"))
_ON_INCIDENT = (*_DEED, ("incident", "incident/i"))
WORLD: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "deed": ("IncidentAccount", _ON_INCIDENT),
    "same-deed": ("IncidentAccount", _ON_INCIDENT),
    "deed-to-b": ("IncidentAccount", (*_ON_INCIDENT, ("target", "actor/b"))),
    "deed-elsewhere": ("IncidentAccount", (*_ON_INCIDENT, ("location", "place/town"))),
    "any-deed": ("IncidentAccount", _DEED),
    "aim": ("Position", (("actor", "actor/b"), ("positionKind", "position-kind/aim"), ("content", "proposition/deed"))),
    "shown": ("Depiction", (("medium", "source/video"), ("shows", "proposition/deed-to-b"))),
    "name": ("Labelling", (("labelled", "actor/c"), ("label", "rebels"))),
    "other-name": ("Labelling", (("labelled", "actor/c"), ("label", "bandits"))),
    "coverage": ("ZoneCoverage", (("zone", "zone/z"), ("place", "place/town"))),
    "judgement": ("Assessment", (("about", "proposition/deed"), ("gist", "it was unlawful"))),
}
"""Propositions by their slugs, with class and roles; a value without a slash is a text."""
PROPOSITIONS = tuple(WORLD)
_ACTS = ("asserts", "denies", "leavesOpen", "supposes")
_LINKS = ("disputes", "retracts", "restates", "relays", "basedOn", "partOfStatement", "supports")
_HEDGES = (
    "none", "attributed", "certain", "evidential", "probably", "believes", "unlikely", "may", "consistent-with",
    "unclear", "no-evidence", "claims-of", "reportedly", "scare-quotes", "aggregated", "machine-coded", "not-given",
    ADDED_HEDGE, _INSISTENCE,
)  # fmt: skip
_STATEMENT = st.fixed_dictionaries(
    {
        "acts": st.one_of(
            st.lists(st.tuples(st.sampled_from(_ACTS), st.sampled_from(PROPOSITIONS)), min_size=1, max_size=1),
            st.lists(st.tuples(st.sampled_from(_ACTS), st.sampled_from(PROPOSITIONS)), max_size=2),
            st.just([("declares", "zone")]),
        ),
        "speakers": st.one_of(
            st.sampled_from([["a"], ["b"], ["c"]]), st.lists(st.sampled_from("abc"), max_size=2, unique=True)
        ),
        "hedges": st.one_of(
            st.sampled_from([[hedge] for hedge in _HEDGES]), st.lists(st.sampled_from(_HEDGES), max_size=2, unique=True)
        ),
        "explicitness": st.sampled_from(("", "", "", "implied", "implicit", "computed")),
        "source": st.sampled_from(("article", "article", "press", "copy", "notes", "")),
        "aspects": st.lists(st.sampled_from(("existence", "target", "label", "intent")), max_size=2, unique=True),
        "links": st.lists(st.tuples(st.sampled_from(_LINKS), st.integers(0, 5)), max_size=2),
        "saidWhen": st.sampled_from(("", "", "2017-04-05")),
    }
)
_SPEAKER = st.sampled_from("abc")
_ON_DEED = st.sampled_from(("deed", "deed", "same-deed", "deed-to-b", "name", "coverage"))


@st.composite
def _disputed(draw: st.DrawFn) -> list[Record]:
    """What one says, and another disputes."""
    aspects = draw(st.lists(st.sampled_from(("existence", "target", "label", "intent")), min_size=1, unique=True))
    first = _plain(draw, "asserts", draw(_ON_DEED))
    return [first, _plain(draw, "asserts", "judgement", ("disputes", 0)) | {"aspects": aspects}]


@st.composite
def _opposed(draw: st.DrawFn) -> list[Record]:
    """What one says, and another denies."""
    slug = draw(st.sampled_from(("deed", "same-deed", "deed-to-b", "name", "coverage", "aim", "shown")))
    return [_plain(draw, "asserts", slug), _plain(draw, "denies", slug)]


@st.composite
def _repeated(draw: st.DrawFn) -> list[Record]:
    """What one says, and restates."""
    slug = draw(_ON_DEED)
    return [_plain(draw, "asserts", slug), _plain(draw, "asserts", slug, ("restates", 0))]


@st.composite
def _shown(draw: st.DrawFn) -> list[Record]:
    """What one says to be shown, or not to be."""
    return [_plain(draw, draw(st.sampled_from(("asserts", "denies"))), "shown")]


@st.composite
def _declared(draw: st.DrawFn) -> list[Record]:
    """A declaration of a zone, and what it covers."""
    whole = _plain(draw, "declares", "zone")
    return [whole, _plain(draw, "asserts", "coverage", ("partOfStatement", 0)) | {"speakers": whole["speakers"]}]


@st.composite
def _taken_back(draw: st.DrawFn) -> list[Record]:
    """What one says, and takes back."""
    first = _plain(draw, "asserts", draw(_ON_DEED))
    return [first, _plain(draw, "", "", ("retracts", 0)) | {"speakers": first["speakers"]}]


@st.composite
def _rejected(draw: st.DrawFn) -> list[Record]:
    """What an author says not to be."""
    slug = draw(st.sampled_from(("any-deed", "deed", "name", "coverage")))
    return [_plain(draw, "denies", slug) | {"speakers": ["a"], "hedges": ["none"], "source": "article"}]


@st.composite
def _undecided(draw: st.DrawFn) -> list[Record]:
    """What one leaves open or supposes."""
    return [_plain(draw, draw(st.sampled_from(("leavesOpen", "supposes"))), draw(st.sampled_from(PROPOSITIONS)))]


@st.composite
def _not_found(draw: st.DrawFn) -> list[Record]:
    """What one found no evidence of."""
    return [_plain(draw, "leavesOpen", draw(_ON_DEED)) | {"hedges": ["no-evidence"]}]


@st.composite
def _aimed(draw: st.DrawFn) -> list[Record]:
    """A position that its holder states."""
    return [_plain(draw, "asserts", "aim") | {"speakers": ["b"]}]


@st.composite
def _claimed(draw: st.DrawFn) -> list[Record]:
    """What one claims, another passes on, and an author reports as a claim, in a part of a statement."""
    slug = draw(_ON_DEED)
    claim, relay = _plain(draw, "asserts", slug), _plain(draw, "", "", ("relays", 0))
    whole, part = (
        _plain(draw, "asserts", "judgement", ("basedOn", 1)),
        _plain(draw, "asserts", slug, ("partOfStatement", 2)),
    )
    return [claim, relay, whole, part | {"speakers": ["a"], "hedges": ["claims-of"], "source": "article"}]


def _plain(draw: st.DrawFn, act: str, slug: str, *links: tuple[str, int]) -> Record:
    """One act of one speaker, with one hedge; links are to statements of the same group, by number."""
    return {
        "acts": [(act, slug)] if act else [],
        "speakers": [draw(_SPEAKER)],
        "hedges": [draw(st.sampled_from(("none", "none", "attributed", *_HEDGES)))],
        "explicitness": draw(st.sampled_from(("", "", "implied", "implicit", "computed"))),
        "source": draw(st.sampled_from(("article", "article", "press", "copy", "notes"))),
        "links": list(links),
    }


def _join(groups: list[list[Record]]) -> list[Record]:
    """The statements of all groups, their links renumbered."""
    joined: list[Record] = []
    for group in groups:
        start = len(joined)
        joined += [each | {"links": [(link, start + other) for link, other in each["links"]]} for each in group]
    return joined


STATEMENTS = st.lists(
    st.one_of(
        st.lists(_STATEMENT, min_size=1, max_size=3),
        _disputed(),
        _opposed(),
        _repeated(),
        _shown(),
        _declared(),
        _aimed(),
        _claimed(),
        _taken_back(),
        _not_found(),
        _rejected(),
        _undecided(),
    ),
    max_size=4,
).map(_join)
"""Up to four groups of statements: any, or such as belong together. Links to no statement go to some of them."""
HOLDINGS = st.lists(
    st.tuples(st.sampled_from(PROPOSITIONS), st.sampled_from(("content", "shows")), st.sampled_from(PROPOSITIONS)),
    max_size=2,
)
"""Further propositions in others, also in a circle."""


def record(act: str, speakers: str = "a", hedges: tuple[str, ...] = ("none",), *links: tuple[str, int]) -> Record:
    """A statement on the deed, without a source."""
    acts = [(act, "deed")] if act else []
    return {"acts": acts, "speakers": list(speakers), "hedges": list(hedges), "links": list(links)}


def node(kind: str, slug: str) -> ox.NamedNode:
    """A resource of the world."""
    return ox.NamedNode(f"{DEFAULT_BASE_IRI}id/{kind}/{slug}")


def triples(statements: list[Record], holdings: list[Link]) -> Iterator[Triple]:
    """The world and these statements."""
    yield from _things()
    for slug, (class_, roles) in WORLD.items():
        yield node("proposition", slug), namespaces.TYPE, _ck(class_)
        yield from ((node("proposition", slug), _ck(role), _value(value)) for role, value in roles)
    for holder, link, content in holdings:
        yield node("proposition", holder), _ck(link), node("proposition", content)
    for number, fields in enumerate(statements):
        statement = node("statement", f"s{number}")
        yield statement, namespaces.TYPE, _ck("Statement")
        for predicate, value in _properties(fields, len(statements)):
            yield statement, _ck(predicate), value


def _properties(fields: Record, count: int) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
    """The properties of a statement, of this number of them."""
    for act, slug in fields["acts"]:
        yield act, node("zone", "z") if act == "declares" else node("proposition", slug)
    yield from (("speaker", node("actor", speaker)) for speaker in fields["speakers"])
    yield from (("hedge", _concept("hedge", slug)) for slug in fields["hedges"])
    yield from ((link, node("statement", f"s{other % count}")) for link, other in fields["links"])
    yield from (("disputedAspect", _concept("aspect", slug)) for slug in fields.get("aspects", ()))
    if fields.get("explicitness"):
        yield "explicitness", _concept("explicitness", fields["explicitness"])
    if fields.get("source"):
        yield "reportedIn", node("source", fields["source"])
    if fields.get("saidWhen"):
        yield "saidWhen", ox.Literal(fields["saidWhen"], datatype=ox.NamedNode(namespaces.EDTF))


def _things() -> Iterator[Triple]:
    """An article and a press statement that a publishes, a copy by a of an article of b, and notes."""
    broader, label = ox.NamedNode(namespaces.BROADER), ox.NamedNode(namespaces.PREF_LABEL)
    yield _concept("hedge", ADDED_HEDGE), broader, _concept("hedge", "may")
    yield _concept("hedge", _INSISTENCE), broader, _concept("hedge", "claims-of")
    for slug in "abc":
        yield node("actor", slug), namespaces.TYPE, _ck("State")
        yield node("actor", slug), label, ox.Literal(slug.upper(), language="en")
    yield node("place", "town"), namespaces.TYPE, _ck("Place")
    yield node("zone", "z"), namespaces.TYPE, _ck("Zone")
    yield node("incident", "i"), namespaces.TYPE, _ck("Incident")
    publisher, creator = ox.NamedNode(namespaces.PUBLISHER), ox.NamedNode(namespaces.CREATOR)
    kinds = {"article": "article", "press": "press-statement", "copy": "article", "video": "video"}
    kinds["notes"] = "recorders-notes"
    for slug, kind in kinds.items():
        yield node("source", slug), namespaces.TYPE, _ck("Source")
        yield node("source", slug), _ck("sourceKind"), _concept("source-kind", kind)
        yield node("source", slug), publisher, node("actor", "a")
    yield node("source", "copy"), creator, node("actor", "b")
    yield node("source", "copy"), _ck("republishes"), node("source", "original")


def _value(text: str) -> ox.NamedNode | ox.Literal:
    kind, _, slug = text.partition("/")
    if not slug:
        return ox.Literal(text, language="en")
    is_concept = kind in ("incident-type", "position-kind")
    return _concept(kind, slug) if is_concept else node(kind, slug)


def _concept(scheme: str, slug: str) -> ox.NamedNode:
    return ox.NamedNode(f"{namespaces.VOCAB}{scheme}/{slug}")


def _ck(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{namespaces.CK}{name}")
