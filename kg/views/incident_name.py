"""The display name of an incident, made of its accounts: what, where, when, and in parentheses who says so.

Owns what such a name says: the part on which the accounts agree that somebody affirms, never what is only denied, and
only what the speakers in parentheses say together. Knows no store; ``kg.views.incident_names`` reads the accounts.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product

from kg.namespaces import UNNAMED, VOCAB
from kg.schema.model import local_name
from kg.status.act import Evidence
from kg.status.badge import ClaimKind, word_claim
from kg.status.verdict import Decision, Status
from kg.status.wording import NameOf, format_date, join_names
from kg.text_direction import isolate

OUTCOMES = frozenset(
    f"{VOCAB}incident-type/{name}"
    for name in ("killing", "wounding", "treatment", "rescue", "destruction", "destruction-of-equipment")
)
"""Types of accounts that say what came of it, to whom it befell. They name an incident only where nothing else does."""
_TIERS = (Status.ASSERTED, Status.CLAIMED, Status.DISPUTED)
_NEAR, _CANDIDATE = "near", "locationCandidate"
_POINTS = frozenset({"city", "town", "village", "neighbourhood"})
_WITHIN = frozenset({"building", "site", "periphery"})
"""Kinds of place that are no common name of a place: where in a town it was is for the accounts."""
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T[^~?%]*)?([~?%]?)")
_MAX_PLACES = 2
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Account:
    """What one proposition says of an incident, and how it stands."""

    types: frozenset[str]
    places: frozenset[tuple[str, str]]
    """Each with its role: location, near."""
    times: frozenset[str]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the concepts and places that accounts name, by reference graphs."""

    above: Mapping[str, frozenset[str]]
    """All that stands above each: broader concepts, administrative parents."""
    kinds: Mapping[str, str]
    """The kind of a place, as a short name."""
    classes: Mapping[str, frozenset[str]]
    unfit: frozenset[str]
    """Places whose name somebody rejects."""


