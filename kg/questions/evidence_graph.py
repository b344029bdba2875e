"""Links between resources, fetched in one query and read in both directions.

Owns the lookup behind yes/no answers. Implements ``kg.status.provenance.EvidenceGraph``; decides nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg import namespaces
from kg.status.evidence import ACTS
from kg.status.tension import find_content, find_tension_links
from kg.store.interface import Queryable
from kg.store.query_template import BatchQuery, Solution, Term, text_of

SUPPORT = Path(__file__).parent / "support"
_EVIDENCE = BatchQuery.read(SUPPORT / "evidence.rq")
_NODES_LENGTH = 12_000
"""Characters of the IRIs in one query, in which each stands once for every branch."""


class QueryEvidenceGraph:
    """Solutions with ``subject``, ``predicate`` and ``object`` as a graph; those that lack one are left out."""

    def __init__(self, rows: Iterable[Solution] = ()) -> None:
        self._objects: dict[tuple[str, str], dict[Term, None]] = defaultdict(dict)
        self._subjects: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._properties: dict[str, dict[str, None]] = defaultdict(dict)
        for row in rows:
            subject, predicate, target = row["subject"], text_of(row["predicate"]), row["object"]
            if not isinstance(subject, ox.NamedNode) or not predicate or target is None:
                continue
            self._objects[subject.value, predicate][target] = None
            self._properties[subject.value][predicate] = None
            if isinstance(target, ox.NamedNode):
                self._subjects[predicate, target.value][subject.value] = None

    def values(self, node: str, predicate: str) -> list[Term]:
        """The terms to which the node is linked by this predicate."""
        return list(self._objects.get((node, predicate), ()))

    def objects(self, node: str, predicate: str) -> list[str]:
        """The IRIs to which the node is linked by this predicate."""
        return [term.value for term in self.values(node, predicate) if isinstance(term, ox.NamedNode)]

    def subjects(self, predicate: str, node: str) -> list[str]:
        """The IRIs that are linked to the node by this predicate."""
        return list(self._subjects.get((predicate, node), ()))

    def texts(self, node: str, predicate: str) -> list[str]:
        """The values of this predicate, IRIs and the lexical forms of literals."""
        return [text_of(term) for term in self.values(node, predicate) if not isinstance(term, ox.BlankNode)]

    def properties(self, node: str) -> Iterable[str]:
        """The predicates by which the node has values."""
        return self._properties.get(node, {})

    def name_of(self, iri: str) -> str:
        """The label of a resource, in English where there are several; else the last segment of its IRI."""
        labels = [term for term in self.values(iri, namespaces.PREF_LABEL) if isinstance(term, ox.Literal)]
        labels.sort(key=lambda label: (label.language != "en", label.language or "", label.value))
        return labels[0].value if labels else iri.rsplit("/", 1)[-1]


def fetch_evidence_links(
    propositions: Iterable[str], store: Queryable, parted: Collection[str] = ()
) -> QueryEvidenceGraph:
    """All links that ``kg.status`` reads for these propositions, and the statements that answer the acts.

    Of the propositions in ``parted`` also those of the other parts of the statements that assert them. One more query
    reads the propositions of statements that somebody links as in tension with the acts, or as evidence for them.
    """
    asked = set(propositions)
    rows = _select_links(asked, store, parted)
    graph = QueryEvidenceGraph(rows)
    linked = _find_linked(graph, asked) - asked
    return QueryEvidenceGraph([*rows, *_select_links(linked, store, ())]) if linked else graph


def _select_links(propositions: Collection[str], store: Queryable, parted: Collection[str]) -> list[Solution]:
    """The links in order; Oxigraph would take as long to sort them as to find them."""
    rows = [
        row
        for nodes in split_nodes(propositions)
        for row in _EVIDENCE.select(
            store, {"proposition": nodes, "parted": [node for node in nodes if node.value in parted]}
        ).rows
    ]
    return sorted(rows, key=lambda row: [text_of(term) for term in row.values()])


def _find_linked(graph: QueryEvidenceGraph, propositions: Iterable[str]) -> set[str]:
    """What the statements are on that are linked with acts on these propositions."""
    holders = [
        holder
        for proposition in propositions
        for holder in (
            proposition,
            *graph.subjects(namespaces.CONTENT, proposition),
            *graph.subjects(namespaces.SHOWS, proposition),
        )
    ]
    statements = {statement for holder in holders for act in ACTS for statement in graph.subjects(act, holder)}
    others = {link.other for link in find_tension_links(graph, statements)}
    others.update(other for statement in statements for other in graph.subjects(namespaces.SUPPORTS, statement))
    return {proposition for other in others for _, proposition in find_content(graph, other)}


def split_nodes(iris: Iterable[str], longest: int = _NODES_LENGTH) -> Iterator[list[ox.NamedNode]]:
    """The IRIs in parts, each short enough for one query: at most so many characters, but for a single IRI."""
    part: list[ox.NamedNode] = []
    length = 0
    for iri in sorted(set(iris)):
        if part and length + len(iri) > longest:
            yield part
            part, length = [], 0
        part.append(ox.NamedNode(iri))
        length += len(iri)
    if part:
        yield part
