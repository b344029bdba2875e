"""Who else says it, where no statement has an actor say it; and what the actor says near it.

Owns which acts are near such an answer, in which order, and the clauses about them. None of them decides: an office
does not speak for a state, and to report is not to say.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg import namespaces
from kg.status.act import UNKNOWN_SPEAKER, Act, Bearing, Evidence
from kg.status.attribution import ActPhrases, describe_bearing
from kg.status.evidence import EvidenceReader
from kg.status.provenance import NamedEvidenceGraph
from kg.status.support import Support, find_supports, write_supports
from kg.status.surroundings import BEARINGS, Nearness, Surroundings
from kg.status.tension import Tension, find_tensions, write_tensions
from kg.status.wording import SAYS, Verb

_CLAUSES_MAX = 3
_NEAREST_FIRST = (Nearness.MORE, Nearness.OTHERWISE, Nearness.LESS)
_RELAYS_IT, _RELAYS_OTHERWISE = "relays it", "relays another account of the same deed"
_SPEAKS = Verb("speaks", "speak", "spoke")
_USES = Verb("uses", "use", "used")
_NEARBY = {
    Bearing.SPECIFIC: (SAYS, "so, and more"),
    Bearing.CONTEXT: (_SPEAKS, "of the same deed"),
    Bearing.GENERAL: (SAYS, "something more general"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom, and of what, it is asked whether the one said the other."""

    actor: str
    proposition: str
    spokespeople: Collection[str] = ()
    """The forces, parts and offices of the actor."""
    is_person: bool = False


