"""From a graph to the evidence on a proposition: who asserts, denies, disputes, leaves open, supposes or intends it.

Owns which links of statements count as evidence, and how incomplete records are read (see
``docs/decisions/incomplete-statements-contest.md``). Reads through ``EvidenceGraph``, so it knows no SPARQL, HTTP or
GraphQL: each caller supplies links it has already fetched. Voices and chains of claims are ``kg.status.provenance``'s.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kg import namespaces
from kg.status.act import UNKNOWN_SPEAKER, Act, Bearing, Evidence, Origin, Wording
from kg.status.provenance import EvidenceGraph, LinkGraph, Provenance
from kg.status.specificity import UNSPECIFIED, Content, Time

ACTS: Mapping[str, Act] = {
    namespaces.ASSERTS: Act.ASSERTS,
    namespaces.DENIES: Act.DENIES,
    namespaces.LEAVES_OPEN: Act.LEAVES_OPEN,
    namespaces.SUPPOSES: Act.SUPPOSES,
}
_DISPUTABLE = frozenset({Act.ASSERTS, Act.DENIES})
_COMPARED_APART = frozenset({
    namespaces.INCIDENT, namespaces.EXTENT, namespaces.TIME_MODE,
    namespaces.WHEN.value, namespaces.EARLIEST.value, namespaces.LATEST.value, namespaces.SPAN.value,
})  # fmt: skip
"""Properties of a proposition whose values are more than the same or not."""


@dataclass(frozen=True, slots=True)
class _Found:
    """An act of a statement on a proposition, perhaps by way of a position or a depiction of it."""

    statement: str
    act: Act
    by_way_of: str = ""
    is_shown: bool = False


class EvidenceReader:
    """Reads the acts on propositions of one graph."""

    def __init__(self, graph: EvidenceGraph) -> None:
        self._graph, self._provenance = graph, Provenance(graph)
        self._contents: dict[str, Content] = {}
        self._incidents: dict[str, str] = {}

    def collect(
        self,
        proposition: str,
        statements: Collection[str] | None = None,
        bearing: Bearing = Bearing.EXACT,
        roles: Collection[str] | None = None,
    ) -> list[Evidence]:
        """The acts on the proposition, one item per speaker, and the disputes of them; of these statements only, if
        given. ``roles`` are the properties that the question fills; without them, those that the proposition fills.

        A statement without a speaker or a hedge is incomplete evidence: it only contests the opposite act.
        """
        own = self._filled_roles(proposition)
        asked = own if roles is None else frozenset(roles)
        found = [each for each in self._find_acts(proposition) if statements is None or each.statement in statements]
        evidence: list[Evidence] = []
        for each in found:
            items = self._read(each, proposition, bearing)
            evidence += items
            if each.act in _DISPUTABLE and not items[0].is_retracted:
                evidence += self._read_disputes(items, own, asked)
        return evidence

    def content_of(self, proposition: str) -> Content:
        """What it says; its incident is left out, and the words of a date."""
        if proposition not in self._contents:
            self._contents[proposition] = self._read_content(proposition)
        return self._contents[proposition]

    def incident_of(self, proposition: str) -> str:
        """The incident that it is an account of; empty without one."""
        if proposition not in self._incidents:
            self._incidents[proposition] = next(iter(self._graph.objects(proposition, namespaces.INCIDENT)), "")
        return self._incidents[proposition]

    def is_name(self, proposition: str) -> bool:
        """Whether it is a Labelling: the use of a name."""
        return bool(tuple(self._graph.objects(proposition, namespaces.LABELLED)))

    def _read_content(self, proposition: str) -> Content:
        graph = self._graph
        properties = set(graph.properties(proposition)) - _COMPARED_APART
        when = frozenset(graph.texts(proposition, namespaces.WHEN.value))
        if when:
            properties.discard(namespaces.WHEN_AS_GIVEN.value)
        return Content(
            frozenset((predicate, value) for predicate in properties for value in graph.texts(proposition, predicate)),
            extent=frozenset(graph.objects(proposition, namespaces.EXTENT)) or UNSPECIFIED,
            time=Time(
                when,
                spans=frozenset(graph.texts(proposition, namespaces.SPAN.value)),
                is_throughout=namespaces.THROUGHOUT in set(graph.objects(proposition, namespaces.TIME_MODE)),
            ),
        )

    def _find_acts(self, proposition: str) -> Iterator[_Found]:
        graph = self._graph
        for predicate, act in ACTS.items():
            for statement in graph.subjects(predicate, proposition):
                yield _Found(statement, act)
        for position in graph.subjects(namespaces.CONTENT, proposition):
            for statement in graph.subjects(namespaces.ASSERTS, position):
                yield _Found(statement, Act.INTENDS, position)
        for depiction in graph.subjects(namespaces.SHOWS, proposition):
            for statement in graph.subjects(namespaces.ASSERTS, depiction):
                yield _Found(statement, Act.ASSERTS, depiction, is_shown=True)
            for statement in graph.subjects(namespaces.DENIES, depiction):
                yield _Found(statement, Act.LEAVES_OPEN, depiction, is_shown=True)

    def _read(self, found: _Found, proposition: str, bearing: Bearing) -> list[Evidence]:
        """An act, one item per speaker; of an incomplete record one item at least."""
        provenance, statement = self._provenance, found.statement
        speakers, wordings = provenance.speakers(statement), provenance.wordings(statement)
        if found.is_shown and found.act is Act.LEAVES_OPEN:
            wordings = frozenset({Wording.NO_EVIDENCE})
        people = self._people(proposition) | (self._people(found.by_way_of) if found.is_shown else frozenset())
        origin = self._origin(found, proposition, speakers)
        return [
            Evidence(
                statement=statement,
                act=found.act,
                bearing=bearing,
                speaker=speaker,
                proposition=proposition,
                incident=self.incident_of(proposition),
                wordings=wordings,
                is_author=speaker in origin.authors,
                is_party=speaker in people,
                reports_on_others=provenance.reports_on_others(statement),
                is_computed=provenance.is_computed(statement),
                is_made_by_being_said=self._is_made_by_being_said(found, speaker, proposition),
                is_shown=found.is_shown,
                is_incomplete=not (speaker and wordings),
                is_retracted=provenance.is_retracted(statement),
                restated=provenance.restated(statement),
                origin=origin,
            )
            for speaker in speakers or (UNKNOWN_SPEAKER,)
        ]

    def _read_disputes(
        self, disputed: list[Evidence], own: Collection[str], asked: Collection[str]
    ) -> Iterator[Evidence]:
        """The unretracted disputes of a statement, as acts on its proposition."""
        first = disputed[0]
        for dispute in self._graph.subjects(namespaces.DISPUTES, first.statement):
            if self._provenance.is_retracted(dispute):
                continue
            aspects = frozenset(self._graph.objects(dispute, namespaces.DISPUTED_ASPECT))
            for item in self._read(_Found(dispute, Act.DISPUTES), first.proposition, first.bearing):
                yield replace(
                    item,
                    is_incomplete=not item.speaker,
                    aspects=aspects,
                    fills_question=self._concerns(aspects, asked),
                    fills_proposition=self._concerns(aspects, own),
                    disputed_act=first.act,
                    disputed_statement=first.statement,
                    disputed_speakers=frozenset(each.speaker for each in disputed),
                )

    def _concerns(self, aspects: Iterable[str], roles: Collection[str]) -> bool:
        """Whether one of the aspects concerns one of the roles; a dispute that names no aspect concerns all."""
        concerned = {role for aspect in aspects for role in self._graph.objects(aspect, namespaces.CONCERNS)}
        return not aspects or namespaces.PROPOSITION in concerned or not concerned.isdisjoint(roles)

    def _filled_roles(self, proposition: str) -> frozenset[str]:
        roles = set(self._graph.properties(proposition))
        if namespaces.UNSPECIFIED in set(self._graph.objects(proposition, namespaces.EXTENT)):
            roles.discard(namespaces.EXTENT)
        return frozenset(roles)

    def _people(self, proposition: str) -> frozenset[str]:
        """Everything that has a role in the proposition: among them the parties to what it says."""
        graph = self._graph
        return frozenset(
            value for predicate in graph.properties(proposition) for value in graph.objects(proposition, predicate)
        )

    def _is_made_by_being_said(self, found: _Found, speaker: str, proposition: str) -> bool:
        """To state a position makes it so, to deny it does not; a declaration says what a zone covers, and what not."""
        graph = self._graph
        if found.is_shown or found.act not in _DISPUTABLE:
            return False
        if tuple(graph.objects(proposition, namespaces.POSITION_KIND)):
            return found.act is Act.ASSERTS and speaker in set(graph.objects(proposition, namespaces.ACTOR))
        if not tuple(graph.objects(proposition, namespaces.PLACE)):
            return False
        zones = set(graph.objects(proposition, namespaces.ZONE))
        return bool(zones & self._provenance.declared_zones(found.statement, speaker))

    def _origin(self, found: _Found, proposition: str, speakers: Iterable[str]) -> Origin:
        graph = self._graph
        origin = self._provenance.origin(found.statement)
        place = found.by_way_of if found.act is Act.INTENDS else proposition
        deeds = set(graph.objects(proposition, namespaces.PERPETRATOR))
        whens = [
            text
            for name in (namespaces.WHEN_AS_GIVEN.value, namespaces.WHEN.value)
            for text in graph.texts(proposition, name)
        ]
        return replace(
            origin,
            is_own_deed=not deeds.isdisjoint(speakers),
            holder=next(iter(graph.objects(place, namespaces.ACTOR)), ""),
            position_kind=next(iter(graph.objects(place, namespaces.POSITION_KIND)), "").rsplit("/", 1)[-1],
            media=tuple(graph.objects(found.by_way_of, namespaces.MEDIUM)) if found.is_shown else (),
            when=next(iter(whens), ""),
            is_declared=any(self._provenance.declared_zones(found.statement, speaker) for speaker in speakers),
        )


def find_disputants(graph: LinkGraph, statement: str) -> frozenset[str]:
    """The speakers of unretracted disputes of the statement; ``UNKNOWN_SPEAKER`` for a dispute without one."""
    disputants: set[str] = set()
    for dispute in graph.subjects(namespaces.DISPUTES, statement):
        # Both links are read before either is judged, so that a graph which fetches on demand can batch them.
        speakers, retractions = (
            tuple(graph.objects(dispute, namespaces.SPEAKER)),
            tuple(graph.subjects(namespaces.RETRACTS, dispute)),
        )
        if not retractions:
            disputants.update(speakers or (UNKNOWN_SPEAKER,))
    return frozenset(disputants)


def find_assessors(graph: EvidenceGraph, proposition: str) -> tuple[str, ...]:
    """The speakers who assert an assessment of the proposition, sorted."""
    return tuple(
        sorted(
            {
                speaker
                for assessment in graph.subjects(namespaces.ABOUT, proposition)
                for statement in graph.subjects(namespaces.ASSERTS, assessment)
                for speaker in graph.objects(statement, namespaces.SPEAKER)
            }
        )
    )


def relate_denials(reader: EvidenceReader, evidence: Iterable[Evidence]) -> list[Evidence]:
    """The evidence, with each denial naming the more specific propositions among these that it denies as well.

    To dispute an assertion is to reject it, and with it what says more.
    """
    items = list(evidence)
    contents = {proposition: reader.content_of(proposition) for proposition in {item.proposition for item in items}}

    def find_negated(denied: Content) -> frozenset[str]:
        return frozenset(iri for iri, content in contents.items() if content.says_no_less_than(denied))

    return [
        replace(item, negates=find_negated(contents[item.proposition])) if _rejects(item) else item for item in items
    ]


def _rejects(item: Evidence) -> bool:
    return item.act is Act.DENIES or (item.act is Act.DISPUTES and item.disputed_act is Act.ASSERTS)


def rest_on(item: Evidence, premise: Evidence) -> Evidence:
    """The act as an inference that rests on a premise as well: as weak as the weaker of the two."""
    weak = premise.wordings & {Wording.POSSIBLE, Wording.LIKELY, Wording.EVIDENTIAL}
    return replace(
        item,
        wordings=item.wordings | weak,
        premises=(*item.premises, premise.statement),
        units=(*item.units, *premise.units),
        is_weakened=item.is_weakened or not premise.counts_in_full,
        is_retracted=item.is_retracted or premise.is_retracted,
        is_shown=item.is_shown or premise.is_shown,
    )
