"""Rows to quads and findings, by the queries of a data set, in batches.

Owns the store of a batch. The same rows in the same batches give the same bytes. What is constructed is not checked
here: it is loaded as any document. A batch depends on no other, and all of this can be pickled, so that batches can be
mapped wherever this package is installed.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kg.datasets.functions import CUSTOM_FUNCTIONS
from kg.datasets.row_graph import RowGraph
from kg.datasets.table import Row
from kg.namespaces import ROW

BATCH_ROWS = 100
"""More take longer for each row: the engine plans the joins of a batch by its size."""

NOTHING_SAID = "nothing-said"
"""The rule of rows of which no statement is made."""
_TRACE, _AFTER_TRACE = f"<{ROW}".encode(), f"<{ROW}\x7f".encode()
"""The lines of the trace are between them."""

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
class MadeStatement:
    """A statement that a row has become."""

    row: int
    line: int
    statement: str


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
    made: tuple[MadeStatement, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """The queries of a data set."""

    construct: str
    """A CONSTRUCT over a graph of rows and codes."""
    trace: str
    """The same with the trace of ``kg.datasets.query_text``; empty if it cannot have one."""
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
        lines = self._construct(store)
        start, end = bisect_left(lines, _TRACE), bisect_left(lines, _AFTER_TRACE)
        made = [_read_trace(line) for line in lines[start:end]]
        quads = b"".join(lines[:start] + lines[end:])
        found = [*self._find(store), *self._find_silent(batch, {number for number, _ in made})]
        findings = sorted(found, key=lambda finding: (finding.row, finding.rule))
        row_lines = {row.number: row.line for row in batch}
        statements = tuple(MadeStatement(number, row_lines[number], statement) for number, statement in made)
        return MappedBatch(quads, tuple(findings), len(batch), batch[-1].start, statements)

    def _construct(self, store: ox.Store) -> list[bytes]:
        """Sorted N-Quads, those of the trace together."""
        query = self.trace or self.construct
        triples = store.query(query, base_iri=self.base_iri, custom_functions=dict(CUSTOM_FUNCTIONS))
        if not isinstance(triples, ox.QueryTriples):
            raise ValueError("the mapping is no CONSTRUCT")
        # The engine writes triples faster than Python makes quads of them; within a line no full stop precedes its end.
        text = triples.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
        lines = text.replace(b" .\n", b" %b .\n" % str(self.graph).encode()).splitlines(keepends=True)
        return sorted(lines)

    def _find_silent(self, batch: Batch, heard: Collection[int]) -> Iterator[RowFinding]:
        """The main rows of which no statement is made."""
        for row in batch if self.trace else ():
            if row.number not in heard and not row.form:
                yield RowFinding(row.number, row.line, NOTHING_SAID, "the mapping makes no statement of the row", "")

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


def _read_trace(line: bytes) -> tuple[int, str]:
    """The number of a row, with a statement that is made of it."""
    row, _, statement, _ = line.decode().split(" ", 3)
    return int(row.removeprefix(f"<{ROW}").rstrip(">")), statement[1:-1]


def _text(term: object) -> str:
    return term.value if isinstance(term, (ox.NamedNode, ox.Literal)) else ""


def batches(rows: Iterable[Row], size: int = BATCH_ROWS) -> Iterator[list[Row]]:
    """The rows in lists of so many."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
