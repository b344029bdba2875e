"""Rows to triples and findings, by the queries of a data set, in batches.

Owns the store of a batch. The same rows in the same batches give the same bytes. What is constructed is not checked
here: it is loaded as any document.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kg.datasets.functions import CUSTOM_FUNCTIONS
from kg.datasets.row_graph import RowGraph
from kg.datasets.table import Row

BATCH_ROWS = 100


@dataclass(frozen=True, slots=True)
class RowFinding:
    """Something about the values of a row that its maker may want to know; the row is imported all the same."""

    row: int
    line: int
    rule: str
    message: str
    value: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """The queries of a data set."""

    construct: str
    """A CONSTRUCT over a graph of rows and codes."""
    checks: str
    """A SELECT of ?line ?number ?rule ?message ?value over the same; empty if there is none."""
    codes: tuple[ox.Quad, ...]
    base_iri: str
    graph: ox.NamedNode
    """The home graph of what is constructed."""

    def map(self, rows: Sequence[Row], graph: RowGraph) -> tuple[bytes, list[RowFinding]]:
        """The rows as sorted N-Quads, and what is found about them, in their order.

        Raises SyntaxError or ValueError for a query that cannot be run.
        """
        store = ox.Store()
        store.bulk_extend(self.codes)
        store.bulk_extend(graph.of_file)
        store.bulk_extend(quad for row in rows for quad in graph.of_row(row))
        triples = store.query(self.construct, base_iri=self.base_iri, custom_functions=dict(CUSTOM_FUNCTIONS))
        if not isinstance(triples, ox.QueryTriples):
            raise ValueError("the mapping is no CONSTRUCT")
        quads = (ox.Quad(triple.subject, triple.predicate, triple.object, self.graph) for triple in triples)
        text = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
        lines = sorted(set(text.splitlines(keepends=True)))
        return b"".join(lines), sorted(self._find(store), key=lambda finding: (finding.row, finding.rule))

    def _find(self, store: ox.Store) -> Iterator[RowFinding]:
        if not self.checks:
            return
        solutions = store.query(self.checks, base_iri=self.base_iri, custom_functions=dict(CUSTOM_FUNCTIONS))
        if not isinstance(solutions, ox.QuerySolutions):
            raise ValueError("the checks are no SELECT")
        for solution in solutions:
            row, line, rule, message, value = (
                _text(solution[name]) for name in ("number", "line", "rule", "message", "value")
            )
            yield RowFinding(int(row), int(line), rule, message, value)


def _text(term: object) -> str:
    return term.value if isinstance(term, (ox.NamedNode, ox.Literal)) else ""


def batches(rows: Iterable[Row], size: int = BATCH_ROWS) -> Iterator[list[Row]]:
    """The rows in lists of so many."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
