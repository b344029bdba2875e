"""From a graph to the evidence on a proposition: who asserts, denies, leaves open, supposes or intends it.

Owns which links of statements count as evidence, and how incomplete records are read (see
``docs/decisions/incomplete-statements-contest.md``). Reads through ``EvidenceGraph``, so it knows no SPARQL, HTTP or
GraphQL: each caller supplies links it has already fetched.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from kg import namespaces
from kg.status.verdict import Act, Bearing, Decision, Evidence, decide

ACTS: Mapping[str, Act] = {
    namespaces.ASSERTS: Act.ASSERTS,
    namespaces.DENIES: Act.DENIES,
    namespaces.LEAVES_OPEN: Act.LEAVES_OPEN,
    namespaces.SUPPOSES: Act.SUPPOSES,
}
_OPPOSITES = {Act.ASSERTS: Act.DENIES, Act.DENIES: Act.ASSERTS}
UNKNOWN_SPEAKER = ""


class EvidenceGraph(Protocol):
    """The IRIs at the other end of a link, in both directions; literals and blank nodes are left out."""

    def objects(self, node: str, predicate: str) -> Iterable[str]:
        """The IRIs to which the node is linked by this predicate."""
        ...

    def subjects(self, predicate: str, node: str) -> Iterable[str]:
        """The IRIs that are linked to the node by this predicate."""
        ...


@dataclass(slots=True)
class _Record:
    """One act of one statement, as recorded."""

    statement: str
    act: Act
    speakers: tuple[str, ...]
    is_hedged: bool
    is_possibility: bool
    is_retracted: bool
    is_restatement: bool
    disputants: frozenset[str]

    @property
    def contests(self) -> Act | None:
        """The act of other speakers that this one contests although it is too incomplete to establish anything."""
        is_incomplete = not (self.speakers and self.is_hedged)
        counts = not (self.is_retracted or self.is_restatement or self.is_possibility)
        return _OPPOSITES.get(self.act) if is_incomplete and counts else None


def collect_evidence(
    graph: EvidenceGraph,
    proposition: str,
    statements: Collection[str] | None = None,
    bearing: Bearing = Bearing.EXACT,
) -> list[Evidence]:
    """The acts on the proposition, one item per speaker; of these statements only, if given.

    A statement without a speaker gives no evidence; one without a hedge gives evidence of a possibility. Either still
    contests the opposite act on the same proposition, so that an incomplete record never makes it uncontested.
    """
    records = [
        _read(graph, *found) for found in _find_acts(graph, proposition) if statements is None or found[0] in statements
    ]
    contesting: dict[Act, set[str]] = defaultdict(set)
    for record in records:
        if contested := record.contests:
            contesting[contested].update(record.speakers or (UNKNOWN_SPEAKER,))
    return [
        Evidence(
            statement=record.statement,
            act=record.act,
            bearing=bearing,
            speaker=speaker,
            is_possibility=record.is_possibility or not record.is_hedged,
            is_retracted=record.is_retracted,
            is_restatement=record.is_restatement,
            disputants=record.disputants | contesting.get(record.act, frozenset()),
        )
        for record in records
        for speaker in record.speakers
    ]


def decide_proposition(graph: EvidenceGraph, proposition: str) -> Decision:
    """The decision on a proposition by itself; its ``status`` is the status of the proposition."""
    return decide(collect_evidence(graph, proposition))


def find_disputants(graph: EvidenceGraph, statement: str) -> frozenset[str]:
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


def find_holders(graph: EvidenceGraph, proposition: str, predicate: str) -> tuple[str, ...]:
    """The speakers who assert something that shows or assesses the proposition, sorted."""
    return tuple(
        sorted(
            {
                speaker
                for holder in graph.subjects(predicate, proposition)
                for statement in graph.subjects(namespaces.ASSERTS, holder)
                for speaker in graph.objects(statement, namespaces.SPEAKER)
            }
        )
    )


def _find_acts(graph: EvidenceGraph, proposition: str) -> Iterator[tuple[str, Act]]:
    for predicate, act in ACTS.items():
        for statement in graph.subjects(predicate, proposition):
            yield statement, act
    for position in graph.subjects(namespaces.CONTENT, proposition):
        for statement in graph.subjects(namespaces.ASSERTS, position):
            yield statement, Act.INTENDS


def _read(graph: EvidenceGraph, statement: str, act: Act) -> _Record:
    hedges = tuple(graph.objects(statement, namespaces.HEDGE))
    return _Record(
        statement=statement,
        act=act,
        speakers=tuple(graph.objects(statement, namespaces.SPEAKER)),
        is_hedged=bool(hedges),
        is_possibility=any([_is_possibility(graph, hedge) for hedge in hedges]),
        is_retracted=bool(tuple(graph.subjects(namespaces.RETRACTS, statement))),
        is_restatement=bool(tuple(graph.objects(statement, namespaces.RESTATES))),
        disputants=find_disputants(graph, statement),
    )


def _is_possibility(graph: EvidenceGraph, hedge: str) -> bool:
    concepts = [hedge]
    for concept in concepts:
        if concept == namespaces.POSSIBILITY:
            return True
        concepts += [broader for broader in graph.objects(concept, namespaces.BROADER) if broader not in concepts]
    return False
