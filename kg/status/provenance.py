"""Whose voice a statement is: speakers, authors of sources, wordings, retractions, and the chain of a claim.

Owns what links between statements and sources say of one statement. What statements do to propositions is
``kg.status.evidence``'s.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from kg import namespaces
from kg.status.act import Origin, Wording

_WORDINGS: Mapping[str, Wording] = {
    f"{namespaces.HEDGES}{name}": wording
    for name, wording in {
        "flat": Wording.FLAT,
        "evidential": Wording.EVIDENTIAL,
        "likelihood": Wording.LIKELY,
        "possibility": Wording.POSSIBLE,
        "openness": Wording.OPEN,
        "no-evidence": Wording.NO_EVIDENCE,
        "attribution": Wording.CLAIM,
        "attributed": Wording.ATTRIBUTED,
        "reportedly": Wording.HEARSAY,
        "were-said-to": Wording.HEARSAY,
        "distance": Wording.DISTANCE,
        "record": Wording.HEARSAY,
        "aggregated": Wording.AGGREGATED,
        "machine-coded": Wording.MACHINE_CODED,
        "not-given": Wording.HEARSAY,
    }.items()
}
"""The wording of the hedges that the table distinguishes; others have that of their nearest broader concept."""


class LinkGraph(Protocol):
    """Links between resources, in both directions; literals and blank nodes are left out."""

    def objects(self, node: str, predicate: str) -> Iterable[str]:
        """The IRIs to which the node is linked by this predicate."""
        ...

    def subjects(self, predicate: str, node: str) -> Iterable[str]:
        """The IRIs that are linked to the node by this predicate."""
        ...


class EvidenceGraph(LinkGraph, Protocol):
    """Links between resources, and the values and properties of resources."""

    def texts(self, node: str, predicate: str) -> Iterable[str]:
        """The values of this predicate, IRIs and the lexical forms of literals."""
        ...

    def properties(self, node: str) -> Iterable[str]:
        """The predicates by which the node has values."""
        ...


class NamedEvidenceGraph(EvidenceGraph, Protocol):
    """Links between resources, and their names."""

    def name_of(self, iri: str) -> str:
        """The label of a resource, or the last segment of its IRI."""
        ...


class Provenance:
    """Reads the provenance of statements."""

    def __init__(self, graph: EvidenceGraph) -> None:
        self._graph = graph

    def speakers(self, statement: str) -> tuple[str, ...]:
        """Whose act it is; one, unless the record is faulty."""
        return tuple(self._graph.objects(statement, namespaces.SPEAKER))

    def wordings(self, statement: str) -> frozenset[Wording]:
        """How it is worded; empty if no hedge is recorded."""
        return frozenset(map(self._wording, self._graph.objects(statement, namespaces.HEDGE)))

    def is_computed(self, statement: str) -> bool:
        return namespaces.COMPUTED in set(self._graph.objects(statement, namespaces.EXPLICITNESS))

    def is_retracted(self, statement: str) -> bool:
        """Whether it, or a statement that it restates, was retracted."""
        return is_retracted(self._graph, statement)

    def restated(self, statement: str) -> frozenset[str]:
        """The statements that it restates, at any remove."""
        return frozenset(_restated(self._graph, statement))

    def reports_on_others(self, statement: str) -> bool:
        """Whether a source of it is of a kind that reports on others."""
        graph = self._graph
        kinds = [
            kind
            for source in graph.objects(statement, namespaces.REPORTED_IN)
            for kind in graph.objects(source, namespaces.SOURCE_KIND)
        ]
        return any("true" in graph.texts(kind, namespaces.REPORTS_ON_OTHERS) for kind in kinds)

    def authors(self, statement: str) -> tuple[str, ...]:
        """Whose voice its sources are in: their creators; without any, their publishers, but of a republished text."""
        graph, authors = self._graph, dict[str, None]()
        for source in graph.objects(statement, namespaces.REPORTED_IN):
            creators = tuple(graph.objects(source, namespaces.CREATOR))
            republished = tuple(graph.objects(source, namespaces.REPUBLISHES))
            publishers = () if republished else tuple(graph.objects(source, namespaces.PUBLISHER))
            authors |= dict.fromkeys(creators or publishers)
        return tuple(authors)

    def declared_zones(self, statement: str, speaker: str) -> frozenset[str]:
        """The zones that the speaker declares by the statement or by what it is part of."""
        graph = self._graph
        wholes = (statement, *self._wholes(statement))
        return frozenset(
            zone
            for each in wholes
            if speaker in set(graph.objects(each, namespaces.SPEAKER))
            for zone in graph.objects(each, namespaces.DECLARES)
        )

    def origin(self, statement: str) -> Origin:
        """Where the statement comes from, for the words."""
        graph, authors = self._graph, self.authors(statement)
        sources = tuple(sorted(graph.objects(statement, namespaces.REPORTED_IN)))
        claimants, told_relayers, told_hedges = self._claim(statement)
        relaying = _reach(statement, lambda each: graph.subjects(namespaces.RELAYS, each))
        relayers = (*told_relayers, *(speaker for each in relaying for speaker in self.speakers(each)))
        chain = (statement, *told_hedges, *relaying)
        hedges = _distinct(hedge for each in chain for hedge in graph.objects(each, namespaces.HEDGE))
        return Origin(
            hedge=_slug(next(iter(graph.objects(statement, namespaces.HEDGE)), "")),
            explicitness=_slug(next(iter(graph.objects(statement, namespaces.EXPLICITNESS)), "")),
            said_when=next(iter(graph.texts(statement, namespaces.SAID_WHEN.value)), ""),
            said_to=tuple(sorted(graph.objects(statement, namespaces.SAID_TO))),
            sources=sources,
            texts=_distinct(self._original(source) for source in sources),
            authors=authors,
            publishers=_distinct(each for source in sources for each in graph.objects(source, namespaces.PUBLISHER)),
            claimants=claimants,
            relayers=_distinct(each for each in relayers if each not in authors),
            claim_hedges=_distinct(map(_slug, hedges)),
            broader_hedges=tuple((_slug(hedge), tuple(map(_slug, self._broader(hedge)))) for hedge in hedges),
            quotes=tuple(graph.texts(statement, namespaces.EXACT.value)),
            is_recorders=any(
                namespaces.RECORDERS_NOTES in set(graph.objects(source, namespaces.SOURCE_KIND)) for source in sources
            ),
        )

    def _claim(self, statement: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Of what is reported as a claim: who claims it, who passes it on, and the statements in between.

        Claimants are those of what the statement, or its whole, is based on, through relays.
        """
        graph = self._graph
        roots = [
            basis
            for each in (statement, *self._wholes(statement))
            for basis in graph.objects(each, namespaces.BASED_ON)
            if self.speakers(basis)
        ]
        chain = _distinct(
            each
            for root in roots
            for each in (root, *_reach(root, lambda node: graph.objects(node, namespaces.RELAYS)))
        )
        relaying = [each for each in chain if tuple(graph.objects(each, namespaces.RELAYS))]
        claimed = [each for each in chain if each not in relaying]
        return (
            _distinct(speaker for each in claimed for speaker in self.speakers(each)),
            _distinct(speaker for each in relaying for speaker in self.speakers(each)),
            tuple(chain),
        )

    def _original(self, source: str) -> str:
        """What the source republishes, if anything, else itself."""
        return (source, *_reach(source, lambda each: self._graph.objects(each, namespaces.REPUBLISHES)))[-1]

    def _wholes(self, statement: str) -> list[str]:
        return _reach(statement, lambda each: self._graph.objects(each, namespaces.PART_OF_STATEMENT))

    def _wording(self, hedge: str) -> Wording:
        """That of the nearest concept that has one; of a hedge without any, a claim."""
        concepts = [hedge, *self._broader(hedge)]
        return next((_WORDINGS[concept] for concept in concepts if concept in _WORDINGS), Wording.CLAIM)

    def _broader(self, concept: str) -> list[str]:
        return _reach(concept, lambda each: self._graph.objects(each, namespaces.BROADER))


def is_retracted(graph: LinkGraph, statement: str) -> bool:
    """Whether a statement, or one that it restates, was retracted."""
    statements = (statement, *_restated(graph, statement))
    # Every link is read before any is judged, so that a graph which fetches on demand can batch them.
    return any([tuple(graph.subjects(namespaces.RETRACTS, each)) for each in statements])


def _restated(graph: LinkGraph, statement: str) -> list[str]:
    return _reach(statement, lambda each: graph.objects(each, namespaces.RESTATES))


def _reach(start: str, follow: Callable[[str], Iterable[str]]) -> list[str]:
    """What is reached by following links any number of times, the nearest first, without the start."""
    found, pending = {start: None}, [start]
    for node in pending:
        for each in follow(node):
            if each not in found:
                found[each] = None
                pending.append(each)
    return pending[1:]


def _distinct(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
