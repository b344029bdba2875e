"""The graph as it would be after a bulk load, in memory, and how it differs from the stored one, in files.

Owns the folder of these files. Home graphs in the loaded documents replace those that are stored; all other graphs are
kept. Knows no rule and no shape.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from kg.namespaces import value_of
from kg.store.embedded import EmbeddedStore
from kg.store.line_scanner import open_scanner
from kg.store.staged_change import ADDED, REMOVED, StagedChange, read_lines

_BATCH = 10_000
_WHOLE, _PART = "whole.nq", "part.nq"
_GRAPH = re.compile(rb" <([^<> ]*)> \.$", re.MULTILINE)

_COUNTS = (Path(__file__).parent / "graph-counts.rq").read_text(encoding="utf-8")

Scan = Callable[[bytes], object]


class GraphAfter:
    """Filled with all documents first, then compared with the store, and completed by what is kept of it; all once.

    It is completed as a file, and in memory too where that is needed.
    """

    def __init__(self, store: EmbeddedStore, folder: Path) -> None:
        self._stored, self._folder = store, folder
        self.engine = ox.Store()
        self._is_empty = True
        self._replaced: set[ox.NamedNode] = set()
        """The stored graphs that documents replace."""
        self._start_of_kept: int | None = None
        """In the file of the whole graph."""
        self._is_complete = False
        """Whether the graph in memory is."""
        self._added: Counter[str] | None = None
        """How many quads are added in each graph, if that is known."""

    def add(self, engine: ox.Store) -> None:
        """Add a document; its store is used from now on if it is the first."""
        if self._is_empty:
            self.engine, self._is_empty = engine, False
            return
        part = self._folder / _PART
        engine.dump(str(part), ox.RdfFormat.N_QUADS)
        self.engine.bulk_load(path=str(part), format=ox.RdfFormat.N_QUADS)
        part.unlink()

    def extend(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads of a document."""
        self.engine.extend(quads)
        self._is_empty = False

    @property
    def store(self) -> EmbeddedStore:
        """The graph as far as it is in memory."""
        return EmbeddedStore.of_copy(self.engine, union=True, version=self._stored.version)

    @property
    def only_adds_graphs(self) -> bool:
        """Whether something is stored and no document replaces a graph of it, once they are compared."""
        return not self._replaced and next(self._stored.quads(), None) is not None

    @property
    def whole(self) -> Path:
        """What shapes read, as N-Quads in no order: the documents, and all that is kept once it is completed."""
        return self._folder / _WHOLE

    def compare(self, scan: Scan) -> None:
        """Write what differs. ``scan`` is given the text of all documents."""
        loaded = [graph for graph in self.engine.named_graphs() if isinstance(graph, ox.NamedNode)]
        self._replaced = {graph for graph in loaded if self._stored.contains_graph(graph)}
        unchanged = self._write_removed(self._replaced)
        self._write_added(unchanged, scan)

    def complete(self) -> None:
        """Add what is kept, to the file and in memory."""
        self.complete_file()
        self.complete_memory()

    def complete_file(self) -> None:
        """Add what is kept to the file, unless that has been done."""
        if self._start_of_kept is None:
            self._start_of_kept = self.whole.stat().st_size
            self._write_kept(self._replaced)

    def complete_memory(self) -> None:
        """Add what is kept to the graph in memory, from the file, unless that has been done."""
        assert self._start_of_kept is not None
        if not self._is_complete:
            with self.whole.open("rb") as file:
                file.seek(self._start_of_kept)
                self.engine.bulk_load(file, ox.RdfFormat.N_QUADS)
            self._is_complete = True

    def amend(self, removed: Sequence[ox.Quad], added: Sequence[ox.Quad]) -> None:
        """Let the change also remove and add these quads of graphs that are kept; the engine has been changed so."""
        self._added = None
        for name, quads in ((REMOVED, removed), (ADDED, added)):
            with (self._folder / name).open("ab") as file:
                file.write(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
        self.engine.dump(str(self.whole), ox.RdfFormat.N_QUADS)

    def change(self) -> tuple[StagedChange, Counter[str], Counter[str]]:
        """What differs, and how many quads are removed and added in each graph."""
        removed = count_by_graph(self._folder / REMOVED)
        added = self._added if self._added is not None else count_by_graph(self._folder / ADDED)
        staged = StagedChange(
            folder=self._folder,
            removed_count=removed.total(),
            added_count=added.total(),
            graphs=tuple(sorted({*removed, *added})),
        )
        return staged, removed, added

    def _write_removed(self, replaced: Iterable[ox.NamedNode]) -> set[bytes]:
        """Write what is stored in the graphs and not loaded; the lines of what is both."""
        unchanged: set[bytes] = set()
        with (self._folder / REMOVED).open("wb") as file:
            for graph in replaced:
                for batch in _batches(self._stored.quads(graph)):
                    lines = (ox.serialize(batch, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
                    kept = [line for quad, line in zip(batch, lines, strict=True) if quad in self.engine]
                    unchanged.update(kept)
                    if len(kept) < len(lines):
                        file.writelines(line for line in lines if line not in unchanged)
        return unchanged

    def _write_added(self, unchanged: set[bytes], scan: Scan) -> None:
        """Write what is loaded, and those of it that are not stored."""
        if not unchanged:
            self._added = _count_quads(self.engine)
        with self.whole.open("wb") as whole, (self._folder / ADDED).open("wb") as added:

            def write(lines: bytes) -> None:
                whole.write(lines)
                scan(lines)
                if not unchanged:
                    added.write(lines)
                else:
                    added.writelines(line for line in lines.splitlines(keepends=True) if line not in unchanged)

            with open_scanner(write) as scanner:
                self.engine.dump(scanner, ox.RdfFormat.N_QUADS)

    def _write_kept(self, replaced: set[ox.NamedNode]) -> None:
        """Append what is stored in other graphs to the whole."""
        names = {b"<%b>" % graph.value.encode() for graph in replaced}
        with self.whole.open("ab") as whole:

            def write(lines: bytes) -> None:
                if not names:
                    whole.write(lines)
                else:
                    parts = lines.splitlines(keepends=True)
                    whole.writelines(line for line in parts if line.rsplit(b" ", 2)[1] not in names)

            with open_scanner(write) as scanner:
                self._stored.engine.dump(scanner, ox.RdfFormat.N_QUADS)


def count_by_graph(file: Path) -> Counter[str]:
    """How many quads of a file of N-Quads are in each graph."""
    counts: Counter[bytes] = Counter()
    for lines in read_lines(file):
        counts.update(_GRAPH.findall(lines))
    return Counter({graph.decode(): count for graph, count in counts.items()})


def _count_quads(engine: ox.Store) -> Counter[str]:
    """The same of all quads of an engine."""
    solutions = engine.query(_COUNTS)
    assert isinstance(solutions, ox.QuerySolutions)
    return Counter({value_of(solution["graph"]): int(value_of(solution["quads"])) for solution in solutions})


def _batches(quads: Iterator[ox.Quad]) -> Iterator[list[ox.Quad]]:
    while batch := list(islice(quads, _BATCH)):
        yield batch
