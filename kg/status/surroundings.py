"""What stands near a proposition: what says the same, more or less, and other accounts of the same deed.

Owns what nearness is; the words are ``kg.status.beside``'s. Reads what the caller has fetched. What stands near decides
nothing, but for what says the same: propositions with equal roles are one.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from enum import StrEnum

from kg import namespaces
from kg.status.act import Act, Bearing, Evidence
from kg.status.evidence import EvidenceReader
from kg.status.specificity import Content

Related = Mapping[str, Collection[str]]
"""Propositions that may stand near others, with the statements on them."""
_HOOKS = frozenset(
    namespaces.CK + name
    for name in (
        "incident", "zone", "labelled", "one", "by", "from", "about", "medium", "actor", "place",
        "perpetrator", "participant", "party", "target", "location",
    )
)  # fmt: skip
"""Roles of which what stands near shares one."""


class Nearness(StrEnum):
    """How one proposition stands to another."""

    SAME = "same"
    MORE = "more"
    """Says more: if it holds, so does the other."""
    LESS = "less"
    """Says less: if it does not hold, nor does the other."""
    OTHERWISE = "otherwise"
    """Another account of the same deed."""


BEARINGS = {
    Nearness.SAME: Bearing.EXACT,
    Nearness.MORE: Bearing.SPECIFIC,
    Nearness.LESS: Bearing.GENERAL,
    Nearness.OTHERWISE: Bearing.CONTEXT,
}


class Surroundings:
    """Finds what stands near propositions, among the related ones."""

    def __init__(self, reader: EvidenceReader, related: Related) -> None:
        self._reader, self._related = reader, related
        self._hooks_of = {other: self._hooks(other) for other in related}
        self._by_role: dict[tuple[str, str], list[str]] = defaultdict(list)
        for other, hooks in self._hooks_of.items():
            for pair in hooks:
                self._by_role[pair].append(other)
        self._near: dict[str, dict[str, Nearness]] = {}

    def near(self, proposition: str) -> dict[str, Nearness]:
        """The propositions near this one, sorted."""
        if proposition not in self._near:
            others = sorted(self._candidates(proposition) - {proposition})
            found = ((other, self._compare(proposition, other)) for other in others)
            self._near[proposition] = {other: nearness for other, nearness in found if nearness}
        return self._near[proposition]

    def _candidates(self, proposition: str) -> set[str]:
        """Those of which one says all that the other does, as far as hooks tell, and accounts of the same incident."""
        hooks = self._hooks(proposition)
        shared = Counter(other for pair in hooks for other in self._by_role.get(pair, ()))
        incident = {pair for pair in hooks if pair[0] == namespaces.INCIDENT}
        accounts = {other for pair in incident for other in self._by_role.get(pair, ())}
        return accounts | {
            other for other, count in shared.items() if count in (len(hooks), len(self._hooks_of[other]))
        }

    def evidence(self, proposition: str) -> tuple[list[Evidence], list[Evidence]]:
        """The acts on what says the same, and the acts beside; of what says less only the denials."""
        same: list[Evidence] = []
        beside: list[Evidence] = []
        for other, nearness in self.near(proposition).items():
            items = self._reader.collect(other, self._related[other], BEARINGS[nearness])
            if nearness is Nearness.LESS:
                items = [item for item in items if Act.DENIES in (item.act, item.disputed_act)]
            (same if nearness is Nearness.SAME else beside).extend(items)
        return same, beside

    def _hooks(self, proposition: str) -> set[tuple[str, str]]:
        reader = self._reader
        hooks = {pair for pair in reader.content_of(proposition).roles if pair[0] in _HOOKS}
        return hooks | {(namespaces.INCIDENT, incident) for incident in filter(None, [reader.incident_of(proposition)])}

    def _compare(self, one: str, other: str) -> Nearness | None:
        reader = self._reader
        content, other_content = reader.content_of(one), reader.content_of(other)
        incident, other_incident = reader.incident_of(one), reader.incident_of(other)
        if (content, incident) == (other_content, other_incident):
            return Nearness.SAME
        if incident in ("", other_incident) and other_content.says_no_less_than(content):
            return Nearness.MORE
        if other_incident in ("", incident) and content.says_no_less_than(other_content):
            return Nearness.LESS
        is_same_deed = incident and incident == other_incident and _share_deed(content, other_content)
        return Nearness.OTHERWISE if is_same_deed else None


def _share_deed(content: Content, other: Content) -> bool:
    shared = {predicate for predicate, _ in content.roles & other.roles}
    return {namespaces.INCIDENT_TYPE, namespaces.PERPETRATOR} <= shared
