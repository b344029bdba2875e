"""When one proposition says no less than another: the rule of specificity, part of ``second_table``.

A proposition says that some matching thing holds. What a more specific one asserts answers the more general; what is
denied of a more general one is denied of the more specific.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from second_voice import CK, RDF_TYPE, VOCAB, Facts

DOER = "doer"
DOERS = ("perpetrator", "participant", "party")
_CONCEPTS = ("incidentType", "weapon", "object", "relation", "controlKind", "positionKind")
_DERIVED = ("earliest", "latest", "span", "timeMode", "whenAsGiven", "when", "incident")
_UNSPECIFIED = "unspecified"
# What coverage or control of some extent says of another extent.
_EXTENTS = {
    "whole": {"whole", "most", "some", "part", _UNSPECIFIED},
    "most": {"most", "some", "part"},
    "some": {"some", "part"},
    "part": {"part", "some"},
    _UNSPECIFIED: {_UNSPECIFIED, "some", "part"},
}
_ASPECTS = {
    "attribution": {DOER, *DOERS, "actor", "by"},
    "target": {"target"},
    "label": {"label"},
    "extent": {"extent", "labelled"},
    "date": {"when"},
    "number": {"count"},
    "place": {"location", "locationCandidate", "near", "place", "geometry"},
    "weapon": {"weapon", "object"},
    "intent": set(),
    "evidence": set(),
}


@dataclass(frozen=True)
class Time:
    """The days that something is about; an end that is absent is open, and ``words`` are all where no date is known."""

    given: str = ""
    earliest: str = ""
    latest: str = ""
    is_throughout: bool = False
    words: str = ""

    def lies_in(self, other: "Time") -> bool:
        """Every day of it is one of the other's."""
        if self.given and self.given == other.given:
            return True
        starts = not other.earliest or (self.earliest and self.earliest >= other.earliest)
        ends = not other.latest or (self.latest and self.latest <= other.latest)
        is_known = bool(other.earliest or other.latest)
        return bool(is_known and (self.earliest or self.latest) and starts and ends)

    def meets(self, other: "Time") -> bool:
        """Some day of it is one of the other's."""
        if self.given and self.given == other.given:
            return True
        is_known = (self.earliest or self.latest) and (other.earliest or other.latest)
        ends_before = bool(self.latest and other.earliest and self.latest < other.earliest)
        begins_after = bool(self.earliest and other.latest and self.earliest > other.latest)
        return bool(is_known) and not ends_before and not begins_after


@dataclass(frozen=True)
class Content:
    """What a proposition or a question says: its class, what fills its roles, its incident and its time."""

    class_: str
    roles: Mapping[str, Set[str]]
    incident: str = ""
    time: Time = Time()

    def fills(self, aspect: str) -> bool:
        """Whether it has a role that a dispute of this aspect is about."""
        if aspect == "existence":
            return True
        names = _ASPECTS.get(aspect, set())
        if aspect == "date":
            return bool(self.time.given or self.time.words)
        if names & (self.roles.keys() - {"extent"}):
            return True
        return "extent" in names and bool(self.roles.get("extent", set()) - {_UNSPECIFIED})


def content_of(facts: Facts, proposition: str) -> Content:
    """What a proposition says."""
    classes = sorted(facts.get(proposition, RDF_TYPE))
    roles: dict[str, Set[str]] = {}
    for predicate, values in facts.properties(proposition).items():
        name = predicate.removeprefix(CK)
        if predicate.startswith(CK) and name not in _DERIVED:
            roles[name] = {_count(facts, value) for value in values} if name == "count" else set(values)
    if "extent" in roles:
        roles["extent"] = {value.rpartition("/")[2] for value in roles["extent"]}
    elif classes in ([CK + "ZoneCoverage"], [CK + "TerritorialControl"]):
        roles["extent"] = {_UNSPECIFIED}
    return Content(
        class_=classes[0] if classes else "",
        roles=roles,
        incident=next(iter(sorted(facts.get(proposition, "incident"))), ""),
        time=_time(facts, proposition),
    )


def _time(facts: Facts, proposition: str) -> Time:
    def one(name: str) -> str:
        return next(iter(sorted(facts.get(proposition, name))), "")

    is_throughout = VOCAB + "time-mode/throughout" in facts.get(proposition, "timeMode")
    words = "" if one("when") else one("whenAsGiven")
    return Time(one("when"), one("earliest"), one("latest"), is_throughout, words)


def _count(facts: Facts, node: str) -> str:
    """Counts are the same if they say the same."""
    said = facts.properties(node)
    return repr(sorted((name, sorted(values)) for name, values in said.items())) if said else node


def twins(facts: Facts, proposition: str) -> set[str]:
    """The proposition, and all that say exactly the same."""
    content = content_of(facts, proposition)
    others = facts.of_class(content.class_.removeprefix(CK)) if content.roles or content.incident else set()
    return {proposition} | {other for other in others if content_of(facts, other) == content}


def implies(facts: Facts, specific: Content, general: Content) -> bool:
    """Whether who asserts the first asserts the second; incidents aside."""
    if specific.class_ != general.class_:
        return False
    if not all(_implies_role(facts, specific, name, values) for name, values in general.roles.items()):
        return False
    return _implies_time(specific.time, general.time)


def _implies_role(facts: Facts, specific: Content, name: str, wanted: Set[str]) -> bool:
    if name == DOER:
        own = {value for role in (DOER, *DOERS) for value in specific.roles.get(role, set())}
    elif name in DOERS:
        own = set(specific.roles.get(name, set()) | specific.roles.get(DOER, set()))
    else:
        own = set(specific.roles.get(name, set()))
    if name == "extent":
        return any(wanted <= _EXTENTS.get(value, set()) for value in own)
    if name in _CONCEPTS:
        own = {broader for value in own for broader in facts.broader(value)}
    return wanted <= own


def _implies_time(specific: Time, general: Time) -> bool:
    if general.words and not general.given:
        return specific.words == general.words
    if not general.given:
        return True
    if general.is_throughout:
        is_same_day = specific.given == general.given and general.earliest == general.latest
        return is_same_day or (specific.is_throughout and general.lies_in(specific))
    if specific.is_throughout:
        return specific.meets(general)
    return bool(specific.given) and specific.lies_in(general)