class NearestSayings:
    """The acts on what is asked, by anybody, and those of the actor near it; but for ``shown`` statements."""

    def __init__(
        self, asked: Asked, graph: NamedEvidenceGraph, surroundings: Surroundings | None, shown: Collection[str] = ()
    ) -> None:
        self._asked, self._graph, self._shown = asked, graph, shown
        self._reader = EvidenceReader(graph)
        self._near = surroundings.near(asked.proposition) if surroundings else {}
        self._is_name = self._reader.is_name(asked.proposition)
        same = [other for other, nearness in self._near.items() if nearness is Nearness.SAME]
        on_it = self._collect([asked.proposition, *same], Bearing.EXACT)
        acts = {item.statement for item in on_it if item.act is not Act.DISPUTES}
        # What denies it as well is told as a denial.
        self._on_it = sorted(
            (item for item in on_it if item.act is not Act.DISPUTES or item.statement not in acts), key=self._rank
        )
        self._otherwise = [
            item
            for kind in _NEAREST_FIRST
            for item in self._collect([other for other in self._near if self._near[other] is kind], BEARINGS[kind])
        ]
        self._tensions, self._supports = self._find_tensions(), self._find_supports()

    @property
    def is_of_actor_alone(self) -> bool:
        """Whether others say it, so that the question is what the actor says *itself*."""
        return bool(self._on_it) and not self._asked.is_person

    def statements(self) -> dict[str, str]:
        """Each statement with what it has to do with the question, the nearest first."""
        found = {item.statement: describe_bearing(item) for item in self._on_it}
        for item in self._said_nearby():
            is_of_deed = item.bearing is Bearing.CONTEXT
            found.setdefault(item.statement, "speaks of the same deed" if is_of_deed else describe_bearing(item))
        for items, how in ((self._on_it, _RELAYS_IT), (self._otherwise, _RELAYS_OTHERWISE)):
            for item in items:
                found |= {relay: how for relay in self._relays(item.statement) if relay not in found}
        phrases = ActPhrases(self._graph.name_of)
        for tension in self._tensions:
            found.setdefault(tension.link.other, f"is {tension.link.describe(phrases)}")
        for support in self._supports:
            found.setdefault(support.statement, f"is evidence for {support.what}")
        return found

    def clause(self, names: Mapping[str, str]) -> str:
        """Who says it, as what the actor reports it, and what it says nearby; empty if nothing is near.

        ``names`` come before those of the graph.
        """
        phrases = ActPhrases(lambda iri: names.get(iri) or self._graph.name_of(iri), is_name=self._is_name)
        spoken = [item for item in self._on_it if item.act is not Act.SUPPOSES]
        reported = [item for item in spoken if self._asked.actor in item.origin.authors]
        others = phrases.describe_all(item for item in spoken if item not in reported)
        clauses = list(dict.fromkeys(others))[:_CLAUSES_MAX]
        own = self._own_clause(reported, phrases)
        text = "; ".join([*clauses, *filter(None, [own]), *self._bearing_clauses(phrases)])
        return phrases.tell_publishers_once(text)

    def _own_clause(self, reported: Sequence[Evidence], phrases: ActPhrases) -> str:
        """What the actor does itself: reports it, passes it on, says something near."""
        actor = phrases.names([self._asked.actor])
        told = list(dict.fromkeys(f"as {phrases.reported(item)}" for item in reported))[:_CLAUSES_MAX]
        reports = f"{actor} reports it {', '.join(told)}" if told else ""
        if nearby := next(iter(self._said_nearby()), None):
            return "; ".join(filter(None, [reports, self._speaks_nearby(nearby, phrases)]))
        if not reports and any(map(self._has_relay, self._on_it)):
            reports = f"{actor} passes it on"
        if not reports and any(map(self._has_relay, self._otherwise)):
            reports = f"{actor} passes on another account of the same deed"
        itself = "" if self._asked.is_person else " itself"
        return f"{reports}{',' if told else ''} and does not say so{itself}" if reports else ""

    def _speaks_nearby(self, item: Evidence, phrases: ActPhrases) -> str:
        verb, what = (_USES, "the name elsewhere") if self._is_name else _NEARBY[item.bearing]
        own_voice = " in its own voice" if item.counts_in_full and item.bearing is Bearing.CONTEXT else ""
        return f"{phrases.does(item, verb, what)}{own_voice}{phrases.as_reported(item)}"

    def _bearing_clauses(self, phrases: ActPhrases) -> Iterator[str]:
        """What the actor says that is linked as in tension with it, and what it gives as evidence."""
        yield from write_tensions(self._tensions, phrases)
        yield from write_supports(self._supports, phrases)

    def _find_tensions(self) -> tuple[Tension, ...]:
        """The statements of the actor that somebody links as in tension with those on what is asked."""
        on_it = {item.statement for item in self._on_it}
        told = {relay for item in (*self._on_it, *self._otherwise) for relay in self._relays(item.statement)}
        found = find_tensions(self._reader, self._graph, on_it, {*told, *self._shown})
        return tuple(each for each in found if self._is_actors(each.link.other))

    def _find_supports(self) -> tuple[Support, ...]:
        """What the actor gives as evidence for it, or for a denial."""
        found = find_supports(self._graph, self._on_it)
        return tuple(each for each in found if self._asked.actor in each.speakers and each.statement not in self._shown)

    def _is_actors(self, statement: str) -> bool:
        return self._asked.actor in set(self._graph.objects(statement, namespaces.SPEAKER))

    def _has_relay(self, item: Evidence) -> bool:
        return any(self._relays(item.statement))

    def _collect(self, propositions: Collection[str], bearing: Bearing) -> list[Evidence]:
        items = [item for each in propositions for item in self._reader.collect(each, bearing=bearing)]
        return [item for item in items if item.speaker != UNKNOWN_SPEAKER and item.statement not in self._shown]

    def _rank(self, item: Evidence) -> tuple[object, ...]:
        return item.speaker not in self._asked.spokespeople, list(Act).index(item.act), item.statement

    def _said_nearby(self) -> Iterator[Evidence]:
        """What the actor says of the same incident; of what says less only what it asserts."""
        for item in self._otherwise:
            if (
                item.speaker == self._asked.actor
                and item.act is Act.ASSERTS
                and item.counts
                and not item.is_possibility
            ):
                yield item

    def _relays(self, statement: str) -> Iterator[str]:
        for relay in self._graph.subjects(namespaces.RELAYS, statement):
            if self._asked.actor in self._graph.objects(relay, namespaces.SPEAKER):
                yield relay