@dataclass(frozen=True, slots=True)
class IncidentName:
    """A display name; ``mark`` says whose word it is, empty where the name says nothing of what happened."""

    text: str
    mark: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.mark})" if self.mark else self.text


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a name, and the accounts that say it."""

    text: str
    accounts: Sequence[Account]


def compose_name(
    accounts: Iterable[Account], around: Surroundings, name_of: NameOf, in_source: str = ""
) -> IncidentName | None:
    """The name of an incident with these accounts; None where they have no common part that names it.

    ``in_source``: its place in the source, which tells it from others where neither place nor time does.
    """
    affirmed = [account for account in accounts if account.decision.status in _TIERS]
    main = [account for account in affirmed if account.types - OUTCOMES] or [each for each in affirmed if each.types]
    if not main:
        return None
    tier = next(tier for tier in _TIERS if any(account.decision.status is tier for account in main))
    bearing = [account for account in main if account.decision.status is tier]
    speakers = _speakers(bearing, tier)
    parts = []
    for part in (_place_of(affirmed, around, name_of), _time_of(affirmed, main)):
        if part and (common := speakers & _speakers(part.accounts, tier)):
            speakers = common
            parts.append(part.text)
    kinds = frozenset().union(*(account.types - OUTCOMES or account.types for account in main))
    common_kind = _lowest(_shared_above(kinds, around), around)
    if not (common_kind or parts):
        return None
    what = isolate(name_of(common_kind)) if common_kind else "incident"
    if not parts and in_source:
        parts.append(f", {in_source}")
    text = "".join([what[:1].upper(), what[1:], *parts])
    return IncidentName(text, _mark(bearing, tier, speakers, name_of))


def _speakers(accounts: Iterable[Account], tier: Status) -> Set[str]:
    """Who affirms these accounts; in the name of sources only who does so in full."""
    return {item.speaker for account in accounts for item in _affirming(account.decision, tier)}


def _affirming(decision: Decision, tier: Status) -> Sequence[Evidence]:
    return [item for item in decision.affirming if tier is not Status.ASSERTED or item.counts_in_full]


def _shared_above(things: Collection[str], around: Surroundings) -> frozenset[str]:
    """What is each of them, or above each."""
    sets = [frozenset({thing}) | around.above.get(thing, frozenset()) for thing in things]
    return frozenset.intersection(*sets) if sets else frozenset()


def _lowest(things: Collection[str], around: Surroundings) -> str:
    """The one that stands above none of the others; of several the first."""
    higher = {other for thing in things for other in around.above.get(thing, ())}
    return min(set(things) - higher, default="")


def _place_of(accounts: Iterable[Account], around: Surroundings, name_of: NameOf) -> _Part | None:
    """Where it was: the narrowest places on which all agree, else the unit that has them all."""
    located = [(account, _fit_places(account, around)) for account in accounts]
    located = [(account, places) for account, places in located if places]
    above = _with_units(located, around)
    named = {place for _, places in located for _, place in places}
    narrowest = {place for place in named if not any(place in above.get(other, ()) for other in named - {place})}
    if not narrowest:
        return None
    if len(narrowest) > 1 and not _has_all(located, narrowest):
        unit = _lowest(_shared_above(narrowest, around), around)
        if not unit:
            return None
        return _Part(f" in {isolate(name_of(unit))}", [account for account, _ in located])
    saying = [(account, places) for account, places in located if {place for _, place in places} & narrowest]
    roles = {role for _, places in saying for role, place in places if place in narrowest}
    is_point = all(around.kinds.get(place) in _POINTS for place in narrowest)
    preposition = "near" if roles == {_NEAR} else "at" if is_point else "in"
    is_one_of_them = len(narrowest) > 1 and _CANDIDATE in roles
    names = (" or " if is_one_of_them else " and ").join(sorted(isolate(name_of(place)) for place in narrowest))
    whole = [account for account, places in saying if narrowest <= {place for _, place in places}]
    return _Part(f" {preposition} {names}", whole)


def _fit_places(account: Account, around: Surroundings) -> frozenset[tuple[str, str]]:
    return frozenset(
        (role, place)
        for role, place in account.places
        if around.kinds.get(place, "") not in _WITHIN
        and not around.classes.get(place, frozenset()) & {*UNNAMED}
        and place not in around.unfit
    )


def _with_units(
    located: Iterable[tuple[Account, frozenset[tuple[str, str]]]], around: Surroundings
) -> Mapping[str, Set[str]]:
    """What stands above places; also the unit in which an account has the place that it is near."""
    above: dict[str, Set[str]] = dict(around.above)
    for _, places in located:
        for (role, place), (other_role, other) in product(places, places):
            if role == _NEAR != other_role:
                above[place] = {*above.get(place, ()), other}
    return above


def _has_all(located: Iterable[tuple[Account, frozenset[tuple[str, str]]]], wanted: Set[str]) -> bool:
    """Whether one account names all of these places, and they are few."""
    return len(wanted) <= _MAX_PLACES and any(wanted <= {place for _, place in places} for _, places in located)


def _time_of(accounts: Iterable[Account], main: Sequence[Account]) -> _Part | None:
    """When it was: the day, month or year on which all agree; by those that say what it was, if they say when."""
    dated = [account for account in main if account.times] or [account for account in accounts if account.times]
    text = _common_time({time for account in dated for time in account.times})
    return _Part(f", {text}", dated) if text else None


def _common_time(times: Set[str]) -> str:
    if len(times) == 1 and not next(iter(times)).startswith(("{", "[")):
        (only,) = times
        day = only.partition("T")[0] if _DATE.fullmatch(only) else only
        return re.sub("^(?:on|in) ", "", format_date(day))
    if not times or any("/" in time or ".." in time for time in times):
        return ""  # intervals have no common part in few words
    found = [match for time in times for match in _DATE.finditer(time)]
    parts = [tuple(part for part in match.groups()[:3] if part) for match in found]
    common: list[str] = []
    for values in zip(*parts, strict=False):
        if len(set(values)) > 1:
            break
        common.append(values[0])
    if len(common) > 1 and int(common[1]) > _MONTHS:
        del common[1:]
    about = "about " if any(match[4] for match in found) else ""
    return about + re.sub("^(?:on|in) ", "", format_date("-".join(common))) if common else ""


def _mark(bearing: Sequence[Account], tier: Status, speakers: Set[str], name_of: NameOf) -> str:
    """Says A; claimed by B; said by B, rejected by C."""
    if tier is Status.ASSERTED:
        return f"{'says' if len(speakers) == 1 else 'say'} {join_names(sorted(speakers), name_of)}"
    decisions = [account.decision for account in bearing]
    claimed = _word_claim(
        [item for each in decisions for item in _affirming(each, tier) if item.speaker in speakers], name_of
    )
    if tier is Status.CLAIMED:
        return claimed
    rejecting = sorted({item.speaker for each in decisions for item in each.rejecting})
    return f"{claimed}, rejected by {join_names(rejecting, name_of)}"


def _word_claim(items: Sequence[Evidence], name_of: NameOf) -> str:
    """How the badge words it, and where nobody is named whose claim it is, the authors who tell it."""
    wording = word_claim(items)
    claimed = wording.write(name_of)
    authors = dict.fromkeys(author for item in items for author in item.origin.authors)
    if authors and wording.kind is ClaimKind.AS_A_CLAIM:
        return f"{claimed} by {join_names(authors, name_of)}"
    if authors and wording.kind is ClaimKind.REPORTED:
        return f"{claimed}; {join_names(authors, name_of)} {'does' if len(authors) == 1 else 'do'} not say by whom"
    return claimed


def place_in_source(incident: str, source_name: str) -> str:
    """F47 in Syria Daily: the end of its address, and the source; empty where the address has no such place."""
    match = re.search(r"\d{4}-\d\d-\d\d-(.+)$", local_name(incident))
    if not (source_name and match):
        return ""
    place = match[1][0].upper() + match[1][1:] if re.match(r"[a-z]\d", match[1]) else f"\u201c{match[1]}\u201d"
    return f"{place} in {isolate(source_name.partition(',')[0])}"


def name_without_accounts(incident: str, in_source: str, label: str) -> IncidentName:
    """Incident F47 in Syria Daily; by its label where its address has no place in a source."""
    if in_source:
        return IncidentName(f"Incident {in_source}")
    name = label or local_name(incident)
    return IncidentName(isolate(name if name.lower().startswith("incident") else f"Incident: {name}"))
