"""Rows to quads and findings, by the queries of a data set, in batches.

Owns the store of a batch. The same rows in the same batches give the same bytes. What is constructed is not checked
here: it is loaded as any document. A batch depends on no other, and all of this can be pickled, so that batches can be
mapped wherever this package is installed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kg.datasets.functions import CUSTOM_FUNCTIONS
from kg.datasets.row_graph import RowGraph
from kg.datasets.table import Row

BATCH_ROWS = 100
"""More take longer for each row: the engine plans the joins of a batch by its size."""

Batch = Sequence[Row]


@dataclass(frozen=True, slots=True)
class RowFinding:
    """Something about the values of a row that its maker may want to know; the row is imported all the same."""

    row: int
    line: int
    rule: str
    message: str
    value: str


@dataclass(frozen=True, slots=True)
class MappedBatch:
    """What rows have become."""

    quads: bytes
    """Sorted N-Quads."""
    findings: tuple[RowFinding, ...]
    """In the order of the rows."""
    rows: int
    start: int
    """Code points of the file before the last of the rows."""


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

    def map(self, batch: Batch, graph: RowGraph) -> MappedBatch:
        """What the rows become. Raises SyntaxError or ValueError for a query that cannot be run."""
        store = ox.Store()
        store.bulk_extend(self.codes)
        text = graph.describe_file() + "".join(map(graph.describe_row, batch))
        # What is written here has valid terms.
        store.bulk_load(text.encode(), format=ox.RdfFormat.N_TRIPLES, lenient=True)
        quads = self._construct(store)
        findings = sorted(self._find(store), key=lambda finding: (finding.row, finding.rule))
        return MappedBatch(quads, tuple(findings), len(batch), batch[-1].start)

    def _construct(self, store: ox.Store) -> bytes:
        triples = store.query(self.construct, base_iri=self.base_iri, custom_functions=dict(CUSTOM_FUNCTIONS))
        if not isinstance(triples, ox.QueryTriples):
            raise ValueError("the mapping is no CONSTRUCT")
        # The engine writes triples faster than Python makes quads of them; within a line no full stop precedes its end.
        lines = sorted((triples.serialize(format=ox.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True))
        return b"".join(lines).replace(b" .\n", b" %b .\n" % str(self.graph).encode())

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


@dataclass(frozen=True, slots=True)
class FileMapping:
    """The step from rows of one file to quads and findings."""

    mapping: Mapping
    graph: RowGraph

    def __call__(self, batch: Batch) -> MappedBatch:
        """See ``Mapping.map``."""
        return self.mapping.map(batch, self.graph)


def _text(term: object) -> str:
    return term.value if isinstance(term, (ox.NamedNode, ox.Literal)) else ""


def batches(rows: Iterable[Row], size: int = BATCH_ROWS) -> Iterator[list[Row]]:
    """The rows in lists of so many."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
