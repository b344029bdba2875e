"""The accounts of a deed that no statement tells as it is asked for: each says a part of it, and lacks the rest.

Owns which accounts these are, how near each is, and how what it lacks is worded. None of them decides.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg import namespaces
from kg.questions.evidence_graph import SUPPORT
from kg.questions.question import Question
from kg.status.wording import NameOf
from kg.store.interface import Queryable
from kg.store.query_template import BatchQuery, Solution, Term, text_of
from kg.text_direction import isolate

ACCOUNTS_MAX = 5
"""How many accounts are shown with a silent answer."""
_HEADLINE_MAX = 3
_ACCOUNTS = BatchQuery.read(SUPPORT / "incident-accounts.rq")
_CK = namespaces.CK
_TYPE, _NEAR, _TARGET, _SPAN = f"{_CK}incidentType", f"{_CK}near", f"{_CK}target", f"{_CK}span"
_LOCATION, _CANDIDATE = f"{_CK}location", namespaces.LOCATION_CANDIDATE
_LACKS = {
    "actor": ("a perpetrator", "by {}"),
    "type": ("a type", "of the type {}"),
    "place": ("a place", "at {}"),
    "target": ("a target", "to {}"),
    "weapon": ("a weapon", "with {}"),
    "on": ("a date", "on another day"),
}
"""For each parameter what an account lacks that does not fill its role, and the words if it fills it otherwise."""
_INCIDENTS_MAX = 1_000
_LINKS = {
    "asked": "of the same incident",
    "part": "of a part of the incident",
    "deed": "of an incident that is said to be its deed",
    "place": "",
}
_OTHERWISE_PLACED = ((_CANDIDATE, "at one of {}"), (_NEAR, "near {}"), (_TARGET, "to {}"))
"""The roles by which an account is near the place in question, each with its words."""
_MIXED = "on several days and at several places"
_AT_THE_PLACE, _NEAR_IT, _NARROWS = 12, 11, 8
_SAYS_IT_ITSELF, _IS_TYPE, _NAMES_ACTOR, _OWN_VOICE, _OF_THE_INCIDENT, _BY_ANOTHER = 4, 3, 2, 2, 1, -1
_IS_TYPE_THERE = 1
"""The place weighs most, then what else narrows the question, who speaks, and the type and the doer of the deed; at the
place the type comes before the doer."""


@dataclass(slots=True)
class _Account:
    """One account by one statement: for each role the values, each with what lies above it."""

    speaker: str = ""
    is_own_voice: bool = False
    links: set[str] = field(default_factory=set)
    is_denial: bool = False
    families: set[str] = field(default_factory=set)
    """The incident, or what it is part of."""
    roles: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def add(self, row: Solution) -> None:
        self.speaker = text_of(row["speaker"])
        self.is_own_voice = self.is_own_voice or row["author"] is not None
        self.is_denial = self.is_denial or row["denied"] is not None
        self.links.add(text_of(row["link"]))
        self.families.add(text_of(row["family"]))
        value = text_of(row["value"])
        self.roles.setdefault(text_of(row["role"]), {}).setdefault(value, {value}).add(text_of(row["upper"]))

    def values(self, roles: Sequence[str]) -> list[str]:
        return [value for role in roles for value in self.roles.get(role, ())]

    def fills(self, roles: Sequence[str], asked: str) -> bool:
        """Whether a value of these roles is what is asked, or lies below it; a day lies in a span."""
        if _SPAN in roles:
            return any(first <= asked <= last for first, last in map(_days, self.values(roles)))
        return any(asked in uppers for role in roles for uppers in self.roles.get(role, {}).values())


def find_nearest_accounts(question: Question, terms: Mapping[str, Term], store: Queryable) -> "NearestAccounts | None":
    """The accounts near a question about a deed; None of another question, or if there are none."""
    if namespaces.PERPETRATOR not in question.roles.get("actor", ()):
        return None
    accounts = NearestAccounts(question, terms, store)
    return accounts if accounts.statements else None


class NearestAccounts:
    """The accounts nearest to a question about a deed, the nearest first."""

    def __init__(self, question: Question, terms: Mapping[str, Term], store: Queryable) -> None:
        self._roles = {**question.roles, "type": (_TYPE,), "on": (_SPAN,)}
        self._asked = {name: text_of(terms[name]) for name in _LACKS if name in terms}
        self._found: dict[str, _Account] = defaultdict(_Account)
        rows = _ACCOUNTS.select(store, _named(terms)).rows
        are_too_many = len({row["incident"] for row in rows}) >= _INCIDENTS_MAX
        for row in () if are_too_many else rows:
            self._found[text_of(row["statement"])].add(row)
        self._of_type = {
            family for each in self._found.values() if self._is_filled(each, "type") for family in each.families
        }
        scores = {statement: self._score(account) for statement, account in self._found.items()}
        self._ranked = sorted((each for each in scores if scores[each]), key=lambda each: (-scores[each], each))
        self.statements = tuple(self._ranked[:ACCOUNTS_MAX])

    @property
    def things(self) -> frozenset[str]:
        """What the words of ``describe`` name."""
        return frozenset(
            value
            for statement in self.statements
            for name in self._asked
            for value in self._found[statement].values((*self._roles[name], _CANDIDATE, _NEAR, _TARGET))
            if name != "on"
        )

    def describe(self, statement: str, name_of: NameOf) -> str:
        """Of which incident the account is, and what it lacks: "of the same incident, without a perpetrator"."""
        account = self._found[statement]
        unfilled = [name for name in self._asked if not self._fills_exactly(account, name)]
        lacking = [_LACKS[name][0] for name in unfilled if not self._otherwise(account, name, name_of)]
        link = next((words for link, words in _LINKS.items() if link in account.links), "")
        if link == _LINKS["deed"] and "actor" not in unfilled:
            link = ""
        without = f"without {' or '.join(filter(None, [', '.join(lacking[:-1]), *lacking[-1:]]))}" if lacking else ""
        otherwise = [self._otherwise(account, name, name_of) for name in unfilled]
        mixed = _MIXED if self._is_mixed(account) else ""
        return ", ".join(filter(None, [link, *otherwise, mixed, without]))

    @property
    def are_parts(self) -> bool:
        """Whether several of them say together of one incident what none says alone."""
        selected = list(self.select_for_headline())
        filled = {name for each in selected for name in self._asked if self._is_filled(self._found[each], name)}
        return len(selected) > 1 and filled == set(self._asked)

    def select_for_headline(self) -> Iterator[str]:
        """The nearest statement, and those of the same incident that fill something more; a few of them."""
        missing, number, families = set(self._asked), 0, self._found[self.statements[0]].families
        for statement in self.statements:
            account = self._found[statement]
            filled = {name for name in missing if self._is_filled(account, name) or self._is_near(account, name)}
            if filled and families & account.families and number < _HEADLINE_MAX:
                missing, families, number = missing - filled, families & account.families, number + 1
                yield statement

    def _otherwise(self, account: _Account, name: str, name_of: NameOf) -> str:
        """How it fills the role otherwise than asked; empty if it does not."""
        words, values = _LACKS[name][1], account.values(self._roles[name])
        if self._is_near(account, name):
            role, words = next(each for each in _OTHERWISE_PLACED if account.fills(each[:1], self._asked[name]))
            values = account.values((role,))
        names = dict.fromkeys(isolate(name_of(value)) for value in values)
        return words.format(" and ".join(names)) if values else ""

    def _fills_exactly(self, account: _Account, name: str) -> bool:
        """Whether it fills the role; what is at a place within is told with that place."""
        is_exact = name != "place" or self._asked[name] in account.values(self._roles[name])
        return is_exact and self._is_filled(account, name)

    def _is_near(self, account: _Account, name: str) -> bool:
        """Whether it is near the place in question, or done to it."""
        if name != "place" or name not in self._asked:
            return False
        return any(account.fills((role,), self._asked[name]) for role, _ in _OTHERWISE_PLACED)

    def _is_mixed(self, account: _Account) -> bool:
        """Whether it is of several days and places, the one that is asked for among each: which go together, is not
        said."""
        asked = {"place", "on"} <= self._asked.keys() and all(
            self._is_filled(account, name) for name in ("place", "on")
        )
        return asked and len(account.values((_SPAN,))) > 1 and len(account.values((_LOCATION,))) > 1

    def _is_filled(self, account: _Account, name: str) -> bool:
        return account.fills(self._roles[name], self._asked[name])

    def _is_of_other_deed(self, account: _Account) -> bool:
        """Whether it denies something of an incident that nobody says to be of the type: no denial of what is asked."""
        return account.is_denial and not account.families & self._of_type and not account.links & {"asked", "part"}

    def _score(self, account: _Account) -> int:
        if self._is_of_other_deed(account):
            return 0
        filled = {name for name in self._asked if self._is_filled(account, name)}
        is_near = "place" not in filled and self._is_near(account, "place")
        score = _AT_THE_PLACE * ("place" in filled) + _NEAR_IT * is_near
        score -= _NARROWS * self._is_mixed(account)
        score += _NARROWS * len(filled - {"actor", "type", "place"}) + _IS_TYPE * ("type" in filled)
        if not score:
            return 0
        score += _IS_TYPE_THERE * ({"type", "place"} <= filled)
        score += _NAMES_ACTOR * ("actor" in filled) + _OWN_VOICE * account.is_own_voice
        score += _BY_ANOTHER * ("actor" not in filled and bool(account.values(self._roles["actor"])))
        score += _SAYS_IT_ITSELF * (account.speaker == self._asked["actor"])
        return score + _OF_THE_INCIDENT * ("asked" in account.links)


def _named(terms: Mapping[str, Term]) -> dict[str, list[Term]]:
    """The asked incident; without one those of the actor, and those of the type at the place or of the target."""
    incident = [terms["incident"]] if "incident" in terms else []
    doers = [] if incident else [terms["actor"]]
    where = [] if incident else [terms[name] for name in ("place", "target") if name in terms]
    types = [terms["type"]] if where else []
    return {"asked": incident, "whole": incident, "doer": doers, "state": doers, "where": where, "type": types}


def _days(span: str) -> tuple[str, str]:
    first, _, last = span.partition("/")
    return "0000" if first in ("", "..") else first, "9999" if last in ("", "..") else last
