"""Links between resources, fetched in one query and read in both directions.

Owns the lookup behind yes/no answers. Implements ``kg.status.evidence.EvidenceGraph``; decides nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.store.interface import Queryable
from kg.store.query_template import BatchQuery, Solution, Term, text_of

SUPPORT = Path(__file__).parent / "support"
_EVIDENCE = BatchQuery.read(SUPPORT / "evidence.rq")


class QueryEvidenceGraph:
    """Solutions with ``subject``, ``predicate`` and ``object`` as a graph; those that lack one are left out."""

    def __init__(self, rows: Iterable[Solution] = ()) -> None:
        self._objects: dict[tuple[str, str], list[Term]] = defaultdict(list)
        self._subjects: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in rows:
            subject, predicate, target = row["subject"], text_of(row["predicate"]), row["object"]
            if not isinstance(subject, ox.NamedNode) or not predicate or target is None:
                continue
            self._objects[subject.value, predicate].append(target)
            if isinstance(target, ox.NamedNode):
                self._subjects[predicate, target.value].append(subject.value)

    def values(self, node: str, predicate: str) -> list[Term]:
        """The terms to which the node is linked by this predicate."""
        return self._objects.get((node, predicate), [])

    def objects(self, node: str, predicate: str) -> list[str]:
        """The IRIs to which the node is linked by this predicate."""
        return [term.value for term in self.values(node, predicate) if isinstance(term, ox.NamedNode)]

    def subjects(self, predicate: str, node: str) -> list[str]:
        """The IRIs that are linked to the node by this predicate."""
        return self._subjects.get((predicate, node), [])


def fetch_evidence_links(propositions: Iterable[str], store: Queryable) -> QueryEvidenceGraph:
    """All links that ``collect_evidence`` reads for these propositions, and the statements that answer the acts."""
    nodes = [ox.NamedNode(iri) for iri in propositions]
    return QueryEvidenceGraph(_EVIDENCE.select(store, {"proposition": nodes}).rows if nodes else ())
